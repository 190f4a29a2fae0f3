"""Segments, the pure part: what a condition depends on, and which segments lie within which."""
