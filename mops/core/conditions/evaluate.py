"""A condition against one record: the fast closure that only answers, and the explanation that says why.

A record is a mapping of field key → value (`{"person.country": "DE", "person.properties": {…}}`), or a model instance
wrapped as `InstanceRecord(instance, catalogue)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from mops.core.conditions.matching import leaf_test, reader
from mops.core.conditions.tree import AllOf, Leaf, Node, Not

Record = Mapping[str, Any]
Predicate = Callable[..., bool]


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
