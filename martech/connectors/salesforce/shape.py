"""What describe says of an object: its fields for the engine, and what a reader must know of it."""

from dataclasses import dataclass, replace
from typing import Any

from martech.connectors.errors import Misconfigured, ScopeMissing
from martech.connectors.port import FieldType, RemoteField, RemoteSchema
from martech.connectors.salesforce.line import Line

TYPES: dict[str, FieldType] = {
    "string": FieldType.TEXT,
    "textarea": FieldType.TEXT,
    "url": FieldType.TEXT,
    "id": FieldType.TEXT,
    "combobox": FieldType.TEXT,
    "encryptedstring": FieldType.TEXT,
    "time": FieldType.TEXT,
    "email": FieldType.EMAIL,
    "phone": FieldType.PHONE,
    "int": FieldType.NUMBER,
    "long": FieldType.NUMBER,
    "double": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "percent": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "picklist": FieldType.CHOICE,
    "multipicklist": FieldType.CHOICES,
    "reference": FieldType.REFERENCE,
}
"""Compound fields (address, location) and binaries are left out: their parts are fields of their own."""


@dataclass(frozen=True)
class Shape:
    """What a reader must know: the stamp a cursor can go by, and what tells the dead from the living."""

    schema: RemoteSchema
    stamp: str
    names: frozenset[str]
    types: dict[str, str]
    can_undelete: bool

    @property
    def living(self) -> list[str]:
        """Conditions of records that are themselves: neither deleted nor, of leads, converted into something else."""
        conditions = {"IsDeleted": "IsDeleted = false", "IsConverted": "IsConverted = false"}
        return [condition for name, condition in conditions.items() if name in self.names]

    @property
    def basics(self) -> list[str]:
        return ["Id", self.stamp, *(["CreatedDate"] if "CreatedDate" in self.names else [])]


class Shapes:
    """Describes objects once in a connector's life."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._known: dict[str, Shape] = {}

    def of(self, object: str) -> Shape:
        if object not in self._known:
            self._known[object] = _shape(self.line.rest(f"sobjects/{object}/describe"))
        return self._known[object]

    def checked(self, object: str, fields: tuple[str, ...]) -> Shape:
        """Raises Misconfigured for fields that are not there (any more)."""
        shape = self.of(object)
        if missing := tuple(name for name in fields if name not in shape.names):
            raise Misconfigured(
                f"{object} has no field {', '.join(missing)}, or the signed-in user may not see it.",
                remedy="Give the user field-level access, or take the field out of the mapping.",
                code="INVALID_FIELD",
                fields=missing,
            )
        return shape


def with_endings(schema: RemoteSchema, line: Line) -> RemoteSchema:
    """Which stages of opportunities are won and lost; names alone do not tell (“Signed”). Nothing for a user who may not
    see the list."""
    try:
        rows = line.query("SELECT ApiName, IsClosed, IsWon FROM OpportunityStage")["records"]
    except (Misconfigured, ScopeMissing):
        return schema
    endings = {row["ApiName"]: "won" if row["IsWon"] else "lost" for row in rows if row["IsClosed"]}
    fields = (replace(one, endings=endings) if one.name == "StageName" else one for one in schema.fields)
    return replace(schema, fields=tuple(fields))


def _shape(said: dict[str, Any]) -> Shape:
    fields = said["fields"]
    filterable = {one["name"] for one in fields if one.get("filterable")}
    stamps = [name for name in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if name in filterable]
    known = tuple(_field(one) for one in fields if one["type"] in TYPES)
    return Shape(
        schema=RemoteSchema(said["name"], said["label"], known),
        stamp=stamps[0] if stamps else "SystemModstamp",
        names=frozenset(one["name"] for one in fields),
        types={one["name"]: one["type"] for one in fields},
        can_undelete=bool(said.get("undeletable")),
    )


def _field(said: dict[str, Any]) -> RemoteField:
    options = tuple(one["value"] for one in said.get("picklistValues") or () if one.get("active"))
    length = int(said.get("length") or 0)
    can_create, can_update = bool(said.get("createable")), bool(said.get("updateable"))
    return RemoteField(
        name=said["name"],
        label=said["label"],
        type=TYPES[said["type"]],
        is_writable=can_create or can_update,
        is_required=can_create and not said.get("nillable") and not said.get("defaultedOnCreate"),
        is_unique=bool(said.get("unique") and said.get("externalId")) or said["type"] == "id",
        options=options,
        refers_to=tuple(said.get("referenceTo") or ()),
        longest=length if length and said["type"] not in ("reference", "id", "multipicklist") else None,
        is_restricted=bool(said.get("restrictedPicklist")),
    )
