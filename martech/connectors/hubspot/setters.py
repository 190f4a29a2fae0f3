"""Who gave a property its value: what HubSpot's history of it says."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from martech.connectors.answers import Setter

USER = "userId:"
WORDS: Mapping[str, str] = {
    "CRM_UI": "Somebody who is no owner",
    "AUTOMATION_PLATFORM": "A workflow",
    "WORKFLOWS": "A workflow",
    "WORKFLOW": "A workflow",
    "IMPORT": "An import",
    "INTEGRATION": "An integration",
    "API": "An integration",
    "FORM": "A form",
    "BATCH_UPDATE": "A bulk edit",
    "MERGE_OBJECTS": "A merge",
    "SALESFORCE": "The Salesforce integration",
}


def setters(histories: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> dict[str, Setter]:
    """By record who made the newest entry, which stands first."""
    return {id: setter_of(entries[0]) for id, entries in histories if entries}


def setter_of(entry: Mapping[str, Any]) -> Setter:
    """A person is a number of their own or `userId:` and that number; what is no person has a type, and at times a label."""
    source = str(entry.get("sourceId") or "")
    user = str(entry.get("updatedByUserId") or (source.removeprefix(USER) if source.startswith(USER) else ""))
    kind = str(entry.get("sourceType") or "")
    words = str(entry.get("sourceLabel") or "") or WORDS.get(kind, kind.replace("_", " ").capitalize())
    return Setter(user, words, str(entry.get("value") or ""))
