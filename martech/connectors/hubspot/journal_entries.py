"""Files of the webhooks journal as hints. Pure; what HubSpot does not document of them is not relied on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from martech.connectors.errors import RetryNow
from martech.connectors.hubspot.objects import TYPE_IDS
from martech.connectors.hubspot.webhooks import OBJECTS, moment
from martech.connectors.port import Hint

OBJECT_OF = {type_id: object for object, type_id in TYPE_IDS.items() if object in OBJECTS.values()}
IDS = ("newObjectId", "primaryObjectId", "mergedObjectIds")
"""Where a merge may name the records it concerns, besides `objectId`."""


def events_of(body: bytes | None) -> Sequence[Any] | None:
    """The events of a file; None where there are none to be found. Raises RetryNow for a file that was cut short."""
    if body is None:
        return None
    try:
        found = json.loads(body)
    except ValueError as error:
        raise RetryNow("A file of HubSpot's journal cannot be read: it is no JSON, or was cut short.") from error
    events = found.get("journalEvents") if isinstance(found, dict) else None
    return events if isinstance(events, list) else None


def hints_of(event: Any, portal: str) -> list[Hint]:
    """A hint for each record an event concerns; nothing for one of another portal, or of what is not connected.

    The key is of the whole event: one that is read twice is one, and none of a webhook's can be alike.
    """
    if not isinstance(event, dict) or str(event.get("portalId", "")) != portal:
        return []
    object = OBJECT_OF.get(str(event.get("objectTypeId")))
    if object is None:
        return []
    action = str(event.get("action", "")).lower()
    digest = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:32]
    changes = event.get("propertyChanges")
    field = next(iter(changes)) if isinstance(changes, dict) and len(changes) == 1 else ""
    at = occurred(event.get("occurredAt"))
    return [Hint(f"journal:{object}:{id}:{action}:{digest}", object, id, action, at, field) for id in ids_of(event)]


def ids_of(event: Mapping[str, Any]) -> list[str]:
    found = [event.get("objectId")]
    for name in IDS:
        value = event.get(name)
        found += value if isinstance(value, list) else [value]
    return list(dict.fromkeys(str(id) for id in found if id and str(id).isdecimal()))


def occurred(value: Any) -> datetime:
    """ISO or milliseconds; now for neither, as a hint is one however old it is."""
    try:
        found = moment(int(value)) if str(value).isdecimal() else datetime.fromisoformat(str(value))
    except (ValueError, OverflowError):
        return datetime.now(UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
