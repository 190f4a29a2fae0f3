"""Marketo behind the port, on a thin client of our own: some fifteen addresses, and answers judged by their body."""

from martech.connectors.marketo.vendor import VENDOR

__all__ = ["VENDOR"]
