"""The response time of a decision as a page and the API tell it: until when, what counted, what did not and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from martech.models import ClockEnd, ResponseClock, RoutingDecision
from martech.routing.response import verdict
from martech.selectors.responses import pauses_of, sla_behind, terms_of


@dataclass(frozen=True)
class Stretch:
    """A stretch of opening hours or a pause; `why` says what took it, empty where it counted."""

    start: datetime
    end: datetime
    why: str

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class ResponseTold:
    """How a response clock stands. `seconds` are working time; `stretches` go to the answer, else to now or the deadline."""

    clock: ResponseClock
    allowed: float
    spent: float
    stretches: Sequence[Stretch]
    left_out: int
    calendar: str
    is_late: bool

    @property
    def state(self) -> str:
        """In one word or two: "late", "in time", "running", "taken over"."""
        if self.clock.answered_at:
            return "late" if self.clock.breached_at else "in time"
        if self.is_late:
            return "late"
        return "running" if self.clock.is_running else "taken over"

    def as_json(self) -> dict[str, Any]:
        clock = self.clock
        moments = ("started_at", "warn_at", "due_at", "warned_at", "breached_at", "answered_at", "ended_at")
        return {
            "state": self.state,
            "allowed_seconds": self.allowed,
            "spent_seconds": self.spent,
            "calendar": self.calendar,
            "hop": clock.hop,
            "answered_how": clock.answered_how,
            **{name: getattr(clock, name) for name in moments},
            "intervals": [
                {"start": one.start, "end": one.end, "counted": not one.why, "why": one.why} for one in self.stretches
            ],
        }


def response_of(decision: RoutingDecision) -> ResponseTold | None:
    """None for a decision without a response time."""
    return responses_of([decision]).get(decision.pk)


def responses_of(decisions: Sequence[RoutingDecision]) -> dict[int, ResponseTold]:
    """By decision; those without a response time are left out."""
    clocks = ResponseClock.objects.filter(decision__in=[one.pk for one in decisions]).order_by("pk")
    return {clock.decision_id: _told(clock) for clock in clocks.select_related("decision__version", "owner")}


def _told(clock: ResponseClock) -> ResponseTold:
    now, sla = timezone.now(), sla_behind(clock)
    until = clock.answered_at or (clock.ended_at if clock.end != ClockEnd.ANSWERED else None) or now
    found = verdict(terms_of(sla), clock.started_at, until, pauses_of(clock, now))
    # Until it is due the stretches say why it is due then.
    ahead = max(until, clock.due_at) if clock.is_running else until
    shown = verdict(terms_of(sla), clock.started_at, ahead, pauses_of(clock, now)) if ahead != until else found
    stretches = [
        Stretch(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]), _why(one))
        for one in shown["intervals"]
    ]
    is_late = bool(clock.breached_at) or (clock.is_running and clock.due_at < now)
    return ResponseTold(clock, found["allowed"], found["spent"], stretches, shown["left_out"], sla.calendar, is_late)


def _why(interval: dict[str, Any]) -> str:
    return "" if interval["counted"] else str(interval["why"] or "not counted")
