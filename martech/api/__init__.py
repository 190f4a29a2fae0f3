"""API of martech, one noun a file."""
