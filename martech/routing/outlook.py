"""What next week does to a pool: leads expected by hour against who works then. Pure.

A fluid queue by hour: what arrives joins the backlog, everybody there answers `rate` leads an hour, what is left waits.
A lead is late when the backlog before it takes longer to answer than the response time allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

Slot = tuple[int, int]
"""Weekday (Monday is 0) and hour of the day."""


@dataclass(frozen=True)
class HourAhead:
    """One hour of the week to come: leads expected, members there, leads that fit under their caps (None: any)."""

    start: datetime
    expected: float
    staffed: int
    room: float | None = None


@dataclass
class DayAhead:
    day: date
    expected: float = 0.0
    staffed: float = 0.0
    late: float = 0.0
    held: float = 0.0


@dataclass
class Outlook:
    """`late` and `held` are leads of the week; `worst` is the hour with most late ones, `queued` the leads that wait to be
    answered in it, its own among them, and `missing` the members it lacks to answer them in time.
    """

    pool: str
    days: list[DayAhead] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    worst: HourAhead | None = None
    queued: float = 0.0
    missing: int = 0

    @property
    def expected(self) -> float:
        return sum(day.expected for day in self.days)

    @property
    def late(self) -> float:
        return sum(day.late for day in self.days)

    @property
    def held(self) -> float:
        return sum(day.held for day in self.days)


def expected_by_slot(arrivals: Mapping[Slot, int], weeks: float) -> dict[Slot, float]:
    """Leads an hour of the week brings on average over that many weeks of history."""
    return {slot: number / weeks for slot, number in arrivals.items()}


def look_ahead(pool: str, hours: Sequence[HourAhead], *, rate: float, allowed_hours: float | None) -> Outlook:
    """Run the week. `rate` is leads a member answers in an hour they work; without `allowed_hours` nothing is late."""
    found = Outlook(pool)
    backlog = most = 0.0
    for hour in hours:
        day = _day(found, hour.start.date())
        capacity = hour.staffed * rate
        fits = hour.expected if hour.room is None else min(hour.expected, hour.room)
        if not hour.staffed:
            day.held += hour.expected
        backlog += fits
        late = _late(backlog, capacity, fits, allowed_hours) if hour.staffed else 0.0
        late += hour.expected - fits if hour.staffed else 0.0
        day.expected, day.staffed, day.late = day.expected + hour.expected, day.staffed + hour.staffed, day.late + late
        if late > most:
            most, found.worst, found.queued = late, hour, backlog
            over = backlog - capacity * max(allowed_hours or 1.0, 1.0)
            found.missing = ceil(max(0.0, over) / rate) if rate else 1
        backlog = max(0.0, backlog - capacity)
    found.advice = advise(found, rate)
    return found


def _late(backlog: float, capacity: float, arriving: float, allowed_hours: float | None) -> float:
    """Of those who arrive now, the ones behind more work than the response time leaves room for."""
    if allowed_hours is None or capacity <= 0:
        return 0.0
    return min(arriving, max(0.0, backlog - capacity * max(allowed_hours, 1.0)))


def _day(found: Outlook, day: date) -> DayAhead:
    if not found.days or found.days[-1].day != day:
        found.days.append(DayAhead(day))
    return found.days[-1]


def advise(found: Outlook, rate: float) -> list[str]:
    """Which shift or cap to change first, in a sentence each; nothing when everything fits."""
    said = []
    if found.worst is not None and found.late >= 1:
        hour = found.worst
        at = f"{hour.start:%A %H:00}"
        if hour.room is not None and hour.room < hour.expected:
            said.append(
                f"Raise the caps of {found.pool}: on {at} they leave room for {hour.room:.0f} of {hour.expected:.0f} leads."
            )
        if found.missing:
            said.append(_more_people(found, rate))
    night = max(found.days, key=lambda day: day.held, default=None)
    if night is not None and night.held >= 1:
        is_one = round(night.held) == 1
        said.append(
            f"{_number(round(night.held), 'lead', 'leads')} of {night.day:%A} {'comes' if is_one else 'come'} when nobody of"
            f" {found.pool} works and {'waits' if is_one else 'wait'} for the opening."
        )
    return said


def _more_people(found: Outlook, rate: float) -> str:
    """How many are lacking in the worst hour, and what they would answer: its own leads and those from before."""
    hour = found.worst
    assert hour is not None  # noqa: S101 - asked for a week with late answers only
    before = round(found.queued - hour.expected)
    earlier = f", {before} of them from before," if before >= 1 else ""
    return (
        f"Add {_number(found.missing, 'person', 'people')} to {found.pool} around {hour.start:%A %H:00}:"
        f" {_number(round(found.queued), 'lead', 'leads')}{earlier} meet {hour.staffed} who answer {rate:g} an hour each."
    )


def _number(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
