"""Working hours that were broken past the services stop no lead: others count in their place, and it is said where one looks."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from martech.models import Person, ResponseClock, RoutingDecision, RoutingWork, WorkingCalendar
from martech.selectors.calendars import calendar_of, hours_of
from martech.selectors.observed import all_findings
from martech.services.calendars import add_calendar
from martech.services.routing import enqueue_routing
from mops.core.calendar_document import parse_calendar
from mops.core.clock import CalendarError, elapsed
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 10, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE: dict[str, Any] = {"zone": "UTC", "hours": WEEK, "holidays": {}}
WEEKEND: dict[str, Any] = {"zone": "UTC", "hours": {"sat": [["09:00", "12:00"]]}, "holidays": {}}
LIES = [
    "{}",
    "[]",
    "null",
    '"closed"',
    '{"zone": "Mars/Olympus", "hours": {"mon": [["09:00", "17:00"]]}}',
    '{"zone": "UTC", "hours": {}}',
    '{"zone": "UTC", "hours": {"mon": [["17:00", "09:00"]]}}',
    '{"zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": {"country": "__class__"}}',
]


def break_hours(text: str, key: str = "office") -> None:
    """As a statement in the database does it: nobody is asked, and the time of the last change stays as it was."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE martech_workingcalendar SET document = %s::jsonb WHERE key = %s", [text, key])


def two_desks() -> tuple[dict[str, Any], list[Any]]:
    """Germans go to a desk in office hours, with a response time in them; everybody else to a desk that is always open."""
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana], calendar="office", sla={"respond_within_minutes": 60, "calendar": "office"})
    text["pools"]["always"] = {"members": [{"user": bo.email}]}
    text["otherwise"] = "always"
    return text, [ana, bo]


def queue(*countries: str) -> None:
    enqueue_routing([make_person(country=country).pk for country in countries], cause="created")


def owners() -> list[str | None]:
    return list(Person.objects.order_by("pk").values_list("owner__name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("lie", LIES)
def test_a_batch_with_broken_hours_routes_everybody_by_the_last_hours_that_could_be_read(lie: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        add_calendar(name="Office", document=OFFICE, actor=None)
        text, _reps = two_desks()
        publish(text)
        break_hours(lie)
        queue("DE", "FR", "DE")
        assert route() == 3
    assert owners() == ["Ana", "Bo", "Ana"]
    assert {clock.due_at for clock in ResponseClock.objects.all()} == {MONDAY + timedelta(hours=1)}
    assert not RoutingWork.objects.exclude(state="done").exists()


@pytest.mark.django_db
def test_only_leads_of_the_pool_with_broken_hours_wait_for_its_opening_and_none_is_lost() -> None:
    with time_machine.travel(SATURDAY, tick=False) as clock:
        add_calendar(name="Office", document=OFFICE, actor=None)
        text, _reps = two_desks()
        publish(text)
        break_hours("{}")
        queue("DE", "FR")
        route()
        assert owners() == [None, "Bo"]
        assert RoutingDecision.objects.get(outcome="held").pool == "desk"
        clock.move_to(SATURDAY + timedelta(days=2))
        route()
    assert owners() == ["Ana", "Bo"]


@pytest.mark.django_db
def test_hours_changed_by_a_statement_count_at_once_although_their_time_of_change_stayed() -> None:
    add_calendar(name="Office", document=OFFICE, actor=None)
    hour = timedelta(hours=1)
    before = calendar_of("office")
    assert before is not None
    assert elapsed(before, SATURDAY, SATURDAY + hour) == timedelta(0)
    break_hours(json.dumps(WEEKEND))
    after = calendar_of("office")
    assert after is not None
    assert elapsed(after, SATURDAY, SATURDAY + hour) == hour


@pytest.mark.django_db
def test_hours_that_never_could_be_read_are_those_of_an_office() -> None:
    WorkingCalendar.objects.create(key="office", name="Office", document={"zone": "nowhere"})
    found = hours_of("office")
    assert (found.kept_at, found.instead) == (None, "Monday to Friday from 9 to 17")
    assert found.fault.startswith("hours: it is missing or empty.")
    assert found.document.as_json()["hours"] == WEEK


@pytest.mark.django_db
def test_hours_that_were_deleted_past_the_services_go_on_as_they_were_and_do_not_open_the_pool_day_and_night() -> None:
    with time_machine.travel(SATURDAY, tick=False):
        add_calendar(name="Office", document=OFFICE, actor=None)
        text, _reps = two_desks()
        publish(text)
        WorkingCalendar.objects.all().delete()
        queue("DE")
        route()
    assert owners() == [None]
    client = Client()
    client.force_login(make_user("ops_manager"))
    page = client.get("/martech/routing/hours/").content.decode()
    assert "“office” is gone." in page
    assert "Add them again under the same name" in page


@pytest.mark.django_db
def test_marketing_operations_is_told_on_the_first_page_the_hours_and_the_policy_and_puts_it_right_there() -> None:
    with time_machine.travel(MONDAY, tick=False):
        add_calendar(name="Office", document=OFFICE, actor=None)
        text, _reps = two_desks()
        version = publish(text)
    break_hours('{"zone": "UTC", "hours": {"mon": [["17:00", "09:00"]]}}')
    client = Client()
    client.force_login(make_user("ops_manager"))
    assert "The working hours “Office” cannot be read" in client.get("/", follow=True).content.decode()
    page = client.get("/martech/routing/hours/").content.decode()
    assert "These hours cannot be read." in page
    assert "Until they are saved again, pools and response times go by those of " in page
    reasons = {(one.path, one.level) for one in all_findings(version.policy) if "cannot be read" in one.reason}
    assert reasons == {("pools.desk.calendar", "error"), ("pools.desk.sla.calendar", "error")}
    for address in ("/martech/routing/board/", "/martech/routing/outlook/", f"/martech/routing/{version.policy.key}/"):
        assert client.get(address).status_code == 200
    form = client.get("/martech/routing/hours/office/").context["form"]
    assert form["mon"].value() == "09:00-17:00"
    given = {name: form[name].value() or "" for name in form.fields}
    assert client.post("/martech/routing/hours/office/", given).status_code == 302
    assert WorkingCalendar.objects.get().document == OFFICE
    assert "cannot be read" not in client.get("/martech/routing/hours/").content.decode()
    assert [one.path for one in all_findings(version.policy) if "cannot be read" in one.reason] == []


@pytest.mark.django_db
def test_a_response_time_that_working_hours_never_leave_room_for_does_not_hold_up_the_batch() -> None:
    add_calendar(name="Rare", document={"zone": "UTC", "hours": WEEK}, actor=None)
    publish(document(make_reps("Ana"), sla={"respond_within_minutes": 525_600, "calendar": "rare"}))
    rare = {"zone": "UTC", "hours": {"mon": [["09:00", "09:01"]]}}
    WorkingCalendar.objects.filter(key="rare").update(document=rare)
    with time_machine.travel(MONDAY, tick=False):
        queue("DE", "FR")
        assert route() == 2
    assert owners() == ["Ana", "Ana"]
    assert {clock.due_at.year for clock in ResponseClock.objects.all()} == {2076}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.one_of(
        JSON,
        st.fixed_dictionaries({"zone": st.just("UTC") | JSON, "hours": st.just(WEEK) | JSON, "holidays": JSON}),
        st.fixed_dictionaries(
            {
                "zone": st.just("UTC"),
                "hours": st.dictionaries(st.sampled_from(["mon", "sun"]), JSON, max_size=2),
                "holidays": st.fixed_dictionaries({"country": JSON, "subdivision": JSON, "extra": JSON}),
            }
        ),
    )
)
def test_whatever_is_written_down_as_working_hours_is_read_or_refused_in_words(written: Any) -> None:
    read = None
    with suppress(CalendarError):
        read = parse_calendar(written)
    assert read is None or parse_calendar(read.as_json()) == read
