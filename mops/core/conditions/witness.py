"""A record that satisfies a condition, made from the condition's own values: the proof that somebody can meet it.

The counterpart of `analysis`: that one proves that nobody can, this one that somebody can. What neither proves is open.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from mops.core.conditions.evaluate import evaluate
from mops.core.conditions.matching import leaf_test
from mops.core.conditions.operators import Type
from mops.core.conditions.periods import period
from mops.core.conditions.tree import AllOf, Leaf, Node, Not, leaves

MOST_BRANCHES = 200
"""Ways to satisfy a condition with alternatives that are tried."""
_ONE_DAY = timedelta(days=1)

_Branch = tuple[tuple[Leaf, bool], ...]


def find_record(node: Node, now: datetime) -> dict[str, Any] | None:
    """`{field key: value}` of a record that satisfies the condition; None when none was found."""
    for branch in islice(_branches(node, True), MOST_BRANCHES):
        record = _record_of(branch, now)
        if record is not None and evaluate(node, record, now=now).passed:
            return record
    return None


def _branches(node: Node, is_true: bool) -> Iterator[_Branch]:
    """Sets of leaves with their wanted truth; each set satisfies the node."""
    if isinstance(node, Leaf):
        yield ((node, is_true),)
    elif isinstance(node, Not):
        yield from _branches(node.part, not is_true)
    elif isinstance(node, AllOf) is is_true:
        yield from _together(node.parts, is_true)
    else:
        for part in node.parts:
            yield from _branches(part, is_true)


def _together(parts: Sequence[Node], is_true: bool) -> Iterator[_Branch]:
    if not parts:
        yield ()
        return
    for head in _branches(parts[0], is_true):
        for rest in _together(parts[1:], is_true):
            yield head + rest


def _record_of(branch: _Branch, now: datetime) -> dict[str, Any] | None:
    """A value for every field that the branch reads, None when one of them has none that fits."""
    by_field: dict[str, list[tuple[Leaf, bool]]] = defaultdict(list)
    for leaf, is_true in branch:
        by_field[leaf.field].append((leaf, is_true))
    record: dict[str, Any] = {}
    for literals in by_field.values():
        leaf = literals[0][0]
        if leaf.spec.custom is not None:
            return None
        fitting = [value for value in _values(literals, now) if _fits(literals, value, now)]
        if not fitting:
            return None
        if leaf.spec.type is Type.JSON:
            record.setdefault(leaf.spec.record_key, {})[leaf.property_name] = fitting[0]
        else:
            record[leaf.spec.record_key] = fitting[0]
    return record


def _fits(literals: Sequence[tuple[Leaf, bool]], value: Any, now: datetime) -> bool:
    return all(leaf_test(leaf)(value, now) is is_true for leaf, is_true in literals)


def _values(literals: Sequence[tuple[Leaf, bool]], now: datetime) -> list[Any]:
    """Values worth trying for one field: those its leaves name, their neighbours, and nothing at all."""
    found: list[Any] = [value for leaf, _is_true in literals for value in _named(leaf, now)]
    texts = {op: [str(leaf.value) for leaf, is_true in literals if is_true and leaf.op == op] for op in _ENDS}
    if any(texts.values()):
        found.append("".join([*texts["starts_with"][:1], *texts["contains"], *texts["ends_with"][:1]]))
    spec = literals[0][0].spec
    found += [value for value, _label in spec.choices()] if spec.choices else []
    found += [True, False] if spec.type is Type.BOOLEAN else ["something"] if spec.type is Type.TEXT else []
    return [*found, None]


_ENDS = ("starts_with", "contains", "ends_with")


def _named(leaf: Leaf, now: datetime) -> list[Any]:
    if leaf.value is None:
        return []
    if leaf.kind in (Type.DATE, Type.DATETIME):
        return _moments(leaf, now)
    values = list(leaf.value) if isinstance(leaf.value, tuple) else [leaf.value]
    if leaf.kind is Type.LIST:
        return [[value] for value in values] + [values]
    if leaf.kind is Type.NUMBER:
        return [near for value in values for near in (value, value + 1, value - 1)]
    return values


def _moments(leaf: Leaf, now: datetime) -> list[Any]:
    """Moments inside the leaf's period and just outside; as text for a property, which keeps its dates so."""
    low, high = period(leaf.positive.op, leaf.value, now, as_days=leaf.kind is Type.DATE)
    edges = [edge for bound in (low, high) if bound is not None for edge in (bound, bound - _ONE_DAY, bound + _ONE_DAY)]
    return [edge.isoformat() for edge in edges] if leaf.spec.type is Type.JSON else list(edges)


def in_words(record: Mapping[str, Any], node: Node) -> str:
    """What the record says of the fields that the condition reads: "Country Germany and Employees 501"."""
    said: dict[str, str] = {}
    for leaf in leaves(node):
        value = record.get(leaf.spec.record_key)
        if leaf.spec.type is Type.JSON:
            value = value.get(leaf.property_name) if isinstance(value, Mapping) else None
        said.setdefault(leaf.field, f"{leaf.label} {_word(value, leaf)}")
    return " and ".join(said.values())


def _word(value: Any, leaf: Leaf) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:,}"
    return leaf.spec.choice_labels().get(str(value), str(value))
