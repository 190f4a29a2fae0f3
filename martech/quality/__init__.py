"""Data quality, computed: what a monitor asks, how far a distribution drifted, what a value should have been."""
