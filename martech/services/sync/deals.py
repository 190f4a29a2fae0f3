"""Deals as the engine reads and writes them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from martech.connectors.port import FieldType, Value
from martech.deal_stages import state_of_stage
from martech.models import Deal, DealIdentity
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.services.sync.keys import key_of
from martech.services.sync.locals import Values, iso, update_many, users_named
from martech.services.sync.people import named_properties
from martech.sync.fields import PROPERTY
from martech.sync.keys import KEY
from martech.sync.values import canonical
from mops.core.copying import copy_rows, reserve_ids
from mops.core.history import expect_many
from mops.core.sql import among, among_texts, fetch, texts

TEXTS = ("name", "stage", "region", "product", "source", "currency")
COLUMNS: dict[str, str] = {
    **dict.fromkeys((*TEXTS, "state"), ""),
    "amount": "numeric",
    "owner_id": "bigint",
    "account_id": "bigint",
    "opened_at": "timestamptz",
    "closed_at": "timestamptz",
}


INSERTED = (*TEXTS, "state", "amount", "owner_id", "account_id", "opened_at", "closed_at", "properties")
"""What `_columns` gives, in its order."""


class Deals:
    kind = "deal"
    model = Deal
    table = "martech_deal"

    def load(self, ids: Iterable[int], fields: Sequence[str]) -> dict[int, dict[str, Value]]:
        rows = Deal.objects.filter(pk__in=among(ids)).order_by("pk").select_for_update(of=("self",))
        found = {}
        for row in rows.annotate(owner_email=F("owner__email")).values(
            "pk", *TEXTS, "amount", "owner_email", "account_id", "opened_at", "closed_at", "properties"
        ):
            every: dict[str, Value] = {name: row[name] or None for name in TEXTS}
            every["amount"] = canonical_amount(row["amount"])
            every[KEY], every["owner"] = key_of(row["pk"]), row["owner_email"]
            every["account"] = str(row["account_id"]) if row["account_id"] else None
            every["opened_at"], every["closed_at"] = iso(row["opened_at"]), iso(row["closed_at"])
            every.update(named_properties(row["properties"], fields))
            found[row["pk"]] = {name: every[name] for name in fields if name in every}
        return found

    def find(self, course: Course, rows: Sequence[Incoming]) -> None:
        """By the id they carry here, then by name and amount, where one deal here and one there have them."""
        by_id = {row.id: row for row in rows if row.local_id is None}
        known = DealIdentity.objects.filter(
            system=course.system, object=course.object.name, external_id__in=among_texts(by_id)
        )
        for external_id, deal in known.values_list("external_id", "deal_id"):
            by_id[external_id].local_id = deal
        if "name" in course.mapping.match:
            _match_only(course, [row for row in rows if row.local_id is None])

    def create(self, course: Course, rows: Sequence[Incoming]) -> None:
        now = timezone.now().isoformat()
        users = users_named(row.ours for row in rows)
        made, stages = [], Stages(course)
        for row, pk in zip(rows, reserve_ids(Deal, len(rows)), strict=True):
            row.local_id, row.is_new = pk, True
            values = _columns(row.ours, users, stages)
            values["name"] = values["name"] or f"{course.object.name} {row.id}"
            values["opened_at"] = values["opened_at"] or row.record.created_at
            made.append([pk, *values.values(), "", "", row.record.created_at or now, now])
        names = (*INSERTED, "owner_name", "channel", "created_at", "updated_at")
        copy_rows(Deal, ("id", *names), made)

    def change(self, course: Course, changes: Mapping[int, Values]) -> None:
        users = users_named(changes.values())
        expect_many(len(changes))
        stages = Stages(course)
        update_many(self.table, {pk: _changed(values, users, stages) for pk, values in changes.items()}, COLUMNS)

    def after(self, course: Course, *, created: Sequence[int], changed: Mapping[int, Values]) -> None:
        """Deals move their people; that follows once the people on them are known."""


NAMED = """
select lower(d.name), d.amount, min(d.id) from martech_deal d
where lower(d.name) = any(%s) and not exists (select 1 from martech_dealidentity i
  where i.deal_id = d.id and i.system = %s and i.object = %s)
group by 1, 2 having count(*) = 1
"""


def _match_only(course: Course, rows: Sequence[Incoming]) -> None:
    """Names alone are too common (“Renewal”); a deal that the other system has by another id already is another one."""
    wanted: dict[tuple[str, Value], list[Incoming]] = defaultdict(list)
    for row in rows:
        if name := str(row.ours.get("name") or "").strip().lower():
            wanted[name, row.ours.get("amount")].append(row)
    names = texts({name for name, _amount in wanted})
    for name, amount, deal in fetch(NAMED, names, course.system, course.object.name) if wanted else ():
        found = wanted.get((name, canonical_amount(amount)), [])
        if len(found) == 1:
            found[0].local_id = deal


def canonical_amount(amount: Decimal | None) -> Value:
    return canonical(FieldType.NUMBER, amount) if amount is not None else None


class Stages:
    """Which stages end a deal: as the other side's schema says, else by their names."""

    def __init__(self, course: Course) -> None:
        self.rule = next((rule for rule in course.mapping.rules if rule.ours == "stage"), None)
        remote = course.schema.get(self.rule.theirs) if self.rule else None
        self.options, self.endings = (remote.options, remote.endings) if remote else ((), {})

    def state(self, stage: str) -> str:
        """Won, lost or open, of a stage in our words."""
        try:
            theirs = str(self.rule.pushed(stage)) if self.rule else ""
        except ValueError:
            theirs = ""
        if self.endings and theirs in self.options:
            return self.endings.get(theirs, "open")
        return state_of_stage(stage)


def _changed(values: Values, users: Mapping[str, int], stages: Stages) -> dict[str, Any]:
    found: dict[str, Any] = {name: v for name, v in values.items() if name in COLUMNS or name.startswith(PROPERTY)}
    if "owner" in values:
        found["owner_id"] = users.get(str(values["owner"]))
    if "account" in values:
        found["account_id"] = values["account"]
    if values.get("stage"):
        found["state"] = stages.state(str(values["stage"]))
    if "currency" in found and not found["currency"]:
        del found["currency"]
    return found


def _columns(ours: Mapping[str, Value], users: Mapping[str, int], stages: Stages) -> dict[str, Any]:
    stage = str(ours.get("stage") or "open")
    return {
        **{name: ours.get(name) or "" for name in TEXTS},
        "stage": stage,
        "currency": str(ours.get("currency") or settings.BASE_CURRENCY).upper()[:3],
        "state": stages.state(stage),
        "amount": Decimal(str(ours["amount"])).quantize(Decimal("0.01")) if ours.get("amount") else None,
        "owner_id": users.get(str(ours.get("owner") or "")),
        "account_id": int(str(ours["account"])) if ours.get("account") else None,
        "opened_at": ours.get("opened_at"),
        "closed_at": ours.get("closed_at"),
        "properties": {n.removeprefix(PROPERTY): v for n, v in ours.items() if n.startswith(PROPERTY) and v},
    }
