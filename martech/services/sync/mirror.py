"""The mirror: what the other system said last, read and written in sets."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from martech.connectors.port import Value
from martech.models import Person, RemoteAlias, RemoteRow, SyncEcho, SyncObject
from martech.sync.values import digest
from mops.core.sql import execute


@dataclass(slots=True)
class Known:
    """A mirrored record. `base` is None where both sides agreed on `values`."""

    external_id: str
    local_id: int | None
    values: dict[str, Value]
    base: dict[str, Value] | None
    times: dict[str, str]
    fate: str
    due_at: datetime | None


FIELDS = ("external_id", "local_id", "values", "base", "times", "fate", "due_at")


def known_rows(object: SyncObject, ids: Iterable[str]) -> dict[str, Known]:
    """The mirrored records with these ids; a person merged away leads to the survivor."""
    rows = RemoteRow.objects.filter(object=object, external_id__in=list(ids)).values_list(*FIELDS)
    found = {row[0]: Known(*row) for row in rows}
    if object.kind == "person":
        follow_merges(found.values())
    return found


def follow_merges(rows: Iterable[Known]) -> None:
    linked = [row for row in rows if row.local_id is not None]
    merged = Person.objects.filter(pk__in={row.local_id for row in linked}, merged_into__isnull=False)
    survivors = dict(merged.order_by().values_list("pk", "merged_into_id"))
    for row in linked:
        row.local_id = survivors.get(row.local_id or 0, row.local_id)


@dataclass(slots=True)
class Kept:
    """What is to be stored of a record."""

    external_id: str
    local_id: int | None
    values: Mapping[str, Value]
    base: Mapping[str, Value] | None
    times: Mapping[str, str]
    modified_at: datetime | None
    is_due: bool = False


UPSERT = """
insert into martech_remoterow (object_id, external_id, local_id, "values", base, times, modified_at, seen_at, due_at, fate)
select %s, u.id, u.local_id, u.v, u.b, u.t, u.m, %s, case when u.due then %s::timestamptz end, ''
from unnest(%s::text[], %s::bigint[], %s::jsonb[], %s::jsonb[], %s::jsonb[], %s::timestamptz[], %s::boolean[])
  as u(id, local_id, v, b, t, m, due)
on conflict (object_id, external_id) do update set local_id = excluded.local_id, "values" = excluded."values",
  base = excluded.base, times = excluded.times, modified_at = excluded.modified_at, fate = '', fate_at = null,
  seen_at = excluded.seen_at,
  due_at = case when excluded.due_at is null then null else coalesce(martech_remoterow.due_at, excluded.due_at) end
"""


def keep_rows(object: SyncObject, rows: Sequence[Kept]) -> None:
    """Store what was seen, one statement, in the order of the ids so that two writers never wait for each other."""
    if not rows:
        return
    now = timezone.now()
    ordered = sorted(rows, key=lambda row: row.external_id)
    execute(
        UPSERT,
        *(object.pk, now, now),
        [row.external_id for row in ordered],
        [row.local_id for row in ordered],
        [as_json(row.values) for row in ordered],
        [as_json(row.base) if row.base is not None else None for row in ordered],
        [as_json(row.times) for row in ordered],
        [row.modified_at for row in ordered],
        [row.is_due for row in ordered],
    )


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def local_ids(connection: int, object_name: str, ids: Iterable[str]) -> dict[str, int]:
    """{their id: ours} of another object of the same connection; merged and converted ids lead on."""
    wanted = set(ids)
    if not wanted:
        return {}
    objects = {o.name: o for o in SyncObject.objects.filter(connection_id=connection)}
    if object_name not in objects:
        return {}
    object = objects[object_name]
    leads = {one: one for one in wanted}
    aliases = RemoteAlias.objects.filter(object=object, external_id__in=wanted, into_object=object_name)
    leads.update(dict(aliases.values_list("external_id", "into_id")))
    known = known_rows(object, leads.values())
    return {
        one: row.local_id
        for one, target in leads.items()
        if (row := known.get(target)) is not None and row.local_id is not None
    }


def external_ids(object: SyncObject, ids: Iterable[int]) -> dict[int, str]:
    """{our id: theirs}, the record changed last where there are several."""
    rows = RemoteRow.objects.filter(object=object, local_id__in=list(ids), fate="")
    ordered = rows.order_by(Coalesce("modified_at", "seen_at"), "id")
    return dict(ordered.values_list(F("local_id"), "external_id"))


def open_echoes(object: SyncObject, ids: Iterable[str]) -> set[tuple[str, str, int]]:
    """(record, field, digest) of what we are writing or wrote lately."""
    rows = SyncEcho.objects.filter(object=object, external_id__in=list(ids), expires_at__gt=timezone.now())
    return set(rows.values_list("external_id", "field", "digest"))


def is_echo(echoes: set[tuple[str, str, int]], external_id: str, field: str, value: Value) -> bool:
    return bool(echoes) and (external_id, field, digest(value)) in echoes
