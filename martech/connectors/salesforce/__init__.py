"""Salesforce over REST and Bulk API 2.0, on simple-salesforce as transport."""

from martech.connectors.salesforce.vendor import VENDOR

__all__ = ["VENDOR"]
