"""Response clocks: when an owner is warned, late, and what counted, in working time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mops.core import clock

Pause = tuple[datetime, datetime]
LONGEST_LOOK = clock.OPENING_HORIZON
"""Nobody is asked about working time further back."""
MOST_INTERVALS = 60
"""A verdict lists so many intervals at most; longer ones are summed up."""


@dataclass(frozen=True)
class Terms:
    """How long somebody has, and in whose hours; without a calendar every hour counts."""

    allowed: timedelta
    calendar: clock.Calendar | None
    warn_at_percent: int = 80

    def after(self, start: datetime, span: timedelta) -> datetime:
        """When so much working time has passed; where there is not so much in fifty years, at their end."""
        if self.calendar is None:
            return start + span
        try:
            return clock.add(self.calendar, start, span)
        except clock.CalendarError:
            return start + clock.DEADLINE_HORIZON

    def between(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return timedelta(0)
        return clock.elapsed(self.calendar, start, end) if self.calendar else end - start

    @property
    def working_day(self) -> timedelta:
        return clock.usual_day(self.calendar) if self.calendar else timedelta(days=1)


def is_backlog(terms: Terms, came_at: datetime, queued_at: datetime) -> bool:
    """Whether a lead came so long before anybody asked for an owner that a promise to answer means nothing any more.

    That is: its whole response time and one working day more had passed, in working time, when it began to wait.
    """
    most = terms.allowed + terms.working_day
    came_at = max(came_at, queued_at - LONGEST_LOOK)
    return queued_at - came_at > most and terms.between(came_at, queued_at) > most


def deadlines(terms: Terms, start: datetime, pauses: Sequence[Pause] = ()) -> tuple[datetime, datetime]:
    """(when to warn, when it is too late): the allowed working time after the start, pushed back by what was paused."""
    paused = sum((terms.between(since, until) for since, until in pauses), timedelta(0))
    warn = terms.allowed * terms.warn_at_percent / 100
    return terms.after(start, warn + paused), terms.after(start, terms.allowed + paused)


def spent(terms: Terms, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """Working time from start to end without the pauses."""
    inside = [(max(since, start), min(until, end)) for since, until in pauses if since < end and until > start]
    return terms.between(start, end) - sum((terms.between(*pause) for pause in inside), timedelta(0))


def verdict(terms: Terms, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> dict[str, Any]:
    """What was counted and what was not, and why: `{"allowed", "spent", "intervals": [{"start","end","counted","why"}]}`.

    Times are RFC 3339, spans are seconds.
    """
    found = clock.intervals(terms.calendar, start, end) if terms.calendar and end > start else ()
    shown = [
        {"start": one.start.isoformat(), "end": one.end.isoformat(), "counted": one.counted, "why": one.removed_by}
        for one in found[:MOST_INTERVALS]
    ]
    if terms.calendar is None:
        shown = [{"start": start.isoformat(), "end": end.isoformat(), "counted": True, "why": ""}]
    shown += [
        {"start": since.isoformat(), "end": until.isoformat(), "counted": False, "why": "paused"}
        for since, until in pauses
    ]
    return {
        "allowed": terms.allowed.total_seconds(),
        "spent": spent(terms, start, end, pauses).total_seconds(),
        "left_out": max(len(found) - MOST_INTERVALS, 0),
        "intervals": shown,
    }
