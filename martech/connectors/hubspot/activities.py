"""Engagements as what they are between people."""

from martech.connectors.marketing import HumanActivity
from martech.connectors.port import RemoteRecord
from martech.sync.values import moment

KINDS = {"calls": "call", "meetings": "meeting", "emails": "email"}
"""A task is a note to oneself."""
OUTWARD = {
    "calls": ("hs_call_direction", ("OUTBOUND",)),
    "emails": ("hs_email_direction", ("EMAIL", "FORWARDED_EMAIL")),
}
"""What a colleague began: calls out, and e-mails that are not incoming."""


def human_activity(object: str, record: RemoteRecord) -> HumanActivity | None:
    """None for what nobody here did, and for what concerns no contact. The record brings its links to contacts."""
    values = record.values
    kind, owner = KINDS.get(object), str(values.get("hubspot_owner_id") or "")
    people = tuple((link.to_object, link.to_id) for link in record.links if link.to_object == "contacts")
    name, outward = OUTWARD.get(object, ("", ()))
    if kind is None or not owner or not people or (name and str(values.get(name) or "") not in outward):
        return None
    try:
        at = moment(values["hs_timestamp"]) if values.get("hs_timestamp") else record.created_at
    except ValueError:
        return None
    return HumanActivity(record.id, kind, at, people, owner) if at else None
