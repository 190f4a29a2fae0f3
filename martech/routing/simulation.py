"""How the pools of a policy would have served leads of the past: turns, caps, working hours and time off as time passes."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Protocol

from martech.routing.document import Caps, Member, Policy, Pool
from martech.routing.wheel import Holding, Limit, Seat, Wheel

LOOK_AGAIN = timedelta(minutes=15)
"""Who waits for room that nobody can foresee is looked at again after this long."""
A_MOMENT = timedelta(seconds=1)


class Hours(Protocol):
    """The hours of a pool and its people at one moment."""

    def hour(self) -> tuple[datetime, datetime]: ...

    def day(self) -> tuple[datetime, datetime]: ...

    def reason(self, user_id: int, /) -> str: ...

    def until(self, user_id: int, /) -> datetime | None: ...


@dataclass(frozen=True)
class Load:
    """Open leads by user when the simulation begins, and when people ceased to be open: `{person: when}`.

    `ends` are such moments of people who are not simulated, with whose lead it was.
    """

    open_leads: Mapping[int, int] = field(default_factory=dict)
    closed_at: Mapping[int, datetime] = field(default_factory=dict)
    ends: tuple[tuple[datetime, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead that asks a pool at a moment; `without` are users who may not get it."""

    person: int
    pool: str
    at: datetime
    without: frozenset[int] = frozenset()


class Simulation:
    """Leads must be asked about in the order of their times. `given` are (pool, user, leads) as they came out."""

    def __init__(
        self, policy: Policy, user_ids: Mapping[str, int], hours: Callable[[Pool, datetime], Hours], load: Load
    ) -> None:
        self.load = load
        self.after = {key: policy.pools_after(key) for key in policy.pools}
        self.holdings: dict[int, Holding] = defaultdict(Holding)
        for user, number in load.open_leads.items():
            self.holdings[user].open.used = number
        self.desks = {key: _Desk(pool, user_ids, hours, self.holdings) for key, pool in policy.pools.items()}
        self.queues: dict[str, deque[Asked]] = defaultdict(deque)
        self.ends = list(load.ends)
        heapify(self.ends)
        self.looks: list[tuple[datetime, str]] = []
        self.given: Counter[tuple[str, int]] = Counter()
        self.waited = 0

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self.queues.values())

    def ask(self, lead: Asked) -> None:
        """Give the lead to whoever's turn it is, or let it wait behind those who wait for the same pool."""
        self.pass_time(lead.at)
        queue = self.queues[lead.pool]
        is_behind = bool(queue) and not queue[0].without
        if is_behind or not self._serve(lead, lead.at):
            self.waited += 1
            queue.append(lead)
            if len(queue) == 1:
                self._look_later(lead.pool, lead.at)

    def pass_time(self, until: datetime) -> None:
        while self.looks and self.looks[0][0] <= until:
            at, pool = heappop(self.looks)
            self._end_leads(at)
            self._serve_queue(pool, at)
        self._end_leads(until)

    def _end_leads(self, until: datetime) -> None:
        while self.ends and self.ends[0][0] <= until:
            _at, user = heappop(self.ends)
            self.holdings[user].open.used -= 1

    def _serve_queue(self, pool: str, at: datetime) -> None:
        """The oldest first; one whom only somebody may get who had it does not keep the others waiting."""
        queue, left = self.queues[pool], deque[Asked]()
        while queue:
            lead = queue.popleft()
            if not self._serve(lead, at):
                left.append(lead)
                if not lead.without:
                    break
        queue.extendleft(reversed(left))
        if queue:
            self._look_later(pool, at)

    def _look_later(self, pool: str, at: datetime) -> None:
        times = [self.desks[key].back_at(at) for key in self.after[pool]]
        heappush(self.looks, (max(min(times), at + A_MOMENT), pool))

    def _serve(self, lead: Asked, at: datetime) -> bool:
        for key in self.after[lead.pool]:
            desk = self.desks[key]
            seat = desk.next_seat(at, lead.without)
            if seat is not None:
                desk.give(seat, at)
                self.given[key, seat.user_id] += 1
                if (closed_at := self.load.closed_at.get(lead.person)) is not None:
                    heappush(self.ends, (max(closed_at, at), seat.user_id))
                return True
        return False


class _Desk:
    """A pool as time passes."""

    def __init__(
        self,
        pool: Pool,
        user_ids: Mapping[str, int],
        hours: Callable[[Pool, datetime], Hours],
        holdings: Mapping[int, Holding],
    ) -> None:
        self.pool, self.hours_at = pool, hours
        members = [(user_ids[m.user], m) for m in pool.members if m.user in user_ids and not m.is_paused]
        seats = [Seat(user, member.user, member.weight, holding=holdings[user]) for user, member in members]
        self.wheel = Wheel(pool.key, pool.strategy, seats, pool.returner)
        self.windows = {seat.user_id: _windows(m.caps) for seat, (_user, m) in zip(seats, members, strict=True)}
        for seat, (_user, member) in zip(seats, members, strict=True):
            seat.limits = [*(one.limit for one in self.windows[seat.user_id]), *_open_limits(member, seat)]
        self.now: datetime | None = None

    def next_seat(self, now: datetime, without: frozenset[int]) -> Seat | None:
        if now != self.now:
            self._move(now)
        self.wheel.settle()
        seat = self.wheel.next_seat(without=without)
        if seat is None and self.pool.when_absent == "assign_anyway":
            return self.wheel.next_seat(anyway=True, without=without)
        return seat

    def _move(self, now: datetime) -> None:
        self.now, self.hours = now, self.hours_at(self.pool, now)
        for seat in self.wheel.seats:
            seat.closed = self.hours.reason(seat.user_id)
            for window in self.windows[seat.user_id]:
                window.move(self.hours, now)

    def give(self, seat: Seat, now: datetime) -> None:
        self.wheel.give(seat)
        for window in self.windows[seat.user_id]:
            window.count(now)

    def back_at(self, now: datetime) -> datetime:
        """When it is worth asking again."""
        later = [self._free_at(seat) or now + LOOK_AGAIN for seat in self.wheel.seats]
        return min(later, default=now + timedelta(days=1))

    def _free_at(self, seat: Seat) -> datetime | None:
        if seat.closed:
            return self.hours.until(seat.user_id)
        return seat.full.until if seat.full else None


@dataclass
class _Window:
    """A cap that counts leads of one pool: in the clock's hour or day (`by`), or in the `hours` before."""

    limit: Limit
    by: str = ""
    hours: timedelta = timedelta(0)
    start: datetime | None = None
    times: deque[datetime] = field(default_factory=deque)

    def move(self, hours: Hours, now: datetime) -> None:
        if self.by:
            start, self.limit.until = hours.hour() if self.by == "hour" else hours.day()
            if start != self.start:
                self.start = start
                self.times.clear()
        else:
            while self.times and self.times[0] <= now - self.hours:
                self.times.popleft()
            self.limit.until = self.times[0] + self.hours if self.times else None
        self.limit.tally.used = len(self.times)

    def count(self, now: datetime) -> None:
        self.times.append(now)
        if not self.by:
            self.limit.until = self.times[0] + self.hours


def _windows(caps: Caps) -> list[_Window]:
    found = []
    if caps.per_hour is not None:
        found.append(_Window(Limit("hourly cap", caps.per_hour), by="hour"))
    if caps.per_day is not None:
        found.append(_Window(Limit("daily cap", caps.per_day), by="day"))
    if caps.rolling is not None:
        hours = caps.rolling.hours
        found.append(_Window(Limit(f"cap of {hours} hours", caps.rolling.leads), hours=timedelta(hours=hours)))
    return found


def _open_limits(member: Member, seat: Seat) -> list[Limit]:
    most = member.caps.open
    return [Limit("cap of open leads", most, seat.holding.open, is_shared=True)] if most is not None else []


SIMULATED: tuple[tuple[str, Callable[[Caps], object]], ...] = (
    ("hourly caps", lambda caps: caps.per_hour),
    ("daily caps", lambda caps: caps.per_day),
    ("caps of any hours", lambda caps: caps.rolling),
    ("caps of open leads", lambda caps: caps.open),
)


def caps_of(pools: list[Pool]) -> tuple[list[str], list[str]]:
    """In words, the caps of these pools that a simulation counts, and those that it cannot."""
    caps = [member.caps for pool in pools for member in pool.members]
    owned = ["caps of people owned"] if any(one.owned is not None for one in caps) else []
    return [words for words, read in SIMULATED if any(read(one) is not None for one in caps)], owned
