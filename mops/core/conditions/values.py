"""What may stand as the value of a leaf: JSON in, typed value out, or the reason and the remedy."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from mops.core.conditions.operators import ORDERING, SUBSTRING, WITH_DAYS, WITH_LIST, WITHOUT_VALUE, Type
from mops.core.conditions.tree import Value

MAX_TEXT = 1_000
MAX_LIST = 5_000
MAX_DAYS = 36_500
MAX_DIGITS = 15
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BadValue(ValueError):
    """A value that cannot stand there; `where` is the place inside the value ("" or "[2]")."""

    def __init__(self, reason: str, remedy: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.where = reason, remedy, where


def _shown(value: Any) -> str:
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue(f"needs text, not {_shown(value)}", 'write it in quotes, such as "DE"')
    if not value:
        raise BadValue("has no value", "give one, or ask for missing values with is_empty or is_not_empty")
    if len(value) > MAX_TEXT:
        raise BadValue(f"has {len(value)} characters", f"use at most {MAX_TEXT}")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise BadValue("holds a character that cannot be stored", "remove NUL characters and lone surrogates")
    return value


def _number(value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValue(f"needs a number, not {_shown(value)}", "write it without quotes, such as 500")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise BadValue("is not a finite number", "write a number such as 500")
    number = number.normalize() if len(str(number)) < 100 else number
    parts = number.as_tuple()
    if len(parts.digits) > MAX_DIGITS or abs(int(parts.exponent)) > MAX_DIGITS:
        raise BadValue(f"has more than {MAX_DIGITS} digits", f"use at most {MAX_DIGITS} significant digits")
    return int(number) if number == number.to_integral_value() else number


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"needs true or false, not {_shown(value)}", "write true or false without quotes")
    return value


def _in_years(value: date) -> None:
    if not 1000 <= value.year <= 9998:
        raise BadValue(f"is in the year {value.year}", "use a year from 1000 to 9998")


def _day(value: Any) -> date:
    remedy = 'write it as "2026-10-01"'
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise BadValue(f"needs a date, not {_shown(value)}" if not isinstance(value, str) else "is not a date", remedy)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadValue("is not a day of the calendar", remedy) from None
    _in_years(day)
    return day


def _moment(value: Any) -> date:
    if not isinstance(value, str) or _DAY.fullmatch(value):
        return _day(value)
    remedy = 'write "2026-10-01" for the whole day or "2026-10-01T09:30:00+02:00" for an instant'
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadValue("is not a date or time", remedy) from None
    if moment.tzinfo is None:
        raise BadValue("is a time without its zone", remedy)
    _in_years(moment)
    return moment.astimezone(UTC)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_DAYS:
        raise BadValue("needs a whole number of days", f"write a number from 1 to {MAX_DAYS}")
    return value


def _property(operator: str) -> Callable[[Any], Any]:
    if operator in SUBSTRING:
        return _text
    if operator in ("before", "after"):
        return _day

    def read(value: Any) -> Any:
        if operator in ORDERING:
            return _day(value) if isinstance(value, str) else _number(value)
        if isinstance(value, bool):
            return value
        if value is None or isinstance(value, list | dict):
            raise BadValue(f"needs text, a number or true/false, not {_shown(value)}", 'write "pro", 500 or true')
        return _text(value) if isinstance(value, str) else _number(value)

    return read


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: _text,
    Type.CHOICE: _text,
    Type.LIST: _text,
    Type.NUMBER: _number,
    Type.BOOLEAN: _boolean,
    Type.DATE: _day,
    Type.DATETIME: _moment,
}


def read_plain(type: Type, value: Any) -> Any:
    """A value of a field by itself, as a record holds it. Raises BadValue. Anything may stand in a property."""
    if type is Type.LIST:
        return _each(value if isinstance(value, list) else [value], _text)
    return _READERS[type](value) if type in _READERS else value


def _each(values: list[Any], read: Callable[[Any], Any]) -> tuple[Any, ...]:
    found = []
    for index, value in enumerate(values):
        try:
            found.append(read(value))
        except BadValue as error:
            raise BadValue(error.reason, error.remedy, f"[{index}]") from None
    sorts = {"number" if type(item) in (int, Decimal) else type(item).__name__ for item in found}
    if sorts - {"date", "datetime"} and len(sorts) > 1:
        raise BadValue("mixes values of different types", "write all values as text, or all as numbers")
    return tuple(found)


def _pair(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadValue("needs two values", "write the lowest and the highest, such as [10, 20]")
    low, high = _each(value, read)
    # A day and an instant have no order before a time zone is known; an empty range then matches nothing.
    if (type(low) is type(high) or not isinstance(low, date)) and low > high:
        raise BadValue("has its first value above its second", "write the lowest first")
    return low, high


def _list(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list) or not value:
        raise BadValue("needs at least one value", 'give a list, such as ["DE", "FR"]')
    if len(value) > MAX_LIST:
        raise BadValue(f"has {len(value)} values", f"use at most {MAX_LIST}")
    return _each(value, read)


def read_value(type_: Type, operator: str, value: Any) -> Value:
    """The typed value for an operator on a field of this type. Raises BadValue; refuses a value where none belongs."""
    if operator in WITHOUT_VALUE:
        if value is not None:
            raise BadValue(f"has no place after {operator}", "leave the value out")
        return None
    if operator in WITH_DAYS:
        return _days(value)
    read = _property(operator) if type_ is Type.JSON else _READERS[type_]
    if operator in WITH_LIST:
        return _list(value, read)
    return _pair(value, read) if operator == "between" else read(value)
