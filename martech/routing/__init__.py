"""Routing as pure computation: what a policy says, whose turn it is, and why. No database here."""
