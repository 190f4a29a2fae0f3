"""Own holidays that cannot be meant: a year that is mistyped, or so many days that nobody would be at work for months. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mops.core.clock import WEEKDAYS

FURTHEST_YEARS = 20
LONGEST_CLOSED = timedelta(days=92)
"""Hours that leave nobody at work for longer are taken for a mistake."""


def doubt_about(document: Mapping[str, Any], today: date) -> str:
    """What is wrong with the own holidays of a calendar document that can be read, and what to do; empty when nothing is."""
    days = sorted({date.fromisoformat(text) for text in document.get("holidays", {}).get("extra", ())})
    first, last = today.year - FURTHEST_YEARS, today.year + FURTHEST_YEARS
    far = next((day for day in days if not first <= day.year <= last), None)
    if far is not None:
        return f"{far.isoformat()} is far from now. Correct its year: days from {first} to {last} are kept."
    start, end = _longest_closed(document["hours"], set(days), today)
    if end - start <= LONGEST_CLOSED:
        return ""
    return (
        f"Nobody would be at work from {start.isoformat()} until {end.isoformat()}, and leads would wait all that time. "
        "Take days out."
    )


def _longest_closed(hours: Mapping[str, Sequence[Any]], off: Collection[date], today: date) -> tuple[date, date]:
    """The longest stretch from today on without a day at work: its first day, and the day on which work begins again."""
    longest = start = today
    ends = today
    day, last = today, max([today, *off]) + timedelta(days=8)
    while day <= last:
        if hours.get(WEEKDAYS[day.weekday()]) and day not in off:
            if day - start > ends - longest:
                longest, ends = start, day
            start = day + timedelta(days=1)
        day += timedelta(days=1)
    return longest, ends
