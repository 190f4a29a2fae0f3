"""The live board of routing: what arrives, who waits, how pools and reps stand, which answers are due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from martech.models import DecisionOutcome, Person, PolicyVersion, ResponseClock, RoutingDecision, RoutingWork
from martech.routing.fairness import Fairness, fairness_of
from martech.routing.wheel import Wheel
from martech.selectors.caps import open_leads_of
from martech.selectors.policies import now_words, opened
from martech.selectors.responses import due_within
from martech.selectors.routing import engine_of, published_version
from martech.selectors.speed import Leg, speed_to_lead
from martech.selectors.waiting import GaveUp, Waiter, gave_up_on, in_queue, oldest_waiters, parked
from martech.selectors.wheels import load_wheels
from mops.core.work import WorkState

SHOWN = 8
HOURS = 24
HEAT = (
    ("late", "Late", "bad"),
    ("soon", "Within 15 minutes", "warn"),
    ("hour", "Within an hour", "accent"),
    ("later", "Later", "good"),
)
"""(Which clocks, in words, kind of the pill)."""


@dataclass(frozen=True)
class Hour:
    start: datetime
    leads: int
    share: float


@dataclass(frozen=True)
class Rep:
    """A member of a pool now. `due` are their running response clocks, `late` those past their time."""

    user: int
    name: str
    now: str
    now_kind: str
    got_today: int
    open_leads: int
    due: int
    late: int
    share_now: str = "—"


@dataclass(frozen=True)
class PoolNow:
    key: str
    reps: Sequence[Rep]
    waiting: int
    got_today: int
    fairness: Fairness | None = None

    @property
    def has_shares(self) -> bool:
        return any(rep.share_now != "—" for rep in self.reps)

    @property
    def there(self) -> int:
        return sum(rep.now_kind == "good" for rep in self.reps)

    @property
    def due(self) -> int:
        return sum(rep.due for rep in self.reps)

    @property
    def late(self) -> int:
        return sum(rep.late for rep in self.reps)


@dataclass(frozen=True)
class Heat:
    label: str
    kind: str
    clocks: int
    query: str


@dataclass(frozen=True)
class Board:
    version: PolicyVersion | None
    hours: Sequence[Hour]
    arrived_today: int
    given_today: int
    waiting: int
    oldest: Sequence[Waiter]
    parked: int
    gave_up: GaveUp
    pools: Sequence[PoolNow]
    heat: Sequence[Heat]
    latest: Sequence[RoutingDecision]
    legs: Sequence[Leg]

    def shown(self, asked: str) -> Sequence[PoolNow]:
        """The pools whose people are listed."""
        return opened(self.pools, asked)


def board(user: Any) -> Board:
    """Everything the page shows, for the people the user may see."""
    now = timezone.now()
    seen = Person.objects.visible_to(user)
    version = published_version()
    hours = arrivals(seen, now)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    work = in_queue().filter(person__in=seen)
    clocks = ResponseClock.objects.filter(ended_at=None, person__in=seen)
    decisions = RoutingDecision.objects.filter(person__in=seen)
    return Board(
        version,
        hours,
        seen.filter(recorded_at__gte=midnight).order_by().count(),
        decisions.filter(decided_at__gte=midnight, outcome=DecisionOutcome.ASSIGNED).count(),
        work.count(),
        oldest_waiters(work, SHOWN),
        parked(seen).count(),
        gave_up_on(seen),
        pools_now(version, now, midnight) if version else [],
        heat(clocks, now),
        list(decisions.select_related("person", "owner", "version__policy")[:SHOWN]),
        speed_to_lead(decisions.filter(decided_at__gte=now - timedelta(days=7)), now - timedelta(days=7)),
    )


def arrivals(people: Any, now: datetime) -> list[Hour]:
    """Leads mops heard of in each of the last 24 hours, the present one last."""
    last = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    starts = [last - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
    rows = (
        people.filter(recorded_at__gte=starts[0]).order_by().annotate(hour=TruncHour("recorded_at")).values_list("hour")
    )
    counts = dict(rows.annotate(Count("pk")))
    most = max(counts.values(), default=0) or 1
    return [Hour(start, counts.get(start, 0), counts.get(start, 0) / most) for start in starts]


def pools_now(version: PolicyVersion, now: datetime, midnight: datetime) -> list[PoolNow]:
    policy = engine_of(version).policy
    wheels = load_wheels(policy, version.policy_id, list(policy.pools), now)
    users = [seat.user_id for wheel in wheels.values() for seat in wheel.seats]
    given = RoutingDecision.objects.filter(
        version__policy=version.policy_id, outcome=DecisionOutcome.ASSIGNED, decided_at__gte=midnight
    )
    got = Counter(
        {(pool, owner): n for pool, owner, n in given.order_by().values_list("pool", "owner").annotate(Count("pk"))}
    )
    open_leads = open_leads_of(users)
    running = ResponseClock.objects.filter(ended_at=None, owner__in=users).order_by().values_list("owner")
    counted = running.annotate(due=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    due = {owner: (n, late) for owner, n, late in counted}
    waiting = _waiting_by_pool()
    return [_pool_now(wheel, got, open_leads, due, waiting[key]) for key, wheel in wheels.items()]


def _pool_now(
    wheel: Wheel,
    got: Counter[tuple[str, int]],
    open_leads: dict[int, int],
    due: dict[int, tuple[int, int]],
    waiting: int,
) -> PoolNow:
    fairness = fairness_of(wheel)
    reps = [
        Rep(
            seat.user_id,
            seat.name,
            *now_words(seat),
            got[wheel.pool, seat.user_id],
            open_leads.get(seat.user_id, 0),
            *due.get(seat.user_id, (0, 0)),
            fairness.words(seat.user_id) if fairness else "—",
        )
        for seat in wheel.seats
    ]
    return PoolNow(wheel.pool, reps, waiting, sum(rep.got_today for rep in reps), fairness)


def _waiting_by_pool() -> Counter[str]:
    """Held leads by the pool they wait for."""
    work = RoutingWork.objects.filter(state=WorkState.PENDING, person=OuterRef("person"))
    held = (
        RoutingDecision.objects.filter(Exists(work)).order_by("person_id", "-decided_at", "-pk").distinct("person_id")
    )
    return Counter(pool for pool, outcome in held.values_list("pool", "outcome") if outcome == DecisionOutcome.HELD)


def heat(clocks: Any, now: datetime) -> list[Heat]:
    """Running response clocks by how soon they are due."""
    counted = clocks.order_by().aggregate(**{name: Count("pk", filter=due_within(name, now)) for name, *_words in HEAT})
    return [Heat(label, kind, counted[name], name) for name, label, kind in HEAT]
