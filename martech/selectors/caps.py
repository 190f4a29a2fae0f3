"""What of their caps the members of a pool have used up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.db.models import Aggregate, Count, Min, Q

from martech.models import DecisionOutcome, Person, RoutingDecision, Stage
from martech.routing.document import Caps, Member, Pool
from martech.routing.wheel import Holding, Limit, Seat, Tally, Wheel
from mops.core.conditions import Node, compile_predicate, get_catalogue, to_q

CLOSED_STAGES = (Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.RECYCLED)
"""A lead in one of these no longer counts as open."""


class Clock(Protocol):
    """The hours and days of a pool."""

    now: datetime

    def hour(self) -> tuple[datetime, datetime]: ...

    def day(self) -> tuple[datetime, datetime]: ...


Holdings = dict[int, Holding]


def holdings_of(seats: Iterable[tuple[Pool, int, Member]]) -> Holdings:
    """By user, what counts in caps that no pool has for itself. `seats` are (pool, user id, member)."""
    rows = list(seats)
    found: Holdings = {user: Holding() for _pool, user, _member in rows}
    by_load = {user for pool, user, member in rows if member.caps.open is not None or pool.strategy == "least_loaded"}
    for user, number in open_leads_of(sorted(by_load)).items():
        found[user].open.used = number
    for _pool, user, member in rows:
        condition = member.caps.owned.condition if member.caps.owned else None
        if condition is not None and condition not in found[user].owned:
            found[user].owned[condition] = (Tally(owned_by(user, condition)), compile_predicate(condition))
    return found


def count_caps(pool: Pool, wheel: Wheel, policy_id: int, clock: Clock) -> None:
    """Give every seat its limits with what is used of them."""
    members = {member.user: member for member in pool.members}
    capped = {seat.user_id: members[seat.email] for seat in wheel.seats if members[seat.email].caps != Caps()}
    wheel.is_fixed = not capped
    if not capped:
        return
    timed = {user: member for user, member in capped.items() if _counts_by_time(member.caps)}
    given = _given(policy_id, pool.key, timed, clock) if timed else {}
    for seat in wheel.seats:
        if seat.user_id in capped:
            seat.limits = _limits(capped[seat.user_id].caps, seat, given.get(seat.user_id, {}), clock)


def _counts_by_time(caps: Caps) -> bool:
    return caps.per_hour is not None or caps.per_day is not None or caps.rolling is not None


def _limits(caps: Caps, seat: Seat, given: dict[str, Any], clock: Clock) -> list[Limit]:
    found = []
    if caps.per_hour is not None:
        found.append(Limit("hourly cap", caps.per_hour, Tally(given.get("hour", 0)), clock.hour()[1]))
    if caps.per_day is not None:
        found.append(Limit("daily cap", caps.per_day, Tally(given.get("day", 0)), clock.day()[1]))
    if caps.rolling is not None:
        hours, oldest = caps.rolling.hours, given.get("oldest")
        until = oldest + timedelta(hours=hours) if oldest else None
        found.append(Limit(f"cap of {hours} hours", caps.rolling.leads, Tally(given.get("rolling", 0)), until))
    if caps.open is not None:
        found.append(Limit("cap of open leads", caps.open, seat.holding.open, is_shared=True))
    if caps.owned is not None and caps.owned.condition is not None:
        tally = seat.holding.owned[caps.owned.condition][0]
        found.append(Limit("cap of such leads owned", caps.owned.most, tally, is_shared=True))
    return found


def _given(policy_id: int, pool: str, capped: dict[int, Member], clock: Clock) -> dict[int, dict[str, Any]]:
    """By user, how many leads of this pool they got in this hour, this day and their rolling window, and its oldest."""
    windows = _windows(capped, clock)
    rows = RoutingDecision.objects.filter(
        version__policy=policy_id,
        pool=pool,
        outcome=DecisionOutcome.ASSIGNED,
        owner__in=list(capped),
        decided_at__gte=min(*windows, clock.day()[0], clock.hour()[0]),
    )
    counts: dict[str, Aggregate] = {
        "hour": Count("pk", filter=Q(decided_at__gte=clock.hour()[0])),
        "day": Count("pk", filter=Q(decided_at__gte=clock.day()[0])),
    }
    if windows:
        inside = reduce(or_, (Q(owner__in=users, decided_at__gt=start) for start, users in windows.items()))
        counts |= {"rolling": Count("pk", filter=inside), "oldest": Min("decided_at", filter=inside)}
    return {row["owner"]: row for row in rows.order_by().values("owner").annotate(**counts)}


def _windows(capped: dict[int, Member], clock: Clock) -> dict[datetime, list[int]]:
    """Since when rolling windows count, with the users of each; those of most members are alike."""
    found: dict[datetime, list[int]] = defaultdict(list)
    for user, member in capped.items():
        if member.caps.rolling is not None:
            found[clock.now - timedelta(hours=member.caps.rolling.hours)].append(user)
    return found


def open_leads_of(user_ids: Sequence[int]) -> dict[int, int]:
    """How many people each user owns who are neither customers nor given up."""
    if not user_ids:
        return {}
    owned = Person.objects.living().filter(owner__in=user_ids).exclude(lifecycle_stage__in=CLOSED_STAGES)
    return dict(owned.order_by().values_list("owner").annotate(Count("pk")))


def owned_by(user_id: int, condition: Node) -> int:
    """How many people of the user meet the condition."""
    catalogue = get_catalogue("person")
    return Person.objects.living().filter(to_q(condition, catalogue), owner=user_id).count()
