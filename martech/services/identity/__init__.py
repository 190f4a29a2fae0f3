"""Identity: keys kept in step, people compared, pairs decided, rules published."""
