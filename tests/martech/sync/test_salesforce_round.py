"""Whole rounds against a practice Salesforce: leads and contacts, conversions, and what its clock does to a cursor."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from martech.connectors.salesforce.bulk import BulkReading
from martech.models import (
    Account,
    Deal,
    Person,
    PersonEmail,
    RemoteOwner,
    RemoteRow,
    RunState,
    SyncChange,
    SyncDifference,
)
from martech.services.accounts.choosing import choose_account
from martech.services.people import update_person
from martech.services.sync.mappings import check_mapping
from tests.factories import make_person, make_user
from tests.martech.sync.practising import Practice, connected, practising

pytestmark = pytest.mark.django_db


class Salesforce(Practice):
    def living(self, object: str, *fields: str) -> dict[str, dict[str, Any]]:
        return dict(self.control("truth", object=object, fields=list(fields))["living"])

    def insert(self, object: str, **values: Any) -> str:
        owner = self.twin.store.user_id
        return str(self.control("insert", object=object, records=[{"OwnerId": owner, **values}])["ids"][0])

    def edit(self, object: str, id: str, **values: Any) -> None:
        self.control("edit", object=object, ids=[id], values=values)


@pytest.fixture
def org(monkeypatch: Any, db: None) -> Iterator[Salesforce]:
    monkeypatch.setattr(BulkReading, "pause", staticmethod(lambda seconds: None), raising=False)
    with connected(Salesforce, "salesforce", monkeypatch) as practice:
        yield practice


def a_lead(org: Salesforce) -> tuple[Person, str]:
    """A lead of theirs that is here already."""
    lead = {"FirstName": "Ana", "LastName": "Alba", "Company": "Nordwind", "Email": "ana@nordwind.example"}
    id = org.insert("Lead", **lead, Title="CMO")
    org.sync()
    return Person.objects.get(email="ana@nordwind.example"), id


def test_connecting_puts_a_suggested_mapping_of_each_object_in_force(org: Salesforce) -> None:
    for object in ("Lead", "Contact"):
        fields = {row["ours"]: row["theirs"] for row in org.document(object)["fields"]}
        assert (fields["email"], fields["first_name"], fields["job_title"]) == ("Email", "FirstName", "Title")
        assert org.document(object)["create_there"] is False
    assert {row["ours"] for row in org.document("Account")["fields"]} >= {"name", "owner"}
    assert {row["ours"] for row in org.document("Opportunity")["fields"]} >= {"name", "amount", "stage"}
    assert org.connection.state == "active"


def test_both_vendors_can_be_connected_with_what_is_suggested(org: Salesforce, monkeypatch: Any) -> None:
    with practising("hubspot", monkeypatch, people=5) as hub:
        hub.connect()
        assert hub.document("contacts")["fields"]
        assert hub.document("deals")["fields"]


def test_the_first_round_takes_everybody_in_and_the_second_nobody(org: Salesforce) -> None:
    leads, contacts = org.living("Lead", "Email", "IsConverted", "SystemModstamp"), org.living("Contact", "Email")
    accounts, deals = org.living("Account", "SystemModstamp"), org.living("Opportunity")
    org.sync()
    living = [row for row in leads.values() if not row["IsConverted"]]
    addresses = {row["Email"].lower() for row in [*living, *contacts.values()] if row["Email"]}
    assert set(PersonEmail.objects.values_list("key", flat=True)) == addresses
    assert set(RemoteRow.objects.filter(object=org.object("Contact")).values_list("external_id", flat=True)) == (
        contacts.keys()
    )
    assert (Account.objects.count(), Deal.objects.count()) == (len(accounts), len(deals))
    people = Person.objects.count()
    again = org.sync()
    assert {name: (run.created, run.updated, run.conflicted) for name, run in again.items()} == {
        "pull Account": (0, 0, 0),
        "pull Lead": (0, 0, 0),
        "pull Contact": (0, 0, 0),
        "pull Opportunity": (0, 0, 0),
    }
    assert Person.objects.count() == people
    assert org.living("Lead", "Email", "IsConverted", "SystemModstamp") == leads
    assert org.living("Account", "SystemModstamp") == accounts


def test_owners_are_known_by_address_name_and_whether_they_are_there(org: Salesforce) -> None:
    id, row = next((i, r) for i, r in org.living("User", "Email", "Name", "IsActive").items() if r["IsActive"])
    user = make_user(email=row["Email"])
    org.sync()
    known = RemoteOwner.objects.get(external_id=id)
    assert (known.email, known.name, known.is_active, known.user) == (row["Email"], row["Name"], True, user)


def test_an_edit_over_there_comes_in(org: Salesforce) -> None:
    person, id = a_lead(org)
    org.edit("Lead", id, Title="CEO")
    assert org.sync()["pull Lead"].updated == 1
    person.refresh_from_db()
    assert person.job_title == "CEO"


def test_an_edit_here_is_stored_over_there_once(org: Salesforce) -> None:
    person, id = a_lead(org)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    run = org.sync()["push Lead"]
    assert (run.updated, run.failed) == (1, 0)
    stored = org.living("Lead", "Title", "FirstName", "SystemModstamp")[id]
    assert (stored["Title"], stored["FirstName"]) == ("CEO", "Ana")
    again = org.sync()
    assert "push Lead" not in again
    assert again["pull Lead"].updated == 0
    assert org.living("Lead", "Title", "FirstName", "SystemModstamp")[id] == stored


def creating(org: Salesforce) -> None:
    person = make_person(email="cy@new.example", first_name="Cy", last_name="Young", company="New")
    wanted = {"field": "person.email", "op": "eq", "value": person.email}
    org.map({**org.document("Lead"), "create_there": wanted}, "Lead")


def leads_of_cy(org: Salesforce) -> list[dict[str, Any]]:
    rows = org.living("Lead", "Email", "FirstName", "LastName", "Company").values()
    return [row for row in rows if row["Email"] == "cy@new.example"]


def test_somebody_of_ours_is_made_over_there_and_stays_one(org: Salesforce) -> None:
    org.sync()
    creating(org)
    run = org.sync()["push Lead"]
    assert (run.created, run.failed) == (1, 0)
    assert [(row["FirstName"], row["LastName"], row["Company"]) for row in leads_of_cy(org)] == [("Cy", "Young", "New")]
    people = Person.objects.count()
    org.sync()
    assert (Person.objects.count(), len(leads_of_cy(org))) == (people, 1)


def test_a_company_that_is_not_known_is_said_so_over_there_and_stays_blank_here(org: Salesforce) -> None:
    org.sync()
    creating(org)
    Person.objects.filter(email="cy@new.example").update(company="")
    assert org.sync()["push Lead"].created == 1
    assert [row["Company"] for row in leads_of_cy(org)] == ["[not provided]"]
    org.sync()
    assert Person.objects.get(email="cy@new.example").company == ""


def test_a_write_that_broke_after_it_took_effect_is_not_done_twice(org: Salesforce) -> None:
    org.sync()
    creating(org)
    org.control("faults", name="bad_gateway_after_apply", on="(POST|PATCH) .*/composite/sobjects")
    run = org.sync()["push Lead"]
    assert (run.created + run.updated, run.unknown, run.failed) == (1, 0, 0)
    assert len(leads_of_cy(org)) == 1
    org.sync()
    assert (len(leads_of_cy(org)), Person.objects.filter(email="cy@new.example").count()) == (1, 1)


def test_a_lead_that_others_made_meanwhile_is_linked_and_not_doubled(org: Salesforce) -> None:
    org.sync()
    creating(org)
    org.insert("Lead", LastName="Young", Company="New", Email="cy@new.example")
    org.sync(pulls=False)
    assert [row["FirstName"] for row in leads_of_cy(org)] == ["Cy"]


def test_a_record_whose_making_is_not_known_is_not_made_again_before_it_is_seen(org: Salesforce) -> None:
    """Where the org has no field for our id; with it the lead is sent again under its key."""
    org.map(
        {**org.document("Lead"), "fields": [row for row in org.document("Lead")["fields"] if row["ours"] != "id"]},
        "Lead",
    )
    org.sync()
    creating(org)
    org.control("faults", name="bad_gateway_after_apply", on="(POST|PATCH) .*/composite/sobjects")
    org.control("lag", seconds=60)
    run = org.sync()["push Lead"]
    assert (run.created, run.unknown, len(leads_of_cy(org))) == (0, 1, 1)
    assert "push Lead" not in org.sync()
    org.control("clock", advance=61)
    org.sync()
    assert len(leads_of_cy(org)) == 1
    assert Person.objects.filter(email="cy@new.example").count() == 1


def test_a_converted_lead_stays_one_person(org: Salesforce) -> None:
    person, id = a_lead(org)
    people = Person.objects.living().count()
    org.control("convert", id=id)
    org.sync()
    org.sync()
    assert Person.objects.living().count() == people
    contact = next(i for i, row in org.living("Contact", "Email").items() if row["Email"] == person.email)
    linked = RemoteRow.objects.filter(local_id=person.pk).order_by("object__name").values_list("external_id", "fate")
    assert list(linked) == [(contact, ""), (id, "converted")]
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    runs = org.sync()
    assert (runs["push Contact"].updated, runs["push Contact"].failed) == (1, 0)
    assert "push Lead" not in runs
    assert org.living("Contact", "Title")[contact]["Title"] == "CEO"


def test_two_leads_merged_over_there_are_one_person(org: Salesforce) -> None:
    _person, id = a_lead(org)
    other = org.insert("Lead", LastName="Alba", Company="Nordwind", Email="ana.b@nordwind.example")
    org.sync()
    org.control("merge", object="Lead", master=id, losers=[other])
    org.sync()
    survivor = Person.objects.living().filter(emails__address__contains="@nordwind.example").distinct().get()
    assert set(survivor.emails.values_list("key", flat=True)) == {"ana@nordwind.example", "ana.b@nordwind.example"}


def test_a_change_that_becomes_visible_late_is_not_lost(org: Salesforce) -> None:
    person, id = a_lead(org)
    org.control("edit", object="Lead", ids=[id], values={"Title": "CEO"}, visible_after=300)
    assert org.sync()["pull Lead"].updated == 0
    org.control("clock", advance=301)
    assert org.sync()["pull Lead"].updated == 1
    person.refresh_from_db()
    assert person.job_title == "CEO"


def test_hundreds_edited_in_one_second_all_arrive(org: Salesforce) -> None:
    rows = [
        {"LastName": f"L{n}", "Company": "Many", "Email": f"crowd{n}@many.example", "Title": "before"}
        for n in range(450)
    ]
    owner = org.twin.store.user_id
    ids = org.control("insert", object="Lead", records=[{"OwnerId": owner, **row} for row in rows])["ids"]
    org.sync()
    assert org.control("edit", object="Lead", ids=ids, values={"Title": "after"})["edited"] == 450
    assert org.sync()["pull Lead"].updated == 450
    assert Person.objects.filter(job_title="after").count() == 450


def test_a_record_that_the_feed_silently_left_out_is_found_by_comparing(org: Salesforce) -> None:
    _person, id = a_lead(org)
    lost = org.insert("Lead", LastName="Lost", Company="Nordwind", Email="lost@nordwind.example")
    org.edit("Lead", id, Title="CEO")
    for one in (id, lost):
        org.control("drop", object="Lead", id=one)
    org.sync()
    for one in (id, lost):
        org.control("drop", object="Lead", id=one, undo=True)
    org.hours_later("Lead")
    run = org.compare("Lead")
    found = dict(SyncDifference.objects.filter(run=run).values_list("external_id", "reason"))
    assert found == {id: "change_missed", lost: "missed"}
    assert run.plan["roots"]["here"] != run.plan["roots"]["there"]


def test_two_systems_in_step_have_one_root(org: Salesforce) -> None:
    org.sync()
    run = org.compare("Contact")
    assert run.plan["reasons"] == {}
    assert run.plan["roots"]["here"] == run.plan["roots"]["there"]


def test_a_withdrawn_sign_in_marks_the_connection_broken_and_says_what_to_do(org: Salesforce) -> None:
    org.sync()
    people = Person.objects.count()
    org.control("sessions/revoke")
    runs = org.sync()
    org.connection.refresh_from_db()
    assert org.connection.state == "broken"
    assert org.connection.problem["remedy"]
    assert all(run.state == RunState.FAILED for run in runs.values())
    assert Person.objects.count() == people


def test_the_stages_of_an_opportunity_are_those_of_its_history(org: Salesforce) -> None:
    org.sync()
    deal = Deal.objects.filter(state="won").earliest("pk")
    [id] = deal.identities.values_list("external_id", flat=True)
    history = org.living("OpportunityHistory", "OpportunityId", "StageName", "CreatedDate").values()
    told = sorted((row["CreatedDate"][:19], row["StageName"]) for row in history if row["OpportunityId"] == id)
    kept = [(entry.at.strftime("%Y-%m-%dT%H:%M:%S"), entry.stage) for entry in deal.stage_entries.order_by("at")]
    assert kept == told
    assert deal.stage_entries.filter(state="won").count() == 1
    schema = {field["name"]: field for field in org.object("Opportunity").schema["fields"]}
    assert schema["StageName"]["endings"] == {"Closed Won": "won", "Closed Lost": "lost"}


def a_contact(org: Salesforce, company: str) -> str:
    theirs = org.insert("Account", Name=company)
    return org.insert("Contact", LastName="Alba", Email="ana@nordwind.example", AccountId=theirs)


def ana() -> tuple[str, str, Any]:
    person = Person.objects.get(email="ana@nordwind.example")
    return person.job_title, str(person.account), (person.account_match or {}).get("rule")


def moved(org: Salesforce) -> int:
    """How many changes of a known contact's account are on record."""
    return SyncChange.objects.filter(run__object__name="Contact", before__has_key="account").count()


def test_a_contact_that_goes_to_another_company_over_there_does_so_here(org: Salesforce) -> None:
    id = a_contact(org, "Nordwind")
    org.sync()
    assert ana() == ("", "Nordwind", None)
    org.edit("Contact", id, Title="CEO", AccountId=org.insert("Account", Name="Zephyr"))
    org.sync()
    assert (ana(), moved(org)) == (("CEO", "Zephyr", None), 1)


def history_stands_at(person: Person, at: datetime) -> None:
    """As if history had been written then; it is append-only for everybody else."""
    moved = "update martech_personevent set pgh_created_at = %s where pgh_obj_id = %s"
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(moved, [at, person.pk])
        cursor.execute("set local session_replication_role = origin")


def test_an_account_that_nobody_changed_here_follows_theirs_however_late_it_was_written_here(org: Salesforce) -> None:
    id = a_contact(org, "Nordwind")
    org.sync()
    history_stands_at(Person.objects.get(email="ana@nordwind.example"), timezone.now() + timedelta(hours=1))
    org.edit("Contact", id, AccountId=org.insert("Account", Name="Zephyr"))
    org.sync()
    assert ana() == ("", "Zephyr", None)
    change = SyncChange.objects.get(run__object__name="Contact", before__has_key="account")
    assert change.why == {"account": "changed there only"}


def test_a_field_over_there_moves_nobody_whom_a_colleague_put_to_an_account(org: Salesforce) -> None:
    id = a_contact(org, "Nordwind")
    org.sync()
    person = Person.objects.get(email="ana@nordwind.example")
    choose_account(person=person, account=Account.objects.create(name="Helio"), actor=None)
    org.edit("Contact", id, Title="CEO", AccountId=org.insert("Account", Name="Zephyr"))
    org.sync()
    assert (ana(), moved(org)) == (("CEO", "Helio", "chosen"), 0)


def test_the_account_somebody_was_given_stays_when_the_two_meet_and_an_edit_over_there_counts(org: Salesforce) -> None:
    person = make_person(email="ana@nordwind.example", account=Account.objects.create(name="Helio"))
    history_stands_at(person, timezone.now() - timedelta(hours=1))
    id = a_contact(org, "Nordwind")
    org.sync()
    assert (ana(), moved(org)) == (("", "Helio", None), 0)
    org.edit("Contact", id, AccountId=org.insert("Account", Name="Zephyr"))
    org.sync()
    assert (ana(), moved(org)) == (("", "Zephyr", None), 1)


def test_theirs_of_leads_and_of_contacts_at_once_says_who_it_is_about_and_what_to_choose(org: Salesforce) -> None:
    def with_truth(object: str, truth: str) -> dict[str, Any]:
        document = org.document(object)
        rest = [row for row in document["fields"] if row["ours"] != "job_title"]
        title = {"ours": "job_title", "theirs": "Title", "direction": "both", "truth": truth}
        return {**document, "fields": [*rest, title]}

    org.map(with_truth("Contact", "theirs"), "Contact")
    found = check_mapping(org.object("Lead"), with_truth("Lead", "theirs")).findings
    [clash] = [one for one in found if one.level == "error"]
    assert clash.reason == (
        "Job title goes to and fro without end where somebody is in salesforce Lead and in salesforce Contact at once"
    )
    assert clash.remedy.startswith(
        "let theirs count in one of them and the newest change in the other; a lead that was"
    )
    assert clash.parties == ("salesforce Contact",)
    found = check_mapping(org.object("Lead"), with_truth("Lead", "newest")).findings
    assert [one for one in found if one.level == "error"] == []
