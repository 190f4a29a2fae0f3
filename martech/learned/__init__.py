"""A score learned from own won and lost deals: features as they were, leaks found, a model kept as data."""
