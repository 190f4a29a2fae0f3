"""Marketo's objects as the engine sees them; the fields of leads come from the account itself."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from martech.connectors.port import FieldType, RemoteField, RemoteSchema, Value

LEAD, ACTIVITY, PROGRAM, COST, MEMBER, LIST_MEMBER = (
    "lead",
    "activity",
    "program",
    "program_cost",
    "program_member",
    "list_member",
)
TYPES = {
    "email": FieldType.EMAIL,
    "phone": FieldType.PHONE,
    "integer": FieldType.NUMBER,
    "score": FieldType.NUMBER,
    "float": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "percent": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "reference": FieldType.REFERENCE,
}
FIXED: Mapping[str, tuple[str, tuple[tuple[str, str, FieldType], ...]]] = {
    ACTIVITY: (
        "Activity",
        (
            ("leadId", "Lead", FieldType.REFERENCE),
            ("activityDate", "Date", FieldType.DATETIME),
            ("activityTypeId", "Type id", FieldType.NUMBER),
            ("type", "Type", FieldType.TEXT),
            ("kind", "Kind of touch", FieldType.TEXT),
            ("primaryAttributeValue", "What it was about", FieldType.TEXT),
            ("url", "Address", FieldType.TEXT),
            ("program", "Program", FieldType.TEXT),
        ),
    ),
    PROGRAM: (
        "Program",
        (
            ("name", "Name", FieldType.TEXT),
            ("code", "Campaign code in the name", FieldType.TEXT),
            ("description", "Description", FieldType.TEXT),
            ("channel", "Channel", FieldType.TEXT),
            ("type", "Type", FieldType.TEXT),
            ("status", "Status", FieldType.TEXT),
            ("url", "Address", FieldType.TEXT),
            ("cost", "Costs together", FieldType.NUMBER),
            ("tags", "Tags", FieldType.CHOICES),
        ),
    ),
    COST: (
        "Program cost",
        (
            ("programId", "Program", FieldType.REFERENCE),
            ("programName", "Program name", FieldType.TEXT),
            ("code", "Campaign code in the name", FieldType.TEXT),
            ("channel", "Channel", FieldType.TEXT),
            ("startDate", "Month", FieldType.DATE),
            ("cost", "Cost", FieldType.NUMBER),
            ("currency", "Currency", FieldType.TEXT),
            ("note", "Note", FieldType.TEXT),
        ),
    ),
    MEMBER: (
        "Program member",
        (
            ("programId", "Program", FieldType.REFERENCE),
            ("leadId", "Lead", FieldType.REFERENCE),
            ("status", "Status", FieldType.TEXT),
            ("reachedSuccess", "Reached success", FieldType.BOOLEAN),
            ("membershipDate", "Since", FieldType.DATETIME),
        ),
    ),
    LIST_MEMBER: (
        "Member of a static list",
        (
            ("listId", "List", FieldType.REFERENCE),
            ("leadId", "Lead", FieldType.REFERENCE),
            ("list", "Name", FieldType.TEXT),
        ),
    ),
}


def fixed_schema(object: str) -> RemoteSchema:
    label, fields = FIXED[object]
    rows = tuple(RemoteField(name, title, type, is_writable=False) for name, title, type in fields)
    return RemoteSchema(object, label, rows)


def lead_schema(described: Mapping[str, Any]) -> RemoteSchema:
    """From `describe2`: the searchable fields are the ones that a lead can be found by."""
    searchable = {names[0] for names in described.get("searchableFields", ()) if len(names) == 1}
    return RemoteSchema(LEAD, "Lead", tuple(lead_field(row, searchable) for row in described.get("fields", ())))


def lead_field(row: Mapping[str, Any], searchable: set[str]) -> RemoteField:
    return RemoteField(
        name=row["name"],
        label=row.get("displayName") or row["name"],
        type=TYPES.get(row.get("dataType", ""), FieldType.TEXT),
        is_writable=bool(row.get("updateable", True)),
        is_unique=row["name"] in searchable,
        longest=row.get("length"),
    )


def moment(text: Any) -> datetime | None:
    """Marketo's times: `…Z`, `…+0000`, and the asset API's `…Z+0000`."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z+0000", "Z").replace("+0000", "Z"))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_cell(text: str, field: RemoteField | None) -> Value:
    """A cell of an extract as the API itself would give the value; the word null is none."""
    if text in ("null", ""):
        return None
    if field is None:
        return text
    if field.type == FieldType.BOOLEAN:
        return text.lower() == "true"
    if field.type == FieldType.NUMBER:
        try:
            return int(text)
        except ValueError:
            return float(text) if text.replace(".", "", 1).lstrip("-").isdecimal() else text
    return text
