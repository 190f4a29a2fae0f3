"""Data quality: monitors in versions, the daily run, findings, and fixes in bulk."""
