"""What a decision stores in short: it reads back to the last bit."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from martech.routing.packing import pack_rules, unpack_rules, users_of_seats
from martech.routing.wheel import Holding, Limit, Seat, Tally, Wheel
from mops.core.conditions import NO_LEAF

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_rules_that_failed_alike_are_counted() -> None:
    assert pack_rules([0, 0, 0, 2, NO_LEAF, None]) == "0*3 2 - ="


@given(st.lists(st.sampled_from([None, NO_LEAF, 0, 1, 2, 40])))
def test_packed_rules_read_back(blamed: list[int | None]) -> None:
    assert unpack_rules(pack_rules(blamed)) == blamed


def test_a_wheel_is_kept_in_a_line() -> None:
    seats = [Seat(7, "Ana", 2, 9), Seat(8, "Bo", 1, 11, closed="away", closed_until=MONDAY)]
    assert Wheel("desk", "weighted", seats).state() == {
        "pool": "desk",
        "members": "7:9*2 8:11",
        "out": {"8": {"closed": "away", "back_at": "2026-03-02T10:00:00+00:00"}},
    }


@st.composite
def wheels(draw: Any) -> Wheel:
    seats = []
    for user in range(draw(st.integers(1, 6))):
        seat = Seat(user + 1, "", draw(st.integers(1, 9)), draw(st.integers(-50, 10_000)))
        seat.is_gone = draw(st.booleans())
        seat.holding = Holding(Tally(draw(st.integers(0, 30))))
        if draw(st.booleans()):
            seat.closed, seat.closed_until = "away: in the mountains", MONDAY
        elif draw(st.booleans()):
            seat.limits = [Limit("cap of 24 hours", 3, Tally(draw(st.integers(0, 5))), MONDAY + timedelta(hours=1))]
        seats.append(seat)
    return Wheel("desk", draw(st.sampled_from(["weighted", "least_loaded"])), seats)


@given(wheels())
def test_a_wheel_read_back_gives_the_same_turn_and_the_same_text(desk: Wheel) -> None:
    again = Wheel.from_state(desk.strategy, desk.state())
    assert again.state() == desk.state()
    chosen, same = desk.next_seat(), again.next_seat()
    assert (chosen and chosen.user_id) == (same and same.user_id)
    assert users_of_seats([desk.state()["members"]]) == {seat.user_id for seat in desk.seats}
