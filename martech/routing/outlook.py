"""What next week does to a pool: leads expected by hour against who works then and what caps let through. Pure.

A fluid queue by hour. Leads are given away by weight among who is there and under their caps; the rest waits for room, and
what comes while nobody is there waits for the opening. Everybody there answers `rate` leads an hour. A lead is late when
the leads before it take longer to answer than the response time allows: those that waited for the opening all begin with
it, the others are spread over their hour. Pools go through the week together, as leads of one count in caps of another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from math import ceil
from operator import itemgetter

from martech.routing.document import Caps

Slot = tuple[int, int]
"""Weekday (Monday is 0) and hour of the day."""
NO_CAPS = Caps()
SOME = 0.5
"""Fewer leads than this are none that anybody would see."""


@dataclass(frozen=True)
class HourAhead:
    """One hour of the week to come and the leads expected in it."""

    start: datetime
    expected: float

    @cached_property
    def day(self) -> date:
        return self.start.date()


@dataclass
class Stock:
    """What somebody has of leads in all pools: how many now, and how many of them leave it an hour."""

    number: float
    leaves: float = 0.0

    def pass_hour(self) -> None:
        self.number = max(0.0, self.number - self.leaves)


@dataclass(frozen=True)
class Ceiling:
    """A cap on a stock; `share` of the leads of the pool add to it. `words` name it."""

    stock: Stock
    most: int
    words: str
    share: float = 1.0

    @property
    def room(self) -> float:
        """Leads of the pool until it is reached."""
        left = max(self.most - self.stock.number, 0.0)
        return left / self.share if self.share else left and float("inf")


@dataclass
class Worker:
    """A member in the week to come: in which of the hours they are there, and what they are given.

    `fills` are the stocks that a lead of the pool adds to, with how much of one; `ceilings` those of them that have a cap.
    `lifted` are the caps, by their words, that do not count.
    """

    name: str
    there: Sequence[bool]
    weight: int = 1
    caps: Caps = NO_CAPS
    ceilings: Sequence[Ceiling] = ()
    fills: Sequence[tuple[Stock, float]] = ()
    lifted: frozenset[str] = frozenset()
    given: list[float] = field(default_factory=list)
    _today: float = field(default=0.0, init=False)
    _day: date | None = field(default=None, init=False)

    def take(self, leads: float, number: int, hour: HourAhead) -> None:
        """What they get in this hour, the `number`th of the week; of hours without leads nothing need be said."""
        self.given += [0.0] * (number - len(self.given)) + [leads]
        self._day, self._today = hour.day, leads + (self._today if hour.day == self._day else 0.0)
        for stock, share in self.fills:
            stock.number += leads * share

    def room(self, number: int, hour: HourAhead) -> tuple[float, str]:
        """Leads that caps still let through in the hour that begins, and which cap is the narrowest."""
        hourly, daily, lately = self._words
        rooms = [(one.room, one.words) for one in self.ceilings]
        if self.caps.per_hour is not None:
            rooms.append((self.caps.per_hour, hourly))
        if self.caps.per_day is not None:
            rooms.append((self.caps.per_day - (self._today if hour.day == self._day else 0.0), daily))
        if (rolling := self.caps.rolling) is not None:
            rooms.append((rolling.leads - sum(self.given[max(0, number - rolling.hours + 1) :]), lately))
        if self.lifted:
            rooms = [one for one in rooms if one[1] not in self.lifted]
        left, words = min(rooms, key=itemgetter(0), default=(float("inf"), ""))
        return max(left, 0.0), words

    @cached_property
    def _words(self) -> tuple[str, str, str]:
        """What the caps per hour, per day and in any hours are called."""
        caps, rolling = self.caps, self.caps.rolling
        lately = f"cap of {self.name} ({rolling.leads} in {rolling.hours} hours)" if rolling else ""
        return f"hourly cap of {self.name} ({caps.per_hour})", f"daily cap of {self.name} ({caps.per_day})", lately


@dataclass
class HourFound:
    """What became of an hour. `bulk` are leads that waited for it as nobody was there; `queued` all that wait for an answer.

    `outside` came while nobody was there, `capped` found no room under the caps (`full` names those), `missing` is how many
    more people would answer everything in time.
    """

    start: datetime
    expected: float
    staffed: int
    late: float = 0.0
    outside: float = 0.0
    capped: float = 0.0
    bulk: float = 0.0
    queued: float = 0.0
    missing: int = 0
    full: tuple[str, ...] = ()


@dataclass
class Stretch:
    """Some hours of a pool, and what becomes of their leads altogether."""

    hours: list[HourFound] = field(default_factory=list, kw_only=True)

    @property
    def expected(self) -> float:
        return sum(hour.expected for hour in self.hours)

    @property
    def late(self) -> float:
        return sum(hour.late for hour in self.hours)

    @property
    def outside(self) -> float:
        return sum(hour.outside for hour in self.hours)

    @property
    def capped(self) -> float:
        return sum(hour.capped for hour in self.hours)

    @property
    def days(self) -> "list[DayAhead]":
        found: list[DayAhead] = []
        for hour in self.hours:
            if not found or found[-1].day != hour.start.date():
                found.append(DayAhead(hour.start.date()))
            found[-1].hours.append(hour)
        return found


@dataclass
class DayAhead(Stretch):
    day: date

    @property
    def staffed(self) -> int:
        return sum(hour.staffed for hour in self.hours)


@dataclass(frozen=True)
class Advice:
    """What does not fit, and what to do about it: what costs least first, each with what it changes in the whole week."""

    problem: str
    remedies: tuple[str, ...]


@dataclass
class Outlook(Stretch):
    """The week of a pool, day by day, with what to change. `allowed_minutes` is the response time; None is none."""

    pool: str
    advice: list[Advice] = field(default_factory=list)
    allowed_minutes: float | None = None


def expected_by_slot(arrivals: Mapping[Slot, int], weeks: float) -> dict[Slot, float]:
    """Leads an hour of the week brings on average over that many weeks of history."""
    return {slot: number / weeks for slot, number in arrivals.items()}


@dataclass
class Lane:
    """A pool on its way through the week: the leads of its hours, and who is given them.

    `closed` came while nobody was there, `blocked` found no room, `backlog` are given and not answered yet. For
    `head_start` hours before each opening what waits for it is answered already, before any response time runs.
    """

    pool: str
    hours: Sequence[HourAhead]
    workers: Sequence[Worker]
    allowed_hours: float | None = None
    head_start: float = 0.0
    closed: float = 0.0
    blocked: float = 0.0
    backlog: float = 0.0
    found: Outlook = field(init=False)

    def __post_init__(self) -> None:
        allowed = self.allowed_hours
        self.found = Outlook(self.pool, allowed_minutes=None if allowed is None else allowed * 60)

    def pass_hour(self, rate: float) -> None:
        """Go through the next hour."""
        number = len(self.found.hours)
        hour = self.hours[number]
        there = [worker for worker in self.workers if worker.there[number]]
        one = HourFound(hour.start, hour.expected, len(there))
        self.found.hours.append(one)
        if not there:
            one.outside = hour.expected
            self.closed += hour.expected
            return
        wanted = self.closed + self.blocked + hour.expected
        given, one.full = _give(wanted, there, number, hour)
        left = wanted - given if one.full or wanted - given > 1e-9 else 0.0
        waited = min(self.closed, given)
        early = min(waited, self.head_start * one.staffed * rate)
        one.capped, one.bulk = max(0.0, left - self.blocked), waited - early
        one.queued = self.backlog + given - early
        _count_late(one, self.backlog, given - waited, rate, self.allowed_hours)
        self.closed, self.blocked, self.backlog = 0.0, left, max(0.0, one.queued - one.staffed * rate)


def pass_week(lanes: Sequence[Lane], rate: float) -> list[Outlook]:
    """Run the week of pools together. `rate` is leads a member answers in an hour they work."""
    filled = {id(stock): stock for lane in lanes for worker in lane.workers for stock, _share in worker.fills}
    emptied = [stock for stock in filled.values() if stock.leaves]
    for _hour in range(max((len(lane.hours) for lane in lanes), default=0)):
        for lane in lanes:
            lane.pass_hour(rate)
        for stock in emptied:
            stock.pass_hour()
    return [lane.found for lane in lanes]


def _give(wanted: float, there: Sequence[Worker], number: int, hour: HourAhead) -> tuple[float, tuple[str, ...]]:
    """Share the leads by weight among who has room; answers how many were given, and the caps that kept the rest."""
    left, shares = wanted, dict.fromkeys(map(id, there), 0.0)
    room = {id(worker): worker.room(number, hour) for worker in there} if wanted > 1e-9 else {}
    open_ = there if room else ()
    while left > 1e-9 and open_:
        whole, still = left / sum(worker.weight for worker in open_), []
        for worker in open_:
            key = id(worker)
            taken = min(whole * worker.weight, room[key][0] - shares[key])
            shares[key] += taken
            left -= taken
            if room[key][0] - shares[key] > 1e-9:
                still.append(worker)
        open_ = still
    for worker in there:
        if shares[id(worker)]:
            worker.take(shares[id(worker)], number, hour)
    left = left if left > 1e-9 else 0.0
    return wanted - left, tuple(room[id(worker)][1] for worker in there) if left > SOME else ()


def _count_late(one: HourFound, backlog: float, spread: float, rate: float, allowed: float | None) -> None:
    """Who begins with the opening has the response time from then; who comes in the hour is behind all of them."""
    if allowed is None or not rate:
        return
    capacity, bulk = one.staffed * rate, one.bulk
    late_bulk = min(bulk, max(0.0, backlog + bulk - capacity * allowed))
    late_spread = min(spread, max(0.0, one.queued - capacity * max(allowed, 1.0)))
    one.late = late_bulk + late_spread
    if one.late:
        needed = max((backlog + bulk) / allowed if bulk else 0.0, one.queued / max(allowed, 1.0)) / rate
        one.missing = max(ceil(needed - 1e-9) - one.staffed, 1)
