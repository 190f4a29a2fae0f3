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
from martech.models import RemoteRow, SyncObject
from martech.services.sync.course import Course
from martech.sync.values import digest
from mops.core.copying import copy_rows
from mops.core.json_text import as_json
from mops.core.sql import array, execute, fetch, texts


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
    modified_at: datetime | None


KNOWN = """
select r.external_id, {local}, r."values"::text, r.base::text, r.times::text, r.fate, r.due_at, r.modified_at
from martech_remoterow r where r.object_id = %s and r.external_id = any(%s::text[])
"""
# A person merged away leads to the survivor.
SURVIVOR = "coalesce((select p.merged_into_id from martech_person p where p.id = r.local_id), r.local_id)"


def known_rows(object: SyncObject, ids: Iterable[str]) -> dict[str, Known]:
    """The mirrored records with these ids; a person merged away leads to the survivor."""
    local = SURVIVOR if object.kind == "person" else "r.local_id"
    rows = fetch(KNOWN.format(local=local), object.pk, texts(ids))
    return {
        one: Known(
            one, pk, json.loads(values), json.loads(base) if base is not None else None, json.loads(times), *rest
        )
        for one, pk, values, base, times, *rest in rows
    }


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


COLUMNS = (
    "object_id",
    "external_id",
    "local_id",
    "values",
    "base",
    "times",
    "modified_at",
    "seen_at",
    "due_at",
    "fate",
)
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


def keep_rows(object: SyncObject, rows: Sequence[Kept], fresh: Sequence[Kept] = ()) -> None:
    """Store what was seen, in the order of the ids so that two writers never wait for each other. `fresh` ones are new
    to the mirror; where somebody else was faster with one, that is an IntegrityError."""
    now = timezone.now()
    if fresh:
        stamp = now.isoformat()
        copy_rows(RemoteRow, COLUMNS, (_copied(object, row, stamp) for row in sorted(fresh, key=_external_id)))
    if not rows:
        return
    ordered = sorted(rows, key=_external_id)
    execute(
        UPSERT,
        *(object.pk, now, now),
        texts(row.external_id for row in ordered),
        array(row.local_id for row in ordered),
        texts(as_json(row.values) for row in ordered),
        texts(as_json(row.base) if row.base is not None else None for row in ordered),
        texts(as_json(row.times) for row in ordered),
        texts(row.modified_at.isoformat() if row.modified_at else None for row in ordered),
        [row.is_due for row in ordered],
    )


def _external_id(row: Kept) -> str:
    return row.external_id


def _copied(object: SyncObject, row: Kept, now: str) -> tuple[Any, ...]:
    base = as_json(row.base) if row.base is not None else None
    stated = (as_json(row.values), base, as_json(row.times) if row.times else "{}", row.modified_at)
    return (object.pk, row.external_id, row.local_id, *stated, now, now if row.is_due else None, "")


LOCAL_IDS = """
select w.id, coalesce(
  (select p.merged_into_id from martech_person p where o.kind = 'person' and p.id = r.local_id), r.local_id)
from martech_syncobject o, unnest(%s::text[]) w(id) cross join lateral (
  select local_id from martech_remoterow where object_id = o.id and external_id = coalesce(
    (select into_id from martech_remotealias where object_id = o.id and external_id = w.id and into_object = o.name limit 1),
    w.id) limit 1) r
where o.connection_id = %s and o.name = %s and r.local_id is not null
"""


def local_ids(connection: int, object_name: str, ids: Iterable[str]) -> dict[str, int]:
    """{their id: ours} of another object of the same connection; merged and converted ids lead on."""
    wanted = set(ids)
    return dict(fetch(LOCAL_IDS, texts(wanted), connection, object_name)) if wanted else {}


def ids_met(course: Course, object_name: str, ids: Iterable[str]) -> dict[str, int]:
    """As `local_ids`, looked up once for the portion that is being taken in."""
    met, wanted = course.met.setdefault(object_name, {}), set(ids)
    met.update(local_ids(course.connection.pk, object_name, wanted - met.keys()))
    return {one: met[one] for one in wanted if one in met}


def external_ids(object: SyncObject, ids: Iterable[int]) -> dict[int, str]:
    """{our id: theirs}, the record changed last where there are several."""
    rows = RemoteRow.objects.filter(object=object, local_id__in=list(ids), fate="")
    ordered = rows.order_by(Coalesce("modified_at", "seen_at"), "id")
    return dict(ordered.values_list(F("local_id"), "external_id"))


ECHOES = """
select external_id, field, digest from martech_syncecho
where object_id = %s and external_id = any(%s::text[]) and expires_at > %s
"""


def open_echoes(object: SyncObject, ids: Iterable[str]) -> set[tuple[str, str, int]]:
    """(record, field, digest) of what we are writing or wrote lately."""
    return {(one, field, digest) for one, field, digest in fetch(ECHOES, object.pk, texts(ids), timezone.now())}


def is_echo(echoes: set[tuple[str, str, int]], external_id: str, field: str, value: Value) -> bool:
    return bool(echoes) and (external_id, field, digest(value)) in echoes
