"""The tracking endpoint, its sources and what becomes of events."""
