"""How the pools of a policy would have served leads of the past: turns, caps, working hours and time off as time passes."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Any, Protocol

from martech.routing.document import Caps, Member, Owned, Policy, Pool
from martech.routing.wheel import Holding, Limit, Seat, Tally, Wheel
from mops.core.conditions import Node

LOOK_AGAIN = timedelta(minutes=15)
"""Who waits for room that nobody can foresee is looked at again after this long."""
A_MOMENT = timedelta(seconds=1)

Record = Mapping[str, Any]
Change = tuple[datetime, int, int, int]
"""(When, user, what, by): what somebody holds changes; what is OPEN, or the place from 1 of a condition in `Load`."""
Course = tuple[tuple[datetime, int, int], ...]
"""(When, what, by) of a person whoever owns them, in the order of time."""
OPEN = 0


class Hours(Protocol):
    """The hours of a pool and its people at one moment."""

    def hour(self) -> tuple[datetime, datetime]: ...

    def day(self) -> tuple[datetime, datetime]: ...

    def reason(self, user_id: int, /) -> str: ...

    def until(self, user_id: int, /) -> datetime | None: ...


@dataclass(frozen=True)
class Load:
    """What people hold when the simulation begins, and how that changes by itself.

    Open leads by user, and when the people who are simulated ceased to be open: `{person: when}`. `owned` are the people by
    (user, condition) of caps that count them; `courses` tell of a person who is simulated which of the `conditions` they
    meet from when on. `changes` are those of everybody else.
    """

    open_leads: Mapping[int, int] = field(default_factory=dict)
    closed_at: Mapping[int, datetime] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    conditions: tuple[Node, ...] = ()
    owned: Mapping[tuple[int, Node], int] = field(default_factory=dict)
    courses: Mapping[int, Course] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead that asks a pool at a moment; `without` are users who may not get it."""

    person: int
    pool: str
    at: datetime
    without: frozenset[int] = frozenset()


class Simulation:
    """Leads must be asked about in the order of their times. `given` are (pool, user, leads) as they came out,
    `owners` the pool and user of each.
    """

    def __init__(
        self, policy: Policy, user_ids: Mapping[str, int], hours: Callable[[Pool, datetime], Hours], load: Load
    ) -> None:
        self.load = load
        self.after = {key: policy.pools_after(key) for key in policy.pools}
        self.holdings: dict[int, Holding] = defaultdict(Holding)
        for user, number in load.open_leads.items():
            self.holdings[user].open.used = number
        for (user, condition), number in load.owned.items():
            self.holdings[user].owned[condition] = Tally(number), _by_course
        self.desks = {key: _Desk(pool, user_ids, hours, self.holdings) for key, pool in policy.pools.items()}
        self.queues: dict[str, deque[Asked]] = defaultdict(deque)
        self.changes = list(load.changes)
        heapify(self.changes)
        self.looks: list[tuple[datetime, str]] = []
        self.given: Counter[tuple[str, int]] = Counter()
        self.owners: dict[Asked, tuple[str, int]] = {}
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
            self._change(at)
            self._serve_queue(pool, at)
        self._change(until)

    def _change(self, until: datetime) -> None:
        while self.changes and self.changes[0][0] <= until:
            _at, *change = heappop(self.changes)
            self._count(*change)

    def _count(self, user: int, what: int, by: int) -> None:
        holding = self.holdings[user]
        if what == OPEN:
            holding.open.used += by
        elif counted := holding.owned.get(self.load.conditions[what - 1]):
            counted[0].used += by

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
                self.owners[lead] = key, seat.user_id
                self._follow(lead.person, seat.user_id, at)
                return True
        return False

    def _follow(self, person: int, user: int, at: datetime) -> None:
        """Count what the person is at the moment, and note how that changes."""
        if (closed_at := self.load.closed_at.get(person)) is not None:
            heappush(self.changes, (max(closed_at, at), user, OPEN, -1))
        for when, what, by in self.load.courses.get(person, ()):
            if when <= at:
                self._count(user, what, by)
            else:
                heappush(self.changes, (when, user, what, by))


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
            seat.limits = [*(one.limit for one in self.windows[seat.user_id]), *_shared_limits(member, seat)]
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


def _by_course(_record: Record) -> bool:
    """Nobody is counted as they are given away: their course tells."""
    return False


def _shared_limits(member: Member, seat: Seat) -> list[Limit]:
    caps, found = member.caps, []
    if caps.open is not None:
        found.append(Limit("cap of open leads", caps.open, seat.holding.open, is_shared=True))
    if caps.owned is not None and (counted := seat.holding.owned.get(caps.owned.condition)):
        found.append(Limit("cap of such leads owned", caps.owned.most, counted[0], is_shared=True))
    return found


def countable(owned: Owned | None) -> Node | None:
    """The condition of a cap whose people a simulation can count; None for one that changes by the clock alone."""
    return None if owned is None or owned.is_relative else owned.condition


SIMULATED: tuple[tuple[str, Callable[[Caps], object]], ...] = (
    ("hourly caps", lambda caps: caps.per_hour),
    ("daily caps", lambda caps: caps.per_day),
    ("caps of any hours", lambda caps: caps.rolling),
    ("caps of open leads", lambda caps: caps.open),
    ("caps of people owned", lambda caps: countable(caps.owned)),
)
BY_TODAY = ("caps of open leads", "caps of people owned")
"""What of others these count is told by today's owners, and the stages people entered since."""


def caps_of(pools: list[Pool]) -> tuple[list[str], list[str]]:
    """In words, the caps of these pools that a simulation counts, and those that it cannot."""
    caps = [member.caps for pool in pools for member in pool.members]
    is_left = any(one.owned is not None and countable(one.owned) is None for one in caps)
    left = ["caps of people owned by a condition that changes with the clock"] if is_left else []
    return [words for words, read in SIMULATED if any(read(one) is not None for one in caps)], left
