"""Whoever is away says so in the app, sees what routing makes of it, and is never overwritten."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from governance.models import User
from governance.policies import Role
from martech.models import Person, TimeOff
from martech.routing.standing_in import alone_from
from martech.selectors.time_off import time_off_lines
from martech.services.routing import enqueue_routing
from martech.time_off import Away
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

PAGE = "/martech/routing/time-off/"
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK = {"first": "2026-03-02", "last": "2026-03-06", "reason": "Annual leave"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


@pytest.fixture
def monday(db: None) -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


on_monday = pytest.mark.usefixtures("monday")


@on_monday
def test_a_rep_tells_when_they_are_away_in_their_own_clock_and_sees_only_that() -> None:
    (ana,), (bo,) = make_reps("Ana"), make_reps("Bo")
    User.objects.filter(pk=ana.pk).update(time_zone="America/New_York")
    client_of(bo).post(f"{PAGE}new/", WEEK)
    answer = client_of(ana).post(f"{PAGE}new/", {**WEEK, "since": "13:00", "who": bo.email})
    assert answer.status_code == 302
    kept = TimeOff.objects.get(user=ana)
    assert kept.starts_at == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert kept.ends_at == datetime(2026, 3, 7, 5, tzinfo=UTC)
    page = client_of(ana).get(PAGE).content.decode()
    assert "from 2 March 2026, 13:00 to 6 March 2026 (Annual leave)" in page
    assert page.count("</b></a> from") == 1


@on_monday
def test_a_leader_sees_who_is_away_and_changes_nothing() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    client_of(ana).post(f"{PAGE}new/", WEEK)
    kept = TimeOff.objects.get()
    leader = client_of(make_user(Role.LEADER))
    page = leader.get(PAGE).content.decode()
    assert "desk: Bo takes the leads." in page
    assert not re.search(r"Add time off|Take back|Change<", page)
    assert "Time off</" in leader.get("/martech/routing/").content.decode()
    seen = {"seen": kept.updated_at.isoformat()}
    for path in (f"{PAGE}new/", kept.get_absolute_url(), f"{kept.get_absolute_url()}cancel/"):
        assert leader.post(path, {**WEEK, **seen}).status_code == 403
    assert TimeOff.objects.get().updated_at == kept.updated_at


@on_monday
def test_a_leader_who_sells_changes_only_their_own_time_off() -> None:
    ana, bo = make_reps("Ana", "Bo")
    User.objects.filter(pk=bo.pk).update(roles=[Role.LEADER, Role.SALES_REP])
    for who in (ana, bo):
        client_of(who).post(f"{PAGE}new/", WEEK)
    page = client_of(bo).get(PAGE).content.decode()
    assert (page.count("from 2 March 2026 to 6 March 2026"), page.count("Take back<")) == (5, 1)
    of_ana = TimeOff.objects.get(user=ana)
    assert client_of(bo).get(of_ana.get_absolute_url()).status_code == 404


@on_monday
def test_marketing_operations_tells_it_of_anybody_and_sees_who_takes_the_leads() -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    publish(document([ana, bo, cy], returner="accrue"))
    ops = make_user(Role.OPS_MANAGER)
    for who in (ana, bo):
        assert client_of(ops).post(f"{PAGE}new/", {**WEEK, "who": who.email}).status_code == 302
    page = client_of(ops).get(PAGE).content.decode()
    assert page.count("desk: Cy takes the leads.") == 2
    assert [effect.stand_in.alone_from for line in time_off_lines(ops) for effect in line.effects] == [None, None]
    assert "Ana gets the turns missed once back." in page
    client_of(ops).post(f"{PAGE}new/", {"who": cy.email, "first": "2026-03-04", "last": "2026-03-04"})
    page = client_of(ops).get(PAGE).content.decode()
    assert page.count("nobody is there") == 3
    assert "leads wait until somebody is back" in page


@on_monday
def test_days_that_overlap_are_refused_with_what_is_there_and_nothing_is_written() -> None:
    (ana,) = make_reps("Ana")
    client = client_of(ana)
    client.post(f"{PAGE}new/", WEEK)
    answer = client.post(f"{PAGE}new/", {"first": "2026-03-06", "last": "2026-03-09"})
    reason = (
        "Ana is away from 2 March 2026 to 6 March 2026 (Annual leave) already. "
        "Change that entry, or choose days outside it."
    )
    assert errors_of(answer) == {"first": [reason]}
    assert TimeOff.objects.count() == 1
    assert client.post(f"{PAGE}new/", {"first": "2026-03-07", "last": "2026-03-09"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"last": "2026-03-01"}, "last", "Choose 2 March 2026 or a later day."),
        ({"first": "2026-02-02", "last": "2026-02-27"}, "last", "This is over"),
        ({"last": "9999-12-31"}, "last", "Check the year"),
        ({"first": "0001-01-01"}, "first", "Check the year"),
        ({"last": "2026-03-02", "since": "15:00", "until": "14:00"}, "until", "Choose a later time"),
        ({"last": "2026-03-02", "until": "00:00"}, "until", "Choose a later time"),
        ({"first": ""}, "first", ""),
        (
            {"first": "2026-03-29", "last": "2026-03-29", "since": "02:30", "until": "03:30"},
            "until",
            "The clocks change on that day, and between these times no time passes. Choose a later time.",
        ),
    ],
)
@on_monday
def test_what_is_no_absence_is_refused_at_its_field(wrong: dict[str, str], field: str, words: str) -> None:
    (ana,) = make_reps("Ana")
    found = errors_of(client_of(ana).post(f"{PAGE}new/", {**WEEK, **wrong}))
    assert list(found) == [field]
    assert words in found[field][0]
    assert not TimeOff.objects.exists()


@on_monday
def test_a_colleague_s_absence_is_no_rep_s_to_change_and_readers_have_no_such_page() -> None:
    ana, bo = make_reps("Ana", "Bo")
    client_of(ana).post(f"{PAGE}new/", WEEK)
    kept = TimeOff.objects.get()
    seen = kept.updated_at.isoformat()
    assert client_of(bo).post(kept.get_absolute_url(), {**WEEK, "reason": "", "seen": seen}).status_code == 404
    assert client_of(bo).post(f"{kept.get_absolute_url()}cancel/", {"seen": seen}).status_code == 404
    assert client_of(make_user(Role.ANALYST)).get(PAGE).status_code == 403
    assert TimeOff.objects.get().reason == "Annual leave"


@on_monday
def test_the_second_of_two_editors_is_told_who_was_first_and_then_goes_on_top() -> None:
    (ana,) = make_reps("Ana")
    client, ops = client_of(ana), client_of(make_user(Role.OPS_MANAGER, name="Omar"))
    client.post(f"{PAGE}new/", WEEK)
    kept = TimeOff.objects.get()
    url, seen = kept.get_absolute_url(), client.get(kept.get_absolute_url()).context["form"]["seen"].value()
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        assert ops.post(url, {**WEEK, "last": "2026-03-04", "seen": seen}).status_code == 302
    answer: Any = client.post(url, {**WEEK, "last": "2026-03-10", "seen": seen})
    said = errors_of(answer)["__all__"][0]
    assert said.startswith("Somebody changed this time off meanwhile. Omar saved it at ")
    assert TimeOff.objects.get().ends_at == datetime(2026, 3, 4, 23, tzinfo=UTC)
    assert client.post(f"{url}cancel/", {"seen": seen}).status_code == 302
    assert TimeOff.objects.exists()
    again = answer.context["form"]
    assert again["last"].value() == "2026-03-10"
    assert client.post(url, {**WEEK, "last": "2026-03-10", "seen": again["seen"].value()}).status_code == 302
    assert TimeOff.objects.get().ends_at == datetime(2026, 3, 10, 23, tzinfo=UTC)


@on_monday
def test_leads_that_wait_go_to_whoever_is_back_at_once() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    client = client_of(ana)
    client.post(f"{PAGE}new/", WEEK)
    lead = make_person()
    enqueue_routing([lead.pk], cause="created")
    route()
    assert Person.objects.get(pk=lead.pk).owner is None
    kept = TimeOff.objects.get()
    client.post(f"{kept.get_absolute_url()}cancel/", {"seen": kept.updated_at.isoformat()})
    route()
    assert Person.objects.get(pk=lead.pk).owner == ana


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 1))
TIMES = st.none() | st.times(time(0, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0)
).filter(lambda at: at != time())


@given(DAYS, st.integers(1, 40), TIMES, TIMES)
def test_an_absence_is_read_back_as_it_was_written(
    first: date, length: int, since: time | None, until: time | None
) -> None:
    last = first + timedelta(days=length)
    assert Away.days(BERLIN, first, last, since, until).as_days(BERLIN) == (first, last, since, until)


def at(hour: int) -> datetime:
    return MONDAY + timedelta(hours=hour)


HOURS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda one: (at(one[0]), at(one[0] + one[1]))))


@given(st.integers(0, 10), st.integers(1, 12), st.lists(HOURS, max_size=4))
def test_nobody_is_there_from_the_first_hour_in_which_everybody_else_is_away(
    start: int, length: int, absences: list[list[tuple[datetime, datetime]]]
) -> None:
    hours = [at(hour) for hour in range(start, start + length)]
    away = [hour for hour in hours if all(any(a <= hour < b for a, b in one) for one in absences)]
    assert alone_from((at(start), at(start + length)), absences) == (away[0] if away else None)


@on_monday
def test_a_rep_without_time_off_reads_of_their_own_and_not_that_nobody_is_away() -> None:
    ana, bo = make_reps("Ana", "Bo")
    client_of(bo).post(f"{PAGE}new/", WEEK)
    page = client_of(ana).get(PAGE).content.decode()
    assert "You have told no time off" in page
    assert "Nobody is away" not in page
