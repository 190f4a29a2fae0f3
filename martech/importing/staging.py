"""Rows that were read, under the column names of the stage and as the bytes PostgreSQL copies in. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha1
from typing import Any

from martech.deal_stages import state_of_stage

Row = dict[str, Any]
NULL = "\x1e"
"""What COPY reads as NULL: a control character, which no text that was read still has."""
UNIT = "\x1f"
NOTHING: Mapping[str, Any] = {}


def digest_of(*parts: object) -> str:
    return sha1(UNIT.join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def keys_of(kind: str, ways: tuple[str, ...]) -> tuple[str, ...]:
    """The staged columns that no two objects of a kind share, given by which fields rows are matched."""
    if kind in ("spend", "touches"):
        return ("key",)
    by_way = {"accounts": {"name": "match_key", "domain": "domain"}, "deals": {"name": "name"}}
    chosen = [column for way, column in by_way.get(kind, {}).items() if way in ways]
    return ("external_id", "match_key") if kind == "people" else ("external_id", *chosen)


class Stager:
    """Turns the values of a row into a row of the stage.

    `colleagues` are the ids of users by address and unique name in lower case: whom a file means by an owner.
    """

    def __init__(self, kind: str, *, source: str, currency: str, colleagues: Mapping[str, int]) -> None:
        self.source, self.currency, self.colleagues = source, currency, colleagues
        kinds: Mapping[str, Callable[[Row], None]] = {
            "people": self.person,
            "accounts": self.account,
            "deals": self.deal,
            "spend": self.spend,
            "touches": self.touch,
        }
        self.shape = kinds[kind]

    def stage(self, number: int, values: Mapping[str, Any]) -> Row:
        row: Row = {"row_number": number, **values}
        if owner := row.pop("owner", None):
            known = self.colleagues.get(owner.lower())
            row |= {"owner_id": known} if known else {"owner_name": owner[:150]}
        self.shape(row)
        if not row["properties"]:
            del row["properties"]
        return row

    def person(self, row: Row) -> None:
        if email := row.pop("email", None):
            row["email"], row["match_key"] = email

    def account(self, row: Row) -> None:
        row["match_key"], row["parent_ref"] = row["name_key"], row.pop("parent.external_id", None)

    def deal(self, row: Row) -> None:
        name_person(row)
        row["state"] = state_of_stage(row["stage"])
        row.setdefault("currency", self.currency)
        row["account_name"] = row.pop("account", None)
        if not row.get("external_id"):
            names = ("name", "account_name", "person_ref", "opened_at", "closed_at", "amount", "product")
            row["external_id"] = "row:" + digest_of(*(row.get(name) for name in names))
        named = " – ".join(filter(None, [row["account_name"], row.get("product")]))
        row.setdefault("name", named or row["external_id"])

    def spend(self, row: Row) -> None:
        row.setdefault("currency", self.currency)
        row["campaign_name"] = row.get("campaign")
        identifying = json.dumps(row["properties"], sort_keys=True)
        row["key"] = digest_of(self.source, row["date"], row["channel"], row.get("campaign"), identifying)

    def touch(self, row: Row) -> None:
        name_person(row)
        names = ("person_ref", "person_mail", "at", "kind", "url", "source", "medium", "campaign")
        identifying = json.dumps(row["properties"], sort_keys=True)
        row["key"] = digest_of(self.source, *(row.get(name) for name in names), identifying)


def name_person(row: Row) -> None:
    row["person_ref"] = row.pop("person.external_id", None)
    given = row.pop("person.email", None)
    row["person_mail"] = given[1] if given else None


def needs_raw(row: Mapping[str, Any]) -> bool:
    """Rows that may still be refused in the database keep their cells, so that the refusal can show them."""
    both = row.get("external_id") is not None and row.get("match_key") is not None
    return both or row.get("person_ref") is not None or row.get("person_mail") is not None


def copy_line(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """A row in COPY's text format, its columns in the order of `names`."""
    cells = [value if type(value) is str else copied(value) for value in map(row.get, names)]
    line = UNIT.join(cells)
    # One look at the whole line spares a look at every cell: nearly none has anything to escape.
    if "\\" in line or "\t" in line or "\n" in line or "\r" in line or line.count(UNIT) != len(names) - 1:
        return "\t".join([cell if cell is NULL else escaped(cell) for cell in cells])
    return line.replace(UNIT, "\t")


def copied(value: Any) -> str:
    """A value that is no text as PostgreSQL reads it, before the escaping of COPY."""
    if value is None:
        return NULL
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        quoted = (part.replace("\\", "\\\\").replace('"', '\\"') for part in value)
        return "{" + ",".join(f'"{part}"' for part in quoted) + "}"
    if value is True or value is False:
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
