"""The staging table: rows that were read wait here for the set-based statements that match and write them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha1
from typing import Any

from django.conf import settings
from django.db import connection

from governance.models import User
from martech.services.imports.tables import KEYS, STATE, TARGETS, Target
from martech.services.market import state_of_stage

NULL = "\\N"
STAGE = "import_stage"


class Colleagues:
    """Whom a file means by an owner: a user by address or by their unique name, else just the name."""

    def __init__(self) -> None:
        self.by_text: dict[str, int] = {}
        doubled: set[str] = set()
        for pk, email, name in User.objects.filter(is_active=True).values_list("pk", "email", "name"):
            self.by_text[email.lower()] = pk
            key = name.lower()
            if key in self.by_text:
                doubled.add(key)
            self.by_text[key] = pk
        for key in doubled:
            del self.by_text[key]

    def columns_of(self, owner: str) -> dict[str, Any]:
        pk = self.by_text.get(owner.lower())
        return {"owner_id": pk} if pk else {"owner_name": owner[:150]}


def digest_of(*parts: object) -> str:
    return sha1("\x1f".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def staged(kind: str, number: int, values: Mapping[str, Any], source: str, people: Colleagues) -> dict[str, Any]:
    """A row's values under the column names of the stage."""
    row: dict[str, Any] = {"row_number": number, **values}
    if owner := row.pop("owner", None):
        row |= people.columns_of(owner)
    if kind == "people" and (email := row.pop("email", None)):
        row["email"], row["match_key"] = email
    elif kind == "accounts":
        row["match_key"], row["parent_ref"] = row["name_key"], row.pop("parent.external_id", None)
    elif kind == "deals":
        stage_deal(row)
    elif kind == "spend":
        stage_spend(row, source)
    elif kind == "touches":
        row["person_ref"], row["person_mail"] = row.pop("person.external_id", None), mail_key(row)
        names = ("person_ref", "person_mail", "at", "kind", "url", "source", "medium", "campaign")
        row["key"] = digest_of(
            source, *(row.get(name) for name in names), json.dumps(row["properties"], sort_keys=True)
        )
    return row


def mail_key(row: dict[str, Any]) -> str | None:
    given = row.pop("person.email", None)
    return given[1] if given else None


def stage_deal(row: dict[str, Any]) -> None:
    row["person_ref"], row["person_mail"] = row.pop("person.external_id", None), mail_key(row)
    row["state"] = state_of_stage(row["stage"])
    row.setdefault("currency", settings.BASE_CURRENCY)
    row["account_name"] = row.pop("account", None)
    if not row.get("external_id"):
        names = ("name", "account_name", "person_ref", "opened_at", "closed_at", "amount", "product")
        row["external_id"] = "row:" + digest_of(*(row.get(name) for name in names))
    row.setdefault("name", " – ".join(filter(None, [row["account_name"], row.get("product")])) or row["external_id"])


def stage_spend(row: dict[str, Any], source: str) -> None:
    row.setdefault("currency", settings.BASE_CURRENCY)
    row["campaign_name"] = row.get("campaign")
    identifying = json.dumps(row["properties"], sort_keys=True)
    row["key"] = digest_of(source, row["date"], row["channel"], row.get("campaign"), identifying)


def cell(value: Any) -> Any:
    if value is None:
        return NULL
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return "{" + ",".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in value) + "}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def create_stage(target: Target) -> None:
    """An empty stage for this transaction."""
    columns = {**KEYS, **target.columns, **STATE}
    definition = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {STAGE}")
        cursor.execute(f"create temp table {STAGE} ({definition}) on commit drop")


def fill_stage(target: Target, rows: Sequence[Mapping[str, Any]]) -> None:
    """COPY rows into the emptied stage."""
    names = [*KEYS, *target.columns, "raw"]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([cell(row.get(name)) for name in names] for row in rows)
    buffer.seek(0)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {STAGE}")
        cursor.copy_expert(f"copy {STAGE} ({quoted}) from stdin with (format csv, null '{NULL}')", buffer)
        cursor.execute(f"analyze {STAGE}")


def target_of(kind: str) -> Target:
    return TARGETS[kind]
