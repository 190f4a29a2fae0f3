"""What can be proved about conditions without data: that one implies another, that nothing can satisfy one.

A small tableau: the formula is split into branches of literals (a positive leaf, true or false), and a branch is closed
when two literals of one field contradict each other. Conservative: True is a proof, False is "cannot tell".
Relative dates are only compared with each other, as the clock moves.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from mops.core.conditions.folding import fold
from mops.core.conditions.matching import Test, is_relative, leaf_test
from mops.core.conditions.operators import WITH_DAYS, Type
from mops.core.conditions.periods import period
from mops.core.conditions.tree import AllOf, Leaf, Node, Not

# Proofs stop here and answer "cannot tell": comparisons of literals, and nested alternatives.
MAX_STEPS = 20_000
MAX_BRANCHES_DEEP = 100
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_NUMERIC = ("eq", "gt", "gte", "lt", "lte", "between")


@dataclass(frozen=True)
class _Literal:
    leaf: Leaf
    is_true: bool

    @cached_property
    def test(self) -> Test:
        """Of the leaf, made once: a proof asks it again on every branch."""
        return leaf_test(self.leaf)


def _literal(leaf: Leaf, is_true: bool) -> _Literal:
    return _Literal(leaf.positive, not is_true) if leaf.is_negative else _Literal(leaf, is_true)


def _possible_values(leaf: Leaf) -> list[Any] | None:
    """Values that stand for all that the leaf lets through, as far as a leaf of its kind can see; None: no list."""
    if leaf.spec.custom or (leaf.kind in (Type.LIST, Type.DATE, Type.DATETIME) and leaf.op != "is_empty"):
        return None
    if leaf.op == "is_empty":
        return [None]
    return list(leaf.value) if leaf.op == "in" else [leaf.value] if leaf.op == "eq" else None


def _sees_all(values_of: Leaf, other: Leaf) -> bool:
    """Whether the listed values of one leaf decide another. In a property 5 and "5" are one number but two texts."""
    if is_relative(other) and values_of.op != "is_empty":
        return False
    if values_of.spec.type is not Type.JSON or "is_empty" in (values_of.op, other.op):
        return other.spec.custom is None
    return values_of.kind is Type.TEXT or values_of.kind is other.kind


def _number_range(leaf: Leaf) -> tuple[tuple[Any, int], tuple[Any, int]] | None:
    """Lowest and highest as (value, side): side -1 just below, 0 at, 1 just above the value."""
    if leaf.kind is not Type.NUMBER or leaf.op not in _NUMERIC:
        return None
    low, high = leaf.value if leaf.op == "between" else (leaf.value, leaf.value)
    infinite = Decimal("Infinity")
    bottom, top = (-infinite, -1), (infinite, 1)
    return {
        "gt": ((low, 1), top),
        "gte": ((low, 0), top),
        "lt": (bottom, (high, -1)),
        "lte": (bottom, (high, 0)),
    }.get(leaf.op, ((low, 0), (high, 0)))


def _date_range(leaf: Leaf) -> tuple[Any, Any] | None:
    if leaf.kind not in (Type.DATE, Type.DATETIME) or leaf.op == "is_empty":
        return None
    as_days = leaf.kind is Type.DATE
    low, high = period(leaf.op, leaf.value, _ANY_MOMENT, as_days=as_days)
    bottom, top = (-1, 0), (1, 0)
    shown = (lambda moment: moment.toordinal()) if as_days else (lambda moment: moment)
    # Half-open, so the end counts as just below itself; the tuples order unbounded ends around every moment.
    return ((0, shown(low)) if low else bottom), ((0, shown(high)) if high else top)


def _range(leaf: Leaf) -> tuple[Any, Any] | None:
    return None if leaf.spec.custom else _number_range(leaf) or _date_range(leaf)


def _is_comparable(a: Leaf, b: Leaf) -> bool:
    return a.kind is b.kind and (a.op in WITH_DAYS) == (b.op in WITH_DAYS)


def _range_implies(a: Leaf, b: Leaf) -> bool:
    inner, outer = _range(a), _range(b)
    return bool(inner and outer and _is_comparable(a, b) and outer[0] <= inner[0] and inner[1] <= outer[1])


def _range_excludes(a: Leaf, b: Leaf) -> bool:
    one, two = _range(a), _range(b)
    if not (one and two and _is_comparable(a, b)):
        return False
    if a.kind is Type.NUMBER:
        return one[1] < two[0] or two[1] < one[0]
    return one[1] <= two[0] or two[1] <= one[0]


def _text_implies(a: Leaf, b: Leaf) -> bool:
    if not (isinstance(a.value, str) and isinstance(b.value, str) and a.kind is b.kind and a.kind is Type.TEXT):
        return False
    known, asked = fold(a.value), fold(b.value)
    if b.op == "contains":
        return asked in known and (a.op != "contains" or a.spec.type is not Type.JSON or asked == known)
    if a.op != b.op:
        return False
    return known.startswith(asked) if a.op == "starts_with" else a.op == "ends_with" and known.endswith(asked)


def _items_imply(a: Leaf, b: Leaf) -> bool:
    if not (a.kind is Type.LIST and b.kind is Type.LIST):
        return False
    has = set(map(fold, a.value if a.op == "in" else (a.value,)))
    return has <= set(map(fold, b.value if b.op == "in" else (b.value,)))


def _leaf_implies(a: Leaf, b: Leaf) -> bool:
    """Every value that passes positive leaf `a` passes positive leaf `b` of the same field."""
    if a == b:
        return True
    values = _possible_values(a)
    if values is not None and _sees_all(a, b):
        test = leaf_test(b)
        return all(test(value, _ANY_MOMENT) for value in values)
    if "is_empty" in (a.op, b.op):
        return False
    return _range_implies(a, b) or _text_implies(a, b) or _items_imply(a, b)


def _leaf_excludes(a: Leaf, b: Leaf) -> bool:
    """No value passes both positive leaves of the same field."""
    if a.spec.custom or b.spec.custom:
        return False
    if "is_empty" in (a.op, b.op):
        return a.op != b.op
    for one, two in ((a, b), (b, a)):
        values = _possible_values(one)
        if values is not None and _sees_all(one, two):
            test = leaf_test(two)
            return not any(test(value, _ANY_MOMENT) for value in values)
    return _range_excludes(a, b) or _ends_exclude(a, b)


def _ends_exclude(a: Leaf, b: Leaf) -> bool:
    if a.op != b.op or a.op not in ("starts_with", "ends_with"):
        return False
    one, two = sorted((fold(a.value), fold(b.value)), key=len)
    return not (two.startswith(one) if a.op == "starts_with" else two.endswith(one))


def _contradict(one: _Literal, two: _Literal) -> bool:
    """Whether two literals of the same field cannot hold together."""
    if one.is_true and two.is_true:
        return _leaf_excludes(one.leaf, two.leaf)
    if one.is_true != two.is_true:
        yes, no = (one, two) if one.is_true else (two, one)
        return _leaf_implies(yes.leaf, no.leaf)
    return False


def _leaves_no_value(literals: list[_Literal]) -> bool:
    """A finite choice of values of which every single one is refused by some other literal of the field."""
    for one in literals:
        values = _possible_values(one.leaf) if one.is_true else None
        if values is None:
            continue
        sharing = [two for two in literals if two.leaf.field == one.leaf.field and _sees_all(one.leaf, two.leaf)]
        if values and len(sharing) <= 1:
            continue  # nothing but itself speaks about its values
        tests = [(two.test, two.is_true) for two in sharing]
        if not any(all(test(value, _ANY_MOMENT) is wanted for test, wanted in tests) for value in values):
            return True
    return False


@dataclass
class _Tableau:
    steps: int = 0
    depth: int = 0
    literals: list[_Literal] = field(default_factory=list)

    def closes(self, open_: list[tuple[Node, bool]]) -> bool:
        """Whether every branch of the conjunction of `open_` (node, wanted truth) ends in a contradiction."""
        self.steps += 1 + len(self.literals)
        if self.steps > MAX_STEPS or self.depth > MAX_BRANCHES_DEEP:
            return False
        kept = list(self.literals)
        self.depth += 1
        try:
            return self._closes(open_)
        finally:
            self.literals = kept
            self.depth -= 1

    def _closes(self, open_: list[tuple[Node, bool]]) -> bool:
        branching: list[tuple[Node, bool]] = []
        while open_:
            node, is_true = open_.pop()
            if isinstance(node, Not):
                open_.append((node.part, not is_true))
            elif isinstance(node, Leaf):
                if self._adds_contradiction(_literal(node, is_true)):
                    return True
            elif isinstance(node, AllOf) is is_true:
                open_ += [(part, is_true) for part in node.parts]
            else:
                branching.append((node, is_true))
        return _leaves_no_value(self.literals) or self._branches_close(branching)

    def _adds_contradiction(self, literal: _Literal) -> bool:
        rivals = [known for known in self.literals if known.leaf.field == literal.leaf.field]
        self.steps += len(rivals)
        if self.steps <= MAX_STEPS and any(_contradict(literal, known) for known in rivals):
            return True
        self.literals.append(literal)
        return False

    def _branches_close(self, branching: list[tuple[Node, bool]]) -> bool:
        if not branching:
            return False
        branching.sort(key=lambda item: len(_parts(item[0])))
        (node, is_true), *rest = branching
        return all(self.closes([*rest, (part, is_true)]) for part in _parts(node))


def _parts(node: Node) -> tuple[Node, ...]:
    return () if isinstance(node, Leaf | Not) else node.parts


def is_unsatisfiable(node: Node) -> bool:
    """True only if it is proved that no record can satisfy the condition."""
    return _Tableau().closes([(node, True)])


def implies(a: Node, b: Node) -> bool:
    """True only if it is proved that every record that satisfies `a` satisfies `b` (then `a` after `b` is shadowed)."""
    return _Tableau().closes([(a, True), (b, False)])
