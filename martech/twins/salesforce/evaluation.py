"""A parsed query answered from the store: rows in order, or groups and their figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from martech.twins.salesforce.conditions import Compiler
from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.soql import Aggregate, Group, Query, malformed
from martech.twins.salesforce.store import Row, Store, Table

ARCHIVED = frozenset({"Task", "Event"})


def table_for(store: Store, object: str) -> Table:
    """The table of an object in any case. Raises Refusal INVALID_TYPE when there is none, or none for this user."""
    found = next((table for name, table in store.tables.items() if name.lower() == object.lower()), None)
    if found is None or found.type.is_hidden:
        raise Refusal(
            "INVALID_TYPE",
            f"sObject type '{object}' is not supported. If you are attempting to use a custom object, be sure to append "
            "the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
        )
    return found


def select(store: Store, table: Table, query: Query, text: str, *, deleted_too: bool) -> list[Row]:
    """The rows of a query, sorted and cut by LIMIT and OFFSET."""
    compiler = Compiler(store, table, text)
    rows, rest = compiler.candidates(query.where, table.seen(store.clock.now()))
    test = compiler.test(Group("and", tuple(rest))) if rest else None
    if not deleted_too:
        rows = _living(rows, table.type.name in ARCHIVED)
    found = [row for row in rows if test(row)] if test else list(rows)
    _sort(compiler, query, found)
    end = None if query.limit is None else query.offset + query.limit
    return found[query.offset : end]


def _living(rows: Iterable[Row], can_archive: bool) -> Iterable[Row]:
    if can_archive:
        return (row for row in rows if not row.values.get("IsDeleted") and not row.values.get("IsArchived"))
    return (row for row in rows if not row.values.get("IsDeleted"))


def _sort(compiler: Compiler, query: Query, rows: list[Row]) -> None:
    """Rows come in the order of (SystemModstamp, Id), which is what most readers ask for."""
    names = [(name.lower(), descending) for name, descending, _last in query.order]
    if not names or names in ([("systemmodstamp", False)], [("systemmodstamp", False), ("id", False)]):
        return
    for name, descending, nulls_last in reversed(query.order):
        _field, read = compiler.field(name)
        rows.sort(key=_key(read, descending, nulls_last), reverse=descending)


def _key(read: Callable[[Row], Any], descending: bool, nulls_last: bool) -> Callable[[Row], Any]:
    first = descending is nulls_last

    def key(row: Row) -> tuple[bool, Any]:
        value = read(row)
        is_null = value is None
        return (
            is_null is not first,
            "" if is_null else value.lower() if isinstance(value, str) and len(value) != 18 else value,
        )

    return key


def figures(store: Store, table: Table, query: Query, rows: Sequence[Row], text: str) -> list[dict[str, Any]]:
    """The records of a query with aggregates, one for each group."""
    compiler = Compiler(store, table, text)
    reads = [(name, compiler.field(name)[1]) for name in query.groups]
    if set(query.fields) - set(query.groups):
        raise malformed(f"Field must be grouped or aggregated: {query.fields[0]}")
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(read(row) for _name, read in reads)].append(row)
    if not reads:
        groups.setdefault((), [])
    return [
        {
            "attributes": {"type": "AggregateResult"},
            **{name: value for (name, _read), value in zip(reads, key, strict=True)},
            **{one.alias: _figure(compiler, one, members) for one in query.aggregates},
        }
        for key, members in groups.items()
    ]


def _figure(compiler: Compiler, one: Aggregate, rows: Sequence[Row]) -> Any:
    if not one.field:
        return len(rows)
    read = compiler.field(one.field)[1]
    values = [value for row in rows if (value := read(row)) is not None]
    match one.function:
        case "COUNT":
            return len(values)
        case "COUNT_DISTINCT":
            return len(set(values))
        case "SUM":
            return sum(values)
        case "AVG":
            return sum(values) / len(values) if values else None
    if not values:
        return None
    return min(values) if one.function == "MIN" else max(values)


def columns(table: Table, query: Query, compiler: Compiler) -> list[str]:
    """The paths a query selects, spelled as the org spells them; FIELDS(ALL) needs a LIMIT of 200 at most."""
    names: list[str] = []
    for name in query.fields:
        if name.startswith("FIELDS("):
            if query.limit is None or query.limit > 200:
                raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
            names += list(table.type.fields)
        elif "." in name:
            compiler.field(name)
            names.append(name)
        else:
            names.append(compiler.field(name)[0].name)
    if len(names) != len(set(names)):
        twice = next(name for name in names if names.count(name) > 1)
        raise malformed(f"duplicate field selected: {twice}")
    return names
