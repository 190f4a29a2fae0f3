"""HubSpot's practice server. Behaviours with labels and sources: `behaviours`; the moving parts: `twin`."""

from martech.twins.hubspot.twin import HubSpotTwin, make

__all__ = ["HubSpotTwin", "make"]
