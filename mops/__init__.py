"""The roof of mops: settings, URLs, Celery and the management commands wire the five apps together."""
