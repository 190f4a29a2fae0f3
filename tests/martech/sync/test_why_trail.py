"""Why a field of somebody is as it is: each change by a system in words, who let it, and nothing that one may not see."""

from typing import Any

import pytest
from django.test import Client

from governance.models import User
from governance.policies import Role
from martech.models import Person, RunState, SyncRun
from martech.services.people import update_person
from martech.services.sync.course import open_line
from martech.services.sync.rounds import Round, approve_run, do_requested
from martech.services.sync.undoing import request_undo
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


def page_of(person: Person, role: str) -> str:
    client = Client()
    client.force_login(make_user(role))
    return " ".join(client.get(person.get_absolute_url()).content.decode().split())


def approve(rig: Rig, undo: SyncRun, actor: User) -> SyncRun:
    with open_line(rig.connection) as line:
        do_requested(Round(line), undo)
        undo.refresh_from_db()
        approve_run(run=undo, actor=actor)
        undo.refresh_from_db()
        do_requested(Round(line), undo)
    undo.refresh_from_db()
    return undo


def test_what_was_taken_back_over_there_says_so_and_who_approved_it(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org", "firstname": "Ana"}, "1")
    rig.sync()
    person = Person.objects.get()
    update_person(person=person, data={"first_name": "Anna"}, actor=None)
    pushed = rig.sync()["push contacts"]
    omar = make_user(Role.OPS_MANAGER, name="Omar Haddad")
    undo = approve(rig, request_undo(run=pushed, actor=omar), omar)
    assert (undo.state, account.objects["contacts"]["1"].values["firstname"]) == (RunState.DONE, "Ana")
    page = page_of(person, Role.OPS_MANAGER)
    assert "firstname by main: Ana → Anna" in page
    assert "written over there" in page
    assert "firstname by main: Anna → Ana" in page
    assert "taken back over there, approved by Omar Haddad" in page


def test_fields_are_called_as_people_call_them_and_stages_by_their_names(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"}, "1")
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, "1")
    rig.sync()
    assert "Job title by main: CMO → CEO" in page_of(Person.objects.get(), Role.OPS_MANAGER)


def test_an_analyst_reads_that_an_address_changed_and_not_to_what(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org"}, "1")
    rig.sync()
    account.put("contacts", {"email": "anna@example.org"}, "1")
    rig.sync()
    person = Person.objects.get()
    assert "anna@example.org" in page_of(person, Role.OPS_MANAGER)
    seen: Any = page_of(person, Role.ANALYST)
    assert "E-mail by main: •••• → ••••" in seen
    assert "anna@example.org" not in seen


def test_what_is_not_sent_says_why_in_the_words_of_people(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org", "firstname": "Ana", "jobtitle": "CMO"}, "1")
    rig.sync()
    person = Person.objects.get()
    rig.connection.sync_objects.update(set_aside={"jobtitle": "The field is gone over there."})
    Person.objects.filter(pk=person.pk).update(email="anna@example.org", first_name="Anna")
    rig.object().dead_letters.create(direction="push", local_id=person.pk, reason="other", message="It is locked")
    page = page_of(person, Role.OPS_MANAGER)
    assert "E-mail: anna@example.org · First name: Anna" in page
    assert "Put aside in the mapping, neither read nor sent: Job title." in page
    assert "Did not go through: It is locked." in page
    assert "E-mail: •••• · First name: Anna" in page_of(person, Role.ANALYST)


def test_what_a_run_took_in_is_told_once_and_to_who_may_not_see_runs_as_history(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"}, "1")
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, "1")
    rig.sync()
    person = Person.objects.get()
    update_person(person=person, data={"city": "Kiel"}, actor=None)
    page = page_of(person, Role.OPS_MANAGER)
    assert ("Job title by main: CMO → CEO" in page, "Job title: CMO → CEO" in page) == (True, False)
    assert "City set to Kiel" in page
    seller = make_user(Role.SALES_REP)
    Person.objects.update(owner=seller)
    client = Client()
    client.force_login(seller)
    own = " ".join(client.get(person.get_absolute_url()).content.decode().split())
    assert ("by main" in own, "Job title: CMO → CEO" in own) == (False, True)
