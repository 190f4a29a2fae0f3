"""Next week of every pool, from the decisions of the last weeks and the hours people work."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, PolicyVersion, ResponseClock, RoutingDecision
from martech.routing.document import Policy, Pool, Sla
from martech.routing.outlook import HourAhead, Lane, Outlook, Slot, Worker, expected_by_slot
from martech.routing.remedies import look_ahead
from martech.selectors.calendars import calendars_of
from martech.selectors.routing import engine_of, published_version
from martech.selectors.stocks import WEEKS, Stocks, stocks_of
from martech.selectors.wheels import Away, absences_of, users_of
from mops.core import clock

USUAL_RATE = 4.0
"""Leads answered an hour where no answer was recorded yet: one in a quarter of an hour."""


@dataclass(frozen=True)
class Ahead:
    """The week of every pool; `rate` is how many leads somebody answers an hour, `is_measured` by what they answered."""

    pools: list[Outlook]
    rate: float
    is_measured: bool


def outlooks() -> Ahead:
    """The week to come of every pool of the policy in force; those with most late answers first."""
    version, measured = published_version(), answers_an_hour()
    rate = measured or USUAL_RATE
    if version is None:
        return Ahead([], rate, bool(measured))
    policy = engine_of(version).policy
    arrived = arrivals_by_pool(version)
    stocks = stocks_of(version, policy)
    pools = [pool for pool in policy.pools.values() if arrived[pool.key]]
    around = _around(pools)
    lanes = [_lane(policy, pool, arrived[pool.key], stocks, around) for pool in pools]
    found = look_ahead(lanes, rate)
    return Ahead(sorted(found, key=lambda one: (-one.late - one.capped, -one.outside, one.pool)), rate, bool(measured))


def arrivals_by_pool(version: PolicyVersion) -> dict[str, Counter[Slot]]:
    """Leads by pool, weekday and hour that rules sent there, by when they came in the last weeks.

    A backlog that was routed at once counts by when its leads came, not by when it was routed.
    """
    since = timezone.now() - timedelta(weeks=WEEKS)
    outcomes = (DecisionOutcome.ASSIGNED, DecisionOutcome.HELD)
    rows = RoutingDecision.objects.filter(
        version__policy=version.policy_id, outcome__in=outcomes, person__created_at__gte=since, pool__gt=""
    )
    hours = rows.order_by().annotate(hour=TruncHour("person__created_at")).values_list("pool", "hour")
    found: dict[str, Counter[Slot]] = defaultdict(Counter)
    for pool, hour, number in hours.annotate(Count("person", distinct=True)):
        found[pool][hour.weekday(), hour.hour] += number
    return found


def answers_an_hour() -> float | None:
    """How many leads somebody answers in an hour they spend on it: answers by the busiest hours of each owner.

    None while fewer than 20 such hours were recorded.
    """
    since = timezone.now() - timedelta(weeks=WEEKS)
    rows = ResponseClock.objects.filter(answered_at__gte=since).order_by().annotate(hour=TruncHour("answered_at"))
    counts = sorted(number for _owner, _hour, number in rows.values_list("owner", "hour").annotate(Count("pk")))
    return float(counts[len(counts) * 9 // 10]) if len(counts) >= 20 else None


@dataclass(frozen=True)
class _Around:
    """What the week of every pool reads: the `moments` at which its hours begin, users by address, their absences, and
    in which of the hours each calendar is open."""

    moments: Sequence[datetime]
    users: Mapping[str, User]
    away: Away
    open_by: Mapping[str, Sequence[bool]]

    @property
    def middles(self) -> list[datetime]:
        return [moment + timedelta(minutes=30) for moment in self.moments]


def _around(pools: Sequence[Pool]) -> _Around:
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    moments = [start + timedelta(hours=number) for number in range(24 * 7)]
    users = users_of(pools)
    away = absences_of([user.pk for user in users.values()], start)
    found = _Around(moments, users, away, {})
    calendars = calendars_of(key for pool in pools for key in pool.calendars)
    open_by = {
        key: [calendar is None or clock.is_open(calendar, middle) for middle in found.middles]
        for key, calendar in calendars.items()
    }
    return replace(found, open_by=open_by)


def _lane(policy: Policy, pool: Pool, arrived: Counter[Slot], stocks: Stocks, around: _Around) -> Lane:
    expected = expected_by_slot(arrived, WEEKS)
    hours = [HourAhead(moment, expected.get((moment.weekday(), moment.hour), 0.0)) for moment in around.moments]
    sla = _strictest(policy, pool)
    allowed = sla.respond_within_minutes / 60 if sla else None
    return Lane(pool.key, hours, _workers(pool, stocks, around), allowed)


def _strictest(policy: Policy, pool: Pool) -> Sla | None:
    """The shortest response time that leads of the pool may have; a rule's counts before the pool's."""
    rules = [rule.name for rule in policy.rules if rule.to == pool.key]
    found = [policy.sla_of(rule, pool.key) for rule in (*rules, "")]
    return min((sla for sla in found if sla is not None), key=lambda sla: sla.respond_within_minutes, default=None)


def _workers(pool: Pool, stocks: Stocks, around: _Around) -> list[Worker]:
    """Who takes turns in the pool, in which of the hours, and what they have already."""
    users = around.users
    members = [m for m in pool.members if m.user in users and users[m.user].is_active and not m.is_paused]
    return [
        Worker(
            str(user),
            _there(around.open_by[member.calendar or pool.calendar], around.away.get(user.pk, ()), around),
            member.weight,
            member.caps,
            stocks.ceilings(pool, user, member),
            stocks.fills(pool, user),
        )
        for member in members
        for user in [users[member.user]]
    ]


def _there(is_open: Sequence[bool], absences: Sequence[clock.TimeOff], around: _Around) -> Sequence[bool]:
    if not absences:
        return is_open
    return [here and not _is_away(absences, at) for here, at in zip(is_open, around.middles, strict=True)]


def _is_away(absences: Iterable[clock.TimeOff], moment: datetime) -> bool:
    return any(off.start <= moment < off.end for off in absences)  # type: ignore[operator]
