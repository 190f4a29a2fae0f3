"""API of governance, one noun a file."""
