"""A right that is taken away in the middle of a reading or a writing stops that one, and nothing is lost or doubled by it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.salesforce.bulk import BulkReading
from martech.models import Connection, Person, PlannedWrite, RemoteRow, RunState, SyncObject, SyncRun
from martech.services.people import update_person
from tests.factories import make_person, make_user
from tests.martech.sync.practising import connected
from tests.martech.sync.test_hubspot_round import HubSpot
from tests.martech.sync.test_salesforce_round import Salesforce

pytestmark = pytest.mark.django_db
NEW = {"field": "person.email", "op": "contains", "value": "@new.example"}


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch, is_synced=True) as practice:
        yield practice


@pytest.fixture
def org(monkeypatch: Any, db: None) -> Iterator[Salesforce]:
    monkeypatch.setattr(BulkReading, "pause", staticmethod(lambda seconds: None), raising=False)
    with connected(Salesforce, "salesforce", monkeypatch, is_synced=True) as practice:
        yield practice


def page(name: str) -> str:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return " ".join(client.get(f"/martech/sync/to/{name}/").content.decode().replace("&#x27;", "'").split())


def contacts_of(hub: HubSpot, number: int) -> list[str]:
    """Contacts of theirs, made in batches."""
    made: list[str] = []
    for start in range(0, number, 100):
        inputs = [{"properties": {"email": f"p{n}@many.example"}} for n in range(start, min(start + 100, number))]
        made += [
            row["id"]
            for row in hub.call("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": inputs})["results"]
        ]
    return made


def test_hubspot_takes_a_scope_away_between_two_pages(hub: HubSpot) -> None:
    contacts_of(hub, 500)
    known = Person.objects.count()
    hub.control("faults", name="missing_scopes", on="POST .*/contacts/search", after=1, times=1)
    runs = hub.sync()
    assert (runs["pull contacts"].state, runs["pull contacts"].problem["class"]) == (RunState.FAILED, "ScopeMissing")
    assert (runs["pull companies"].state, runs["pull deals"].state) == (RunState.DONE, RunState.DONE)
    assert 0 < runs["pull contacts"].created == Person.objects.count() - known < 500
    assert hub.object("contacts").position is not None
    shown = page("hubspot")
    assert "Fails in part" in shown
    assert "Add crm.objects.contacts.write to the app" in shown
    again = hub.sync()["pull contacts"]
    assert again.created + runs["pull contacts"].created == 500
    assert (again.state, hub.object("contacts").position, Person.objects.count()) == (RunState.DONE, None, known + 500)
    assert Connection.objects.get().problem == {}


def test_hubspot_takes_a_scope_away_between_two_batches_of_a_plan(hub: HubSpot) -> None:
    for number in range(250):
        make_person(email=f"p{number}@new.example", first_name=f"P{number}")
    before = len(hub.truth())
    hub.map({**hub.document("contacts"), "create_there": NEW})
    hub.control("faults", name="missing_scopes", on="POST .*/contacts/batch/(create|upsert)", after=1, times=1)
    hub.sync()
    run = SyncRun.objects.get(kind="push", object__name="contacts")
    assert (run.state, run.problem["class"], run.created, run.read) == (RunState.APPROVED, "ScopeMissing", 100, 100)
    assert len(hub.truth()) == before + 100
    assert sorted(set(PlannedWrite.objects.filter(run=run).values_list("state", flat=True))) == ["created", "planned"]
    shown = page("hubspot")
    assert "Fails in part" in shown
    assert "Add crm.objects.contacts.write to the app" in shown
    again = hub.sync()["push contacts"]
    assert (again.pk, again.state, again.created, again.read) == (run.pk, RunState.DONE, 250, 250)
    assert len(hub.truth()) == before + 250
    assert "Fails in part" not in page("hubspot")
    assert "push contacts" not in hub.sync()


def test_salesforce_takes_a_right_away_between_two_pages(org: Salesforce) -> None:
    owner = org.twin.store.user_id
    rows = [
        {"OwnerId": owner, "LastName": f"L{n}", "Company": "Many", "Email": f"p{n}@many.example"} for n in range(4_300)
    ]
    org.control("insert", object="Lead", records=rows)
    known = Person.objects.count()
    org.control("faults", name="no_access", on="GET .*/query", after=6, times=1)
    runs = org.sync()
    failed = [name for name, run in runs.items() if run.state == RunState.FAILED]
    assert len(failed) == 1
    assert runs[failed[0]].problem["class"] == "ScopeMissing"
    assert "Fails in part" in page("salesforce")
    org.sync()
    assert Person.objects.count() == known + 4_300
    assert {run.state for run in org.sync().values()} == {RunState.DONE}


def test_salesforce_takes_a_right_away_between_two_batches_of_a_plan(org: Salesforce) -> None:
    for number in range(450):
        make_person(email=f"p{number}@new.example", first_name="P", last_name=f"N{number}", company="New")
    before = len(org.living("Lead"))
    org.map({**org.document("Lead"), "create_there": NEW}, "Lead")
    org.control("faults", name="no_access", on="(POST|PATCH) .*/composite/sobjects", after=1, times=1)
    org.sync()
    run = SyncRun.objects.get(kind="push", object__name="Lead")
    assert (run.state, run.problem["class"], run.created) == (RunState.APPROVED, "ScopeMissing", 200)
    assert len(org.living("Lead")) == before + 200
    again = org.sync()["push Lead"]
    assert (again.pk, again.state, again.created, again.read) == (run.pk, RunState.DONE, 450, 450)
    assert len(org.living("Lead")) == before + 450


@pytest.mark.parametrize("fault", ["no_access", "concurrent_limit"])
def test_half_a_batch_that_went_through_is_not_sent_again_when_the_other_half_fails(
    org: Salesforce, fault: str
) -> None:
    """Salesforce refused the whole call for one row's sake, so it was halved; the second half then met a fault."""
    for number in range(40):
        make_person(email=f"p{number}@new.example", first_name="P", last_name=f"N{number}", company="New")
    document = org.document("Lead")
    fields = [row for row in document["fields"] if row["ours"] != "id"]
    org.map({**document, "fields": fields, "create_there": NEW}, "Lead")
    before = len(org.living("Lead"))
    calls = "POST .*/composite/sobjects"
    org.control("faults", name="value_of_wrong_type", on=calls, times=1)
    org.control("faults", name=fault, on=calls, after=1, times=1)
    org.sync()
    org.sync()
    made = [row["Email"] for row in org.living("Lead", "Email").values() if str(row["Email"]).endswith("@new.example")]
    assert (len(made), len(set(made)), len(org.living("Lead"))) == (40, 40, before + 40)
    run = SyncRun.objects.filter(kind="push", object__name="Lead").get()
    assert (run.created, run.failed, run.unknown, run.read) == (40, 0, 0, 40)


def test_a_deletion_is_not_missed_when_the_look_at_deletions_failed(org: Salesforce) -> None:
    lead = {"LastName": "Alba", "Company": "Nordwind"}
    gone = org.insert("Lead", **lead, Email="ana@nordwind.example")
    other = org.insert("Lead", **lead, Email="bo@nordwind.example")
    org.sync()
    org.control("delete", object="Lead", id=gone)
    org.edit("Lead", other, Title="CFO")
    org.control("faults", name="no_access", on="GET .*/Lead/deleted", times=1)
    first = org.sync()["pull Lead"]
    assert (first.state, first.updated) == (RunState.FAILED, 1)
    SyncObject.objects.filter(name="Lead").update(cursor_at=timezone.now() + timedelta(hours=1))  # an hour later
    assert org.sync()["pull Lead"].state == RunState.DONE
    assert RemoteRow.objects.get(external_id=gone).fate == "deleted"
    person = Person.objects.get(email="ana@nordwind.example")
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    assert "push Lead" not in org.sync()


def test_an_object_in_which_nothing_changes_for_weeks_is_not_read_again_and_again(org: Salesforce) -> None:
    org.sync()
    long_ago = timezone.now() - timedelta(days=20)
    SyncObject.objects.update(cursor_at=long_ago, graves_at=long_ago)
    org.sync()  # the org's log of deletions does not reach so far back: everything is read once more
    assert "backfill Account" in org.sync()
    assert [name for name in org.sync() if name.startswith("backfill")] == []
