"""Rows follow a merged person to the survivor, and find their way back."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from martech.services.merging.holders import Holder, holders
from mops.core.sql import execute, fetch
from mops.core.work import WorkState

Row = dict[str, Any]


@dataclass
class Moves:
    """What a merge did to other tables; the shapes are those of PersonMerge."""

    moved: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    removed: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    filled: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))


def rows_as_json(model: type[Model], ids: Iterable[int]) -> dict[int, Row]:
    """Whole rows by id, as PostgreSQL writes them; `write_columns` and `insert_rows` read them back without loss."""
    table, key = model._meta.db_table, model._meta.pk.column
    found = fetch(f"select {key}, to_jsonb(t)::text from {table} t where {key} = any(%s)", list(ids))
    return {pk: json.loads(text) for pk, text in found}


def columns_of(model: type[Model]) -> list[str]:
    return [f.column for f in model._meta.local_concrete_fields if not getattr(f, "generated", False)]


def write_columns(model: type[Model], pk: int, row: Row) -> None:
    """Set the named columns of one row to the values of its JSON."""
    if not row:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    names = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f'r."{name}"' for name in row)
    execute(
        f"update {table} t set ({names}) = row({values}) from jsonb_populate_record(null::{table}, %s::jsonb) r where t.{key} = %s",
        json.dumps(row),
        pk,
    )


def follow(survivor: int, others: Sequence[int]) -> Moves:
    """Let every row of the others follow to the survivor; `others` in the order that decides ties."""
    moves = Moves()
    for holder in holders():
        if holder.stays:
            continue
        if holder.is_work:
            _take_back_claims(holder, others)
        if clashing := _clashing(holder, survivor, others):
            _remove(holder, clashing, moves)
        _move(holder, survivor, others, moves)
    moves.removed, moves.filled = dict(moves.removed), dict(moves.filled)
    return moves


def _take_back_claims(holder: Holder, others: Sequence[int]) -> None:
    """Work that a worker has just claimed waits again, to be done for the survivor; the worker is fenced off."""
    claimed = holder.model._default_manager.filter(**{f"{holder.field}__in": others}, state=WorkState.RUNNING)
    claimed.update(state=WorkState.PENDING, lease_until=None, lease_token=None)


def _clashing(holder: Holder, survivor: int, others: Sequence[int]) -> dict[int, int]:
    """Rows the survivor would have twice, with the row that stays: the survivor's, else that of the first other."""
    order = {pk: rank for rank, pk in enumerate([survivor, *others])}
    attribute = holder.foreign_key.attname
    found: dict[int, int] = {}
    for names, condition in holder.uniques():
        rows = holder.model._default_manager.filter(condition, **{f"{attribute}__in": list(order)})
        kept: dict[tuple[Any, ...], int] = {}
        for pk, person, *values in sorted(
            rows.values_list("pk", attribute, *names), key=lambda row: (order[row[1]], row[0])
        ):
            if None in values or pk in found:
                continue  # nulls are distinct
            if kept.setdefault(tuple(values), pk) != pk and person != survivor:
                found[pk] = kept[tuple(values)]
    return found


def _remove(holder: Holder, clashing: Mapping[int, int], moves: Moves) -> None:
    model, table = holder.model, holder.model._meta.db_table
    rows = rows_as_json(model, [*clashing, *clashing.values()])
    for pk, kept in sorted(clashing.items()):
        taken = {n: rows[pk][n] for n in holder.fill if rows[kept][n] in ("", None) and rows[pk][n] not in ("", None)}
        if taken:
            moves.filled[table].append([kept, {name: rows[kept][name] for name in taken}, taken])
            rows[kept].update(taken)
            write_columns(model, kept, taken)
    moves.removed[table] += [rows[pk] for pk in sorted(clashing)]
    execute(f"delete from {table} where {model._meta.pk.column} = any(%s)", list(clashing))


def _move(holder: Holder, survivor: int, others: Sequence[int], moves: Moves) -> None:
    table, column, key = holder.model._meta.db_table, holder.column, holder.model._meta.pk.column
    by_person: dict[str, list[int]] = defaultdict(list)
    for pk, person in fetch(f"select {key}, {column} from {table} where {column} = any(%s) order by 1", list(others)):
        by_person[str(person)].append(pk)
    if by_person:
        execute(f"update {table} set {column} = %s where {column} = any(%s)", survivor, list(others))
        moves.moved[holder.key] = dict(by_person)


def take_back(survivor: int, moves: Moves) -> None:
    """Rows go back to whom they came from, as far as they are still the survivor's; removed rows are there again."""
    known = {holder.key: holder for holder in holders()}
    for name, by_person in moves.moved.items():
        for person, ids in by_person.items():
            if name in known:
                _move_back(known[name], survivor, int(person), ids)
    models = {holder.model._meta.db_table: holder.model for holder in known.values()}
    for table, changes in moves.filled.items():
        for pk, before, after in reversed(changes if table in models else []):
            if current := rows_as_json(models[table], [pk]).get(pk):
                untouched = {name: value for name, value in before.items() if current[name] == after[name]}
                write_columns(models[table], pk, untouched)
    for table, rows in moves.removed.items():
        if table in models:
            insert_rows(models[table], rows)


def _move_back(holder: Holder, survivor: int, person: int, ids: Sequence[int]) -> None:
    table, column, key = holder.model._meta.db_table, holder.column, holder.model._meta.pk.column
    moved = [survivor] if holder.is_keyed_by_person else list(ids)
    execute(f"update {table} set {column} = %s where {key} = any(%s) and {column} = %s", person, moved, survivor)


def insert_rows(model: type[Model], rows: Sequence[Row]) -> int:
    """Insert rows that were removed, except those whose deal, user or other object is gone since."""
    table, columns = model._meta.db_table, columns_of(model)
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f'r."{name}"' for name in columns)
    there = [
        f'(r."{f.column}" is null or exists (select 1 from {f.related_model._meta.db_table} x where x.id = r."{f.column}"))'
        for f in model._meta.local_concrete_fields
        if f.is_relation and f.related_model is not None
    ]
    return execute(
        f"insert into {table} ({names}) select {values} from jsonb_populate_recordset(null::{table}, %s::jsonb) r "
        f"where {' and '.join(there)} on conflict do nothing",
        json.dumps(list(rows)),
    )
