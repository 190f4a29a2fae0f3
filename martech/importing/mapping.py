"""The import map: which column is which field, what is constant, how values, dates and numbers are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from martech.importing.fields import DATES, FIELDS, NUMBERS, SYNONYMS
from mops.core.errors import DomainError
from mops.core.tabular import guess_date_order, guess_decimal

PROPERTY = "properties."
MATCHES: Mapping[str, tuple[str, ...]] = {
    "people": ("external_id", "email"),
    "accounts": ("external_id", "name"),
    "deals": ("external_id",),
    "spend": (),
    "touches": (),
}
MATCHABLE: Mapping[str, tuple[str, ...]] = {
    **MATCHES,
    "accounts": ("external_id", "name", "domain"),
    "deals": ("external_id", "name"),
}
PARTS = ("columns", "constants", "values")
"""The parts of a map that are objects."""
KEYS = {*PARTS, "dates", "decimal", "match_on", "rest"}


@dataclass(frozen=True)
class ImportMap:
    """A checked map; `columns` is column → field, `rest` says what happens to columns nobody named."""

    kind: str
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: str = "YMD"
    decimal: str = "."
    match_on: tuple[str, ...] = ()
    rest: str = "properties"

    @property
    def fields(self) -> set[str]:
        return {*self.columns.values(), *self.constants}

    @property
    def ways(self) -> tuple[str, ...]:
        """By which fields rows are matched, the first that finds something wins."""
        return self.match_on or MATCHES[self.kind]

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "values": {name: dict(pairs) for name, pairs in self.values.items()},
            "dates": self.dates,
            "decimal": self.decimal,
            "match_on": list(self.match_on),
            "rest": self.rest,
        }


def check_field(kind: str, name: str) -> str | None:
    """Why a field cannot be imported, with the nearest that can; None when it can."""
    if name in FIELDS[kind] or (name.startswith(PROPERTY) and len(name) > len(PROPERTY)):
        return None
    near = get_close_matches(name, FIELDS[kind], n=1)
    hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(FIELDS[kind])} or properties.…"
    return f"“{name}” is no field of {kind}; {hint}"


def entries_of(part: Any) -> dict[str, Any]:
    return dict(part) if isinstance(part, Mapping) else {}


def part_errors(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Parts that a map does not have, and parts that are no objects."""
    unknown = [f"An import map has no such part; use {', '.join(sorted(KEYS))}."]
    errors = {str(key): unknown for key in sorted(set(document) - KEYS)}
    shapeless = [part for part in PARTS if not isinstance(document.get(part) or {}, Mapping)]
    return errors | {part: ["Write an object."] for part in shapeless}


def column_errors(kind: str, given: Mapping[str, Any], columns: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with which column is which field: `given` by the map, of the `columns` of the file."""
    errors: dict[str, list[str]] = {}
    for column, name in given.items():
        if column not in columns:
            near = get_close_matches(str(column), columns, n=1)
            hint = f"did you mean “{near[0]}”?" if near else f"it has {', '.join(columns[:20])}."
            errors[f"columns.{column}"] = [f"The file has no such column; {hint}"]
        elif reason := check_field(kind, str(name)):
            errors[f"columns.{column}"] = [reason]
    filled = list(given.values())
    for name in {name for name in filled if filled.count(name) > 1}:
        errors[f"columns ({name})"] = ["Two columns fill this field; choose one, or give the other to properties.…"]
    return errors


def fixed_errors(kind: str, constants: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with the fields that are constant, and with the values that stand for others."""
    refused = {name: check_field(kind, str(name)) for name in constants}
    errors = {f"constants.{name}": [reason] for name, reason in refused.items() if reason}
    shapeless = [name for name, pairs in values.items() if not isinstance(pairs, Mapping)]
    return errors | {f"values.{name}": ["Write an object: value in the file → value of ours."] for name in shapeless}


def setting_errors(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with how a map says values are written and rows are matched."""
    errors: dict[str, list[str]] = {}
    if document.get("dates", "YMD") not in ("YMD", "DMY", "MDY"):
        errors["dates"] = ["Use YMD, DMY or MDY."]
    if document.get("decimal", ".") not in (".", ","):
        errors["decimal"] = ["Use . or ,"]
    if document.get("rest", "properties") not in ("properties", "ignore"):
        errors["rest"] = ["Use properties or ignore."]
    return errors


def match_errors(kind: str, document: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with the fields by which rows are to be matched."""
    ways = document.get("match_on") or []
    if not isinstance(ways, list):
        return ["Write a list of fields."]
    allowed = MATCHABLE[kind]
    if ways and not allowed:
        return [f"Rows of {kind} are recognised by all they say; leave match_on out."]
    fields = {*map(str, given["columns"].values()), *given["constants"]}
    fields |= {"domain"} if "website" in fields else set()
    wrong = [
        f"Rows of {kind} are matched by {' or '.join(allowed)}, not by {way}." for way in ways if way not in allowed
    ]
    missing = [f"No column is mapped to {way}." for way in ways if way in allowed and way not in fields]
    return [*wrong, *missing]


def read_map(document: Any, kind: str, columns: Sequence[str]) -> ImportMap:
    """Check a map document against the columns of a file. Raises DomainError naming every wrong entry."""
    if not isinstance(document, Mapping):
        raise DomainError("The import map is not an object.", errors={"map": ["Write a JSON object with `columns`."]})
    given = {part: entries_of(document.get(part)) for part in PARTS}
    errors = part_errors(document) | column_errors(kind, given["columns"], columns)
    errors |= fixed_errors(kind, given["constants"], given["values"]) | setting_errors(document)
    if reasons := match_errors(kind, document, given):
        errors["match_on"] = reasons
    if errors:
        raise DomainError("The import map does not fit the file.", errors=errors)
    constants = {str(name): str(value) for name, value in given["constants"].items()}
    values = {str(n): {str(k): str(v) for k, v in pairs.items()} for n, pairs in given["values"].items()}
    rest, match_on = str(document.get("rest", "properties")), tuple(document.get("match_on") or ())
    dates, decimal = document.get("dates", "YMD"), document.get("decimal", ".")
    return ImportMap(kind, given["columns"], constants, values, str(dates), str(decimal), match_on, rest)


def plain(header: str) -> str:
    return " ".join(header.lower().replace("_", " ").replace("-", " ").replace(".", " ").split())


def guess_column(kind: str, header: str, taken: Iterable[str]) -> str | None:
    """The field a header means, if it is one we know and still free."""
    words, free = plain(header), [name for name in FIELDS[kind] if name not in set(taken)]
    exact = (name for name in free if plain(name) == words)
    meant = (name for name in free if words in {plain(other) for other in SYNONYMS.get(name, ())})
    return next(exact, None) or next(meant, None)


def guess_map(kind: str, columns: Sequence[str], sample: Sequence[Sequence[str]]) -> ImportMap:
    """A map made of the headers, with the date order and decimal sign that the sample proves."""
    found: dict[str, str] = {}
    exact = [name for name in columns if plain(name) in {plain(field) for field in FIELDS[kind]}]
    for column in [*exact, *(name for name in columns if name not in exact)]:
        if name := guess_column(kind, column, found.values()):
            found[column] = name
    dates, decimal = "YMD", "."
    for column, name in found.items():
        values = [row[columns.index(column)] for row in sample if row[columns.index(column)]]
        if name in DATES and (order := guess_date_order(values)[0]):
            dates = order
        if name in NUMBERS and (sign := guess_decimal(values)[0]):
            decimal = sign
    return ImportMap(kind, found, dates=dates, decimal=decimal)
