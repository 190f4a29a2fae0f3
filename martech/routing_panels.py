"""What routing adds to other pages: "Why this owner?" beside a person, decisions in their trail, a count in the menu."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from martech.models import DecisionOutcome, Person, ResponseClock, RoutingDecision, RoutingWork, WorkingCalendar
from martech.selectors.decisions import decisions_for, headline, why_in_short
from martech.selectors.openings import first_back
from martech.selectors.responses import left_of
from martech.selectors.verdicts import response_of
from martech.selectors.waiting import given_up, parked, place_of
from mops.core.registry import Panel
from mops.core.rights import called, can
from mops.core.templatetags.mops import span
from mops.core.trails import Newest, TrailEntry
from mops.core.work import WorkState

TRAIL_ICONS = {
    DecisionOutcome.ASSIGNED: "user-check",
    DecisionOutcome.KEPT: "user-check",
    DecisionOutcome.HELD: "hourglass",
    DecisionOutcome.PARKED: "parking",
    DecisionOutcome.DO_NOT_ROUTE: "ban",
    DecisionOutcome.MANUAL: "hand-stop",
}


def leads_waiting(_user: Any) -> tuple[int, bool] | None:
    """People in the queue of routing, counted up to 1,000; quarantined work is late."""
    number = RoutingWork.objects.filter(state=WorkState.PENDING).order_by()[:1000].count()
    stuck = RoutingWork.objects.filter(state=WorkState.QUARANTINED).exists()
    return (number, stuck) if number or stuck else None


def owner_panel(request: HttpRequest, person: Person) -> Panel | None:
    """Why the person has their owner, with the way to the whole decision and to another owner."""
    user: Any = request.user
    latest = decisions_for(user).filter(person=person).first()
    may_assign = can(user, "martech.edit_person")
    if latest is None and not may_assign:
        return None
    place = place_of(person)
    may_edit = can(user, "martech.edit_routing")
    gave_up = given_up().filter(person=person).first() if may_edit and person.owner_id is None else None
    clock = ResponseClock.objects.select_related("decision__version").filter(person=person, ended_at=None).first()
    context = {
        "clock": clock,
        "left": time_left(clock) if clock else "",
        "person": person,
        "decision": latest,
        "lines": why_in_short(latest, user) if latest else [],
        "place": place,
        "first_back": first_back(place.pool) if place and place.pool else None,
        "may_assign": may_assign,
        "gave_up": gave_up,
        "is_parked": place is None and parked(Person.objects.filter(pk=person.pk)).exists(),
        "policy": latest.version.policy if may_edit and latest and latest.version else None,
    }
    title = "Why this owner?" if person.owner_id else "Why no owner yet?"
    return Panel(title, "martech/decision_panel.html", context, place="top")


def response_panel(_request: HttpRequest, decision: RoutingDecision) -> Panel | None:
    """Until when an answer was due and why: every stretch that counted, and the holiday, absence or pause that took others."""
    told = response_of(decision)
    if told is None:
        return None
    named = WorkingCalendar.objects.filter(key=told.calendar).values_list("name", flat=True).first()
    return Panel("Response time", "martech/response_panel.html", {"told": told, "hours": named or told.calendar})


def time_left(clock: ResponseClock) -> str:
    """How much working time is left, or over, in words."""
    left = left_of(clock, timezone.now())
    words = span(abs(left.total_seconds()))
    paused = "; paused now" if clock.paused_since else ""
    return f"{words} of working time left{paused}" if left > timedelta(0) else f"{words} of working time over{paused}"


def decision_trail(user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    rows = asked.of(decisions_for(user).filter(person=person), "decided_at")
    return [
        TrailEntry(
            row.decided_at,
            TRAIL_ICONS[DecisionOutcome(row.outcome)],
            headline(row, user),
            f"Rule “{row.rule}”, pool {row.pool}" if row.rule else f"Pool {row.pool}" if row.pool else "",
            row.get_absolute_url(),
        )
        for row in rows
    ]


def told_by_decisions(user: Any, person: Person) -> dict[str, set[str]]:
    """Whom routing gave somebody to, which its decisions tell with their rule."""
    return {"route_people": {"owner"}} if decisions_for(user).filter(person=person).exists() else {}


def response_trail(user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    """When owners answered, and whether in time."""
    rows = ResponseClock.objects.filter(decision__in=decisions_for(user), person=person, answered_at__isnull=False)
    return [
        TrailEntry(
            row.answered_at,  # type: ignore[arg-type]
            "message-check",
            f"{row.owner} answered {called(user, person)}",
            f"{'Late' if row.breached_at else 'In time'}, after {span(row.verdict.get('spent', 0))} of working time",
            row.decision.get_absolute_url(),
        )
        for row in asked.of(rows.select_related("owner", "decision"), "answered_at")
    ]
