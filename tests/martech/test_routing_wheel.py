"""Whose turn it is: the published sequences, the bounds, and who was away."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.routing.wheel import Limit, Seat, Wheel


def wheel(*weights: int, strategy: str = "weighted", returner: str = "keep_position") -> Wheel:
    return Wheel("desk", strategy, [Seat(i, "abcdefghij"[i], weight) for i, weight in enumerate(weights)], returner)


def turn(of: Wheel) -> str:
    of.settle()
    seat = of.next_seat()
    if seat is None:
        return "-"
    of.give(seat)
    return seat.name


def turns(of: Wheel, number: int) -> str:
    return "".join(turn(of) for _ in range(number))


def test_two_to_one_to_one_gives_thirty_fifteen_fifteen_of_sixty() -> None:
    assert Counter(turns(wheel(2, 1, 1), 60)) == {"a": 30, "b": 15, "c": 15}


def test_five_to_one_to_one_interleaves() -> None:
    assert turns(wheel(5, 1, 1), 7) == "aabacaa"


def test_equal_members_take_turns_in_the_order_of_the_list() -> None:
    assert turns(wheel(1, 1, 1, strategy="round_robin"), 7) == "abcabca"


@given(st.integers(1, 12), st.integers(1, 200))
def test_with_equal_weights_the_most_and_the_fewest_differ_by_one_at_every_moment(members: int, leads: int) -> None:
    desk = Wheel("desk", "round_robin", [Seat(i, str(i)) for i in range(members)])
    for _ in range(leads):
        turn(desk)
        got = [seat.got for seat in desk.seats]
        assert max(got) - min(got) <= 1


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(1, 300))
def test_nobody_is_ever_a_whole_lead_ahead_of_their_share(weights: list[int], leads: int) -> None:
    desk = wheel(*weights)
    for number in range(1, leads + 1):
        turn(desk)
        for seat in desk.seats:
            assert seat.got - Fraction(number * seat.weight, sum(weights)) < 1


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.integers(0, 100), st.integers(1, 60))
def test_pointers_stored_with_nine_decimals_go_on_as_if_never_stored(
    weights: list[int], before: int, after: int
) -> None:
    kept, loaded = wheel(*weights), wheel(*weights)
    turns(kept, before)
    loaded.load_pointers({s.user_id: (kept.stored_pointer(s), kept.stored_absence(s)) for s in kept.seats})
    assert turns(loaded, after) == turns(kept, after)


@pytest.mark.parametrize(
    ("returner", "after"), [("keep_position", "babca"), ("accrue", "ccccc"), ("no_memory", "babca")]
)
def test_who_comes_back_is_placed_as_the_pool_says(returner: str, after: str) -> None:
    desk = wheel(1, 1, 1, strategy="round_robin", returner=returner)
    desk.seats[2].closed = "away"
    assert turns(desk, 11) == "abababababa"
    desk.seats[2].closed = ""
    assert turns(desk, 5) == after


def test_who_was_behind_when_leaving_is_as_far_behind_when_back() -> None:
    desk = wheel(1, 1, 1, strategy="round_robin")
    assert turns(desk, 2) == "ab"
    desk.seats[2].closed = "away"
    turns(desk, 10)
    desk.seats[2].closed = ""
    assert turns(desk, 4) == "cabc"


def test_a_newcomer_starts_at_the_clock_of_the_pool() -> None:
    desk = wheel(1, 1, strategy="round_robin")
    desk.load_pointers({0: (Decimal(100), None), 1: (Decimal(0), None)})
    desk.join(desk.seats[1], desk.seats[:1])
    assert desk.seats[1].pointer == 100


def test_nobody_exceeds_a_cap_and_the_others_go_on() -> None:
    desk = wheel(1, 1)
    desk.seats[0].limits = [Limit("daily cap", 2)]
    assert turns(desk, 6) == "ababbb"
    assert desk.seats[0].skipped == "at the daily cap: 2 of 2"


def test_least_loaded_asks_for_open_leads_before_turns() -> None:
    desk = wheel(1, 1, 1, strategy="least_loaded")
    desk.seats[0].holding.open.used, desk.seats[1].holding.open.used = 3, 1
    assert turns(desk, 5) == "cbcbc"


def test_nobody_available_is_nobody() -> None:
    desk = wheel(1, 1)
    for seat in desk.seats:
        seat.closed = "away"
    assert desk.next_seat() is None
    assert desk.next_seat(anyway=True) is desk.seats[0]
    for seat in desk.seats:
        seat.is_gone = True
    assert desk.next_seat(anyway=True) is None


def anyway(of: Wheel, number: int) -> str:
    """Turns of a pool in which nobody works, but whose leads are given all the same."""
    names = []
    for _ in range(number):
        of.settle()
        seat = of.next_seat() or of.next_seat(anyway=True)
        assert seat is not None
        of.give(seat)
        names.append(seat.name)
    return "".join(names)


def close(of: Wheel, words: str = "outside working hours") -> None:
    for seat in of.seats:
        seat.closed = words


def test_who_is_at_a_cap_while_nobody_works_gets_no_row_of_leads_once_there_is_room() -> None:
    desk = wheel(1, 1)
    close(desk)
    desk.seats[1].limits = [Limit("daily cap", 1)]
    assert anyway(desk, 8) == "abaaaaaa"
    desk.seats[1].limits = []
    assert anyway(desk, 4) in ("abab", "baba")


def test_who_was_deactivated_by_night_takes_their_place_by_day() -> None:
    desk = wheel(1, 1, 1)
    close(desk)
    desk.seats[2].is_gone = True
    assert Counter(anyway(desk, 20)) == {"a": 10, "b": 10}
    desk.seats[2].is_gone = False
    close(desk, "")
    assert Counter(turns(desk, 6)) == {"a": 2, "b": 2, "c": 2}


def test_who_is_away_for_days_gets_their_share_of_the_nights_and_not_all_of_them() -> None:
    desk = wheel(1, 1, 1)
    desk.seats[2].closed = "away: annual leave"
    assert Counter(turns(desk, 20)) == {"a": 10, "b": 10}
    close(desk)
    assert Counter(anyway(desk, 6)) == {"a": 2, "b": 2, "c": 2}


def test_who_missed_turns_by_night_gets_them_where_they_are_owed() -> None:
    desk = wheel(1, 1, returner="accrue")
    close(desk)
    desk.seats[1].is_gone = True
    anyway(desk, 4)
    desk.seats[1].is_gone = False
    assert anyway(desk, 4) == "bbbb"
