"""Which order dates are in and which sign marks decimals: answered only with proof from the values."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone

from mops.core.tabular.errors import TableError

ORDERS = {"YMD": "year, month, day", "DMY": "day, month, year", "MDY": "month, day, year"}
"""How dates may be written, in words."""
_DATE = re.compile(
    r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*(AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")


def guess_date_order(values: Iterable[str]) -> tuple[str | None, str]:
    """("YMD" | "DMY" | "MDY" | None, the proof): None when no value tells, or when values contradict each other."""
    proofs: dict[str, str] = {}
    for value in values:
        order = _told_order(value)
        if order:
            proofs.setdefault(order, value)
    if len(proofs) == 1:
        order, value = next(iter(proofs.items()))
        return order, f"{value!r} can only be {order}"
    if not proofs:
        return None, "no value tells day from month"
    return None, "; ".join(f"{value!r} can only be {order}" for order, value in proofs.items())


def guess_decimal(values: Iterable[str]) -> tuple[str | None, str]:
    """("." | "," | None, the proof): 1,234 alone tells nothing; 1.234,5 or 12,50 does."""
    proofs: dict[str, str] = {}
    for value in values:
        sign = _told_decimal(value.strip())
        if sign:
            proofs.setdefault(sign, value)
    if len(proofs) == 1:
        sign, value = next(iter(proofs.items()))
        return sign, f"{value!r} can only have the decimal sign {sign!r}"
    if not proofs:
        return None, "no value tells a decimal sign"
    return None, "; ".join(f"{value!r} can only have {sign!r}" for sign, value in proofs.items())


def parse_date(text: str, order: str, *, row: int | None = None, column: str | None = None) -> date | datetime:
    """A date, or a datetime when a time is given (aware when it has an offset).

    A year first is read as such whatever the order. TableError says what is wrong: two-digit years (unless `order`
    puts the year last: 69-99 is 19xx, 00-68 is 20xx), bare numbers (Excel serials), impossible days.
    """
    if order not in ORDERS:
        raise TableError("date", f"{order!r} is not an order", f"Use {', '.join(ORDERS)}", row=row, column=column)
    match = _DATE.fullmatch(text.strip())
    if not match:
        is_number = re.fullmatch(r"\d{4,6}(\.\d+)?", text.strip())
        reason = "is a bare number, perhaps an Excel serial date" if is_number else "is not a date"
        remedy = "Format the column as a date and export again" if is_number else "Write it as 2026-12-24"
        raise TableError("date", f"{text[:40]!r} {reason}", remedy, row=row, column=column)
    try:
        return _with_time(_date(match, order), match)
    except ValueError as error:
        reason, remedy = (
            f"{text[:40]!r} read as {ORDERS[order]}: {error}",
            "Correct it or choose another order of dates",
        )
        raise TableError("date", reason, remedy, row=row, column=column) from error


def _date(match: re.Match[str], order: str) -> date:
    first, middle, last = match[1], match[3], match[4]
    if len(first) == 4:
        order = "YMD"
    year, month, day = {"YMD": (first, middle, last), "DMY": (last, middle, first), "MDY": (last, first, middle)}[order]
    if len(year) == 2 and order != "YMD":
        return date(int(year) + (2000 if int(year) < 69 else 1900), int(month), int(day))
    if len(year) != 4:
        raise ValueError(f"the year {year} needs four digits")
    if len(month) > 2 or len(day) > 2:
        raise ValueError("day and month have at most two digits")
    if not 1900 <= int(year) <= 2200:
        raise ValueError(f"the year {year} is not plausible")
    return date(int(year), int(month), int(day))


def _with_time(day: date, match: re.Match[str]) -> date | datetime:
    if match[5] is None:
        return day
    hour = int(match[5])
    if match[9]:
        if not 1 <= hour <= 12:
            raise ValueError(f"the hour {hour} does not go with {match[9]}")
        hour = hour % 12 + (12 if match[9].upper() == "PM" else 0)
    clock = time(hour, int(match[6]), int(match[7] or 0), int((match[8] or "0").ljust(6, "0")))
    return datetime.combine(day, clock, _offset(match[10]))


def _offset(text: str | None) -> timezone | None:
    if not text or text in "Zz":
        return UTC if text else None
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)


def _told_order(value: str) -> str | None:
    match = _DATE.fullmatch(value.strip())
    if not match:
        return None
    first, middle = int(match[1]), int(match[3])
    if len(match[1]) == 4:
        return "YMD"
    if first > 31:
        return None
    return "DMY" if first > 12 and middle <= 12 else "MDY" if middle > 12 and first <= 12 else None


def _told_decimal(value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return None
    commas, points = value.count(","), value.count(".")
    if commas and points:
        last = max(",.", key=value.rfind)
        return last if value.count(last) == 1 else None
    if commas + points != 1:
        return None
    sign = "," if commas else "."
    whole, _, rest = value.lstrip("+-").partition(sign)
    return sign if len(rest) != 3 or not 1 <= len(whole) <= 3 or whole == "0" else None
