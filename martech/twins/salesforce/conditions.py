"""The WHERE of a query as a function of a row, and as the slice of rows that can fulfil it at all."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from martech.twins.salesforce.ids import to_18
from martech.twins.salesforce.refusals import Refusal, no_such_column
from martech.twins.salesforce.schema import NUMBERS, Field
from martech.twins.salesforce.soql import Group, Leaf, Moment, Named, malformed
from martech.twins.salesforce.store import Row, Store, Table, first_at

Test = Callable[[Row], bool]
Read = Callable[[Row], Any]


class Compiler:
    """Conditions of one query over one table."""

    def __init__(self, store: Store, table: Table, text: str = "") -> None:
        self.store, self.table, self.text = store, table, text

    def field(self, path: str) -> tuple[Field, Read]:
        """A field named by a path like `Account.Owner.Email`, and how a row is asked for it."""
        *steps, last = path.split(".")
        table, names = self.table, []
        if steps and steps[0].lower() == table.type.name.lower():
            steps = steps[1:]
        for step in steps:
            link = table.type.by_relationship(step)
            if link is None:
                message = f"Didn't understand relationship '{step}' in field path."
                raise Refusal("INVALID_FIELD", message)
            names.append(link.name)
            table = self.store.tables[link.refers_to[0]]
        found = table.type.named(last)
        if found is None:
            raise no_such_column(last, table.type.name, self.text)
        name = found.name
        if not names:
            return found, lambda row: row.values.get(name)
        return found, lambda row: self._along(row, names, name)

    def _along(self, row: Row | None, names: list[str], last: str) -> Any:
        for name in names:
            id = row.values.get(name) if row else None
            table = self.store.table_of(id) if id else None
            row = table.get(id) if table and id else None
        return row.values.get(last) if row else None

    def test(self, node: Leaf | Group) -> Test:
        if isinstance(node, Leaf):
            return self._leaf(node)
        tests = [self.test(part) for part in node.parts]
        if node.kind == "not":
            return lambda row: not tests[0](row)
        if len(tests) == 1:
            return tests[0]
        if len(tests) == 2:
            one, other = tests
            if node.kind == "or":
                return lambda row: one(row) or other(row)
            return lambda row: one(row) and other(row)
        if node.kind == "or":
            return lambda row: any(test(row) for test in tests)
        return lambda row: all(test(row) for test in tests)

    def _leaf(self, leaf: Leaf) -> Test:
        field, read = self.field(leaf.field)
        if not field.is_filterable or (field.type == "textarea" and field.length > 255):
            message = f"field '{field.name}' can not be filtered in a query call"
            raise Refusal("INVALID_FIELD", message)
        if leaf.operator in ("in", "not in"):
            wanted = {self.literal(field, value) for value in leaf.value}
            return (
                (lambda row: _cased(read(row), field) in wanted)
                if leaf.operator == "in"
                else (lambda row: _cased(read(row), field) not in wanted)
            )
        if leaf.operator in ("includes", "excludes"):
            sets = [set(str(value).split(";")) for value in leaf.value]
            is_in = leaf.operator == "includes"
            return lambda row: any(one <= set((read(row) or "").split(";")) for one in sets) is is_in
        if leaf.operator == "like":
            pattern = re.compile(_like(str(leaf.value)), re.IGNORECASE | re.DOTALL)
            return lambda row: pattern.fullmatch(str(read(row) or "")) is not None
        if isinstance(leaf.value, Named):
            return self._day(field, read, leaf.operator, leaf.value)
        return _compare(read, leaf.operator, self.literal(field, leaf.value), field)

    def _day(self, field: Field, read: Read, operator: str, named: Named) -> Test:
        """A day by name stands for all of it, and LAST_N_DAYS for everything since."""
        if field.type not in ("date", "datetime"):
            raise _wrong_type(field, named.name)
        days = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1, "LAST_N_DAYS": -named.number}[named.name]
        day: date = self.store.clock.now().date() + timedelta(days=days)
        if operator == "=" and named.number:
            operator = ">="
        return _compare(lambda row: (read(row) or "")[:10] or None, operator, day.isoformat(), field)

    def literal(self, field: Field, value: Any) -> Any:
        """A written value in the form the field's values are compared in. Raises Refusal where the types differ."""
        if isinstance(value, Moment):
            if field.type not in ("date", "datetime") or ("T" in value.text) != (field.type == "datetime"):
                raise _wrong_type(field, value.text)
            return moment(value.text) if field.type == "datetime" else value.text
        if value is None:
            return False if field.type == "boolean" else None
        if isinstance(value, bool) != (field.type == "boolean") or (
            not isinstance(value, bool) and isinstance(value, int | float) != (field.type in NUMBERS)
        ):
            raise _wrong_type(field, value)
        if field.type in ("date", "datetime"):
            raise _wrong_type(field, value)
        return _cased(to_18(value) if field.type in ("id", "reference") else value, field)

    def candidates(self, node: Leaf | Group | None, rows: list[Row]) -> tuple[Iterable[Row], list[Leaf | Group]]:
        """The rows a condition can be true of, found without looking at each, and what is left to ask of them.

        `rows` are in the order of (SystemModstamp, Id) and so is the answer.
        """
        parts = list(_ands(node))
        if not self.field("SystemModstamp")[0].is_filterable:
            return rows, parts
        low, high = 0, len(rows)
        rest: list[Leaf | Group] = []
        ids: set[str] | None = None
        begun = {part.value for part in parts if isinstance(part, Leaf) and _is_edge(part) and part.operator == ">="}
        for part in parts:
            if isinstance(part, Group):
                place = _behind(part, begun)
                low = max(low, first_at(rows, place)) if place else low
                rest += [] if place else [part]
            elif _is_edge(part):
                low, high = _cut(rows, part, low, high)
            elif part.field.lower() == "id" and part.operator == "in":
                ids = {to_18(str(value)) for value in part.value}
            else:
                rest.append(part)
        found = rows if (low, high) == (0, len(rows)) else rows[low:high]
        return ((row for row in found if row.id in ids) if ids is not None else found), rest


EDGES = {">=": "", "<": "", ">": "~", "<=": "~"}
"""What stands behind the moment in the place where the rows of a bound begin or end."""


def _cut(rows: list[Row], leaf: Leaf, low: int, high: int) -> tuple[int, int]:
    at = first_at(rows, (moment(leaf.value.text), EDGES[leaf.operator]))
    return (max(low, at), high) if leaf.operator.startswith(">") else (low, min(high, at))


def _is_edge(leaf: Leaf) -> bool:
    is_stamp = leaf.field.lower() == "systemmodstamp" and leaf.operator in EDGES
    return is_stamp and isinstance(leaf.value, Moment) and "T" in leaf.value.text


def _behind(node: Group, begun: set[Moment]) -> tuple[str, str] | None:
    """The place of `(SystemModstamp > t OR Id > 'x')` that readers by keyset put beside `SystemModstamp >= t`."""
    if node.kind != "or" or len(node.parts) != 2:
        return None
    one, other = node.parts
    if not isinstance(one, Leaf) or not isinstance(other, Leaf) or not _is_edge(one) or one.value not in begun:
        return None
    if (one.operator, other.operator, other.field.lower()) != (">", ">", "id"):
        return None
    return moment(one.value.text), to_18(str(other.value)) + "~"


def _ands(node: Leaf | Group | None) -> Iterable[Leaf | Group]:
    """The conditions that must all hold."""
    if node is None:
        return
    if isinstance(node, Group) and node.kind == "and":
        for part in node.parts:
            yield from _ands(part)
    else:
        yield node


def moment(text: str) -> str:
    """Any ISO 8601 date-time as the rows hold it, but with its fraction of a second."""
    at = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def _cased(value: Any, field: Field) -> Any:
    """Text compares without regard to case, ids with it."""
    if isinstance(value, str) and field.type not in ("id", "reference", "date", "datetime"):
        return value.lower()
    return value


def _like(pattern: str) -> str:
    return re.escape(pattern).replace("%", ".*").replace("_", ".")


def _wrong_type(field: Field, value: Any) -> Refusal:
    message = f"value of filter criterion for field '{field.name}' must be of type {field.type} and should not be enclosed in quotes"
    return Refusal("INVALID_FIELD", message if isinstance(value, str) else f"{message}: {value}")


def _compare(read: Read, operator: str, wanted: Any, field: Field) -> Test:
    cased = field.type in ("id", "reference", "date", "datetime", "boolean") or field.type in NUMBERS
    value: Read = read if cased else (lambda row: _cased(read(row), field))
    if field.type == "boolean":
        return (
            (lambda row: bool(read(row)) is wanted) if operator == "=" else (lambda row: bool(read(row)) is not wanted)
        )
    if operator in ("=", "!="):
        return (lambda row: value(row) == wanted) if operator == "=" else (lambda row: value(row) != wanted)
    if wanted is None:
        raise malformed(f"invalid operator on null: {operator}")
    match operator:
        case "<":
            return lambda row: (found := value(row)) is not None and found < wanted
        case "<=":
            return lambda row: (found := value(row)) is not None and found <= wanted
        case ">":
            return lambda row: (found := value(row)) is not None and found > wanted
    return lambda row: (found := value(row)) is not None and found >= wanted
