"""Scores, purely: fit that holds while a field says so, engagement that fades, and the grade they make together."""
