"""Working hours are kept as colleagues write them down."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from governance.policies import Role
from martech.models import WorkingCalendar
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/martech/routing/hours/"
GIVEN = {
    "name": "Berlin hours",
    "zone": "Europe/Berlin",
    "mon": "9:00-12:00, 13:00 – 17:00",
    "fri": "09:00-15:00",
    "country": "DE",
    "subdivision": "be",
    "extra": "2026-12-24\n2026-12-31\n",
}


def client_of(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_hours_and_holidays_are_added_shown_and_changed() -> None:
    client = client_of()
    answer = client.post(f"{PAGE}new/", GIVEN)
    assert answer.status_code == 302, answer.context["form"].errors
    calendar = WorkingCalendar.objects.get()
    assert calendar.key == "berlin-hours"
    assert calendar.document == {
        "zone": "Europe/Berlin",
        "hours": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "fri": [["09:00", "15:00"]]},
        "holidays": {"country": "DE", "subdivision": "BE", "extra": ["2026-12-24", "2026-12-31"]},
    }
    assert "09:00-12:00, 13:00-17:00" in client.get(PAGE).content.decode()
    form = client.get(f"{PAGE}berlin-hours/").context["form"]
    assert (form["mon"].value(), form["extra"].value()) == ("09:00-12:00, 13:00-17:00", "2026-12-24\n2026-12-31")
    client.post(f"{PAGE}berlin-hours/", {**GIVEN, "mon": "", "name": "Office", "seen": form["seen"].value()})
    calendar.refresh_from_db()
    assert (calendar.key, calendar.name, list(calendar.document["hours"])) == ("berlin-hours", "Office", ["fri"])


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"mon": "9 to 5"}, "mon", "Write from and until as 09:00-17:00; several with commas."),
        ({"mon": "17:00-09:00"}, "mon", ""),
        ({"mon": "", "fri": ""}, "mon", "No day has hours. Give at least one day some, such as 09:00-17:00."),
        ({"extra": "Christmas"}, "extra", ""),
        ({"subdivision": "XX"}, "subdivision", ""),
        ({"zone": "Mars/Olympus"}, "zone", "Choose one of the list; “Mars/Olympus” is not in it."),
    ],
)
def test_what_is_no_working_time_is_refused_at_its_place_and_kept_as_typed(
    wrong: dict[str, str], field: str, reason: str
) -> None:
    answer: Any = client_of().post(f"{PAGE}new/", {**GIVEN, **wrong})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert reason in form.errors[field][0]
    assert form[field].value() == wrong[field]
    assert not WorkingCalendar.objects.exists()


def days_from(first: date, number: int) -> str:
    return "\n".join((first + timedelta(days=n)).isoformat() for n in range(number))


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("1026-12-24", "1026-12-24 is far from now. Correct its year: days from 2006 to 2046 are kept."),
        ("9999-12-31", "9999-12-31 is far from now. Correct its year: days from 2006 to 2046 are kept."),
        (
            days_from(date(2026, 12, 1), 400),
            (
                "Nobody would be at work from 2026-12-01 until 2028-01-07, and leads would wait all that time."
                " Take days out."
            ),
        ),
    ],
)
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_a_feed_of_holidays_that_lies_is_refused_and_the_hours_stay(extra: str, reason: str) -> None:
    client = client_of()
    client.post(f"{PAGE}new/", GIVEN)
    before = WorkingCalendar.objects.get()
    seen = client.get(f"{PAGE}berlin-hours/").context["form"]["seen"].value()
    answer: Any = client.post(f"{PAGE}berlin-hours/", {**GIVEN, "extra": extra, "seen": seen})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"extra": [reason]})
    after = WorkingCalendar.objects.get()
    assert (after.document, after.updated_at) == (before.document, before.updated_at)


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_a_closed_quarter_and_days_named_twice_are_kept_once_and_in_order() -> None:
    quarter = days_from(date(2027, 1, 2), 80)
    answer = client_of().post(f"{PAGE}new/", {**GIVEN, "extra": f"2026-12-24\n{quarter}\n2026-12-24"})
    assert answer.status_code == 302
    kept = WorkingCalendar.objects.get().document["holidays"]["extra"]
    assert kept == ["2026-12-24", *quarter.split("\n")]


def test_a_name_is_taken_once_and_readers_change_nothing() -> None:
    client = client_of()
    client.post(f"{PAGE}new/", GIVEN)
    again = client.post(f"{PAGE}new/", {**GIVEN, "zone": "Europe/London"})
    assert again.context["form"].errors == {"name": ["There are working hours of this name."]}
    reader = client_of(Role.ANALYST)
    assert reader.get(PAGE).status_code == 200
    assert reader.post(f"{PAGE}berlin-hours/", {**GIVEN, "name": "Mine"}).status_code == 403
    assert WorkingCalendar.objects.get().name == "Berlin hours"


def test_the_second_of_two_editors_is_told_who_was_first_and_then_goes_on_top() -> None:
    client = client_of()
    client.post(f"{PAGE}new/", GIVEN)
    url = f"{PAGE}berlin-hours/"
    seen = client.get(url).context["form"]["seen"].value()
    other = Client()
    other.force_login(make_user(Role.ADMIN, name="Ada"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(url, {**GIVEN, "mon": "10:00-16:00", "seen": seen}).status_code == 302
    answer: Any = client.post(url, {**GIVEN, "fri": "09:00-13:00", "seen": seen})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors["__all__"][0].startswith("Somebody changed these working hours meanwhile. Ada saved it at ")
    assert WorkingCalendar.objects.get().document["hours"]["mon"] == [["10:00", "16:00"]]
    assert form["fri"].value() == "09:00-13:00"
    assert client.post(url, {**GIVEN, "fri": "09:00-13:00", "seen": form["seen"].value()}).status_code == 302
    assert WorkingCalendar.objects.get().document["hours"]["fri"] == [["09:00", "13:00"]]


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-01-01T00:00:00+00:00"])
def test_hours_are_never_changed_by_who_did_not_see_them(seen: str) -> None:
    client = client_of()
    client.post(f"{PAGE}new/", GIVEN)
    assert client.post(f"{PAGE}berlin-hours/", {**GIVEN, "mon": "", "seen": seen}).status_code == 422
    assert "mon" in WorkingCalendar.objects.get().document["hours"]
