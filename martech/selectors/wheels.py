"""The wheels of a policy's pools as they stand: pointers, caps used up, working hours and time off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings

from governance.models import User
from martech.models import PoolMemberState, TimeOff
from martech.routing.document import Member, Policy, Pool
from martech.routing.wheel import CLOSED, Seat, Wheel
from martech.selectors.calendars import calendars_of
from martech.selectors.caps import Holdings, count_caps, holdings_of
from mops.core import clock

Away = dict[int, list[clock.TimeOff]]


@dataclass(frozen=True)
class Openings:
    """When the members of a pool work: its calendar (None is always), those of members with hours of their `own`, and
    everybody's absences."""

    calendar: clock.Calendar | None
    away: Mapping[int, Sequence[clock.TimeOff]]
    now: datetime
    own: Mapping[int, clock.Calendar | None] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.calendar.zone if self.calendar else settings.TIME_ZONE)

    def hour(self) -> tuple[datetime, datetime]:
        """Beginning and end of the hour that caps count in."""
        start = self.now.replace(minute=0, second=0, microsecond=0)
        return start, start + timedelta(hours=1)

    def day(self) -> tuple[datetime, datetime]:
        """Beginning and end of the local day that caps count in; 23 or 25 hours when the clock changes."""
        start = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return start, start + timedelta(days=1)

    def closed(self, user_id: int) -> tuple[str, datetime | None]:
        """Why the member is not there now and until when; an empty reason when they are."""
        reason = self.reason(user_id)
        return reason, self.until(user_id) if reason else None

    def reason(self, user_id: int) -> str:
        """Why the member is not there now; empty when they are."""
        for off in self.away.get(user_id, ()):
            if off.start <= self.now < off.end:  # type: ignore[operator]
                return f"away: {off.reason}" if off.reason else "away"
        is_open = self._is_open if user_id not in self.own else _is_open(self.own[user_id], self.now)
        return "" if is_open else CLOSED

    @cached_property
    def _is_open(self) -> bool:
        return _is_open(self.calendar, self.now)

    def until(self, user_id: int) -> datetime | None:
        """When a member who is not there now is back; None when no calendar can tell."""
        absences, calendar = self.away.get(user_id, ()), self.own.get(user_id, self.calendar)
        if calendar is None:
            return _latest_end(absences, self.now)
        try:
            return clock.next_opening(calendar.with_time_off(absences), self.now)
        except clock.CalendarError:
            return None


def _is_open(calendar: clock.Calendar | None, now: datetime) -> bool:
    return calendar is None or clock.is_open(calendar, now)


def own_hours(
    pool: Pool, ids: Mapping[str, int], calendars: Mapping[str, clock.Calendar | None]
) -> dict[int, clock.Calendar | None]:
    """The hours of members who have some of their own, by user id; `ids` are those of the addresses."""
    return {ids[one.user]: calendars[one.calendar] for one in pool.members if one.calendar and one.user in ids}


def _latest_end(absences: Sequence[clock.TimeOff], now: datetime) -> datetime:
    """The end of the absences that run into one another."""
    until = now
    for off in sorted(absences, key=lambda one: one.start):  # type: ignore[arg-type,return-value]
        if off.start <= until < off.end:  # type: ignore[operator]
            until = off.end  # type: ignore[assignment]
    return until


Pointers = dict[str, dict[int, tuple[Decimal, Decimal | None]]]
"""`{pool: {user id: (pointer, behind when away)}}`"""


def load_wheels(
    policy: Policy,
    policy_id: int,
    keys: Iterable[str],
    now: datetime,
    pointers: Pointers | None = None,
    users: Mapping[str, User] | None = None,
) -> dict[str, Wheel]:
    """The wheels of the named pools; a member without a pointer joins at the clock.

    `pointers` and `users` (by address) are read when they are not given.
    """
    pools = [policy.pools[key] for key in keys]
    users = users if users is not None else users_of(pools)
    away = absences_of([user.pk for user in users.values()], now)
    by_pool = pointers if pointers is not None else pointers_of(policy_id, [pool.key for pool in pools])
    ids = {email: user.pk for email, user in users.items()}
    holdings = holdings_of((pool, ids[m.user], m) for pool in pools for m in pool.members if m.user in ids)
    calendars = calendars_of(key for pool in pools for key in pool.calendars)
    wheels = {}
    for pool in pools:
        openings = Openings(calendars[pool.calendar], away, now, own_hours(pool, ids, calendars))
        wheels[pool.key] = _wheel(pool, users, openings, holdings)
        _place_pointers(wheels[pool.key], by_pool.get(pool.key, {}))
        count_caps(pool, wheels[pool.key], policy_id, openings)
    return wheels


def pointers_of(policy_id: int, keys: Sequence[str], *, is_locked: bool = False) -> Pointers:
    """The pointers as stored; locked in the order of their rows until the transaction ends when asked."""
    states = PoolMemberState.objects.filter(policy_id=policy_id, pool__in=keys).order_by("pk")
    rows = (states.select_for_update() if is_locked else states).values_list("pool", "user", "pointer", "away_behind")
    found: Pointers = defaultdict(dict)
    for pool, user, pointer, away_behind in rows:
        found[pool][user] = (pointer, away_behind)
    return found


def users_of(pools: Iterable[Pool]) -> dict[str, User]:
    emails = {member.user for pool in pools for member in pool.members}
    users = User.objects.filter(email__in=emails).only("email", "name", "is_active")
    return {user.email.lower(): user for user in users}


def pool_members(policy: Policy) -> dict[str, list[int]]:
    """User ids by pool; members who are no users any more are left out."""
    users = users_of(policy.pools.values())
    return {
        key: [users[member.user].pk for member in pool.members if member.user in users]
        for key, pool in policy.pools.items()
    }


def absences_of(user_ids: Sequence[int], now: datetime) -> Away:
    away: Away = defaultdict(list)
    rows = TimeOff.objects.filter(user__in=user_ids, ends_at__gt=now)
    for user, starts_at, ends_at, reason in rows.values_list("user", "starts_at", "ends_at", "reason"):
        away[user].append(clock.TimeOff(starts_at, ends_at, reason))
    return away


def _wheel(pool: Pool, users: Mapping[str, User], openings: Openings, holdings: Holdings) -> Wheel:
    seats = [_seat(member, users[member.user], openings) for member in pool.members if member.user in users]
    for seat in seats:
        seat.holding = holdings[seat.user_id]
    return Wheel(pool.key, pool.strategy, seats, pool.returner)


def _seat(member: Member, user: User, openings: Openings) -> Seat:
    closed, until = openings.closed(user.pk)
    is_gone = not user.is_active or member.is_paused
    if is_gone:
        closed, until = ("paused" if user.is_active else "deactivated"), None
    return Seat(
        user.pk, str(user), member.weight, closed=closed, closed_until=until, is_gone=is_gone, email=member.user
    )


def _place_pointers(wheel: Wheel, stored: Mapping[int, tuple[Decimal, Decimal | None]]) -> None:
    known = [seat for seat in wheel.seats if seat.user_id in stored]
    newcomers = [seat for seat in wheel.seats if seat.user_id not in stored]
    wheel.load_pointers({**{seat.user_id: (Decimal(0), None) for seat in newcomers}, **stored})
    for seat in newcomers:
        wheel.join(seat, known)
