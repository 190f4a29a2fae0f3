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

from martech.routing.packing import pack_seat, unpack_seat

PLACES = Decimal("0.000000001")
CAP = re.compile(r"at the (.+): (\d+) of (\d+)")
EMPTY: Mapping[str, Any] = {}
CLOSED = "outside working hours"
"""Why nobody of a pool is there while it is closed."""


@dataclass
class Tally:
    """How much of a cap is used."""

    used: int = 0


@dataclass
class Holding:
    """What somebody owns beyond one pool: their open leads, and by condition those who meet it. All their seats share it."""

    open: Tally = field(default_factory=Tally)
    owned: dict[Any, tuple[Tally, Callable[[Mapping[str, Any]], bool]]] = field(default_factory=dict)

    def count(self, record: Mapping[str, Any]) -> None:
        self.open.used += 1
        for tally, counts in self.owned.values():
            tally.used += counts(record)


@dataclass
class Limit:
    """A cap of a member: `words` name it, `until` is when it lets somebody through again, where that is known.

    `is_shared` caps count in the member's holding, the others the leads of this pool only.
    """

    words: str
    most: int
    tally: Tally = field(default_factory=Tally)
    until: datetime | None = None
    is_shared: bool = False

    @property
    def used(self) -> int:
        return self.tally.used

    @property
    def reached(self) -> str:
        """ "at the daily cap: 3 of 3"; empty while there is room."""
        return f"at the {self.words}: {self.used} of {self.most}" if self.used >= self.most else ""


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
    limits: list[Limit] = field(default_factory=list)
    holding: Holding = field(default_factory=Holding)
    got: int = 0
    email: str = ""
    text: str = field(default="", init=False, repr=False, compare=False)

    @property
    def open_leads(self) -> int:
        return self.holding.open.used

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
    is_fixed: bool = False
    """Nobody comes or goes while it is used: no seat has a cap, and the clock stands still."""
    unit: int = field(init=False)
    _there: list[Seat] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.unit = lcm(*(seat.weight for seat in self.seats))

    def load_pointers(self, pointers: dict[int, tuple[Decimal, Decimal | None]]) -> None:
        """Set `{user id: (pointer, behind when away)}` as stored; rounding finds the exact fraction again."""
        for seat in self.seats:
            pointer, away = pointers[seat.user_id]
            seat.pointer = _nearest(Fraction(pointer) * self.unit)
            seat.away_behind = None if away is None else Fraction(away)
            seat.text = ""

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
        if self._there is not None:
            return
        there = [seat for seat in self.seats if not seat.skipped]
        self._settle(there)
        if self.is_fixed:
            self._there = there

    def _settle(self, there: Sequence[Seat]) -> None:
        steady = [seat for seat in there if seat.away_behind is None]
        if steady and len(there) < len(self.seats):
            taking_part = {seat.user_id for seat in there}
            for seat in self.seats:
                if seat.away_behind is None and seat.user_id not in taking_part:
                    seat.away_behind = self.behind(seat, steady)
        for seat in there:
            if seat.away_behind is not None:
                self._return(seat, steady)

    def _return(self, seat: Seat, steady: Sequence[Seat]) -> None:
        if steady and self.returner != "accrue":
            kept = seat.away_behind if self.returner == "keep_position" else None
            seat.pointer = _nearest(self.clock(steady) - Fraction(kept or 0) * self.unit / seat.weight)
        seat.away_behind, seat.text = None, ""

    def join(self, seat: Seat, others: Sequence[Seat]) -> None:
        """A new member starts at the pool's clock: nobody is flooded for having come late."""
        seat.pointer = _nearest(self.clock(others)) if others else 0

    def next_seat(self, *, anyway: bool = False, without: Collection[int] = ()) -> Seat | None:
        """Who gets the next lead, but nobody of `without`.

        `anyway` looks past working hours and time off, never past a cap; who is passed over even so, or takes part
        again by it, is settled as when people work: neither gets a row of leads for having stood still.
        """
        there = self._candidates(anyway, without)
        if not there:
            return None
        if anyway:
            self._settle(self._candidates(True, ()))
        if self.strategy == "least_loaded":
            turns = self._turns(there)
            return min(there, key=lambda seat: (Fraction(seat.open_leads, seat.weight), -turns[seat.user_id]))
        if self.unit == 1:
            return min(there, key=_pointer)
        turns = self._turns(there)
        return max(there, key=lambda seat: turns[seat.user_id])

    def _candidates(self, anyway: bool, without: Collection[int]) -> list[Seat]:
        if anyway:
            there = [seat for seat in self.seats if not (seat.is_gone or seat.at_cap)]
        elif self._there is not None:
            there = self._there
        else:
            there = [seat for seat in self.seats if not seat.skipped]
        return [seat for seat in there if seat.user_id not in without] if without else there

    def _turns(self, there: Sequence[Seat]) -> dict[int, int]:
        """By user, how far behind they are, in parts that compare: the one with the most is next."""
        weights = sum(seat.weight for seat in there)
        total = sum(seat.weight * seat.pointer for seat in there)
        return {seat.user_id: seat.weight * (total - weights * seat.pointer + self.unit) for seat in there}

    def give(self, seat: Seat, record: Mapping[str, Any] = EMPTY) -> None:
        seat.pointer += self.unit // seat.weight
        seat.got += 1
        seat.text = ""
        seat.holding.count(record)
        for limit in seat.limits:
            if not limit.is_shared:
                limit.tally.used += 1

    def state(self) -> dict[str, Any]:
        """Every member exactly as the choice sees them, as JSON keeps it; `from_state` gives an equal wheel.

        `members` is a short text, `out` says of those who cannot be chosen why, and when that ends.
        """
        packed: dict[str, Any] = {"pool": self.pool, "members": " ".join([self._text(seat) for seat in self.seats])}
        if out := {str(seat.user_id): note for seat in self.seats if (note := _note(seat))}:
            packed["out"] = out
        return packed

    def _text(self, seat: Seat) -> str:
        if self.strategy == "least_loaded":
            return pack_seat(seat.user_id, seat.pointer, seat.weight, seat.open_leads)
        if not seat.text:
            seat.text = pack_seat(seat.user_id, seat.pointer, seat.weight, None)
        return seat.text

    @classmethod
    def from_state(cls, strategy: str, state: Mapping[str, Any]) -> "Wheel":
        """The wheel as a decision saw it; nobody in it is new or comes back."""
        out = state.get("out", {})
        seats = [_seat_from(text, out) for text in state["members"].split()]
        return cls(state["pool"], strategy, seats)


def _pointer(seat: Seat) -> int:
    return seat.pointer


def _note(seat: Seat) -> dict[str, Any]:
    """Why a member is out; empty for who can be chosen."""
    if not (seat.closed or seat.limits):
        return {"gone": True} if seat.is_gone else {}
    kept: dict[str, Any] = {"gone": True} if seat.is_gone else {}
    if seat.closed:
        kept["closed"] = seat.closed
    # Who is away and at a cap as well is passed over even where hours do not count.
    if full := seat.at_cap:
        kept["full"] = full
    if back_at := seat.back_at:
        kept["back_at"] = back_at.isoformat()
    return kept


def _seat_from(text: str, out: Mapping[str, Mapping[str, Any]]) -> Seat:
    user, pointer, weight, open_leads = unpack_seat(text)
    kept = out.get(str(user), {})
    back_at = datetime.fromisoformat(kept["back_at"]) if "back_at" in kept else None
    seat = Seat(
        user,
        "",
        weight,
        pointer,
        closed=kept.get("closed", ""),
        closed_until=back_at if "closed" in kept else None,
        is_gone=kept.get("gone", False),
        holding=Holding(Tally(open_leads)),
    )
    if full := CAP.fullmatch(kept.get("full", "")):
        words, used, most = full.groups()
        seat.limits = [Limit(words, int(most), Tally(int(used)), None if "closed" in kept else back_at)]
    return seat


def _nearest(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
