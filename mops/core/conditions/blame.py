"""Many conditions about one record at once: for each the first leaf that fails.

Every leaf has a bit. The values of a field repeat, so which of its leaves a value passes is worked out once and looked up
afterwards; and what the conditions make of the leaves passed depends on nothing else, so that is remembered too.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Generic, TypeVar

from mops.core.conditions.matching import Test, is_relative, leaf_test, reader
from mops.core.conditions.tree import AllOf, Leaf, Node, Not, leaves

Record = Mapping[str, Any]
Conclusion = TypeVar("Conclusion")
Blamed = tuple[int | None, ...]
Culprit = Callable[[int], int | None]
NO_LEAF = -1
"""A condition that failed without a leaf to blame, such as `{"any": []}`."""
REMEMBERED = 4096
"""Values a field keeps answers for, and sets of passed leaves with a conclusion."""


class Blame(Generic[Conclusion]):
    """Asks `conditions` (None never passes) about records, and makes a conclusion of the answers.

    `conclude` gets, in the order of the conditions, None where one passed, else the number of its first failing leaf in
    reading order: the leaf that `first_failing(evaluate(…))` names. Equal answers share one conclusion.
    """

    def __init__(self, conditions: Sequence[Node | None], conclude: Callable[[Blamed], Conclusion]) -> None:
        bits = count()
        self._conclude = conclude
        self._columns: dict[str, _Column] = {}
        self._culprits = [self._culprit_of(condition, bits) for condition in conditions]
        self._known: dict[int, Conclusion] = {}

    def __call__(self, record: Record, now: datetime | None) -> Conclusion:
        passed = 0
        for column in self._columns.values():
            passed |= column.passed(record, now)
        found = self._known.get(passed)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[passed] = self._conclude(tuple(culprit(passed) for culprit in self._culprits))
        return found

    def _culprit_of(self, condition: Node | None, bits: "count[int]") -> Culprit:
        if condition is None:
            return lambda passed: NO_LEAF
        numbered = iter([(self._bit_of(leaf, next(bits)), number) for number, leaf in enumerate(leaves(condition))])
        return _compile(condition, numbered.__next__, wanted=True)

    def _bit_of(self, leaf: Leaf, bit: int) -> int:
        name = f"{leaf.field} {'now' if is_relative(leaf) else ''}"
        column = self._columns.setdefault(name, _Column(leaf))
        column.tests.append((1 << bit, leaf_test(leaf)))
        return 1 << bit


class _Column:
    """The leaves about one field: which of them a record's value passes. What depends on the clock is never remembered."""

    def __init__(self, leaf: Leaf) -> None:
        self.tests: list[tuple[int, Test]] = []
        self._read = reader(leaf)
        self._is_relative = is_relative(leaf)
        self._known: dict[str | None, int] = {}

    def passed(self, record: Record, now: datetime | None) -> int:
        value = self._read(record)
        if self._is_relative or not (value is None or value.__class__ is str):
            return self._tested(value, now)
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[value] = self._tested(value, now)
        return found

    def _tested(self, value: Any, now: datetime | None) -> int:
        return sum(bit for bit, test in self.tests if test(value, now))


def _compile(node: Node, take: Callable[[], tuple[int, int]], *, wanted: bool) -> Culprit:
    """`take` hands out the leaves' bits and numbers in reading order; below a `not` a leaf is wanted to fail."""
    if isinstance(node, Leaf):
        bit, number = take()
        return lambda passed: None if bool(passed & bit) is wanted else number
    if isinstance(node, Not):
        return _compile(node.part, take, wanted=not wanted)
    parts = [_compile(part, take, wanted=wanted) for part in node.parts]
    return _every(parts) if isinstance(node, AllOf) is wanted else _either(parts)


def _every(parts: list[Culprit]) -> Culprit:
    """All must be as wanted; the first one that is not, and has a leaf to blame, is the culprit."""

    def culprit(passed: int) -> int | None:
        found = None
        for part in parts:
            blamed = part(passed)
            if blamed is not None and blamed != NO_LEAF:
                return blamed
            found = found if blamed is None else blamed
        return found

    return culprit


def _either(parts: list[Culprit]) -> Culprit:
    """One as wanted is enough; otherwise the first with a leaf to blame."""

    def culprit(passed: int) -> int | None:
        found = NO_LEAF
        for part in parts:
            blamed = part(passed)
            if blamed is None:
                return None
            found = blamed if found == NO_LEAF else found
        return found

    return culprit
