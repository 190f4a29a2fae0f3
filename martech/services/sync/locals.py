"""What the engine needs of a kind of our records: read many, find many, make many, change many. One class a kind."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db.models import Model

from governance.models import User
from martech.connectors.port import Value
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.sync.fields import PROPERTY
from mops.core.sql import execute

Values = Mapping[str, Value]


class Local(Protocol):
    kind: str
    model: type[Model]
    table: str

    def load(self, ids: Iterable[int], fields: Sequence[str]) -> dict[int, dict[str, Value]]:
        """Canonical values in our terms by id; locked until the transaction ends, merged-away ids left out."""
        ...

    def find(self, course: Course, rows: Sequence[Incoming]) -> None:
        """Set `local_id` of the rows whose record we know by an id or a match field."""
        ...

    def create(self, course: Course, rows: Sequence[Incoming]) -> None:
        """Make the rows' records in one go and set their `local_id`. IntegrityError when somebody was faster."""
        ...

    def change(self, course: Course, changes: Mapping[int, Values]) -> None:
        """Set the given fields of the given records."""
        ...

    def after(self, course: Course, *, created: Sequence[int], changed: Mapping[int, Values]) -> None:
        """What follows from new and changed records."""
        ...


def users_named(rows: Iterable[Values]) -> dict[str, int]:
    """{address: user} of the owners that values name, those who were deactivated too: an undo may give back to them."""
    addresses = {str(values["owner"]) for values in rows if values.get("owner")}
    return dict(User.objects.filter(email__in=addresses).values_list("email", "pk")) if addresses else {}


def moment_or(value: Value, default: datetime) -> datetime:
    return datetime.fromisoformat(str(value)) if value else default


def iso(moment: datetime | None) -> Value:
    """A moment of ours in the canonical form."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


TEXT = "case when v.c ? '{name}' then coalesce(v.c->>'{name}', '') else t.{name} end"
CAST = "case when v.c ? '{name}' then (v.c->>'{name}')::{type} else t.{name} end"


def update_many(
    table: str, changes: Mapping[int, Mapping[str, Any]], columns: Mapping[str, str], *, properties: bool = True
) -> None:
    """One statement that sets, for each record, just the columns given for it. `columns`: {name: "" for text, else the
    SQL type}; keys of `changes` that begin with `properties.` are merged into the properties, None removes one."""
    used = {name for values in changes.values() for name in values if name in columns}
    sets = [
        f"{name} = " + (CAST.format(name=name, type=columns[name]) if columns[name] else TEXT.format(name=name))
        for name in sorted(used)
    ]
    if properties:
        sets.append(
            "properties = case when v.p is null then t.properties else jsonb_strip_nulls(t.properties || v.p) end"
        )
    rows = [
        (pk, json.dumps({n: v for n, v in values.items() if n in columns}), properties_of(values))
        for pk, values in sorted(changes.items())
    ]
    execute(
        f"update {table} t set {', '.join([*sets, 'updated_at = now()'])} "  # noqa: S608 - names are our own columns
        f"from (select * from unnest(%s::bigint[], %s::jsonb[], %s::jsonb[]) as u(id, c, p)) v where t.id = v.id",
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
    )


def properties_of(values: Mapping[str, Any]) -> str | None:
    found = {name.removeprefix(PROPERTY): value for name, value in values.items() if name.startswith(PROPERTY)}
    return json.dumps(found) if found else None
