"""Connectors: one folder a vendor behind one port. They know HTTP and the vendor's rules, and no table of ours."""
