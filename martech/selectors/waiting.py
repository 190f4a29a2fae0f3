"""Who has no owner yet: in the queue of routing, or parked with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

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


def in_queue() -> QuerySet[RoutingWork]:
    """What routing has still to do, a row a person."""
    return RoutingWork.objects.filter(state__in=[WorkState.PENDING, WorkState.RUNNING]).order_by()


def parked(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those whom no pool could be asked for, as two rules of a policy matched where one may; they have no owner since."""
    asked = RoutingDecision.objects.filter(outcome=DecisionOutcome.PARKED).order_by().values("person")
    return people.routable().filter(pk__in=asked).exclude(pk__in=in_queue().values("person"))  # type: ignore[attr-defined,no-any-return]


def with_waiting_since(people: QuerySet[Person]) -> QuerySet[Person]:
    """Adds `waiting_since`: since when somebody is in the queue."""
    return people.annotate(waiting_since=Subquery(in_queue().filter(person=OuterRef("pk")).values("created_at")[:1]))


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
