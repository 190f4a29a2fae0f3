"""One leaf against one value, compiled once into a closure; `sql.py` says the same to the database."""

import operator as compare
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mops.core.conditions.catalogue import CustomTest
from mops.core.conditions.folding import fold
from mops.core.conditions.operators import WITH_DAYS, Type
from mops.core.conditions.periods import Period, as_day, as_instant, iso_day, period
from mops.core.conditions.tree import Leaf

Test = Callable[[Any, datetime | None], bool]
Check = Callable[[Any], bool]
# What counts as a number in a text property; PostgreSQL reads the same pattern.
NUMERIC_TEXT = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"
_NUMERIC_TEXT = re.compile(NUMERIC_TEXT.replace("$", r"\Z"))
_COMPARISONS = {"eq": compare.eq, "gt": compare.gt, "gte": compare.ge, "lt": compare.lt, "lte": compare.le}


def is_absent(value: Any) -> bool:
    """NULL, a missing key, an empty text and an empty list are all the same: absent."""
    return value is None or value == "" or value == [] or value == ()


def as_number(value: Any) -> int | Decimal | None:
    """A record's number; a float counts as the decimal it prints as, as PostgreSQL stores it. None for no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return None if value != value else Decimal(repr(value))
    return value if isinstance(value, int | Decimal) else None


def property_number(value: Any) -> int | Decimal | None:
    """A property's number: a JSON number, or a text that is a plain decimal, since imported files hold texts."""
    if isinstance(value, str):
        return Decimal(value) if _NUMERIC_TEXT.match(value) else None
    return as_number(value)


def _text_check(op: str, constant: Any) -> Check:
    folded: Any = frozenset(map(fold, constant)) if op == "in" else fold(constant)
    checks: dict[str, Check] = {
        "eq": lambda value: isinstance(value, str) and fold(value) == folded,
        "in": lambda value: isinstance(value, str) and fold(value) in folded,
        "contains": lambda value: isinstance(value, str) and folded in fold(value),
        "starts_with": lambda value: isinstance(value, str) and fold(value).startswith(folded),
        "ends_with": lambda value: isinstance(value, str) and fold(value).endswith(folded),
    }
    return checks[op]


def _list_check(op: str, constant: Any) -> Check:
    wanted = frozenset(map(fold, constant if op == "in" else (constant,)))

    def check(value: Any) -> bool:
        if not isinstance(value, list | tuple):
            return False
        return any(isinstance(item, str) and fold(item) in wanted for item in value)

    return check


def _number_check(op: str, constant: Any, read: Callable[[Any], int | Decimal | None]) -> Check:
    if op == "in":
        wanted = frozenset(constant)
        return lambda value: (number := read(value)) is not None and number in wanted
    if op == "between":
        low, high = constant
        return lambda value: (number := read(value)) is not None and low <= number <= high
    compared = _COMPARISONS[op]
    return lambda value: (number := read(value)) is not None and compared(number, constant)


def _within(value: Any, bounds: Period) -> bool:
    low, high = bounds
    return value is not None and (low is None or value >= low) and (high is None or value < high)


def iso_bounds(bounds: Period) -> tuple[str | None, str | None]:
    """Bounds of days as the texts that properties are compared with."""
    low, high = bounds
    return low.isoformat() if low else None, high.isoformat() if high else None


def _date_test(leaf: Leaf) -> Test:
    op, constant = leaf.op, leaf.value
    is_property, as_days = leaf.spec.type is Type.JSON, leaf.kind is Type.DATE
    read: Callable[[Any], Any] = iso_day if is_property else as_day if as_days else as_instant

    def bounds_at(now: datetime) -> Any:
        found = period(op, constant, now, as_days=as_days)
        return iso_bounds(found) if is_property else found

    if op in WITH_DAYS:
        return lambda value, now: _within(read(value), bounds_at(now or timezone.now()))
    fixed = bounds_at(timezone.now())
    return lambda value, now: _within(read(value), fixed)


def _boolean_check(leaf: Leaf) -> Check:
    wanted = frozenset(leaf.value if leaf.op == "in" else (leaf.value,))
    if leaf.spec.type is not Type.JSON:
        return lambda value: isinstance(value, bool) and value in wanted
    spelled = frozenset("true" if item else "false" for item in wanted)

    def check(value: Any) -> bool:
        if isinstance(value, bool):
            return value in wanted
        return isinstance(value, str) and fold(value) in spelled

    return check


def _property_text_check(op: str, constant: Any) -> Check:
    """Text in a property; `contains` also finds an item of a list."""
    of_text = _text_check(op, constant)
    if op != "contains":
        return of_text
    of_list = _list_check(op, constant)
    return lambda value: of_text(value) or of_list(value)


def _positive_check(leaf: Leaf) -> Check:
    if leaf.op == "is_empty":
        return is_absent
    is_property = leaf.spec.type is Type.JSON
    if leaf.kind is Type.NUMBER:
        return _number_check(leaf.op, leaf.value, property_number if is_property else as_number)
    if leaf.kind is Type.BOOLEAN:
        return _boolean_check(leaf)
    if leaf.kind is Type.LIST:
        return _list_check(leaf.op, leaf.value)
    return (_property_text_check if is_property else _text_check)(leaf.op, leaf.value)


def _custom_test(leaf: Leaf, custom: CustomTest) -> Test:
    op, constant = leaf.op, leaf.value
    return lambda value, now: custom.evaluate(op, constant, value, now or timezone.now())


def leaf_test(leaf: Leaf) -> Test:
    """`test(value, now)` for the leaf; `now` matters only to relative dates, None takes the clock."""
    if leaf.spec.custom:
        return _custom_test(leaf, leaf.spec.custom)
    positive = leaf.positive
    if positive.op != "is_empty" and positive.kind in (Type.DATE, Type.DATETIME):
        test = _date_test(positive)
        return (lambda value, now: not test(value, now)) if leaf.is_negative else test
    check = _positive_check(positive)
    return (lambda value, now: not check(value)) if leaf.is_negative else (lambda value, now: check(value))


def reader(leaf: Leaf) -> Callable[[Any], Any]:
    """Takes the leaf's value out of a record; a missing key is None, as is a property of what is no mapping."""
    key = leaf.spec.record_key
    if leaf.spec.type is not Type.JSON:
        return lambda record: record.get(key)
    name = leaf.property_name

    def read(record: Any) -> Any:
        properties = record.get(key)
        return properties.get(name) if isinstance(properties, dict) else None

    return read


def is_relative(leaf: Leaf) -> bool:
    """Whether the answer depends on the clock."""
    return leaf.op in WITH_DAYS or leaf.spec.custom is not None
