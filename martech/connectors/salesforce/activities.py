"""Tasks and events as what they are between people."""

from martech.connectors.marketing import HumanActivity
from martech.connectors.port import RemoteRecord
from martech.connectors.salesforce.soql import parsed

PEOPLE = {"00Q": "Lead", "003": "Contact"}
"""Key prefixes of ids that name people."""
SUBTYPES = {"Call": "call", "Email": "email", "LinkedIn": "message"}
"""Kinds of tasks in which a colleague speaks to somebody. List e-mails and cadences are sent by machines, and a plain
task is a note to oneself."""


def human_activity(object: str, record: RemoteRecord) -> HumanActivity | None:
    """None for what nobody did yet, what a machine did, and what concerns no person.

    A task counts when it was completed; an event when it was booked, or when it began where that was before.
    """
    values = record.values
    who, owner = str(values.get("WhoId") or ""), str(values.get("OwnerId") or "")
    if who[:3] not in PEOPLE:
        return None
    if object == "Task":
        kind = SUBTYPES.get(str(values.get("TaskSubtype")))
        at = parsed(str(values.get("CompletedDateTime") or "")) if values.get("IsClosed") else None
    else:
        moments = [m for m in (parsed(str(values.get("StartDateTime") or "")), record.created_at) if m]
        kind, at = "meeting", min(moments, default=None)
    if kind is None or at is None:
        return None
    return HumanActivity(record.id, kind, at, ((PEOPLE[who[:3]], who),), owner)
