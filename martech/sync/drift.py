"""What changed in the other side's schema since we looked, and which mapped fields that puts aside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from martech.connectors.port import FieldType, RemoteField, RemoteSchema
from martech.sync.rules import FieldRule


def as_json(schema: RemoteSchema) -> dict[str, Any]:
    return {"object": schema.object, "label": schema.label, "fields": [asdict(one) for one in schema.fields]}


def from_json(document: Mapping[str, Any]) -> dict[str, RemoteField]:
    """The fields of a stored schema by name."""
    found = {}
    for row in document.get("fields", []):
        given = {**row, "type": FieldType(row["type"]), "options": tuple(row["options"])}
        found[row["name"]] = RemoteField(**{**given, "refers_to": tuple(row["refers_to"])})
    return found


def put_aside(
    rules: Sequence[FieldRule], before: Mapping[str, RemoteField], now: Mapping[str, RemoteField]
) -> dict[str, str]:
    """{their field: why} for mapped fields that vanished, changed their type, cannot be written any more or lost an
    option that a value map uses. Nothing else stops."""
    reasons = {}
    for rule in rules:
        was, found = before.get(rule.theirs), now.get(rule.theirs)
        if found is None:
            reasons[rule.theirs] = "The field is gone over there."
        elif was is not None and was.type is not found.type:
            reasons[rule.theirs] = f"Its type changed from {was.type} to {found.type}."
        elif rule.pushes and not found.is_writable:
            reasons[rule.theirs] = "It can no longer be written over there."
        elif found.is_restricted and found.options and (lost := sorted(rule.words_there - set(found.options))):
            reasons[rule.theirs] = f"The option “{lost[0]}” is gone over there."
    return reasons


def news(before: Mapping[str, RemoteField], now: Mapping[str, RemoteField]) -> list[str]:
    """Fields that are new over there."""
    return sorted(set(now) - set(before)) if before else []
