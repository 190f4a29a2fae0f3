"""Pages of workflow, one noun a file."""
