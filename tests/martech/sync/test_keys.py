"""Our id over there: written with what is made, the key of every repeat, and never over another one."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.connectors.port import Session
from martech.models import Account, DeadLetter, Person, RemoteRow, SyncRun
from martech.services.merging.merge import merge_people
from martech.services.people import update_person
from martech.services.sync import course
from martech.services.sync.course import course_of
from martech.services.sync.keys import key_of, keys_to_ride
from martech.sync.keys import key_pk, key_text
from tests.factories import make_person
from tests.martech.sync.practising import connected, practising
from tests.martech.sync.test_hubspot_round import HubSpot
from tests.martech.sync.test_salesforce_round import Salesforce

pytestmark = pytest.mark.django_db
FOREIGN = "00000000-7"
"""The id that another installation gave."""


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch, people=5, is_synced=True) as practice:
        yield practice


def creating(hub: HubSpot, object: str = "contacts", wanted: Any = None) -> None:
    hub.map(
        {**hub.document(object), "create_there": wanted or {"field": "person.email", "op": "eq", "value": CY}}, object
    )


CY = "cy@new.example"


def rule_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in document["fields"] if row["ours"] == "id"]


def test_a_field_for_our_id_is_mapped_by_itself(hub: HubSpot) -> None:
    for object in ("contacts", "companies", "deals"):
        [row] = rule_of(hub.document(object))
        assert (row["theirs"], row["direction"], row["truth"]) == ("mops_id", "push", "ours")


@pytest.mark.parametrize("change", ["missing", "not unique"])
def test_without_such_a_field_nothing_is_mapped(monkeypatch: Any, change: str) -> None:
    with practising("hubspot", monkeypatch, people=5) as practice:
        for object in ("contacts", "companies", "deals"):
            if change == "missing":
                practice.control("property/remove", object=object, name="mops_id")
            else:
                practice.control("property", object=object, name="mops_id", hasUniqueValue=False)
        practice.connect()
        assert not any(rule_of(practice.document(object)) for object in ("contacts", "companies", "deals"))


def test_nothing_is_written_for_the_id_alone(hub: HubSpot) -> None:
    assert not any(row.get("mops_id") for row in hub.truth().values())
    assert not SyncRun.objects.filter(kind="push").exists()


def test_it_goes_with_another_change_once(hub: HubSpot) -> None:
    id = hub.create(email="ana@nordwind.example")
    hub.sync()
    person = Person.objects.get(email="ana@nordwind.example")
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    hub.sync()
    assert (hub.truth()[id]["jobtitle"], hub.truth()[id]["mops_id"]) == ("CEO", key_of(person.pk))
    stored = hub.truth()[id]
    assert "push contacts" not in hub.sync()
    assert hub.truth()[id] == stored
    assert hub.compare("contacts").plan["reasons"] == {}


def test_what_is_made_there_carries_it(hub: HubSpot) -> None:
    person = make_person(email=CY, first_name="Cy")
    creating(hub)
    run = hub.sync()["push contacts"]
    assert (run.created, run.failed) == (1, 0)
    assert hub.with_address(CY)["mops_id"] == key_of(person.pk)
    people = Person.objects.count()
    assert hub.sync()["pull contacts"].created == 0
    assert Person.objects.count() == people


@pytest.mark.parametrize("fault", ["bad_gateway_after_apply", "timeout_after_apply", "hang_up_after_apply"])
def test_a_company_whose_making_broke_off_is_not_made_twice(hub: HubSpot, monkeypatch: Any, fault: str) -> None:
    if fault == "timeout_after_apply":
        hasty = {"timeout": (2.0, 2.0)}  # instead of a minute
        monkeypatch.setattr(course, "Session", lambda **given: Session(**{**given, **hasty}))
    company = Account.objects.create(name="Zephyr", domain="zephyr.example")
    before = len(hub.truth("companies"))
    creating(hub, "companies", True)
    hub.control("faults", name=fault, on="POST .*/companies/batch/upsert")
    run = hub.sync()["push companies"]
    assert (run.created + run.updated, run.unknown, run.failed) == (1, 0, 0)
    assert len(hub.truth("companies")) == before + 1
    assert [row["mops_id"] for row in hub.truth("companies").values() if row.get("mops_id")] == [key_of(company.pk)]


def test_one_whose_answer_never_came_and_who_cannot_be_read_back_is_sent_under_the_same_key(
    hub: HubSpot, monkeypatch: Any
) -> None:
    Account.objects.create(name="Zephyr", domain="zephyr.example")
    before = len(hub.truth("companies"))
    creating(hub, "companies", True)
    monkeypatch.setattr("martech.services.sync.applying_push.link_existing", lambda line, course, rows: None)
    hub.control("faults", name="bad_gateway_after_apply", on="POST .*/companies/batch/upsert")
    hub.sync()
    assert len(hub.truth("companies")) == before + 1


def test_somebody_who_is_there_by_address_is_linked_and_given_the_id(hub: HubSpot) -> None:
    person = make_person(email=CY, first_name="Cy")
    creating(hub)
    id = hub.create(email=CY, firstname="Cyril")
    hub.control("drop", object="contacts", ids=[id], where="search", times=20)
    before = len(hub.truth())
    run = hub.sync()["push contacts"]
    assert (run.updated, run.created, run.failed) == (1, 0, 0)
    assert len(hub.truth()) == before
    assert hub.truth()[id]["mops_id"] == key_of(person.pk)


def test_one_batch_may_make_some_and_find_others(hub: HubSpot) -> None:
    for name in ("cy", "di", "eb"):
        make_person(email=f"{name}@new.example", first_name=name)
    hub.map({**hub.document("contacts"), "create_there": {"field": "person.email", "op": "contains", "value": "new."}})
    found = hub.create(email="di@new.example", firstname="D")
    hub.control("drop", object="contacts", ids=[found], where="search", times=20)
    run = hub.sync()["push contacts"]
    assert (run.created, run.updated, run.failed, run.unknown) == (2, 1, 0, 0)
    for name in ("cy", "di", "eb"):
        assert hub.with_address(f"{name}@new.example")["mops_id"]


@pytest.mark.parametrize("id", [FOREIGN, "typed by hand"])
def test_another_id_is_not_written_over_and_somebody_is_told(hub: HubSpot, id: str) -> None:
    person = make_person(email=CY, first_name="Cy")
    creating(hub)
    there = hub.create(email=CY, firstname="Cyril", mops_id=id)
    hub.control("drop", object="contacts", ids=[there], where="search", times=20)
    run = hub.sync()["push contacts"]
    assert (run.failed, run.created, run.updated) == (1, 0, 0)
    assert (hub.truth()[there]["mops_id"], hub.truth()[there]["firstname"]) == (id, "Cyril")
    letter = DeadLetter.objects.get(resolved_at=None)
    assert (letter.local_id, letter.reason, letter.direction) == (person.pk, "conflict", "push")


def test_a_linked_record_with_another_id_keeps_it_and_everything_else_stays_in_step(hub: HubSpot) -> None:
    id = hub.create(email="ana@nordwind.example", mops_id=FOREIGN)
    hub.sync()
    person = Person.objects.get(email="ana@nordwind.example")
    hub.edit(id, jobtitle="CMO")
    assert hub.sync()["pull contacts"].conflicted == 1
    person.refresh_from_db()
    assert person.job_title == "CMO"
    assert DeadLetter.objects.get(resolved_at=None).reason == "conflict"
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    hub.sync()
    assert (hub.truth()[id]["jobtitle"], hub.truth()[id]["mops_id"]) == ("CEO", FOREIGN)
    hub.edit(id, mops_id="")
    hub.sync()
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


def test_a_stranger_who_carries_our_id_is_that_person(hub: HubSpot) -> None:
    person = make_person(email="old@nordwind.example")
    id = hub.create(email="new@nordwind.example", mops_id=key_of(person.pk))
    other = hub.create(email="else@nordwind.example", mops_id=f"00000000-{person.pk}")
    hub.sync()
    rows = dict(RemoteRow.objects.filter(external_id__in=[id, other]).values_list("external_id", "local_id"))
    assert rows[id] == person.pk
    assert rows[other] not in (None, person.pk)


def test_the_id_of_somebody_merged_away_leads_to_the_survivor_and_stays(hub: HubSpot) -> None:
    gone, survivor = make_person(email="cy@old.example"), make_person(email=CY, first_name="Cy")
    key = key_of(gone.pk)
    merge_people(survivor=survivor, others=[gone], actor=None)
    id = hub.create(email="someone@else.example", mops_id=key)
    hub.sync()
    assert RemoteRow.objects.get(external_id=id).local_id == survivor.pk
    assert not DeadLetter.objects.filter(resolved_at=None).exists()
    survivor.refresh_from_db()
    update_person(person=survivor, data={"job_title": "CEO"}, actor=None)
    hub.sync()
    assert (hub.truth()[id]["jobtitle"], hub.truth()[id]["mops_id"]) == ("CEO", key)


def test_a_survivor_who_is_found_by_address_keeps_the_id_that_was_given_before(hub: HubSpot) -> None:
    gone, survivor = make_person(email="cy@old.example"), make_person(email=CY, first_name="Cy")
    key = key_of(gone.pk)
    merge_people(survivor=survivor, others=[gone], actor=None)
    creating(hub)
    id = hub.create(email=CY, mops_id=key)
    hub.control("drop", object="contacts", ids=[id], where="search", times=20)
    run = hub.sync()["push contacts"]
    assert (run.failed, run.updated) == (0, 1)
    assert (hub.truth()[id]["mops_id"], hub.truth()[id]["firstname"]) == (key, "Cy")


def test_of_two_records_of_one_person_one_carries_it(hub: HubSpot) -> None:
    first = hub.create(email="ana@nordwind.example")
    hub.sync()
    person = Person.objects.get(email="ana@nordwind.example")
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    hub.sync()
    course = course_of(hub.object())
    assert course is not None
    assert keys_to_ride(course, {person.pk: {"mops_id": None}}) == {}
    hub.edit(first, mops_id="")
    hub.sync()
    assert keys_to_ride(course, {person.pk: {"mops_id": None}}) == {person.pk: key_of(person.pk)}


@pytest.fixture
def org(monkeypatch: Any, db: None) -> Iterator[Salesforce]:
    with connected(Salesforce, "salesforce", monkeypatch, people=5, is_synced=True) as practice:
        yield practice


def leads(org: Salesforce) -> dict[str, dict[str, Any]]:
    found = org.living("Lead", "Email", "Mops_Id__c", "LastName")
    return {id: row for id, row in found.items() if row["Email"] == CY}


def make_leads(org: Salesforce) -> Person:
    person = make_person(email=CY, first_name="Cy", last_name="Young", company="Zephyr")
    org.map({**org.document("Lead"), "create_there": {"field": "person.email", "op": "eq", "value": CY}}, "Lead")
    return person


def test_salesforce_maps_its_external_id(org: Salesforce) -> None:
    for object in ("Lead", "Contact", "Account"):
        [row] = rule_of(org.document(object))
        assert (row["theirs"], row["direction"], row["truth"]) == ("Mops_Id__c", "push", "ours")


@pytest.mark.parametrize("fault", ["", "bad_gateway_after_apply", "hang_up_after_apply"])
def test_a_lead_is_made_once_under_our_id(org: Salesforce, fault: str) -> None:
    person = make_leads(org)
    if fault:
        org.control("faults", name=fault, on="PATCH .*composite/sobjects/Lead")
    run = org.sync()["push Lead"]
    assert (run.created + run.updated, run.failed, run.unknown) == (1, 0, 0)
    assert [row["Mops_Id__c"] for row in leads(org).values()] == [key_of(person.pk)]


def test_a_lead_that_is_seen_late_is_sent_again_under_its_key_and_stays_one(org: Salesforce) -> None:
    person = make_leads(org)
    org.control("faults", name="bad_gateway_after_apply", on="PATCH .*composite/sobjects/Lead")
    org.control("lag", seconds=60)
    run = org.sync()["push Lead"]
    assert (run.updated, run.unknown, run.failed) == (1, 0, 0)
    org.control("clock", advance=61)
    org.sync()
    assert [row["Mops_Id__c"] for row in leads(org).values()] == [key_of(person.pk)]
    assert Person.objects.filter(email=CY).count() == 1


def test_a_lead_with_the_address_is_linked_and_not_made_again(org: Salesforce) -> None:
    person = make_leads(org)
    id = org.insert("Lead", LastName="Y", Company="Z", Email=CY)
    run = org.sync(pulls=False)["push Lead"]
    assert run.failed == 0
    assert {one: row["Mops_Id__c"] for one, row in leads(org).items()} == {id: key_of(person.pk)}


TAGS = st.text("0123456789abcdef", min_size=8, max_size=8)


@given(TAGS, st.integers(1, 10**18 - 1))
def test_an_id_is_read_as_it_was_written(tag: str, pk: int) -> None:
    assert key_pk(tag, key_text(tag, pk)) == pk
    assert key_pk(tag, f" {key_text(tag, pk).upper()} ") == pk


@given(TAGS, st.one_of(st.none(), st.integers(), st.text(), TAGS.map(lambda tag: f"{tag}-1")))
def test_no_other_text_is_taken_for_an_id(tag: str, text: Any) -> None:
    if not str(text).startswith(tag):
        assert key_pk(tag, text) is None
    for wrong in (f"{tag}-0", f"{tag}-", f"{tag}-01", f"{tag}-1.0", f"x{tag}-1", f"{tag}-1 2"):
        assert key_pk(tag, wrong) is None
