"""A condition against one record: the fast closure that only answers, and the explanation that says why.

A record is a mapping of field key → value (`{"person.country": "DE", "person.properties": {…}}`), or a model instance
wrapped as `InstanceRecord(instance, catalogue)`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from mops.core.conditions.matching import is_relative, leaf_test, reader
from mops.core.conditions.tree import AllOf, Leaf, Node, Not

Record = Mapping[str, Any]
Predicate = Callable[..., bool]
REMEMBERED = 4096
"""Answers a leaf keeps by text, since the texts of a field repeat."""


@dataclass(frozen=True)
class Result:
    """What became of a node: `actual` is the record's value at a leaf, `parts` the results below a group."""

    node: Node
    passed: bool
    actual: Any = None
    parts: tuple["Result", ...] = ()


def _compile(node: Node) -> Callable[[Record, datetime | None], bool]:
    if isinstance(node, Leaf):
        read, test = reader(node), leaf_test(node)
        return lambda record, now: test(read(record), now)
    if isinstance(node, Not):
        inner = _compile(node.part)
        return lambda record, now: not inner(record, now)
    parts = [_compile(part) for part in node.parts]
    if len(parts) == 1:
        return parts[0]
    is_all = isinstance(node, AllOf)

    def group(record: Record, now: datetime | None) -> bool:
        for part in parts:
            if part(record, now) is not is_all:
                return not is_all
        return is_all

    return group


def compile_predicate(node: Node) -> Predicate:
    """`predicate(record, now=None) -> bool`, for many records; compile once per published rule, not per record."""
    compiled = _compile(node)

    def predicate(record: Record, now: datetime | None = None) -> bool:
        return compiled(record, now)

    return predicate


NO_LEAF = -1
"""A condition that failed without a leaf to blame, such as `{"any": []}`."""

Culprit = Callable[[Record, datetime | None], int | None]


def compile_first_failing(node: Node) -> Culprit:
    """`culprit(record, now)`: None when the condition passes, else the number of its first failing leaf in reading order.

    The same leaf as `first_failing(evaluate(…))` names, at the price of a predicate; `NO_LEAF` when there is none.
    """
    return _compile_culprit(node, count(), wanted=True)


def _compile_culprit(node: Node, numbers: Iterator[int], *, wanted: bool) -> Culprit:
    if isinstance(node, Leaf):
        return _leaf_culprit(node, next(numbers), wanted=wanted)
    if isinstance(node, Not):
        return _compile_culprit(node.part, numbers, wanted=not wanted)
    parts = [_compile_culprit(part, numbers, wanted=wanted) for part in node.parts]
    return _every(parts) if isinstance(node, AllOf) is wanted else _either(parts)


def _leaf_culprit(leaf: Leaf, number: int, *, wanted: bool) -> Culprit:
    read, test = reader(leaf), leaf_test(leaf)
    if is_relative(leaf):
        return lambda record, now: None if test(read(record), now) is wanted else number
    known: dict[str, int | None] = {}

    def culprit(record: Record, now: datetime | None) -> int | None:
        value = read(record)
        if value.__class__ is not str:
            return None if test(value, now) is wanted else number
        if value not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[value] = None if test(value, now) is wanted else number
        return known[value]

    return culprit


def _every(parts: list[Culprit]) -> Culprit:
    """All must be as wanted; the first one that is not, and has a leaf to blame, is the culprit."""

    def culprit(record: Record, now: datetime | None) -> int | None:
        found = None
        for part in parts:
            blamed = part(record, now)
            if blamed is not None and blamed != NO_LEAF:
                return blamed
            found = found if blamed is None else blamed
        return found

    return culprit


def _either(parts: list[Culprit]) -> Culprit:
    """One as wanted is enough; otherwise the first with a leaf to blame."""

    def culprit(record: Record, now: datetime | None) -> int | None:
        found = NO_LEAF
        for part in parts:
            blamed = part(record, now)
            if blamed is None:
                return None
            found = blamed if found == NO_LEAF else found
        return found

    return culprit


def evaluate(node: Node, record: Record, *, now: datetime | None = None) -> Result:
    """The same answer with its explanation: every leaf is looked at, none is skipped."""
    moment = now or timezone.now()
    if isinstance(node, Leaf):
        actual = reader(node)(record)
        passed = leaf_test(node)(actual, moment)
        custom = node.spec.custom
        return Result(node, passed, custom.measure(node.value, actual, moment) if custom else actual)
    if isinstance(node, Not):
        part = evaluate(node.part, record, now=moment)
        return Result(node, not part.passed, parts=(part,))
    parts = tuple(evaluate(part, record, now=moment) for part in node.parts)
    outcomes = [part.passed for part in parts]
    return Result(node, all(outcomes) if isinstance(node, AllOf) else any(outcomes), parts=parts)


def _culprit(result: Result, *, wanted: bool) -> Result | None:
    if result.passed is wanted:
        return None
    if isinstance(result.node, Leaf):
        return result
    if isinstance(result.node, Not):
        return _culprit(result.parts[0], wanted=not wanted)
    found = (_culprit(part, wanted=wanted) for part in result.parts)
    return next((culprit for culprit in found if culprit), None)


def first_failing(result: Result) -> Result | None:
    """The first leaf that made the condition fail, with its actual value; below a `not` that is one that passed.

    None when the condition passed, or failed without a leaf (`{"any": []}`).
    """
    return _culprit(result, wanted=True)
