"""Every operator on dates is one half-open interval [low, high): on days for dates, in microseconds for instants."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from mops.core.conditions.operators import WITH_DAYS

Period = tuple[date | None, date | None]
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
# A property counts as a date when its text starts like one; compared as text, so that no row can fail a cast.
ISO_DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])($|[Tt ])"
_ISO_DAY = re.compile(ISO_DAY.replace("$", r"\Z"))


def _start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _extent(value: date, as_days: bool) -> tuple[date, date]:
    """The first moment of a value and the first one after it; a day lasts as long as it does in the default zone."""
    if as_days:
        return value, value + DAY
    if isinstance(value, datetime):
        return value, value + TICK
    return _start_of_day(value), _start_of_day(value + DAY)


def _relative(operator: str, days: int, now: datetime, as_days: bool) -> Period:
    today: date = timezone.localdate(now, timezone.get_default_timezone()) if as_days else now
    tick = DAY if as_days else TICK
    span = timedelta(days=days)
    return (today - span, today + tick) if operator == "in_last_days" else (today, today + span + tick)


def period(operator: str, value: Any, now: datetime, *, as_days: bool) -> Period:
    """The interval in which a date passes; None is unbounded. On days, the last 7 are today and 7 before."""
    if operator in WITH_DAYS:
        return _relative(operator, value, now, as_days)
    if operator == "between":
        return _extent(value[0], as_days)[0], _extent(value[1], as_days)[1]
    start, end = _extent(value, as_days)
    return {
        "eq": (start, end),
        "before": (None, start),
        "lt": (None, start),
        "lte": (None, end),
        "after": (end, None),
        "gt": (end, None),
        "gte": (start, None),
    }[operator]


def as_day(value: Any) -> date | None:
    """The day a record's value of a date field means, None when it is no date."""
    if isinstance(value, datetime):
        return timezone.localdate(value, timezone.get_default_timezone()) if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


def as_instant(value: Any) -> datetime | None:
    """The instant a record's value of a datetime field means; without a zone it is in the default one."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.get_default_timezone())
    return _start_of_day(value) if isinstance(value, date) else None


def iso_day(value: Any) -> str | None:
    """The first ten characters of a text that starts like an ISO date, else None."""
    return value[:10] if isinstance(value, str) and _ISO_DAY.match(value) else None
