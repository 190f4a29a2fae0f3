"""Pages of martech, one noun a file."""
