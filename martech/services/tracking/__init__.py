"""Events of websites, apps and servers: accepted at the door, applied by workers in sets."""

from martech.services.tracking.accepting import IntakeRefused, Receipt, accept_request
from martech.services.tracking.applying import TRACKING
from martech.services.tracking.purging import purge_events
from martech.services.tracking.sources import add_write_key, change_source, create_source, revoke_write_key

__all__ = [
    "TRACKING",
    "IntakeRefused",
    "Receipt",
    "accept_request",
    "add_write_key",
    "change_source",
    "create_source",
    "purge_events",
    "revoke_write_key",
]
