"""Next week of every pool, from the decisions of the last weeks and the hours people work."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone

from martech.models import DecisionOutcome, PolicyVersion, ResponseClock, RoutingDecision
from martech.routing.document import Policy, Pool
from martech.routing.outlook import HourAhead, Outlook, Slot, expected_by_slot, look_ahead
from martech.selectors.routing import engine_of, published_version
from martech.selectors.wheels import absences_of, calendar_of, users_of
from mops.core import clock

WEEKS = 4
USUAL_RATE = 4.0
"""Leads answered an hour where no answer was recorded yet: one in a quarter of an hour."""


def outlooks() -> list[Outlook]:
    """The week to come of every pool of the policy in force; those with most late answers first."""
    version = published_version()
    if version is None:
        return []
    policy = engine_of(version).policy
    arrived = arrivals_by_pool(version)
    rate = answers_an_hour()
    found = [_outlook(policy, pool, arrived[pool.key], rate) for pool in policy.pools.values() if arrived[pool.key]]
    return sorted(found, key=lambda one: (-one.late, -one.held, one.pool))


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


def answers_an_hour() -> float:
    """How many leads somebody answers in an hour they spend on it: answers by the busiest hours of each owner."""
    since = timezone.now() - timedelta(weeks=WEEKS)
    rows = ResponseClock.objects.filter(answered_at__gte=since).order_by().annotate(hour=TruncHour("answered_at"))
    counts = sorted(number for _owner, _hour, number in rows.values_list("owner", "hour").annotate(Count("pk")))
    return float(counts[len(counts) * 9 // 10]) if len(counts) >= 20 else USUAL_RATE


def _outlook(policy: Policy, pool: Pool, arrived: Counter[Slot], rate: float) -> Outlook:
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    expected = expected_by_slot(arrived, WEEKS)
    sla = policy.sla_of("", pool.key)
    staffing = _staffing(pool, start)
    hours = []
    for number, staffed in enumerate(staffing):
        moment = start + timedelta(hours=number)
        hours.append(
            HourAhead(moment, expected.get((moment.weekday(), moment.hour), 0.0), staffed, _room(pool, staffed))
        )
    allowed = sla.respond_within_minutes / 60 if sla else None
    return look_ahead(pool.key, hours, rate=rate, allowed_hours=allowed)


def _staffing(pool: Pool, start: datetime) -> list[int]:
    """How many members are there in each of the next 168 hours."""
    users = users_of([pool])
    active = [users[m.user] for m in pool.members if m.user in users and users[m.user].is_active and not m.is_paused]
    away = absences_of([user.pk for user in active], start)
    calendar = calendar_of(pool.calendar)
    middles = [start + timedelta(hours=number, minutes=30) for number in range(24 * 7)]
    return [
        sum(not _is_away(away.get(user.pk, ()), moment) for user in active)
        if calendar is None or clock.is_open(calendar, moment)
        else 0
        for moment in middles
    ]


def _is_away(absences: object, moment: datetime) -> bool:
    return any(off.start <= moment < off.end for off in absences)  # type: ignore[attr-defined]


def _room(pool: Pool, staffed: int) -> float | None:
    """Leads that hourly caps let through; None when somebody has none."""
    caps = [member.caps.per_hour for member in pool.members]
    if not caps or any(cap is None for cap in caps):
        return None
    return staffed * sum(cap or 0 for cap in caps) / len(caps)
