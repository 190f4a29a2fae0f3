"""The demo company: a mid-market software company with 18 months behind it. Used by `manage.py seed_demo`."""
