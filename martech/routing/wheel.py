"""Whose turn it is in a pool: pointers, weights, caps and availability, in whole numbers only.

Every member has a pointer: the leads they got, divided by their weight. The pool's clock is the weighted mean of the
pointers of everybody available; a member is behind by weight · (clock − pointer) leads, and the one furthest behind is
next, ties in the order of the list. With equal weights that is the lowest pointer (the pointer model of LeanData); with
weights it interleaves as nginx does: 5:1:1 gives a a b a c a a, 2:1:1 gives a b c a.

The bound: nobody is ever a whole lead ahead of their share, since who is next is behind by at least 1/n of the lead
that is given away; and with equal weights the most and the fewest differ by one at most, at every moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

PLACES = Decimal("0.000000001")


@dataclass
class Seat:
    """A member of a pool at one moment.

    `pointer` counts in parts of a turn (`Wheel.unit` of them make one). `closed` says why the member is not there
    (empty when they are), `closed_until` when that ends. `away_behind` is by how many leads they were behind when they
    were first passed over; None while they take part.
    """

    user_id: int
    name: str
    weight: int = 1
    pointer: int = 0
    away_behind: Fraction | None = None
    closed: str = ""
    closed_until: datetime | None = None
    is_gone: bool = False
    cap_per_day: int | None = None
    cap_open: int | None = None
    today: int = 0
    open_leads: int = 0
    day_ends: datetime | None = None
    got: int = 0

    def at_cap(self) -> str:
        if self.cap_per_day is not None and self.today >= self.cap_per_day:
            return f"at the daily cap: {self.today} of {self.cap_per_day}"
        if self.cap_open is not None and self.open_leads >= self.cap_open:
            return f"at the cap of open leads: {self.open_leads} of {self.cap_open}"
        return ""

    @property
    def skipped(self) -> str:
        """Why the member cannot get a lead now; empty when they can."""
        return self.closed or self.at_cap()

    @property
    def back_at(self) -> datetime | None:
        """When the reason for being skipped ends, where that is known."""
        return self.closed_until if self.closed else self.day_ends if "daily" in self.at_cap() else None


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

    def next_seat(self, *, anyway: bool = False) -> Seat | None:
        """Who gets the next lead; `anyway` looks past working hours and time off, never past a cap."""
        there = [seat for seat in self.seats if not (seat.is_gone or seat.at_cap() if anyway else seat.skipped)]
        if not there:
            return None
        weights = sum(seat.weight for seat in there)
        total = sum(seat.weight * seat.pointer for seat in there)
        by_turn = {id(seat): seat.weight * (total - weights * seat.pointer + self.unit) for seat in there}
        if self.strategy == "least_loaded":
            return min(there, key=lambda seat: (Fraction(seat.open_leads, seat.weight), -by_turn[id(seat)]))
        return max(there, key=lambda seat: by_turn[id(seat)])

    def give(self, seat: Seat) -> None:
        seat.pointer += self.unit // seat.weight
        seat.today += 1
        seat.open_leads += 1
        seat.got += 1

    def picture(self) -> list[dict[str, Any]]:
        """Every member as the choice saw them, for the explanation."""
        there = [seat for seat in self.seats if not seat.skipped]
        return [self._seat_picture(seat, there) for seat in self.seats]

    def _seat_picture(self, seat: Seat, there: Sequence[Seat]) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "user": seat.user_id,
            "name": seat.name,
            "weight": seat.weight,
            "pointer": round(seat.pointer / self.unit, 6),
        }
        if there:
            shown["behind"] = round(float(self.behind(seat, there)), 3)
        if self.strategy == "least_loaded" or seat.cap_open is not None:
            shown["open"] = seat.open_leads
        if seat.cap_per_day is not None:
            shown["today"] = seat.today
        if reason := seat.skipped:
            shown["skipped"] = reason
            shown["back_at"] = seat.back_at.isoformat() if seat.back_at else None
        return shown


def _nearest(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
