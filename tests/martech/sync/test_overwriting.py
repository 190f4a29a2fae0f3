"""Whoever gives a lead to somebody else in another system is named on the page of the decision that gave it to its owner."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from governance.models import User
from martech.connectors.answers import Setter
from martech.connectors.errors import ScopeMissing
from martech.connectors.hubspot.reading import Reading
from martech.connectors.hubspot.setters import setter_of
from martech.connectors.salesforce.bulk import BulkReading
from martech.connectors.transport import GuardedAdapter
from martech.models import DecisionOutcome, Person, RemoteOwner, RoutingDecision, SyncChange, SyncRun
from martech.selectors.overwriting import overwritings
from martech.selectors.sync_departures import departures
from martech.services.assignment import assign_owner
from martech.services.routing import enqueue_routing
from martech.services.sync.overwriting import taken
from martech.services.sync.taking_over import take_over
from tests.factories import make_person, make_user
from tests.martech.policies import document, publish, route
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.practising import connected
from tests.martech.sync.scripted import Account
from tests.martech.sync.test_hubspot_round import HubSpot
from tests.martech.sync.test_salesforce_round import Salesforce, a_lead

pytestmark = pytest.mark.django_db
OWNER = {"ours": "owner", "theirs": "owner"}
EMAIL = {"ours": "email", "theirs": "email"}


@pytest.fixture
def org(monkeypatch: Any, db: None) -> Iterator[Salesforce]:
    monkeypatch.setattr(BulkReading, "pause", staticmethod(lambda seconds: None), raising=False)
    with connected(Salesforce, "salesforce", monkeypatch) as practice:
        yield practice


def page_of(decision: RoutingDecision) -> str:
    client = Client()
    client.force_login(make_user("ops_manager"))
    return " ".join(client.get(decision.get_absolute_url()).content.decode().split())


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every change that was sent said about the assignment rules of the other side."""
    sent: list[str] = []
    send = GuardedAdapter.send

    def heard(adapter: GuardedAdapter, request: Any, **options: Any) -> Any:
        if request.method == "PATCH":
            sent.append(request.headers.get("Sforce-Auto-Assign", "nothing"))
        return send(adapter, request, **options)

    monkeypatch.setattr(GuardedAdapter, "send", heard)
    return sent


def test_an_automation_that_overwrites_our_owner_in_salesforce_is_named(org: Salesforce, said: list[str]) -> None:
    ana, bo = make_user("sales_rep", name="Ana", email="ana@example.org"), make_user(name="Bo", email="bo@example.org")
    ids = {
        user.pk: org.insert("User", LastName=user.name, Email=user.email, Username=user.email, IsActive=True)
        for user in (ana, bo)
    }
    flow = org.insert(
        "User", LastName="Bot", Name="Lead Flow Bot", Email="flow@example.org", Username="flow@x", IsActive=True
    )
    make_user(email="ops@practice.example", name="Integration")
    person, lead = a_lead(org)
    publish(document([ana]))
    Person.objects.filter(pk=person.pk).update(owner=None)
    enqueue_routing([person.pk], cause="created")
    route()
    org.sync()
    decision = RoutingDecision.objects.get(outcome=DecisionOutcome.ASSIGNED)
    assert org.living("Lead", "OwnerId")[lead]["OwnerId"] == ids[ana.pk]
    assert decision.written_back_at is not None
    assert set(said) == {"FALSE"}
    assert overwritings(decision) == []
    org.twin.store.user_id, usual = flow, org.twin.store.user_id
    org.edit("Lead", lead, OwnerId=ids[bo.pk])
    org.twin.store.user_id = usual
    org.sync()
    person.refresh_from_db()
    assert person.owner == bo
    (found,) = overwritings(decision)
    assert (found.by, found.was, found.becomes, found.is_back) == ("Lead Flow Bot", "Ana", "Bo", False)
    assert "Lead Flow Bot in salesforce gave it to Bo in place of Ana" in page_of(decision)


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch) as practice:
        yield practice


def routed_in_hubspot(hub: HubSpot) -> tuple[str, RoutingDecision, list[dict[str, Any]]]:
    """A contact that routing gave to the first of two owners, who are colleagues: its id, the decision, the owners."""
    ana, bo = hub.twin.portal.owners[:2]
    users = [make_user("sales_rep", name=one["firstName"], email=one["email"]) for one in (ana, bo)]
    contact = hub.create(email="eve@nordwind.example")
    hub.sync()
    publish(document([users[0]]))
    enqueue_routing([Person.objects.get(email="eve@nordwind.example").pk], cause="created")
    route()
    hub.sync()
    assert hub.truth()[contact]["hubspot_owner_id"] == ana["id"]
    return contact, RoutingDecision.objects.get(outcome=DecisionOutcome.ASSIGNED), [ana, bo]


def test_somebody_who_gives_a_contact_away_in_hubspot_is_named(hub: HubSpot) -> None:
    contact, decision, (ana, bo) = routed_in_hubspot(hub)
    assert RemoteOwner.objects.get(external_id=bo["id"]).user_key == str(bo["userId"])
    hub.control(
        "bulk-edit",
        object="contacts",
        ids=[contact],
        properties={"hubspot_owner_id": bo["id"]},
        user=hub.twin.portal.owners[2]["userId"],
    )
    hub.sync()
    boss = hub.twin.portal.owners[2]
    (found,) = overwritings(decision)
    assert (found.by, found.becomes) == (f"{boss['firstName']} {boss['lastName']}", bo["firstName"])
    assert f"{found.by} in hubspot gave it to {bo['firstName']} in place of {ana['firstName']}" in page_of(decision)


def test_an_integration_that_gives_a_contact_away_in_hubspot_is_said_to_be_one(hub: HubSpot) -> None:
    contact, decision, (_ana, bo) = routed_in_hubspot(hub)
    hub.edit(contact, hubspot_owner_id=bo["id"])
    hub.sync()
    (found,) = overwritings(decision)
    assert found.by == "An integration"


def ours_counts(hub: HubSpot) -> None:
    document = hub.document("contacts")
    fields = [{**row, "truth": "ours"} if row["ours"] == "owner" else row for row in document["fields"]]
    hub.map({**document, "fields": fields})


def test_where_ours_counts_whoever_set_the_owner_that_is_written_over_in_hubspot_is_named(hub: HubSpot) -> None:
    contact, decision, (ana, bo) = routed_in_hubspot(hub)
    ours_counts(hub)
    hub.sync()
    boss = hub.twin.portal.owners[2]
    given = {"hubspot_owner_id": bo["id"]}
    hub.control("bulk-edit", object="contacts", ids=[contact], properties=given, user=boss["userId"])
    hub.sync()
    assert hub.truth()[contact]["hubspot_owner_id"] == ana["id"]
    (found,) = overwritings(decision)
    assert (found.by, found.is_back) == (f"{boss['firstName']} {boss['lastName']}", True)
    shown = page_of(decision)
    assert f"{found.by} in hubspot gave it to {bo['firstName']} {bo['lastName']} in place of" in shown
    assert "ours counts there and was written again" in shown


def test_a_push_that_finds_what_it_wrote_before_asks_hubspot_for_no_history(
    hub: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, decision, (_ana, bo) = routed_in_hubspot(hub)
    asked: list[str] = []
    monkeypatch.setattr(Reading, "histories", lambda *said: asked.append(said[2]) or iter(()))
    owner = User.objects.get(email=bo["email"])
    assign_owner(person=decision.person, owner=owner, actor=make_user("ops_manager"), reason="holiday")
    hub.sync()
    assert hub.truth()[contact]["hubspot_owner_id"] == bo["id"]
    assert (asked, overwritings(decision)) == ([], [])


def test_a_history_that_hubspot_does_not_give_leaves_the_push_as_it_was(
    hub: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, decision, (ana, bo) = routed_in_hubspot(hub)
    ours_counts(hub)
    hub.edit(contact, hubspot_owner_id=bo["id"])

    def refused(*_said: Any) -> Any:
        raise ScopeMissing("The token lacks a scope.")

    monkeypatch.setattr(Reading, "histories", refused)
    hub.sync()
    assert hub.truth()[contact]["hubspot_owner_id"] == ana["id"]
    (found,) = overwritings(decision)
    assert (found.by, found.is_back) == ("", True)
    assert "Somebody in hubspot gave it to" in page_of(decision)


def test_histories_are_asked_for_no_record_but_those_whose_owner_was_overwritten(
    hub: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, _decision, (_ana, bo) = routed_in_hubspot(hub)
    asked: list[list[str]] = []
    histories = Reading.histories

    def heard(reading: Reading, object: str, name: str, ids: Any) -> Any:
        asked.append([name, *ids])
        return histories(reading, object, name, ids)

    monkeypatch.setattr(Reading, "histories", heard)
    hub.create(email="new@nordwind.example", hubspot_owner_id=bo["id"])
    hub.sync()
    assert asked == []
    hub.edit(contact, hubspot_owner_id=bo["id"])
    hub.sync()
    assert asked == [["hubspot_owner_id", contact]]


def test_nobody_is_named_who_gave_the_contact_to_another_than_the_owner_that_was_taken() -> None:
    row = SyncChange(after={"owner": "bo@example.org"})
    addresses = {"1": "ana@example.org", "2": "bo@example.org"}
    assert taken(Setter("9", value="2"), row, addresses)
    assert not taken(Setter("9", value="1"), row, addresses)
    assert taken(Setter("9"), row, addresses)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"value": "2", "sourceType": "CRM_UI", "sourceId": "userId:77", "updatedByUserId": 77},
            Setter("77", "Somebody who is no owner", "2"),
        ),
        (
            {"value": "2", "sourceType": "CRM_UI", "sourceId": "userId:77"},
            Setter("77", "Somebody who is no owner", "2"),
        ),
        ({"value": "2", "sourceType": "AUTOMATION_PLATFORM", "sourceId": "5"}, Setter("", "A workflow", "2")),
        ({"value": "2", "sourceType": "IMPORT", "sourceLabel": "Spring list"}, Setter("", "Spring list", "2")),
        ({"value": None, "sourceType": "SOME_NEW_KIND"}, Setter("", "Some new kind", "")),
    ],
)
def test_what_an_entry_of_hubspots_history_says(entry: dict[str, Any], expected: Setter) -> None:
    assert setter_of(entry) == expected


def reps(account: Account) -> list[Any]:
    users = [make_user("sales_rep", name=name, email=f"{name.lower()}@example.org") for name in ("Ana", "Bo")]
    account.owners = {"o-ana": "ana@example.org", "o-bo": "bo@example.org"}
    return users


def routed(rig: Rig, account: Account, users: list[Any], owner: dict[str, str]) -> tuple[str, RoutingDecision]:
    one = account.put("contacts", {"email": "eve@example.org"})
    rig.map(contacts_mapping(EMAIL, owner))
    rig.sync()
    publish(document([users[0]]))
    enqueue_routing([Person.objects.get().pk], cause="created")
    route()
    rig.sync()
    assert account.objects["contacts"][one].values["owner"] == "o-ana"
    return one, RoutingDecision.objects.get()


def test_where_ours_counts_an_owner_set_over_there_is_told_and_ours_is_written_again(
    rig: Rig, account: Account
) -> None:
    one, decision = routed(rig, account, reps(account), {**OWNER, "truth": "ours"})
    account.put("contacts", {"owner": "o-bo"}, one)
    rig.sync()
    rig.sync()
    assert account.objects["contacts"][one].values["owner"] == "o-ana"
    (found,) = overwritings(decision)
    assert (found.becomes, found.was, found.is_back) == ("bo@example.org", "ana@example.org", True)
    assert "ours counts there and was written again" in page_of(decision)


def test_what_a_colleague_does_here_is_nobodys_overwriting(rig: Rig, account: Account) -> None:
    ana, bo = reps(account)
    one, decision = routed(rig, account, [ana, bo], OWNER)
    assign_owner(person=Person.objects.get(), owner=bo, actor=make_user("ops_manager"), reason="holiday")
    rig.sync()
    assert account.objects["contacts"][one].values["owner"] == "o-bo"
    del account.owners["o-bo"]
    rig.sync()
    [left] = departures()
    take_over(owner=left.owner, successor=str(ana.pk), actor=make_user("ops_manager"))
    rig.sync()
    assert account.objects["contacts"][one].values["owner"] == "o-ana"
    assert overwritings(decision) == []
    shown = page_of(decision)
    assert "The owner was written there" in shown
    assert "in place of" not in shown.split("In other systems")[1].split("</section>")[0]


def given(org: Salesforce) -> tuple[Person, str, str]:
    """A lead whose owner over there is nobody here, then routed to Ana: the person, the lead, Ana's id over there."""
    ana = make_user("sales_rep", name="Ana", email="ana@example.org")
    id = org.insert("User", LastName="Ana", Email=ana.email, Username=ana.email, IsActive=True)
    person, lead = a_lead(org)
    assert person.owner is None
    assert not RemoteOwner.objects.filter(email="ops@practice.example").exclude(user=None).exists()
    publish(document([ana]))
    enqueue_routing([person.pk], cause="created")
    route()
    return person, lead, id


REALLY = pytest.mark.django_db(transaction=True)
"""History is stamped with the begin of its transaction, and a test's is the whole test."""


@REALLY
def test_the_owner_of_routing_takes_the_place_of_one_over_there_who_is_nobody_here(org: Salesforce) -> None:
    person, lead, ana = given(org)
    org.sync()
    assert org.living("Lead", "OwnerId")[lead]["OwnerId"] == ana
    decision = RoutingDecision.objects.get()
    assert decision.written_back_at is not None
    person.refresh_from_db()
    assert person.owner == decision.owner
    assert overwritings(decision) == []
    again = SyncRun.objects.filter(kind="push").count()
    org.sync()
    assert SyncRun.objects.filter(kind="push").count() == again


@REALLY
def test_another_edit_over_there_does_not_make_their_owner_newer_than_ours(org: Salesforce) -> None:
    person, lead, ana = given(org)
    time.sleep(1.1)  # stamps over there are whole seconds
    org.edit("Lead", lead, Title="CEO")
    org.sync()
    assert org.living("Lead", "OwnerId")[lead]["OwnerId"] == ana
    person.refresh_from_db()
    assert person.job_title == "CEO"


@REALLY
def test_an_owner_who_is_nobody_here_but_was_set_after_ours_stays(org: Salesforce) -> None:
    person, lead, _ana = given(org)
    nobody = org.insert("User", LastName="Queue", Email="queue@x.example", Username="queue@x.example", IsActive=True)
    time.sleep(1.1)
    org.edit("Lead", lead, OwnerId=nobody)
    org.sync()
    assert org.living("Lead", "OwnerId")[lead]["OwnerId"] == nobody
    person.refresh_from_db()
    assert person.owner == RoutingDecision.objects.get().owner


@REALLY
def test_an_owner_of_ours_from_before_does_not_take_the_place_of_one_over_there_who_is_nobody_here(
    org: Salesforce,
) -> None:
    ana = make_user("sales_rep", name="Ana", email="ana@example.org")
    org.insert("User", LastName="Ana", Email=ana.email, Username=ana.email, IsActive=True)
    make_person(email="ana@nordwind.example", owner=ana)
    _person, lead = a_lead(org)
    org.sync()
    assert org.living("Lead", "OwnerId")[lead]["OwnerId"] == org.twin.store.user_id
    assert Person.objects.get(email="ana@nordwind.example").owner == ana
    assert not SyncRun.objects.filter(kind="push", plan__by_field__has_key="OwnerId").exists()
