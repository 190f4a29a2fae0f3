"""Synchronisation with other systems: connections, runs, what they write here and there, and its undoing."""
