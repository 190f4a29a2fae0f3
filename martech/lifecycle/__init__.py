"""The lifecycle, purely: stages as a directed graph, and which moves between them are allowed."""
