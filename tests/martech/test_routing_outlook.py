"""The outlook of next week: leads by hour against who works then and what caps let through."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from martech.models import StageMove, TimeOff, WorkingCalendar
from martech.routing.document import Caps, Rolling
from martech.routing.outlook import Advice, Ceiling, HourAhead, Lane, Outlook, Stock, Worker
from martech.routing.remedies import look_ahead
from martech.selectors.outlook import outlooks
from martech.selectors.routing import engine_of
from martech.selectors.stocks import stocks_of
from martech.services.routing import enqueue_routing
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def week(*slots: tuple[float, int], rate: float = 4, allowed: float | None = 1, caps: tuple[Caps, ...] = ()) -> Outlook:
    """The outlook of hours from Monday noon, each with the leads expected and how many are there."""
    hours = [HourAhead(NOON + timedelta(hours=n), expected) for n, (expected, _staffed) in enumerate(slots)]
    most = max((staffed for _expected, staffed in slots), default=0)
    workers = [
        Worker(
            f"Rep {place + 1}",
            [staffed > place for _expected, staffed in slots],
            caps=(caps or (Caps(),) * most)[place],
        )
        for place in range(most)
    ]
    (found,) = look_ahead([Lane("desk", hours, workers, allowed)], rate)
    return found


def test_leads_of_the_night_wait_and_are_answered_in_the_morning() -> None:
    found = week((2, 0), (2, 0), (0, 1), (0, 1))
    assert (found.outside, found.late, found.advice) == (4, 0, [])


def test_everybody_who_waited_for_the_opening_begins_with_it() -> None:
    """Four people answer four of the twenty within a quarter of an hour, and fourteen of all within the hour."""
    found = week((20, 0), (2, 4), (0, 4), allowed=0.25)
    assert (found.outside, found.late) == (20, 18)
    assert found.advice == [
        Advice(
            "Monday 13:00: 22 leads meet 4 who answer 4 an hour each, and 18 are late.",
            (
                "Open the pool 1 hour before its response time begins to run, so at 12:00 instead of 13:00: 0 instead of 18 late.",
                "Add 16 people on Monday at 13:00: 0 instead of 18 late.",
            ),
        )
    ]
    assert week((20, 0), (2, 20), (0, 20), allowed=0.25).late == 0


def test_where_most_come_while_people_work_only_people_are_asked_for() -> None:
    found = week((20, 4), (0, 4))
    assert found.late == 4
    assert found.advice == [
        Advice(
            "Monday 12:00: 20 leads meet 4 who answer 4 an hour each, and 4 are late.",
            ("Add 1 person on Monday at 12:00: 0 instead of 4 late.",),
        )
    ]


@pytest.mark.parametrize(
    ("caps", "capped", "words"),
    [
        (Caps(per_hour=2), 3, "hourly cap of Rep 1 (2) to 3"),
        (Caps(per_day=3), 6, "daily cap of Rep 1 (3) to 9"),
        (Caps(rolling=Rolling(24, 3)), 6, "cap of Rep 1 (3 in 24 hours)"),
    ],
)
def test_leads_without_room_under_a_cap_name_the_cap_to_raise(caps: Caps, capped: float, words: str) -> None:
    found = week((3, 1), (3, 1), (3, 1), *[(0, 1)] * 9, caps=(caps,), rate=10)
    assert found.late == 0
    assert round(found.capped, 6) == capped
    assert found.advice[0].remedies[0] == f"Raise the {words}: 0 instead of {capped} without room."


def test_a_daily_cap_has_room_again_on_the_next_day() -> None:
    found = week(*[(1, 1)] * 24, caps=(Caps(per_day=5),), rate=10)
    assert [round(day.capped, 6) for day in found.days] == [7, 11]


def test_who_has_no_cap_takes_what_others_have_no_room_for() -> None:
    found = week((9, 3), caps=(Caps(per_hour=1), Caps(), Caps()), rate=10)
    assert (found.capped, found.late) == (0, 0)


def hours_of(*expected: float) -> list[HourAhead]:
    return [HourAhead(NOON + timedelta(hours=n), leads) for n, leads in enumerate(expected)]


def test_a_cap_of_open_leads_begins_with_what_is_open_and_has_room_again_as_leads_are_closed() -> None:
    """Six of eight are open and one is closed in two hours: two leads fit at once, then one every two hours."""
    stock = Stock(6, leaves=0.5)
    ana = Worker("Ana", [True] * 5, ceilings=[Ceiling(stock, 8, "cap of Ana (8 open)")], fills=[(stock, 1)])
    (found,) = look_ahead([Lane("desk", hours_of(2, 2, 0, 0, 0), [ana], 1)], 10)
    assert ana.given == [2, 0.5, 0.5, 0.5, 0.5]
    assert found.capped == 1.5
    assert found.advice == [
        Advice(
            "2 leads wait for room in desk, most from Monday 13:00.",
            (
                "Raise the cap of Ana (8 open): 0 instead of 2 without room.",
                "Add somebody: 0 instead of 2 without room.",
            ),
        )
    ]


def test_a_remedy_is_tried_without_changing_the_week_that_it_is_for() -> None:
    stock = Stock(6, leaves=0.5)
    ana = Worker("Ana", [True] * 2, ceilings=[Ceiling(stock, 8, "cap of Ana (8 open)")], fills=[(stock, 1)])
    lane = Lane("desk", hours_of(2, 8), [ana], 1)
    (found,) = look_ahead([lane], 10)
    assert (len(found.hours), ana.given, lane.workers, lane.head_start) == (2, [2, 0.5], [ana], 0)
    assert stock.number == 7.5


def test_where_another_pool_has_room_its_people_are_asked_before_anybody_is_added() -> None:
    def busy_and(*names: str) -> Outlook:
        busy, calm = [[Worker(name, [True]) for name in those] for those in (("Ana", "Bo", "Cy", "Di"), names)]
        return look_ahead([Lane("desk", hours_of(20), busy, 1), Lane("calm", hours_of(1), calm, 1)], 4)[0]

    found = busy_and("Eve", "Fay")
    assert found.advice[0].remedies == (
        "Let one of calm help then, where there is room: 0 instead of 4 late.",
        "Add 1 person on Monday at 12:00: 0 instead of 4 late.",
    )
    assert busy_and("Ana", "Bo").advice[0].remedies == found.advice[0].remedies[1:]


def test_a_shift_where_nobody_works_says_when_and_what_it_saves() -> None:
    """Eight leads come by night; two people answer four of them within the half hour of the opening."""
    hours = [HourAhead(NOON + timedelta(hours=n), leads) for n, leads in enumerate([0, 2, 2, 2, 2, 0, 0, 0, 0, 0])]
    workers = [Worker(name, [number > 8 for number in range(10)]) for name in ("Ana", "Bo")]
    (found,) = look_ahead([Lane("desk", hours, workers, 0.5)], 4)
    assert found.late == 4
    assert (
        "Let one of them work on Monday from 13:00 to 17:00, when nobody does: 0 instead of 4 late."
        in found.advice[0].remedies
    )


def test_several_full_caps_are_raised_together() -> None:
    found = week((30, 3), (30, 3), (0, 3), caps=(Caps(per_hour=6),) * 3, rate=30)
    assert found.advice[0].remedies == (
        "Raise the 3 caps that are full then, such as the hourly cap of Rep 1 (6) to 10: 0 instead of 24 without room.",
        "Add somebody: 0 instead of 24 without room.",
    )


def test_a_raised_cap_that_makes_leads_late_is_said_as_leads_that_get_an_owner() -> None:
    """One of four an hour: ten leads wait behind the cap; without it they have an owner, who is late with eight."""
    found = week((12, 1), caps=(Caps(per_hour=2),), rate=4)
    assert (found.late, found.capped) == (0, 10)
    assert found.advice[0].remedies[0] == (
        "Raise the hourly cap of Rep 1 (2) to 12: 10 leads that would wait get an owner, 8 of them late, as nobody has time"
        " to answer sooner."
    )


def test_leads_of_one_pool_use_up_the_room_for_those_of_another() -> None:
    stock = Stock(0)
    for_one = [
        Worker("Ana", [True], ceilings=[Ceiling(stock, 5, "cap of Ana (5 open)")], fills=[(stock, 1)]) for _ in "ab"
    ]
    lanes = [Lane(key, hours_of(4), [worker], 1) for key, worker in zip("ab", for_one, strict=True)]
    first, second = look_ahead(lanes, 10)
    assert (first.capped, second.capped) == (0, 3)


def test_a_cap_of_people_owned_is_reached_as_fast_as_such_leads_come_and_then_lets_nobody_through() -> None:
    stock = Stock(8)
    cap = Ceiling(stock, 10, "cap of Ana (10 of a kind owned)", share=0.25)
    ana = Worker("Ana", [True] * 2, ceilings=[cap], fills=[(stock, 0.25)])
    (found,) = look_ahead([Lane("desk", hours_of(6, 6), [ana], 1)], 20)
    assert (ana.given, stock.number, found.capped) == ([6, 2], 10, 4)
    assert Ceiling(Stock(3), 10, "", share=0).room == float("inf")
    assert Ceiling(Stock(10), 10, "", share=0).room == 0


@given(
    st.lists(st.tuples(st.floats(0, 50), st.integers(0, 5)), max_size=60),
    st.floats(0.5, 10),
    st.floats(0.1, 8),
)
def test_nobody_is_late_twice_and_more_people_never_hurt(
    slots: list[tuple[float, int]], rate: float, allowed: float
) -> None:
    found = week(*slots, rate=rate, allowed=allowed)
    better = week(*((leads, staffed + 1) for leads, staffed in slots), rate=rate, allowed=allowed)
    assert found.late <= found.expected + 1e-6
    assert found.capped == better.outside == 0
    assert better.late <= found.late + found.outside + 1e-6


@pytest.mark.django_db
def test_next_week_is_expected_to_bring_what_the_last_weeks_brought() -> None:
    (ana,) = make_reps("Ana")
    with time_machine.travel(NOON, tick=False) as clock:
        publish({**document([ana]), "sla": {"respond_within_minutes": 60}})
        for _ in range(80):
            enqueue_routing([make_person(created_at=NOON).pk], cause="created")
        route()
        clock.shift(timedelta(days=1))
        ahead = outlooks()
    (found,) = ahead.pools
    assert (found.pool, found.expected, found.late, ahead.rate, ahead.is_measured) == ("desk", 20, 16, 4, False)
    assert found.advice == [
        Advice(
            "Monday 13:00: 20 leads meet one who answers 4 an hour, and 16 are late.",
            ("Add 4 people on Monday at 13:00: 0 instead of 16 late.",),
        )
    ]


def a_day_after_eighty_leads(text: dict[str, Any]) -> tuple[Outlook, str]:
    """The outlook of the one pool and its page, the policy being published and eighty leads routed on Monday noon."""
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(NOON, tick=False) as clock:
        publish(text)
        for _ in range(80):
            enqueue_routing([make_person(created_at=NOON).pk], cause="created")
        route()
        clock.shift(timedelta(days=1))
        (found,) = outlooks().pools
        return found, client.get("/martech/routing/outlook/").content.decode()


@pytest.mark.django_db
def test_the_page_shows_hours_closed_days_absences_and_the_cap_to_change() -> None:
    ana, bo = make_reps("Ana", "Bo")
    WorkingCalendar.objects.create(key="berlin", name="Berlin", document={"zone": "Europe/Berlin", "hours": WEEK})
    text = document([ana, bo], calendar="berlin")
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 4}
    text["rules"][0]["sla"] = {"respond_within_minutes": 15}
    TimeOff.objects.create(user=bo, starts_at=NOON + timedelta(days=6), ends_at=NOON + timedelta(days=9))
    found, shown = a_day_after_eighty_leads(text)
    assert {hour.start.weekday(): hour.staffed for hour in found.hours if hour.start.hour == 13} == {
        **dict.fromkeys((2, 3, 4), 2), 5: 0, 6: 0, 0: 1, 1: 1
    }  # fmt: skip
    assert (found.allowed_minutes, round(found.capped)) == (15, 16)
    assert re.findall(r"<li>(Raise.*?): ", shown) == ["Raise the daily cap of Ana (4) to 20"]
    assert "Hours are those of Europe/Berlin." in shown
    assert "Mon 9 Mar" in shown
    assert any("16 without room" in line for line in shown.splitlines())


@pytest.mark.django_db
def test_open_leads_and_people_owned_are_those_of_now_closed_as_fast_as_lately() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana, bo])
    germans = {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}
    text["pools"]["desk"]["members"][0]["caps"] = {"open": 12}
    text["pools"]["desk"]["members"][1]["caps"] = {"owned": {"most": 3, "when": germans}}
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(14):
            won = make_person(owner=ana, lifecycle_stage="customer", country="FR")
            StageMove.objects.create(person=won, from_stage="sql", stage="customer")
        for _ in range(2):
            make_person(owner=bo, country="DE")
        version = publish(text)
        for country in ("DE", "FR", "FR", "FR"):
            enqueue_routing([make_person(country=country, created_at=NOON).pk], cause="created")
        route()
        clock.shift(timedelta(days=1))
        stocks = stocks_of(version, engine_of(version).policy)
    (kind,) = {condition for _user, condition in stocks.owned}
    assert stocks.open == {ana.pk: Stock(2, 14 / (4 * 7 * 24))}
    assert stocks.owned == {(bo.pk, kind): Stock(2)}
    assert stocks.shares == {("desk", kind): 0.25}


@pytest.mark.django_db
def test_the_page_names_the_cap_of_open_leads_that_leaves_no_room_and_what_it_assumes() -> None:
    text = document(make_reps("Ana"))
    text["pools"]["desk"]["members"][0]["caps"] = {"open": 80}
    found, shown = a_day_after_eighty_leads(text)
    assert (found.expected, found.capped) == (20, 20)
    assert re.findall(r"<li>(Raise.*?)</li>", shown) == [
        "Raise the cap of Ana (80 open): 0 instead of 20 without room."
    ]
    assert "open leads are closed as fast as in the last 4 weeks" in shown


@pytest.mark.django_db
def test_of_more_than_six_pools_those_that_fit_are_a_line_that_opens_its_week() -> None:
    """Seven pools get a lead of their own each; one of them has room for none."""
    reps = make_reps(*(f"Rep{number}" for number in range(7)))
    text = document(reps[:1])
    text["pools"] = {f"pool {number}": {"members": [{"user": one.email}]} for number, one in enumerate(reps)}
    text["pools"]["pool 6"]["members"][0]["caps"] = {"open": 8}
    text["otherwise"] = "pool 0"
    named = [("person.source", f"source {number}", f"pool {number}") for number in range(7)]
    text["rules"] = [
        {"name": to, "when": {"field": field, "op": "eq", "value": value}, "to": to} for field, value, to in named
    ]
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(NOON, tick=False) as clock:
        publish(text)
        for number in [*range(7), *[6] * 7]:
            enqueue_routing([make_person(created_at=NOON, source=f"source {number}").pk], cause="created")
        route()
        clock.shift(timedelta(days=1))
        page, opened = (
            client.get(f"/martech/routing/outlook/{query}").content.decode() for query in ("", "?pool=pool 2")
        )
    assert re.findall(r"aria-label=\"(pool \d) by day and hour", page) == ["pool 6"]
    assert "leads of the next seven days would wait for room under a cap" in page
    assert re.findall(r'href="\?pool=[^"]+">(pool \d)</a>', page) == [f"pool {number}" for number in range(6)]
    assert re.findall(r"aria-label=\"(pool \d) by day and hour", opened) == ["pool 6", "pool 2"]


@pytest.mark.django_db
def test_without_anything_routed_the_page_leads_to_the_policies() -> None:
    client = Client()
    client.force_login(make_user("ops_manager"))
    shown = client.get("/martech/routing/outlook/").content.decode()
    empty = shown[shown.index("Nothing to look ahead from yet") :]
    assert 'href="/martech/routing/">Policies' in empty


def test_nothing_is_known_without_leads() -> None:
    (found,) = look_ahead([Lane("desk", [], [], 1)], 4)
    assert (found.expected, found.advice, found.days) == (0, [], [])
    assert look_ahead([], 4) == []
