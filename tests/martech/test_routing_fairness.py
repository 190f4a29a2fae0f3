"""The bound that a pool shows is the one its turns keep."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from martech.routing.fairness import fairness_of
from martech.routing.wheel import CLOSED, Seat, Wheel


def desk(weights: list[int], strategy: str = "weighted") -> Wheel:
    return Wheel("desk", strategy, [Seat(number, "", weight) for number, weight in enumerate(weights)])


def turn(wheel: Wheel) -> None:
    wheel.settle()
    seat = wheel.next_seat()
    assert seat is not None
    wheel.give(seat)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=8), st.integers(0, 200))
def test_turns_keep_the_bound_that_is_shown(weights: list[int], leads: int) -> None:
    wheel = desk(weights)
    for _ in range(leads):
        turn(wheel)
    shown = fairness_of(wheel)
    assert shown is not None
    assert shown.is_kept
    assert sum(shown.behind.values()) == 0
    assert shown.behind == {
        seat.user_id: Fraction(leads * seat.weight, sum(weights)) - seat.got for seat in wheel.seats
    }


def test_a_pointer_that_ran_away_is_told() -> None:
    wheel = desk([1, 1, 1])
    wheel.seats[0].pointer = 3
    shown = fairness_of(wheel)
    assert shown is not None
    assert (shown.is_kept, shown.most_ahead, shown.most_behind) == (False, 2.0, 1.0)
    wheel.seats[0].closed = "away"
    again = fairness_of(wheel)
    assert again is not None
    assert (again.is_kept, again.most_ahead) == (True, 0.0)


def test_where_turns_are_not_by_share_nothing_is_claimed() -> None:
    assert fairness_of(desk([1, 1], "least_loaded")) is None
    assert fairness_of(desk([1])) is None


def test_while_a_pool_is_closed_it_stands_as_it_did_when_it_closed() -> None:
    wheel = desk([1, 1])
    turn(wheel)
    open_then = fairness_of(wheel)
    for seat in wheel.seats:
        seat.closed = CLOSED
    assert fairness_of(wheel) == open_then
    wheel.seats[0].closed = "away"
    assert fairness_of(wheel) is None
