"""Whose turn it is in a pool: pointers, weights, caps and availability, in whole numbers only.

Every member has a pointer: the leads they got, divided by their weight. The pool's clock is the weighted mean of the
pointers of everybody available; a member is behind by weight · (clock − pointer) leads, and the one furthest behind is
next, ties in the order of the list. With equal weights that is the lowest pointer (the pointer model of LeanData); with
weights it interleaves as nginx does: 5:1:1 gives a a b a c a a, 2:1:1 gives a b c a.

The bound: nobody is ever a whole lead ahead of their share, since who is next is behind by at least 1/n of the lead
that is given away; and with equal weights the most and the fewest differ by one at most, at every moment.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

PLACES = Decimal("0.000000001")
CAP = re.compile(r"at the (.+): (\d+) of (\d+)")
EMPTY: Mapping[str, Any] = {}


@dataclass
class Limit:
    """A cap of a member: `words` name it, `until` is when it lets somebody through again, where that is known.

    `counts` says which leads use it up; None is every lead.
    """

    words: str
    most: int
    used: int = 0
    until: datetime | None = None
    counts: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def reached(self) -> str:
        """ "at the daily cap: 3 of 3"; empty while there is room."""
        return f"at the {self.words}: {self.used} of {self.most}" if self.used >= self.most else ""

    def count(self, record: Mapping[str, Any]) -> None:
        if self.counts is None or self.counts(record):
            self.used += 1


@dataclass
class Seat:
    """A member of a pool at one moment.

    `pointer` counts in parts of a turn (`Wheel.unit` of them make one). `closed` says why the member is not there
    (empty when they are), `closed_until` when that ends. `away_behind` is by how many leads they were behind when they
    were first passed over; None while they take part. `open_leads` matters to the least loaded only.
    """

    user_id: int
    name: str
    weight: int = 1
    pointer: int = 0
    away_behind: Fraction | None = None
    closed: str = ""
    closed_until: datetime | None = None
    is_gone: bool = False
    limits: list[Limit] = field(default_factory=list)
    open_leads: int = 0
    got: int = 0
    email: str = ""

    @property
    def full(self) -> Limit | None:
        """The first cap that is used up."""
        return next((limit for limit in self.limits if limit.used >= limit.most), None)

    @property
    def at_cap(self) -> str:
        full = self.full if self.limits else None
        return full.reached if full else ""

    @property
    def skipped(self) -> str:
        """Why the member cannot get a lead now; empty when they can."""
        return self.closed or self.at_cap

    @property
    def back_at(self) -> datetime | None:
        """When the reason for being skipped ends, where that is known."""
        if self.closed:
            return self.closed_until
        full = self.full
        return full.until if full else None


@dataclass
class Wheel:
    """The members of one pool in list order, with the arithmetic of their turns."""

    pool: str
    strategy: str
    seats: list[Seat]
    returner: str = "keep_position"
    unit: int = field(init=False)

    def __post_init__(self) -> None:
        self.unit = lcm(*(seat.weight for seat in self.seats))

    def load_pointers(self, pointers: dict[int, tuple[Decimal, Decimal | None]]) -> None:
        """Set `{user id: (pointer, behind when away)}` as stored; rounding finds the exact fraction again."""
        for seat in self.seats:
            pointer, away = pointers[seat.user_id]
            seat.pointer = _nearest(Fraction(pointer) * self.unit)
            seat.away_behind = None if away is None else Fraction(away)

    def stored_pointer(self, seat: Seat) -> Decimal:
        return (Decimal(seat.pointer) / self.unit).quantize(PLACES)

    @staticmethod
    def stored_absence(seat: Seat) -> Decimal | None:
        away = seat.away_behind
        return None if away is None else (Decimal(away.numerator) / away.denominator).quantize(PLACES)

    def clock(self, seats: Sequence[Seat]) -> Fraction:
        """The weighted mean of the pointers, in parts."""
        weights = sum(seat.weight for seat in seats)
        return Fraction(sum(seat.weight * seat.pointer for seat in seats), weights)

    def behind(self, seat: Seat, seats: Sequence[Seat]) -> Fraction:
        """By how many leads the member is behind their share of what the given ones got."""
        return seat.weight * (self.clock(seats) - seat.pointer) / self.unit

    def settle(self) -> None:
        """Note who is passed over, and place who came back as the pool's `returner` says."""
        there = [seat for seat in self.seats if not seat.skipped]
        steady = [seat for seat in there if seat.away_behind is None]
        for seat in self.seats:
            if seat.skipped and seat.away_behind is None and steady:
                seat.away_behind = self.behind(seat, steady)
        for seat in there:
            if seat.away_behind is not None:
                self._return(seat, steady)

    def _return(self, seat: Seat, steady: Sequence[Seat]) -> None:
        if steady and self.returner != "accrue":
            kept = seat.away_behind if self.returner == "keep_position" else None
            seat.pointer = _nearest(self.clock(steady) - Fraction(kept or 0) * self.unit / seat.weight)
        seat.away_behind = None

    def join(self, seat: Seat, others: Sequence[Seat]) -> None:
        """A new member starts at the pool's clock: nobody is flooded for having come late."""
        seat.pointer = _nearest(self.clock(others)) if others else 0

    def next_seat(self, *, anyway: bool = False, without: Collection[int] = ()) -> Seat | None:
        """Who gets the next lead, but nobody of `without`.

        `anyway` looks past working hours and time off, never past a cap.
        """
        there = [seat for seat in self.seats if not (seat.is_gone or seat.at_cap if anyway else seat.skipped)]
        if without:
            there = [seat for seat in there if seat.user_id not in without]
        if not there:
            return None
        weights = sum(seat.weight for seat in there)
        total = sum(seat.weight * seat.pointer for seat in there)
        by_turn = {id(seat): seat.weight * (total - weights * seat.pointer + self.unit) for seat in there}
        if self.strategy == "least_loaded":
            return min(there, key=lambda seat: (Fraction(seat.open_leads, seat.weight), -by_turn[id(seat)]))
        return max(there, key=lambda seat: by_turn[id(seat)])

    def give(self, seat: Seat, record: Mapping[str, Any] = EMPTY) -> None:
        seat.pointer += self.unit // seat.weight
        seat.open_leads += 1
        seat.got += 1
        for limit in seat.limits:
            limit.count(record)

    def state(self) -> list[dict[str, Any]]:
        """Every member exactly as the choice sees them, as JSON keeps it; `from_state` gives an equal wheel."""
        return [self._seat_state(seat) for seat in self.seats]

    def _seat_state(self, seat: Seat) -> dict[str, Any]:
        kept: dict[str, Any] = {"user": seat.user_id, "pointer": seat.pointer}
        if seat.weight != 1:
            kept["weight"] = seat.weight
        if self.strategy == "least_loaded":
            kept["open"] = seat.open_leads
        if seat.is_gone:
            kept["gone"] = True
        if seat.closed:
            kept["closed"] = seat.closed
        elif full := seat.at_cap:
            kept["full"] = full
        if (seat.closed or seat.limits) and (back_at := seat.back_at):
            kept["back_at"] = back_at.isoformat()
        return kept

    @classmethod
    def from_state(cls, pool: str, strategy: str, state: Sequence[Mapping[str, Any]]) -> "Wheel":
        """The wheel as a decision saw it; nobody in it is new or comes back."""
        return cls(pool, strategy, [_seat_from(kept) for kept in state])


def _seat_from(kept: Mapping[str, Any]) -> Seat:
    back_at = datetime.fromisoformat(kept["back_at"]) if "back_at" in kept else None
    seat = Seat(
        kept["user"],
        "",
        kept.get("weight", 1),
        kept["pointer"],
        closed=kept.get("closed", ""),
        closed_until=back_at if "closed" in kept else None,
        is_gone=kept.get("gone", False),
        open_leads=kept.get("open", 0),
    )
    if full := CAP.fullmatch(kept.get("full", "")):
        words, used, most = full.groups()
        seat.limits = [Limit(words, int(most), int(used), back_at)]
    return seat


def _nearest(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
