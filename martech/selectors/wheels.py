"""The wheels of a policy's pools as they stand: pointers, caps used up, working hours and time off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from governance.models import User
from martech.models import DecisionOutcome, Person, PoolMemberState, RoutingDecision, Stage, TimeOff, WorkingCalendar
from martech.routing.document import Member, Policy, Pool
from martech.routing.wheel import Seat, Wheel
from mops.core import clock
from mops.core.calendar_document import parse_calendar

CLOSED_STAGES = (Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.RECYCLED)
"""A lead in one of these no longer counts as open."""

Away = dict[int, list[clock.TimeOff]]


@dataclass(frozen=True)
class Openings:
    """When the members of a pool work: its calendar (None is always) and everybody's absences."""

    calendar: clock.Calendar | None
    away: Mapping[int, Sequence[clock.TimeOff]]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.calendar.zone if self.calendar else settings.TIME_ZONE)

    def day(self) -> tuple[datetime, datetime]:
        """Beginning and end of the local day that caps count in."""
        start = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return start, start + timedelta(days=1)

    def closed(self, user_id: int) -> tuple[str, datetime | None]:
        """Why the member is not there now and until when; an empty reason when they are."""
        absences = self.away.get(user_id, ())
        off = next((one for one in absences if one.start <= self.now < one.end), None)  # type: ignore[operator]
        reason = f"away{f': {off.reason}' if off.reason else ''}" if off else ""
        if self.calendar is None:
            return reason, _latest_end(absences, self.now) if off else None
        if not reason:
            if clock.is_open(self.calendar, self.now):
                return "", None
            reason = "outside working hours"
        try:
            return reason, clock.next_opening(self.calendar.with_time_off(absences), self.now)
        except clock.CalendarError:
            return reason, None


def _latest_end(absences: Sequence[clock.TimeOff], now: datetime) -> datetime:
    """The end of the absences that run into one another."""
    until = now
    for off in sorted(absences, key=lambda one: one.start):  # type: ignore[arg-type,return-value]
        if off.start <= until < off.end:  # type: ignore[operator]
            until = off.end  # type: ignore[assignment]
    return until


def load_wheels(policy: Policy, policy_id: int, keys: Iterable[str], now: datetime) -> dict[str, Wheel]:
    """The wheels of the named pools from the states as they are stored; a member without one joins at the clock."""
    pools = [policy.pools[key] for key in keys]
    users = users_of(pools)
    away = absences_of([user.pk for user in users.values()], now)
    wheels = {pool.key: _wheel(pool, users, Openings(calendar_of(pool.calendar), away, now)) for pool in pools}
    states = PoolMemberState.objects.filter(policy_id=policy_id, pool__in=wheels)
    by_pool: dict[str, dict[int, tuple[Decimal, Decimal | None]]] = defaultdict(dict)
    for pool, user, pointer, away_behind in states.values_list("pool", "user", "pointer", "away_behind"):
        by_pool[pool][user] = (pointer, away_behind)
    for pool in pools:
        _place_pointers(wheels[pool.key], by_pool[pool.key])
        _count_caps(pool, wheels[pool.key], policy_id, Openings(calendar_of(pool.calendar), away, now).day())
    return wheels


def users_of(pools: Iterable[Pool]) -> dict[str, User]:
    emails = {member.user for pool in pools for member in pool.members}
    return {user.email.lower(): user for user in User.objects.filter(email__in=emails)}


def pool_members(policy: Policy) -> dict[str, list[int]]:
    """User ids by pool; members who are no users any more are left out."""
    users = users_of(policy.pools.values())
    return {
        key: [users[member.user].pk for member in pool.members if member.user in users]
        for key, pool in policy.pools.items()
    }


def absences_of(user_ids: Sequence[int], now: datetime) -> Away:
    away: Away = defaultdict(list)
    for off in TimeOff.objects.filter(user__in=user_ids, ends_at__gt=now):
        away[off.user_id].append(clock.TimeOff(off.starts_at, off.ends_at, off.reason))
    return away


def calendar_of(key: str) -> clock.Calendar | None:
    if not key:
        return None
    row = WorkingCalendar.objects.filter(key=key).values_list("pk", "updated_at").first()
    return _calendar(*row) if row else None


@lru_cache(maxsize=256)
def _calendar(pk: int, _updated_at: datetime) -> clock.Calendar:
    return parse_calendar(WorkingCalendar.objects.get(pk=pk).document).resolve()


def _wheel(pool: Pool, users: Mapping[str, User], openings: Openings) -> Wheel:
    seats = [_seat(member, users[member.user], openings) for member in pool.members if member.user in users]
    return Wheel(pool.key, pool.strategy, seats, pool.returner)


def _seat(member: Member, user: User, openings: Openings) -> Seat:
    closed, until = openings.closed(user.pk)
    is_gone = not user.is_active or member.is_paused
    if is_gone:
        closed, until = ("paused" if user.is_active else "deactivated"), None
    return Seat(
        user.pk,
        str(user),
        member.weight,
        closed=closed,
        closed_until=until,
        is_gone=is_gone,
        cap_per_day=member.caps.per_day,
        cap_open=member.caps.open,
    )


def _place_pointers(wheel: Wheel, stored: Mapping[int, tuple[Decimal, Decimal | None]]) -> None:
    known = [seat for seat in wheel.seats if seat.user_id in stored]
    newcomers = [seat for seat in wheel.seats if seat.user_id not in stored]
    wheel.load_pointers({**{seat.user_id: (Decimal(0), None) for seat in newcomers}, **stored})
    for seat in newcomers:
        wheel.join(seat, known)


def _count_caps(pool: Pool, wheel: Wheel, policy_id: int, day: tuple[datetime, datetime]) -> None:
    capped = [seat.user_id for seat in wheel.seats if seat.cap_per_day is not None]
    counted = [seat.user_id for seat in wheel.seats if seat.cap_open is not None or pool.strategy == "least_loaded"]
    today = _given_since(policy_id, pool.key, capped, day[0]) if capped else {}
    open_leads = open_leads_of(counted) if counted else {}
    for seat in wheel.seats:
        seat.today, seat.open_leads, seat.day_ends = today.get(seat.user_id, 0), open_leads.get(seat.user_id, 0), day[1]


def _given_since(policy_id: int, pool: str, user_ids: Sequence[int], since: datetime) -> dict[int, int]:
    given = RoutingDecision.objects.filter(
        version__policy=policy_id,
        pool=pool,
        outcome=DecisionOutcome.ASSIGNED,
        owner__in=user_ids,
        decided_at__gte=since,
    )
    return dict(given.order_by().values_list("owner").annotate(Count("pk")))


def open_leads_of(user_ids: Sequence[int]) -> dict[int, int]:
    """How many people each user owns who are neither customers nor given up."""
    owned = Person.objects.living().filter(owner__in=user_ids).exclude(lifecycle_stage__in=CLOSED_STAGES)
    return dict(owned.order_by().values_list("owner").annotate(Count("pk")))
