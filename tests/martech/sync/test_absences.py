"""“Why did this person not sync?” Their page names the first thing that holds them back, connection by connection."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Connection, Person, SyncRun
from martech.services.people import update_person
from martech.services.sync.rounds import reject_run
from tests.factories import make_person, make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db
IN_GERMANY = {"field": "person.country", "op": "eq", "value": "DE"}


def told(person: Person, role: str = Role.OPS_MANAGER) -> str:
    client = Client()
    client.force_login(make_user(role))
    page = client.get(person.get_absolute_url()).content.decode()
    return " ".join(page[page.index("In other systems") :].split()) if "In other systems" in page else ""


@pytest.fixture
def ana() -> Person:
    return make_person(email="ana@example.org", first_name="Ana", country="AT")


def test_without_a_connection_nothing_is_said(ana: Person) -> None:
    assert told(ana) == ""


def test_a_mapping_that_makes_nobody_there_says_so(rig: Rig, ana: Person) -> None:
    said = told(ana)
    assert ">main</a> · not there" in said
    assert "None of its records is ours, and its mapping makes none there." in said
    assert "/martech/sync/to/main/contacts/mapping/" in said
    assert "/martech/sync/to/main/contacts/mapping/" not in told(ana, Role.ANALYST)


def test_who_does_not_meet_the_condition_reads_it(rig: Rig, ana: Person) -> None:
    rig.map(contacts_mapping(create_there=IN_GERMANY))
    assert "only those there of whom this is true: Country is" in told(ana)
    update_person(person=ana, data={"country": "DE"}, actor=None)
    assert "The next round makes it there." in told(ana)


def test_who_has_no_address_is_told_so(rig: Rig) -> None:
    rig.map(contacts_mapping(create_there=True))
    assert "It has no e-mail address" in told(make_person(email="", first_name="Bo"))


def test_whom_consent_holds_back_reads_why(rig: Rig, ana: Person) -> None:
    rig.map(contacts_mapping(create_there=True, purpose="marketing"))
    assert "Held back: " in told(ana)


def test_a_plan_that_waits_and_a_connection_that_does_are_named(rig: Rig, account: Account, ana: Person) -> None:
    Connection.objects.update(pushes_alone=False)
    rig.map(contacts_mapping(create_there=True))
    run: SyncRun = rig.sync()["push contacts"]
    said = told(ana)
    assert "It waits with a plan that somebody has to approve." in said
    assert run.get_absolute_url() in said
    reject_run(run=run, actor=None)
    Connection.objects.update(state="paused")
    assert "The connection is paused." in told(ana)


def test_a_change_that_waits_says_for_what(rig: Rig, account: Account, ana: Person) -> None:
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    rig.sync()
    Connection.objects.update(pushes_alone=False)
    update_person(person=Person.objects.get(), data={"job_title": "CEO"}, actor=None)
    rig.sync()
    rig.object().rows.update(due_at=rig.connection.created_at)
    said: Any = told(ana)
    assert "A change of ours waits to be sent. It waits with a plan that somebody has to approve." in said
    Connection.objects.update(state="broken", problem={"detail": "The token was revoked."})
    assert "The connection needs attention. The token was revoked." in told(ana)


def test_where_a_connection_stands_still_the_page_does_not_look_as_if_all_were_well(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    assert "Seen just now" in told(Person.objects.get())
    Connection.objects.update(state="paused")
    said = told(Person.objects.get())
    assert ("Nothing goes to and fro now. The connection is paused." in said, "Seen " in said) == (True, False)
