"""What changed in the other side's schema since we looked, and which mapped fields that puts aside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from martech.connectors.port import FieldType, RemoteField, RemoteSchema
from martech.sync.rules import FieldRule
from martech.sync.values import quoted


def as_json(schema: RemoteSchema) -> dict[str, Any]:
    return {"object": schema.object, "label": schema.label, "fields": [asdict(one) for one in schema.fields]}


def from_json(document: Mapping[str, Any]) -> dict[str, RemoteField]:
    """The fields of a stored schema by name."""
    found = {}
    for row in document.get("fields", []):
        given = {**row, "type": FieldType(row["type"]), "options": tuple(row["options"])}
        found[row["name"]] = RemoteField(**{**given, "refers_to": tuple(row["refers_to"])})
    return found


AGREED = "agreed"
"""Key of a stored schema: {their field: its type when the mapping was published}. A type that changed stays changed however
often the schema is read; publishing, or letting the field go on, agrees to the type of now."""


CALLED = "called"
"""Key of a stored schema: {their field: what people called it}, of mapped fields that vanished since."""


def names_of_vanished(
    stored: Mapping[str, Any], rules: Sequence[FieldRule], before: Mapping[str, RemoteField], now: Mapping[str, Any]
) -> dict[str, str]:
    """What the mapped fields that are gone were called while they were there."""
    kept: Mapping[str, str] = stored.get(CALLED) or {}
    gone = [rule.theirs for rule in rules if rule.theirs not in now]
    found = {name: before[name].label if name in before else kept.get(name, "") for name in gone}
    return {name: label for name, label in found.items() if label}


def label_in(stored: Mapping[str, Any], fields: Mapping[str, RemoteField], name: str) -> str:
    """What people over there call a field, or called it before it vanished; without that, its name."""
    if name in fields:
        return fields[name].label or name
    return str((stored.get(CALLED) or {}).get(name) or name)


def agreed_types(
    stored: Mapping[str, Any], rules: Sequence[FieldRule], before: Mapping[str, RemoteField]
) -> dict[str, str]:
    """The types that the mapping in force was made for, of the fields it maps."""
    kept: Mapping[str, str] = stored.get(AGREED) or {}
    mapped = {rule.theirs for rule in rules}
    found = {name: str(field.type) for name, field in before.items() if name in mapped}
    return {**found, **{name: type_ for name, type_ in kept.items() if name in mapped}}


def put_aside(rules: Sequence[FieldRule], agreed: Mapping[str, str], now: Mapping[str, RemoteField]) -> dict[str, str]:
    """{their field: why} for mapped fields that vanished, changed their type, cannot be written any more or lost an
    option that a value map uses. Nothing else stops."""
    reasons = {}
    for rule in rules:
        if why := what_forbids(rule, now.get(rule.theirs)):
            reasons[rule.theirs] = why[0]
        elif (was := agreed.get(rule.theirs)) is not None and was != now[rule.theirs].type:
            reasons[rule.theirs] = f"Its type changed from {was} to {now[rule.theirs].type}."
    return reasons


GONE = "The field is gone over there, or we may not see it any more."


def what_forbids(rule: FieldRule, found: RemoteField | None) -> tuple[str, str] | None:
    """Why a field cannot go on as it is mapped, and what to do here where it stays so; None where it could."""
    if found is None:
        return GONE, "choose another of its fields, or take it out of the mapping"
    if rule.pushes and not found.is_writable:
        return "It can no longer be written over there.", "let its values go from there to here only"
    if found.is_restricted and found.options and (lost := sorted(rule.words_written - set(found.options))):
        if len(lost) == 1:
            return f"The option {quoted(lost)} is gone over there.", "say in its values what takes its place"
        return f"The options {quoted(lost)} are gone over there.", "say in its values what takes their place"
    return None


def news(before: Mapping[str, RemoteField], now: Mapping[str, RemoteField]) -> list[str]:
    """Fields that are new over there."""
    return sorted(set(now) - set(before)) if before else []
