"""Reads of governance, one noun a file."""
