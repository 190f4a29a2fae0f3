"""Reads of martech, shaped for screens and interfaces."""
