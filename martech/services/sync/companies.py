"""Accounts as the engine reads and writes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from martech.connectors.port import Value
from martech.models import Account, AccountIdentity
from martech.normalisation import company_key, domain_of
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.services.sync.keys import key_of
from martech.services.sync.locals import Values, update_many, users_named
from martech.services.sync.people import named_properties
from martech.sync.fields import PROPERTY
from martech.sync.keys import KEY
from mops.core.copying import copy_rows, reserve_ids
from mops.core.history import expect_many
from mops.core.sql import among, among_texts
from mops.core.work import wake

TEXTS = ("name", "website", "domain", "country", "industry", "type")
COLUMNS: dict[str, str] = {
    **dict.fromkeys((*TEXTS, "name_key"), ""),
    "employees": "int",
    "owner_id": "bigint",
    "parent_id": "bigint",
}


INSERTED = (*TEXTS, "employees", "owner_id", "parent_id", "properties", "name_key")
"""What `_columns` and the key of the name give, in their order."""


class Companies:
    kind = "account"
    model = Account
    table = "martech_account"

    def load(self, ids: Iterable[int], fields: Sequence[str]) -> dict[int, dict[str, Value]]:
        rows = Account.objects.filter(pk__in=among(ids)).order_by("pk").select_for_update(of=("self",))
        found = {}
        for row in rows.annotate(owner_email=F("owner__email")).values(
            "pk", *TEXTS, "employees", "owner_email", "parent_id", "properties"
        ):
            every: dict[str, Value] = {name: row[name] or None for name in TEXTS}
            every["employees"] = str(row["employees"]) if row["employees"] is not None else None
            every[KEY], every["owner"] = key_of(row["pk"]), row["owner_email"]
            every["parent"] = str(row["parent_id"]) if row["parent_id"] else None
            every.update(named_properties(row["properties"], fields))
            found[row["pk"]] = {name: every[name] for name in fields if name in every}
        return found

    def find(self, course: Course, rows: Sequence[Incoming]) -> None:
        """By the id they carry here, then by a domain, then a name that only one account has."""
        by_id = {row.id: row for row in rows if row.local_id is None}
        known = AccountIdentity.objects.filter(
            system=course.system, object=course.object.name, external_id__in=among_texts(by_id)
        )
        for external_id, account in known.values_list("external_id", "account_id"):
            by_id[external_id].local_id = account
        for name, column, key in (("domain", "domain", domain_key), ("name", "name_key", name_key)):
            if name in course.mapping.match:
                _match_only(rows, column, key)

    def create(self, course: Course, rows: Sequence[Incoming]) -> None:
        now = timezone.now().isoformat()
        users = users_named(row.ours for row in rows)
        made = []
        for row, pk in zip(rows, reserve_ids(Account, len(rows)), strict=True):
            row.local_id, row.is_new = pk, True
            values = _columns(row.ours, users)
            values["name"] = values["name"] or values["domain"] or f"{course.object.name} {row.id}"
            values["name_key"] = company_key(values["name"])
            came = row.record.created_at or now
            made.append([pk, *values.values(), "{}", "{}", "", course.system, came, now])
        names = (*INSERTED, "extra_domains", "former_names", "owner_name", "source", "created_at", "updated_at")
        copy_rows(Account, ("id", *names), made)

    def change(self, course: Course, changes: Mapping[int, Values]) -> None:
        users = users_named(changes.values())
        expect_many(len(changes))
        update_many(self.table, {pk: _changed(values, users) for pk, values in changes.items()}, COLUMNS)

    def after(self, course: Course, *, created: Sequence[int], changed: Mapping[int, Values]) -> None:
        if created or changed:
            wake("accounts")  # a trigger has queued whom that may match


def domain_key(row: Incoming) -> str:
    return domain_of(str(row.ours.get("domain") or row.ours.get("website") or ""))


def name_key(row: Incoming) -> str:
    return company_key(str(row.ours.get("name") or ""))


def _match_only(rows: Sequence[Incoming], column: str, key: Any) -> None:
    wanted: dict[str, list[Incoming]] = {}
    for row in rows:
        if row.local_id is None and (found := key(row)):
            wanted.setdefault(found, []).append(row)
    seen: dict[str, list[int]] = {}
    for value, pk in Account.objects.filter(**{f"{column}__in": among_texts(wanted)}).values_list(column, "pk"):
        seen.setdefault(value, []).append(pk)
    for value, ids in seen.items():
        if len(ids) == 1:
            for row in wanted[value]:
                row.local_id = ids[0]


def _changed(values: Values, users: Mapping[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {name: v for name, v in values.items() if name in COLUMNS or name.startswith(PROPERTY)}
    if "owner" in values:
        found["owner_id"] = users.get(str(values["owner"]))
    if "parent" in values:
        found["parent_id"] = values["parent"]
    if values.get("name"):
        found["name_key"] = company_key(str(values["name"]))
    return found


def _columns(ours: Mapping[str, Value], users: Mapping[str, int]) -> dict[str, Any]:
    employees = ours.get("employees")
    return {
        **{name: ours.get(name) or "" for name in TEXTS},
        "employees": int(float(str(employees))) if employees else None,
        "owner_id": users.get(str(ours.get("owner") or "")),
        "parent_id": int(str(ours["parent"])) if ours.get("parent") else None,
        "properties": {n.removeprefix(PROPERTY): v for n, v in ours.items() if n.startswith(PROPERTY) and v},
    }
