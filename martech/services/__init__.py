"""Writes of martech, one noun a file."""
