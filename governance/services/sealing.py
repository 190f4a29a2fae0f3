"""Sealing history, so that a change behind the system's back is seen; and looking whether one was made."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from governance.merkle import merkle_root, seal_mac
from governance.models import Seal

MOST_ROWS = 100_000
"""Rows of one seal; more of them get more seals."""
LONGEST_TRANSACTION = timedelta(days=1)
"""A transaction that takes longer than this may write rows that no seal covers any more; audit_verify names them."""

# The oldest transaction of this database that may still write; before it everything is decided. 64-bit ids, cut to xid.
_HORIZON = """
SELECT coalesce(
    (SELECT backend_xid FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
     ORDER BY age(backend_xid) DESC LIMIT 1),
    (pg_snapshot_xmax(pg_current_snapshot())::text::bigint % 4294967296)::text::xid)::text
"""
# Only rows of transactions before it: then the set of rows is final.
_UNSEALED = """
WITH sealed AS (
    SELECT coalesce(max(upper(ids::int8multirange)) FILTER (WHERE created_at < %(settled)s), 0) AS floor,
           coalesce(range_agg(ids::int8multirange) FILTER (WHERE created_at >= %(settled)s), '{{}}') AS recent
    FROM governance_seal WHERE "table" = %(table)s)
SELECT pgh_id FROM {table} AS event, sealed
WHERE pgh_id >= sealed.floor AND NOT pgh_id::bigint <@ sealed.recent
    AND age(event.xmin) > age(%(horizon)s::xid)
ORDER BY pgh_id LIMIT %(most)s
"""
_RANGES = "SELECT range_agg(int8range(id, id, '[]'))::text FROM unnest(%s::bigint[]) AS id"
_LEAVES = """
SELECT pgh_id, sha256(convert_to(jsonb_build_array({columns})::text, 'UTF8')) FROM {table}
WHERE pgh_id::bigint <@ %s::int8multirange AND pgh_id >= %s AND pgh_id < %s ORDER BY pgh_id
"""
_STRAY = """
WITH sealed AS (
    SELECT coalesce(range_agg(ids::int8multirange), '{{}}') AS ids FROM governance_seal WHERE "table" = %s)
SELECT pgh_id FROM {table} AS event, sealed
WHERE pgh_created_at < %s AND NOT pgh_id::bigint <@ sealed.ids ORDER BY pgh_id LIMIT 20
"""


@dataclass(frozen=True)
class Fault:
    """The first thing wrong with a table's seals. `seal` is None for rows that no seal covers."""

    table: str
    seal: int | None
    reason: str


def history_tables() -> dict[str, list[str]]:
    """Every table of history with its columns in the order of their names."""
    models = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model") or _is_event(model)]
    return {model._meta.db_table: sorted(field.column for field in model._meta.concrete_fields) for model in models}


def _is_event(model: object) -> bool:
    names = {field.name for field in model._meta.concrete_fields}  # type: ignore[attr-defined]
    return {"pgh_id", "pgh_obj", "pgh_label"} <= names


def seal_history() -> int:
    """Seal everything that is final and not sealed yet; returns the rows. One sealer at a time."""
    sealed = 0
    for table, columns in sorted(history_tables().items()):
        while (rows := _seal_next(table, columns)) > 0:
            sealed += rows
    return sealed


def _seal_next(table: str, columns: list[str]) -> int:
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('seal_history'))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_HORIZON)
        values = {
            "table": table,
            "settled": now - LONGEST_TRANSACTION,
            "most": MOST_ROWS,
            "horizon": cursor.fetchone()[0],
        }
        cursor.execute(_UNSEALED.format(table=connection.ops.quote_name(table)), values)
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(_RANGES, [ids])
        ranges = cursor.fetchone()[0]
        _store(table, columns, ranges, len(ids), now)
    return len(ids)


def _store(table: str, columns: list[str], ranges: str, rows: int, now: datetime) -> None:
    last = Seal.objects.filter(table=table).order_by("-number").first()
    seal = Seal(
        table=table, number=last.number + 1 if last else 1, ids=ranges, rows=rows, columns=columns, created_at=now
    )
    seal.root = merkle_root(leaf for _pk, leaf in _leaves(seal))
    seal.mac = _mac(seal, last.mac if last else "")
    seal.save(force_insert=True)


def _leaves(seal: Seal) -> Iterator[tuple[int, bytes]]:
    quote = connection.ops.quote_name
    shown = [f"{quote(column)}::text" for column in seal.columns]
    # Fifty arguments at a time: a function takes no more than a hundred.
    arrays = [f"jsonb_build_array({', '.join(shown[at : at + 50])})" for at in range(0, len(shown), 50)]
    statement = _LEAVES.format(columns=", ".join(arrays), table=quote(seal.table))
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s::int8multirange), upper(%s::int8multirange)", [seal.ids, seal.ids])
        low, high = cursor.fetchone()
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute(statement, [seal.ids, low, high])
        while rows := cursor.fetchmany(5_000):
            yield from ((pk, bytes(leaf)) for pk, leaf in rows)


def _mac(seal: Seal, previous: str) -> str:
    key = hashlib.sha256(b"history seals" + (settings.ENCRYPTION_KEYS or [settings.SECRET_KEY])[-1].encode()).digest()
    return seal_mac(
        key, previous, seal.table, str(seal.number), seal.ids, str(seal.rows), ",".join(seal.columns), seal.root
    )


def verify_history() -> list[Fault]:
    """The first fault of every table of history; nothing when all of it is as it was sealed."""
    faults = (_first_fault(table) for table in sorted(history_tables()))
    return [fault for fault in faults if fault is not None]


def _first_fault(table: str) -> Fault | None:
    previous, expected = "", 1
    for seal in Seal.objects.filter(table=table).order_by("number"):
        if seal.number != expected:
            return Fault(table, expected, "this seal is missing")
        if seal.mac != _mac(seal, previous):
            return Fault(table, seal.number, "the seal itself was changed, or made with another key")
        with transaction.atomic():
            leaves = list(_leaves(seal))
        if len(leaves) != seal.rows:
            return Fault(table, seal.number, f"{len(leaves):,} of its {seal.rows:,} rows are there")
        if merkle_root(leaf for _pk, leaf in leaves) != seal.root:
            return Fault(table, seal.number, f"a row between {leaves[0][0]} and {leaves[-1][0]} was changed")
        previous, expected = seal.mac, expected + 1
    return _stray(table)


def _stray(table: str) -> Fault | None:
    """Rows that are older than any transaction may last and yet in no seal were slipped in."""
    with connection.cursor() as cursor:
        settled = timezone.now() - LONGEST_TRANSACTION
        cursor.execute(_STRAY.format(table=connection.ops.quote_name(table)), [table, settled])
        ids = [str(row[0]) for row in cursor.fetchall()]
    return Fault(table, None, f"rows that no seal covers: {', '.join(ids)}") if ids else None
