"""Response clocks as they are read: the terms that count, and what somebody sees of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from martech.models import Person, ResponseClock
from martech.routing.decision import Record
from martech.routing.document import Policy, Sla
from martech.routing.response import Pause, Terms, spent, verdict
from martech.selectors.calendars import calendar_of
from martech.selectors.routing import candidates_of, engine_of


@dataclass(frozen=True)
class Answers:
    """What waits for somebody's answer: how many leads, how many past their time, and when the next one is due."""

    number: int
    late: int
    next_at: datetime | None


def due_within(name: str, now: datetime) -> Q:
    """Clocks by how soon they are due: `late`, `soon` (a quarter of an hour), `hour`, or `later`."""
    since, until = DUE_WITHIN[name]
    found = Q() if since is None else Q(due_at__gte=now + timedelta(minutes=since))
    return found if until is None else found & Q(due_at__lt=now + timedelta(minutes=until))


DUE_WITHIN: dict[str, tuple[int | None, int | None]] = {
    "late": (None, 0),
    "soon": (0, 15),
    "hour": (15, 60),
    "later": (60, None),
}
"""From and until how many minutes ahead."""


def answers_of(user: Any) -> Answers | None:
    """The leads that wait for this user's answer; None where none does."""
    now = timezone.now()
    rows = ResponseClock.objects.filter(owner=user, ended_at=None).order_by()
    late, ahead = Count("pk", filter=Q(due_at__lt=now)), Min("due_at", filter=Q(due_at__gte=now))
    found = rows.aggregate(number=Count("pk"), late=late, next_at=ahead)
    return Answers(**found) if found["number"] else None


def terms_of(sla: Sla) -> Terms:
    return Terms(timedelta(minutes=sla.respond_within_minutes), calendar_of(sla.calendar), sla.warn_at_percent)


def latest_answer(person: Person) -> ResponseClock | None:
    """The clock that the person's owner answered last; `breached_at` says whether too late."""
    rows = ResponseClock.objects.filter(person=person, owner=person.owner_id, answered_at__isnull=False)
    return rows.order_by("-answered_at").first()


def sla_behind(clock: ResponseClock) -> Sla:
    """The response time that the deciding version promised; select `decision__version` with the clock."""
    decision = clock.decision
    policy: Policy | None = engine_of(decision.version).policy if decision.version else None
    found = policy.sla_of(decision.rule, decision.pool) if policy else None
    return found or Sla(clock.allowed_minutes, clock.calendar)


def pauses_of(clock: ResponseClock, now: datetime) -> list[Pause]:
    """The closed pauses, and the one that lasts."""
    closed = [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in clock.pauses]
    return [*closed, (clock.paused_since, now)] if clock.paused_since else closed


def verdict_of(clock: ResponseClock, now: datetime) -> dict[str, Any]:
    """The stored verdict of a clock that ended, else how it stands now."""
    if not clock.is_running and clock.verdict:
        return dict(clock.verdict)
    return verdict(terms_of(sla_behind(clock)), clock.started_at, now, pauses_of(clock, now))


def left_of(clock: ResponseClock, now: datetime) -> timedelta:
    """Working time until it is too late; negative when it is."""
    terms = terms_of(sla_behind(clock))
    return terms.allowed - spent(terms, clock.started_at, now, pauses_of(clock, now))


def record_behind(clock: ResponseClock) -> Record:
    """What the deciding version reads of the person, as it is now."""
    if clock.decision.version is None:
        return {}
    engine = engine_of(clock.decision.version)
    return candidates_of(Person.objects.filter(pk=clock.person_id), engine)[clock.person_id].lead.record
