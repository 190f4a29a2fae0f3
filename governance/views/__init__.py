"""Pages of governance, one noun a file."""
