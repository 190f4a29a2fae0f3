"""The tool inventory."""
