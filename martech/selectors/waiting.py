"""Who has no owner yet: in the queue of routing, or parked with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When

from martech.models import DecisionOutcome, Person, RoutingDecision, RoutingWork
from mops.core.work import WorkState


@dataclass(frozen=True)
class Waiter:
    """Somebody in the queue. `pool` is the one they wait for, empty before the first look; `again_at` the next look."""

    person: Person
    since: datetime
    hop: int
    pool: str
    again_at: datetime


@dataclass(frozen=True)
class Place:
    """Somebody's place in the queue: since when, for which pool (empty before the first look), and how many came before."""

    since: datetime
    pool: str
    ahead: int


def in_queue() -> QuerySet[RoutingWork]:
    """What routing has still to do, a row a person."""
    return RoutingWork.objects.filter(state__in=[WorkState.PENDING, WorkState.RUNNING]).order_by()


def parked(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those whom no pool could be asked for, as two rules of a policy matched where one may; they have no owner since."""
    asked = RoutingDecision.objects.filter(outcome=DecisionOutcome.PARKED).order_by().values("person")
    return people.routable().filter(pk__in=asked).exclude(pk__in=in_queue().values("person"))  # type: ignore[attr-defined,no-any-return]


def given_up() -> QuerySet[RoutingWork]:
    """What routing tried as often as it may: the newest row of everybody who has no owner and is not in the queue again."""
    rows = RoutingWork.objects.filter(state=WorkState.QUARANTINED, person__owner=None, person__merged_into=None)
    rows = rows.exclude(person__in=in_queue().values("person"))
    return rows.order_by("person_id", "-pk").distinct("person_id")


def with_waiting_since(people: QuerySet[Person]) -> QuerySet[Person]:
    """Adds `waiting_since`: since when somebody is in the queue."""
    return people.annotate(waiting_since=Subquery(in_queue().filter(person=OuterRef("pk")).values("created_at")[:1]))


def waiting_for(pools: Sequence[str]) -> QuerySet[RoutingWork]:
    """Work of people who are held for one of these pools, by their newest decision."""
    newest = RoutingDecision.objects.filter(person=OuterRef("person")).order_by("-decided_at", "-pk")
    asked = newest.annotate(held=Case(When(outcome=DecisionOutcome.HELD, then=F("pool")), default=Value("")))
    return in_queue().annotate(pool=Subquery(asked.values("held")[:1])).filter(pool__in=pools)


def pools_waited_for() -> list[str]:
    """The pools for which somebody is held."""
    newest = RoutingDecision.objects.filter(person__in=in_queue().values("person"))
    newest = newest.order_by("person_id", "-decided_at", "-pk").distinct("person_id")
    return sorted({pool for pool, outcome in newest.values_list("pool", "outcome") if outcome == DecisionOutcome.HELD})


@dataclass(frozen=True)
class GaveUp:
    """How many people routing gave up on, and what the newest of them failed with."""

    number: int
    error: str


def gave_up_on(people: QuerySet[Person]) -> GaveUp:
    rows = given_up().filter(person__in=people.order_by().values("pk"))
    failed = list(rows.values_list("finished_at", "last_error"))
    newest = max(failed, key=lambda row: (row[0] is not None, row[0]), default=(None, ""))
    return GaveUp(len(failed), newest[1])


def place_of(person: Person) -> Place | None:
    """Where somebody stands in the queue; None where they are not in it."""
    row = in_queue().filter(person=person).first()
    if row is None:
        return None
    waiter = oldest_waiters(in_queue().filter(pk=row.pk), 1)[0]
    if not waiter.pool:
        return Place(waiter.since, "", 0)
    before = Q(created_at__lt=row.created_at) | Q(created_at=row.created_at, pk__lt=row.pk)
    return Place(waiter.since, waiter.pool, waiting_for([waiter.pool]).filter(before).count())


def oldest_waiters(work: QuerySet[RoutingWork], limit: int) -> Sequence[Waiter]:
    """Who waits longest, and for which pool."""
    rows = list(work.select_related("person").order_by("created_at", "pk")[:limit])
    latest = RoutingDecision.objects.filter(person__in=[row.person_id for row in rows])
    latest = latest.order_by("person_id", "-decided_at", "-pk").distinct("person_id")
    pools = {
        person: pool
        for person, outcome, pool in latest.values_list("person", "outcome", "pool")
        if outcome == DecisionOutcome.HELD
    }
    return [Waiter(row.person, row.created_at, row.hop, pools.get(row.person_id, ""), row.run_after) for row in rows]
