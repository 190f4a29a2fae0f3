"""How far the members of a pool are from their share now, against the bound that its turns keep.

Counted since everybody who is there takes part together: an absence stands still, so that nobody is late by it.
"""

from dataclasses import dataclass
from fractions import Fraction

from martech.routing.explanation import standing
from martech.routing.wheel import CLOSED, Wheel


@dataclass(frozen=True)
class Fairness:
    """Leads behind their share by user (ahead is negative), for those who are there. `is_kept`: within the bound."""

    behind: dict[int, Fraction]
    is_kept: bool
    bound: str

    def words(self, user: int) -> str:
        """ "even", "0.67 behind", "0.33 ahead"; a dash for who is not there."""
        return standing({"behind": round(float(self.behind[user]), 2)}) if user in self.behind else "—"

    @property
    def most_behind(self) -> float:
        return float(max(self.behind.values(), default=Fraction(0)))

    @property
    def most_ahead(self) -> float:
        return float(-min(self.behind.values(), default=Fraction(0)))


def fairness_of(wheel: Wheel) -> Fairness | None:
    """None where turns are not given by share: fewest open leads first, or nobody to compare with.

    While the pool is closed it is as it was when it closed. Who came back is compared from their next lead on, which
    places them.
    """
    there = [seat for seat in wheel.seats if not seat.skipped] or [
        seat for seat in wheel.seats if seat.closed == CLOSED
    ]
    there = [seat for seat in there if seat.away_behind is None]
    if wheel.strategy == "least_loaded" or len(there) < 2:
        return None
    behind = {seat.user_id: wheel.behind(seat, there) for seat in there}
    ahead = -min(behind.values())
    if len({seat.weight for seat in there}) > 1:
        return Fairness(behind, ahead < 1, "nobody a whole lead ahead of their share")
    spread = max(behind.values()) + ahead
    return Fairness(behind, spread <= 1, "most and fewest differ by one lead at most")
