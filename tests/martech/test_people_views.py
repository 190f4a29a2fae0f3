"""The list of people as sales opens it: what waits for their answer first; and what the trail says in words."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone

from governance.models import User
from governance.policies import Role
from governance.selectors.history import Change, FieldChange, history_trail, text_of
from martech.due import unanswered_leads
from martech.models import Person, ResponseClock, RoutingDecision, Touch
from martech.services.people import update_person
from martech.views.lifecycle import StuckPeople
from martech.views.quality_lists import FailingPeople
from martech.views.routing import RuleLeads
from mops.core.history import recording
from mops.core.trails import Newest
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def rep() -> User:
    return make_user(Role.SALES_REP, name="Ana Ferreira")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def waiting(name: str, owner: User, minutes: int) -> Person:
    """Somebody whose owner is to answer in so many minutes."""
    person = make_person(first_name=name, last_name="Lead", owner=owner)
    moments = {name: timezone.now() for name in ("started_at", "warn_at")}
    decision = RoutingDecision.objects.create(person=person, outcome="assigned", owner=owner, arrived_at=NOON)
    due = NOON + timedelta(minutes=minutes)
    ResponseClock.objects.create(
        person=person, decision=decision, owner=owner, allowed_minutes=30, due_at=due, **moments
    )
    return person


def names(page: Any) -> list[str]:
    return [str(row.record) for row in page.context["table"].rows]


def test_sales_begins_with_the_answers_that_are_due_first(rep: User) -> None:
    other = make_user(Role.SALES_REP)
    waiting("Later", rep, 25)
    waiting("Late", rep, -5)
    waiting("Theirs", other, 5)
    make_person(first_name="Answered", last_name="Lead", owner=rep)
    page = client_of(rep).get("/", follow=True)
    assert names(page) == ["Late Lead", "Later Lead"]
    text = page.content.decode()
    assert "<b>2 leads wait for your answer</b>, <b class='down'>1 past the time</b>. The next is due 13:25." in text
    assert 'aria-current="true">To answer</a>' in text


def test_sales_without_an_answer_due_begins_with_their_own(rep: User) -> None:
    make_person(first_name="Mine", last_name="Lead", owner=rep)
    make_person(first_name="Unowned", last_name="Lead")
    page = client_of(rep).get("/", follow=True)
    assert names(page) == ["Mine Lead"]
    assert "Everybody has an owner" not in page.content.decode()


def test_late_answers_are_found_whoever_owes_them(rep: User) -> None:
    waiting("Late", rep, -5)
    waiting("Soon", rep, 5)
    found = client_of(make_user(Role.OPS_MANAGER)).get("/martech/people/?answer=late")
    assert names(found) == ["Late Lead"]


def test_a_tab_is_for_those_who_may_use_it() -> None:
    page = client_of(make_user(Role.ANALYST)).get("/martech/people/").content.decode()
    assert "To answer</a>" not in page
    assert "Without an owner</a>" in page


@pytest.mark.parametrize(
    ("query", "tab"),
    [
        ("", "all"),
        ("?view=all", "all"),
        ("?view=mine&mine=true&sort=-created_at", "mine"),
        ("?unowned=true", "without-owner"),
        ("?unowned=true&channel=email", ""),
        ("?q=ana", ""),
    ],
)
def test_the_tab_is_the_one_the_address_amounts_to(query: str, tab: str) -> None:
    assert client_of(make_user(Role.OPS_MANAGER)).get(f"/martech/people/{query}").context["open_view"] == tab


def test_leads_that_came_between_two_days_are_found_by_date_fields(rep: User) -> None:
    make_person(first_name="Old", last_name="Lead", created_at=NOON - timedelta(days=9))
    make_person(first_name="New", last_name="Lead", created_at=NOON - timedelta(days=1))
    days = "created_after=2026-03-01&created_before=2026-03-01"
    page = client_of(make_user(Role.OPS_MANAGER)).get(f"/martech/people/?{days}")
    assert names(page) == ["New Lead"]
    assert 'type="date" name="created_after" value="2026-03-01" aria-label="From"' in page.content.decode()


def test_a_persons_page_says_when_an_answer_is_due_and_takes_it(rep: User) -> None:
    person = waiting("Late", rep, -5)
    client = client_of(rep)
    assert "was due 12:55" in client.get(f"/martech/people/{person.pk}/").content.decode()
    client.post(f"/martech/people/{person.pk}/respond/")
    page = client.get(f"/martech/people/{person.pk}/").content.decode()
    assert "was due" not in page
    assert 'answered 13:00, <b class="down">late</b>' in page
    assert "Ana Ferreira answered Late Lead" in page
    prompt = waiting("Prompt", rep, 5)
    client.post(f"/martech/people/{prompt.pk}/respond/")
    page = client.get(f"/martech/people/{prompt.pk}/").content.decode()
    assert "answered 13:00, in time" in page
    assert "In time, after 0 s of working time" in page


def test_an_answer_due_on_another_day_is_told_to_the_minute(rep: User) -> None:
    person = waiting("Soon", rep, 24 * 60 - 200)
    client = client_of(rep)
    assert "due Tue 09:40" in client.get(f"/martech/people/{person.pk}/").content.decode()
    shown = client.get("/martech/people/?view=to-answer&answer=mine&columns=answer_due_at").content.decode()
    assert "The next is due Tue 09:40." in shown
    assert ">Tue 09:40</time>" in shown


def test_what_is_late_leads_from_what_is_due_to_the_leads(rep: User) -> None:
    waiting("Late", rep, -5)
    waiting("Soon", rep, 5)
    client = client_of(make_user(Role.OPS_MANAGER))
    due = unanswered_leads(make_user(Role.OPS_MANAGER))
    assert due is not None
    assert (due.count, names(client.get(due.url))) == (1, ["Late Lead"])


def test_touches_are_told_in_words(rep: User) -> None:
    person = make_person(owner=rep)
    Touch.objects.create(at=NOON, person=person, kind="email_click", url="https://www.example.org/pricing?a=1")
    Touch.objects.create(at=NOON, person=person, kind="quiz_done")
    page = client_of(rep).get(f"/martech/people/{person.pk}/").content.decode()
    assert "Clicked in an e-mail" in page
    assert "/pricing</div>" in page
    assert "Quiz done" in page


def told(*fields: tuple[str, str, str], kind: str = "update") -> str:
    return Change(NOON, kind, "", "", "", "", tuple(FieldChange(*field) for field in fields)).label


def test_a_change_is_told_by_what_it_changed() -> None:
    assert told(("Owner", "—", "Ana")) == "Owner set to Ana"
    assert told(("Owner", "Ana", "Bo")) == "Owner: Ana → Bo"
    assert told(("Phone", "+49 1", "—")) == "Phone emptied"
    assert told(("Condition", "x" * 50, "y")) == "Condition changed"
    assert told(("Owner", "—", "Ana"), ("Grade", "—", "A1")) == "Owner and grade changed"
    assert told(("State", "New", "Accepted"), ("Decided by", "—", "Omar")) == "State: New → Accepted, and 1 more"
    assert told(kind="insert") == "Created"


def test_values_of_the_history_are_told_in_words() -> None:
    assert text_of(False) == "no"
    assert text_of({"landing_page": "/pricing", "utm": {}}) == "Landing page: /pricing, UTM: —"
    assert text_of({}) == "—"


def test_a_change_that_nobodys_hand_made_says_what_made_it(rep: User) -> None:
    person = make_person(city="Bonn")
    update_person(person=person, data={"city": "Kiel"}, actor=rep)
    with recording("route_people"):
        Person.objects.filter(pk=person.pk).update(owner=rep)
    with recording("sync_pull"):
        Person.objects.filter(pk=person.pk).update(city="Ulm")
    admin = make_user(Role.ADMIN)
    assert [(entry.title, entry.detail) for entry in history_trail(admin, person, Newest(3))] == [
        ("City: Kiel → Ulm", "by the sync"),
        ("Owner set to Ana Ferreira", "by routing"),
        ("City: Bonn → Kiel", "by Ana Ferreira"),
    ]


def test_what_was_given_today_opens_the_decisions_of_today(rep: User) -> None:
    for days in (0, 3):
        moment = NOON - timedelta(days=days)
        person = make_person(first_name=f"Before {days}", last_name="Lead", owner=rep)
        RoutingDecision.objects.create(
            person=person, outcome="assigned", owner=rep, arrived_at=moment, decided_at=moment
        )
    client = client_of(make_user(Role.OPS_MANAGER))
    board = client.get("/martech/routing/board/").content.decode()
    (link,) = re.findall(r'href="(/martech/routing/decisions/\?outcome=assigned[^"]+)"', board)
    assert [row.record.person.name for row in client.get(html.unescape(link)).context["table"].rows] == [
        "Before 0 Lead"
    ]


@pytest.mark.parametrize("kind", [FailingPeople, RuleLeads, StuckPeople])
def test_lists_behind_a_number_have_no_tabs_and_sort_by_the_answer_due(kind: Any, rep: User) -> None:
    late, soon = waiting("Late", rep, -5), waiting("Soon", rep, 5)
    request = RequestFactory().get("/", {"sort": "-answer_due_at", "columns": "answer_due_at"})
    request.user = rep
    page = kind()
    page.setup(request, key="mql")
    assert [row.record for row in page.table_for(Person.objects.all()).rows] == [soon, late]
    assert list(page.ready_views) == []


def test_the_list_says_how_many_wait_for_an_owner_whatever_it_is_narrowed_to() -> None:
    client = client_of(make_user(Role.OPS_MANAGER))
    make_person(owner=None, lifecycle_stage="lead")
    assert "1 person waits for an owner." in client.get("/martech/people/?stage=mql").content.decode()
    make_person(owner=None)
    assert "2 people wait for an owner." in client.get("/martech/people/").content.decode()
