"""A condition as SQL: one boolean expression in one WHERE, however many rules and rows.

SQL has three truth values and the language two. A leaf may come out NULL, which is harmless below `and` and `or`, as
NULL is then as good as false; every negation is `… IS NOT TRUE`, so NULL never survives one. Plain comparisons stay
plain and can use an index.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import BooleanField, Case, F, Func, Q, TextField, Value, When
from django.utils import timezone

from mops.core.conditions.catalogue import Catalogue
from mops.core.conditions.folding import fold, folded_column
from mops.core.conditions.matching import NUMERIC_TEXT, iso_bounds
from mops.core.conditions.operators import Type
from mops.core.conditions.periods import ISO_DAY, period
from mops.core.conditions.tree import AllOf, Leaf, Node, Not

_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Sql(Func):
    """SQL with numbered places: `Sql("{0} IS NOT TRUE", expression)`. A place may stand several times."""

    def __init__(self, pattern: str, *parts: Any, output_field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(*parts, output_field=output_field or BooleanField())
        self.pattern = pattern

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        compiled = [compiler.compile(part) for part in self.source_expressions]
        pieces: list[str] = []
        params: list[Any] = []
        for index, piece in enumerate(re.split(r"\{(\d+)\}", self.pattern)):
            if index % 2:
                sql, values = compiled[int(piece)]
                piece, params = sql, [*params, *values]
            pieces.append(piece)
        return f"({''.join(pieces)})", params


def _text(pattern: str, *parts: Any) -> Sql:
    return Sql(pattern, *parts, output_field=TextField())


def _joined(word: str, parts: list[Any]) -> Sql:
    return Sql(word.join(f"{{{index}}}" for index in range(len(parts))), *parts)


def _is_one_of(column: Any, values: list[Any]) -> Sql:
    places = ", ".join(f"{{{index}}}" for index in range(1, len(values) + 1))
    return Sql(f"{{0}} = ANY(ARRAY[{places}])", column, *map(Value, values))


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _match_text(column: Any, op: str, constant: Any) -> Sql:
    if op == "in":
        wanted = sorted(set(map(fold, constant)))
        return _is_one_of(folded_column(column, wanted), wanted)
    wanted_text = fold(constant)
    folded = folded_column(column, [wanted_text])
    if op == "eq":
        return Sql("{0} = {1}", folded, Value(wanted_text))
    pattern = {"contains": "%{}%", "starts_with": "{}%", "ends_with": "%{}"}[op].format(_like(wanted_text))
    return Sql("{0} LIKE {1}", folded, Value(pattern))


def _match_number(number: Any, op: str, constant: Any) -> Sql:
    if op == "in":
        return _is_one_of(number, sorted(set(constant)))
    if op == "between":
        return Sql("{0} BETWEEN {1} AND {2}", number, Value(constant[0]), Value(constant[1]))
    return Sql(f"{{0}} {_COMPARISONS[op]} {{1}}", number, Value(constant))


def _match_bounds(column: Any, bounds: tuple[Any, Any]) -> Sql:
    low, high = bounds
    tests = [Sql("{0} >= {1}", column, Value(low))] if low is not None else []
    tests += [Sql("{0} < {1}", column, Value(high))] if high is not None else []
    return _joined(" AND ", tests)


def _match_items(items: str, item: str, source: Any, wanted: list[str], guard: str = "TRUE") -> Sql:
    """Whether one of the items of `source` is wanted; the names are local to the subselect."""
    of_item = _match_text(_text(item), "in", wanted)
    return Sql(f"EXISTS (SELECT 1 FROM {items} WHERE {guard} AND {{1}})", source, of_item)  # noqa: S608 - our own words


def _match_json_items(source: Any, wanted: list[str]) -> Sql:
    array = "CASE WHEN jsonb_typeof({0}) = 'array' THEN {0} ELSE '[]'::jsonb END"
    guard = "jsonb_typeof(item.value) = 'string'"
    return _match_items(f"jsonb_array_elements({array}) AS item(value)", "item.value #>> '{}'", source, wanted, guard)


def _match_list(column: "models.Field[Any, Any]", path: F, leaf: Leaf) -> Sql:
    is_json = isinstance(column, models.JSONField)
    if leaf.op == "is_empty":
        if is_json:
            return _is_absent_json(path)
        return Sql("COALESCE(cardinality({0}), 0) = 0", path)
    wanted = list(leaf.value) if leaf.op == "in" else [leaf.value]
    if is_json:
        return _match_json_items(path, wanted)
    return _match_items("unnest({0}) AS item(value)", "item.value", path, wanted)


def _is_absent_json(value: Any) -> Sql:
    return Sql("""COALESCE({0}, 'null'::jsonb) = ANY(ARRAY['null', '""', '[]']::jsonb[])""", value)


def _json_text(value: Any) -> Sql:
    return _text("CASE WHEN jsonb_typeof({0}) = 'string' THEN {0} #>> '{}' END", value)


def _json_number(value: Any) -> Sql:
    """The CASE keeps the cast away from every text that is no number."""
    is_number = "jsonb_typeof({0}) = 'number' OR jsonb_typeof({0}) = 'string' AND {0} #>> '{}' ~ {1}"
    pattern = f"CASE WHEN {is_number} THEN ({{0}} #>> '{{}}')::numeric END"
    return Sql(pattern, value, Value(NUMERIC_TEXT), output_field=models.DecimalField())


def _json_day(value: Any) -> Sql:
    return _text('(CASE WHEN {0} ~ {1} THEN left({0}, 10) END) COLLATE "C"', _json_text(value), Value(ISO_DAY))


def _match_json_boolean(value: Any, leaf: Leaf) -> Sql:
    wanted = sorted({"true" if item else "false" for item in (leaf.value if leaf.op == "in" else [leaf.value])})
    spelled = ", ".join(f"'{word}'" for word in wanted)
    return _joined(
        " OR ",
        [Sql(f"{{0}} = ANY(ARRAY[{spelled}]::jsonb[])", value), _match_text(_json_text(value), "in", wanted)],
    )


def _match_property(path: F, leaf: Leaf, now: datetime) -> Sql:
    value = Sql("{0} -> {1}::text", path, Value(leaf.property_name), output_field=models.JSONField())
    if leaf.op == "is_empty":
        return _is_absent_json(value)
    if leaf.kind is Type.NUMBER:
        return _match_number(_json_number(value), leaf.op, leaf.value)
    if leaf.kind is Type.BOOLEAN:
        return _match_json_boolean(value, leaf)
    if leaf.kind is Type.DATE:
        return _match_bounds(_json_day(value), iso_bounds(period(leaf.op, leaf.value, now, as_days=True)))
    in_text = _match_text(_json_text(value), leaf.op, leaf.value)
    return _joined(" OR ", [in_text, _match_json_items(value, [leaf.value])]) if leaf.op == "contains" else in_text


def _column_number(column: "models.Field[Any, Any]", path: F) -> Any:
    """A float compares as the decimal it prints as; NaN is no number."""
    if not isinstance(column, models.FloatField):
        return path
    return Sql("CASE WHEN {0}::text <> 'NaN' THEN {0}::text::numeric END", path, output_field=models.DecimalField())


def _match_column(column: "models.Field[Any, Any]", path: F, leaf: Leaf, now: datetime) -> Sql:
    if leaf.kind is Type.LIST:
        return _match_list(column, path, leaf)
    is_text = leaf.kind in (Type.TEXT, Type.CHOICE)
    if leaf.op == "is_empty":
        return Sql("COALESCE({0}, '') = ''" if is_text else "{0} IS NULL", path)
    if is_text:
        return _match_text(path, leaf.op, leaf.value)
    if leaf.kind in (Type.DATE, Type.DATETIME):
        return _match_bounds(path, period(leaf.op, leaf.value, now, as_days=leaf.kind is Type.DATE))
    if leaf.kind is Type.BOOLEAN:
        return Sql("{0} = {1}", path, Value(leaf.value))
    return _match_number(_column_number(column, path), leaf.op, leaf.value)


def _leaf(leaf: Leaf, catalogue: Catalogue, now: datetime, prefix: str, among: Sequence[int] | None, each: bool) -> Any:
    if custom := leaf.spec.custom:
        passes = custom.to_q(leaf.op, leaf.value, now, prefix, among, each)
        if not isinstance(passes, Q):
            return passes
        return Case(When(passes, then=Value(True)), default=Value(False), output_field=BooleanField())
    path, positive = F(prefix + leaf.spec.lookup), leaf.positive
    if leaf.spec.type is Type.JSON:
        expression = _match_property(path, positive, now)
    else:
        expression = _match_column(catalogue.column(leaf.spec), path, positive, now)
    return Sql("{0} IS NOT TRUE", expression) if leaf.is_negative else expression


def _expression(node: Node, of_leaf: Callable[[Leaf], Any]) -> Any:
    if isinstance(node, Leaf):
        return of_leaf(node)
    if isinstance(node, Not):
        return Sql("{0} IS NOT TRUE", _expression(node.part, of_leaf))
    is_all = isinstance(node, AllOf)
    if not node.parts:
        return Sql("TRUE" if is_all else "FALSE")
    return _joined(" AND " if is_all else " OR ", [_expression(part, of_leaf) for part in node.parts])


def to_expression(node: Node, catalogue: Catalogue, *, now: datetime | None = None, prefix: str = "") -> Any:
    """A boolean that is never NULL, for annotations and sums: `annotate(hit=to_expression(node, catalogue))`."""
    return Sql("{0} IS TRUE", _raw(node, catalogue, now, prefix))


def to_q(
    node: Node,
    catalogue: Catalogue,
    *,
    now: datetime | None = None,
    prefix: str = "",
    among: Sequence[int] | None = None,
    each: bool = False,
) -> Q:
    """The rows that pass, for `filter()`; combine it with `&` and `|`, but negate with `Not`, never with `~`.

    `now` anchors relative dates (default: the clock); `prefix` leads from the filtered model to the catalogue's root,
    as in `Deal.objects.filter(to_q(node, people, prefix="person__"))`. Filter by the roots yourself where `among` names
    them: it only spares tests that read other tables the rows of everybody else. With `each` such a test looks at one root
    after the other, which is right when the rest of the condition leaves few.
    """
    return Q(_raw(node, catalogue, now, prefix, among, each))


def _raw(
    node: Node,
    catalogue: Catalogue,
    now: datetime | None,
    prefix: str,
    among: Sequence[int] | None = None,
    each: bool = False,
) -> Any:
    moment = now or timezone.now()
    return _expression(node, lambda leaf: _leaf(leaf, catalogue, moment, prefix, among, each))
