"""Response clocks: started with an owner, warned, breached and acted on, ended by an answer or another owner."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from governance.models import User
from martech.models import ClockEnd, Person, ResponseClock, RoutingDecision
from martech.routing.document import Policy, Sla
from martech.routing.response import Terms, deadlines, is_backlog
from martech.selectors.responses import terms_of, verdict_of
from martech.services.decisions import NewDecision
from mops.core.history import recording
from mops.core.sql import array, execute
from mops.core.work import wake

LOOK_FOR_PAUSE = timedelta(minutes=5)
"""How often a clock that may pause is looked at."""

BEGINNING = datetime.min.replace(tzinfo=UTC)
_START = """
INSERT INTO martech_responseclock (
    person_id, decision_id, owner_id, hop, calendar, allowed_minutes, started_at, warn_at, due_at, run_after, created_at,
    state, attempts, last_error, pauses, answered_how, "end", verdict)
SELECT row.*, row.started_at, 'pending', 0, '', '[]', '', '', '{}' FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::int[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::timestamptz[])
    AS row (person_id, decision_id, owner_id, hop, calendar, allowed_minutes, started_at, warn_at, due_at, run_after)
"""
_END = """
UPDATE martech_responseclock SET ended_at = %s, "end" = %s
WHERE ended_at IS NULL AND person_id IN (SELECT unnest(%s::bigint[]))
"""


@dataclass
class Clocks:
    """The response times of a policy as they begin at one moment; worked out once for each of them."""

    policy: Policy
    start: datetime
    _known: dict[Sla, tuple[datetime, datetime]] = field(default_factory=dict)
    _edges: dict[tuple[Sla, datetime], list[datetime]] = field(default_factory=dict)

    def times(self, sla: Sla) -> tuple[datetime, datetime]:
        if sla not in self._known:
            self._known[sla] = deadlines(terms_of(sla), self.start)
        return self._known[sla]

    def due_at(self, rule: str, pool: str) -> datetime | None:
        sla = self.policy.sla_of(rule, pool)
        return self.times(sla)[1] if sla else None

    def is_backlog(self, rule: str, pool: str, came_at: datetime, queued_at: datetime) -> bool:
        """Whether the lead came too long before it was queued for its response time to begin now.

        Of the leads queued at one moment, all that came before one of the backlog are backlog, too, and all that came
        after one that is not are not; so few of many are worked out.
        """
        sla = self.policy.sla_of(rule, pool)
        if sla is None or queued_at - came_at <= timedelta(minutes=sla.respond_within_minutes):
            return False
        edges = self._edges.setdefault((sla, queued_at), [BEGINNING, queued_at])
        if edges[0] < came_at < edges[1]:
            is_old = is_backlog(terms_of(sla), came_at, queued_at)
            edges[0 if is_old else 1] = came_at
        return came_at <= edges[0]


def start_clocks(made: Sequence[NewDecision], clocks: Clocks) -> None:
    """Start a clock for every decision that says until when to answer; one that ran for the person before ends."""
    if not made:
        return
    end_clocks([one.person for one in made], clocks.start, ClockEnd.REASSIGNED)
    rows = []
    for one in made:
        if one.respond_by is not None and (sla := clocks.policy.sla_of(one.rule, one.pool)):
            warn_at, due_at = clocks.times(sla)
            head = (one.person, one.pk, one.owner, one.hop, sla.calendar, sla.respond_within_minutes)
            # Whoever is given a lead that pauses is not told for minutes that an answer is due.
            look_at = clocks.start if sla.pause_condition is not None else warn_at
            rows.append((*head, clocks.start, warn_at, due_at, min(look_at, warn_at)))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_START, [list(column) for column in zip(*rows, strict=True)])


def end_clocks(person_ids: Iterable[int], at: datetime, end: ClockEnd = ClockEnd.SUPERSEDED) -> int:
    """End what runs for these people because somebody else has them now; returns how many ended.

    Their work stays as it is: a worker may hold it, and whoever looks at an ended clock is done with it.
    """
    return execute(_END, at, end.value, array(person_ids))


def record_response(
    *, person: Person, how: str, actor: User | None, at: datetime | None = None
) -> ResponseClock | None:
    """The owner answered: by a click, or by an activity of the CRM. The first answer counts.

    Answers the clock that it ended; None when none ran that had begun by then.
    """
    moment = at or timezone.now()
    with transaction.atomic(), recording("record_response", actor=actor):
        running = ResponseClock.objects.select_for_update(of=("self",)).select_related("decision__version")
        clock = running.filter(person=person, ended_at=None, started_at__lte=moment).first()
        if clock is None:
            return None
        _answer(clock, how, moment)
        RoutingDecision.objects.filter(pk=clock.decision_id, responded_at=None).update(responded_at=moment)
    return clock


def _answer(clock: ResponseClock, how: str, at: datetime) -> None:
    """Measure the clock by the answer, whatever was thought before; one that had ended keeps its end."""
    clock.verdict = {}
    clock.verdict = verdict_of(clock, at)
    clock.answered_at, clock.answered_how = at, how[:40]
    if clock.is_running:
        clock.ended_at, clock.end = at, ClockEnd.ANSWERED
    clock.breached_at = clock.due_at if at > clock.due_at else None
    clock.save(update_fields=["verdict", "answered_at", "answered_how", "ended_at", "end", "breached_at"])


def record_responses(activities: Iterable[tuple[int, int, datetime, str]]) -> int:
    """Activities of owners, `(person id, owner id, when, how)`, in any order; answers how many clocks they answered.

    The first activity of the owner while their clock ran counts. One that is heard of after the lead went to somebody
    else is the truth all the same: the clock that ended then is told, and its breach taken back where there was none.
    """
    rows = sorted(activities, key=lambda one: one[2])
    clocks: dict[tuple[int, int], list[ResponseClock]] = defaultdict(list)
    answered = 0
    with transaction.atomic(), recording("record_responses"):
        found = ResponseClock.objects.filter(person__in={row[0] for row in rows}, answered_at=None).order_by("pk")
        for clock in found.select_for_update(of=("self",)).select_related("decision__version"):
            clocks[clock.person_id, clock.owner_id].append(clock)
        for person, owner, at, how in rows:
            for clock in clocks[person, owner]:
                if clock.answered_at is None and clock.started_at <= at <= (clock.ended_at or at):
                    _answer(clock, how, at)
                    RoutingDecision.objects.filter(pk=clock.decision_id, responded_at=None).update(responded_at=at)
                    answered += 1
    return answered


def retry_elsewhere(clocks: Sequence[ResponseClock]) -> None:
    """Queue the people of late clocks for somebody else; everybody who was late with them is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, [timezone.now(), timezone.now(), [clock.pk for clock in clocks]])
    wake("routing")


_ELSEWHERE = """
INSERT INTO martech_routingwork (person_id, cause, without, hop, state, attempts, run_after, last_error, created_at)
SELECT clock.person_id, 'breach', late.owners, clock.hop + 1, 'pending', 0, %s, '', %s
FROM martech_responseclock AS clock, LATERAL (
    SELECT array_agg(DISTINCT before.owner_id) AS owners FROM martech_responseclock AS before
    WHERE before.person_id = clock.person_id AND before.breached_at IS NOT NULL) AS late
WHERE clock.id = ANY(%s)
ON CONFLICT DO NOTHING
"""


def pause(clock: ResponseClock, at: datetime) -> None:
    """Let the clock stand still from now on."""
    ResponseClock.objects.filter(pk=clock.pk).update(paused_since=at)
    clock.paused_since = at


def resume(clock: ResponseClock, terms: Terms, since: datetime, at: datetime) -> None:
    """Let it run again after standing still from `since`; what is left is left, so both deadlines move."""
    clock.pauses = [*clock.pauses, [since.isoformat(), at.isoformat()]]
    spans = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in clock.pauses]
    clock.paused_since = None
    clock.warn_at, clock.due_at = deadlines(terms, clock.started_at, spans)
    clock.save(update_fields=["pauses", "paused_since", "warn_at", "due_at"])
    RoutingDecision.objects.filter(pk=clock.decision_id).update(respond_by=clock.due_at)
