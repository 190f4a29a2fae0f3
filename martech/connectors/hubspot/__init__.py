"""HubSpot. Addresses: `paths`; the way out: `calls`; errors: `refusals`; one module for each thing it can do."""

from martech.connectors.hubspot.vendor import VENDOR

__all__ = ["VENDOR"]
