"""What next week does to a pool: leads expected by hour against who works then and what caps let through. Pure.

A fluid queue by hour. Leads are given away by weight among who is there and under their caps; the rest waits for room, and
what comes while nobody is there waits for the opening. Everybody there answers `rate` leads an hour. A lead is late when
the leads before it take longer to answer than the response time allows: those that waited for the opening all begin with
it, the others are spread over their hour. Pools go through the week together, as leads of one count in caps of another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

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

    def take(self, leads: float) -> None:
        self.given.append(leads)
        for stock, share in self.fills:
            stock.number += leads * share

    def room(self, hours: Sequence[HourAhead]) -> tuple[float, str]:
        """Leads that caps still let through in the hour that begins, and which cap is the narrowest."""
        number, day = len(self.given), hours[len(self.given)].start.date()
        rooms = [(float("inf"), "")]
        if self.caps.per_hour is not None:
            rooms.append((self.caps.per_hour, f"hourly cap of {self.name} ({self.caps.per_hour})"))
        if self.caps.per_day is not None:
            today = sum(self.given[n] for n in range(max(0, number - 24), number) if hours[n].start.date() == day)
            rooms.append((self.caps.per_day - today, f"daily cap of {self.name} ({self.caps.per_day})"))
        if (rolling := self.caps.rolling) is not None:
            lately = sum(self.given[max(0, number - rolling.hours + 1) :])
            words = f"cap of {self.name} ({rolling.leads} in {rolling.hours} hours)"
            rooms.append((rolling.leads - lately, words))
        rooms += [(one.room, one.words) for one in self.ceilings]
        rooms = [one for one in rooms if one[1] not in self.lifted]
        left, words = min(rooms, key=lambda one: one[0])
        return max(left, 0.0), words


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
            for worker in self.workers:
                worker.take(0.0)
            return
        wanted = self.closed + self.blocked + hour.expected
        given, one.full = _give(wanted, there, self.workers, self.hours)
        left = wanted - given if one.full or wanted - given > 1e-9 else 0.0
        waited = min(self.closed, given)
        early = min(waited, self.head_start * one.staffed * rate)
        one.capped, one.bulk = max(0.0, left - self.blocked), waited - early
        one.queued = self.backlog + given - early
        _count_late(one, self.backlog, given - waited, rate, self.allowed_hours)
        self.closed, self.blocked, self.backlog = 0.0, left, max(0.0, one.queued - one.staffed * rate)


def pass_week(lanes: Sequence[Lane], rate: float) -> list[Outlook]:
    """Run the week of pools together. `rate` is leads a member answers in an hour they work."""
    stocks = {id(stock): stock for lane in lanes for worker in lane.workers for stock, _share in worker.fills}
    for _hour in range(max((len(lane.hours) for lane in lanes), default=0)):
        for lane in lanes:
            lane.pass_hour(rate)
        for stock in stocks.values():
            stock.pass_hour()
    return [lane.found for lane in lanes]


def _give(
    wanted: float, there: Sequence[Worker], workers: Sequence[Worker], hours: Sequence[HourAhead]
) -> tuple[float, tuple[str, ...]]:
    """Share the leads by weight among who has room; answers how many were given, and the caps that kept the rest."""
    room = {id(worker): worker.room(hours) for worker in there}
    shares = dict.fromkeys(room, 0.0)
    left, open_ = wanted, list(there)
    while left > 1e-9 and open_:
        whole = sum(worker.weight for worker in open_)
        portions = {id(worker): left * worker.weight / whole for worker in open_}
        for key, portion in portions.items():
            taken = min(portion, room[key][0] - shares[key])
            shares[key] += taken
            left -= taken
        open_ = [worker for worker in open_ if room[id(worker)][0] - shares[id(worker)] > 1e-9]
    for worker in workers:
        worker.take(shares.get(id(worker), 0.0))
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
