"""What goes wrong between two systems: the connection says what and what to do, only the touched part stops."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, DeadLetter, Person, RemoteOwner, RunState, SyncObject, SyncRun
from martech.services.sync.connections import check_connection, save_connection
from martech.services.sync.mappings import check_mapping
from martech.twins.hubspot.account import TOKEN
from mops.core.errors import DomainError
from tests.factories import make_user
from tests.martech.sync.practising import practising
from tests.martech.sync.test_hubspot_round import HubSpot

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    """Not connected yet."""
    with practising("hubspot", monkeypatch, people=8) as practice:
        yield HubSpot(practice.vendor, practice.twin, practice.url, practice.session)


@pytest.fixture
def hub(portal: HubSpot) -> HubSpot:
    portal.connect()
    portal.sync()
    return portal


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def page(operator: Client) -> str:
    return " ".join(operator.get("/martech/sync/to/hubspot/").content.decode().split())


def last_run(object: str) -> SyncRun:
    return SyncRun.objects.filter(object__name=object).latest("pk")


def test_a_wrong_token_is_said_at_its_step_and_nothing_becomes_active(portal: HubSpot) -> None:
    connection, _ = save_connection(
        vendor="hubspot", name="hubspot", given={"token": "pat-wrong"}, base_url=portal.url, actor=None
    )
    *_right, wrong = check_connection(connection)
    assert (wrong.is_ok, bool(wrong.detail), bool(wrong.remedy)) == (False, True, True)
    connection.refresh_from_db()
    assert connection.state == "new"
    assert not SyncObject.objects.exists()


@pytest.mark.parametrize(
    ("vendor", "setting", "typed", "remedy"),
    [
        ("marketo", "daily_calls", "many", "Write a whole number above 0, such as 50000."),
        ("marketo", "daily_calls", "0", "Write a whole number above 0, such as 50000."),
        ("marketo", "backfill_from", "soon", "Write a day since 2000 as 2026-01-31."),
        ("marketo", "list_id", "News", "Write a whole number above 0, such as 50000."),
        ("salesforce", "run_share_percent", "150", "Write a whole number from 1 to 100."),
        ("salesforce", "api_version", "latest", "Write a version such as 62.0."),
        ("hubspot", "time_zone", "Berlin", "Write a time zone such as Europe/Berlin."),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_where_it_is_typed(
    db: None, operator: Client, vendor: str, setting: str, typed: str, remedy: str
) -> None:
    plain = {one.name: one.default or "x" for one in vendor_of(vendor).settings if one.is_required or one.is_secret}
    shown = operator.post(f"/martech/sync/new/{vendor}/", {"name": "fresh", **plain, setting: typed}).content.decode()
    assert remedy in shown
    assert not Connection.objects.exists()


def test_a_revoked_token_is_on_the_page_with_what_to_do(hub: HubSpot, operator: Client) -> None:
    hub.control("revoke")
    hub.sync()
    hub.connection.refresh_from_db()
    shown = page(operator)
    assert "Needs attention" in shown
    assert hub.connection.problem["remedy"] in shown.replace("&#x27;", "'")


def test_credentials_that_are_saved_are_tested_at_once_and_refused_ones_lead_to_new_ones(
    hub: HubSpot, operator: Client
) -> None:
    plain = {one.name: one.default for one in vendor_of("hubspot").settings if not one.is_secret}
    saved = operator.post("/martech/sync/to/hubspot/edit/", {**plain, "token": "wrong", "base_url": hub.url})
    assert saved["Location"] == "/martech/sync/to/hubspot/test/?begin=1"
    begins = operator.get(saved["Location"]).content.decode()
    assert 'hx-post="/martech/sync/to/hubspot/test/" hx-trigger="load, submit"' in begins
    assert "hx-post" not in operator.get("/martech/sync/to/hubspot/test/").content.decode().split('id="test"')[1]
    tested = operator.post("/martech/sync/to/hubspot/test/").content.decode()
    assert "New credentials" in tested
    hub.connection.refresh_from_db()
    assert (hub.connection.state, hub.connection.problem["class"]) == ("broken", "SignInRefused")
    assert "New credentials" in page(operator)


def test_a_test_that_fails_for_deals_alone_stops_nothing_else(hub: HubSpot, operator: Client) -> None:
    hub.control("scope/remove", scope="crm.objects.deals.read")
    tested = operator.post("/martech/sync/to/hubspot/test/").content.decode()
    assert "It works but for what failed." in tested
    hub.connection.refresh_from_db()
    assert hub.connection.state == "active"
    contact = hub.create(email="ana@nordwind.example")
    hub.sync()
    assert Person.objects.filter(identities__external_id=contact).exists()


def test_a_portal_without_deals_is_connected_without_them_and_has_them_once_it_may(
    portal: HubSpot, operator: Client
) -> None:
    portal.control("scope/remove", scope="crm.objects.deals.read")
    connection, _ = save_connection(
        vendor="hubspot", name="hubspot", given={"token": TOKEN}, base_url=portal.url, actor=None, is_practice=True
    )
    assert "Deals" in [step.title for step in check_connection(connection) if not step.is_ok]
    portal.connection = connection
    assert (connection.state, SyncObject.objects.get(name="deals").is_enabled) == ("active", False)
    portal.sync()
    shown = page(operator)
    assert "The token lacks" not in shown
    assert "Not read" in shown
    portal.control("scope/add", scope="crm.objects.deals.read")
    operator.post("/martech/sync/to/hubspot/test/")
    assert SyncObject.objects.get(name="deals").is_enabled
    assert portal.sync()["backfill deals"].state == "done"


def test_an_object_that_nobody_wants_is_left_out_and_let_in_again(hub: HubSpot, operator: Client) -> None:
    operator.post("/martech/sync/to/hubspot/deals/do/", {"do": "leave"})
    assert not [name for name in hub.sync() if name.endswith("deals")]
    assert 'Leave out<span class="visually-hidden">: Contacts' in page(operator)
    operator.post("/martech/sync/to/hubspot/deals/do/", {"do": "read"})
    assert "pull deals" in hub.sync()


def test_a_test_that_fails_says_on_the_page_why_and_what_to_do(hub: HubSpot, operator: Client) -> None:
    hub.control("revoke")
    operator.post("/martech/sync/to/hubspot/test/")
    hub.connection.refresh_from_db()
    assert (hub.connection.state, hub.connection.problem["detail"][:8]) == ("broken", "Sign in:")
    shown = page(operator).replace("&#x27;", "'")
    assert hub.connection.problem["detail"] in shown
    assert hub.connection.problem["remedy"] in shown


def test_a_scope_that_was_taken_away_stops_deals_and_nothing_else(hub: HubSpot, operator: Client) -> None:
    contact = hub.create(email="ana@nordwind.example")
    hub.control("scope/remove", scope="crm.objects.deals.read")
    runs = hub.sync()
    assert (runs["pull deals"].state, runs["pull contacts"].state) == (RunState.FAILED, RunState.DONE)
    assert "crm.objects.deals.read" in str(runs["pull deals"].problem)
    assert Person.objects.filter(identities__external_id=contact).exists()
    shown = page(operator)
    assert "Fails in part" in shown
    assert "Deals: The token lacks crm.objects.deals.read." in shown
    assert "Add crm.objects.deals.read to the app" in shown
    hub.control("scope/add", scope="crm.objects.deals.read")
    assert hub.sync()["pull deals"].state == RunState.DONE
    assert Connection.objects.get().problem == {}
    assert "Fails in part" not in page(operator)


def test_owners_that_may_not_be_read_are_said_and_stop_nothing_else(hub: HubSpot, operator: Client) -> None:
    hub.control("scope/remove", scope="crm.objects.owners.read")
    runs = hub.sync()
    assert (runs["pull owners"].state, runs["pull contacts"].state) == (RunState.FAILED, RunState.DONE)
    shown = page(operator)
    assert "Fails in part" in shown
    assert "Owners: The token lacks crm.objects.owners.read." in shown
    due = " ".join(operator.get("/due/").content.decode().split())
    assert "Objects and fields that stand still in a connection" in due
    assert "It works but for what failed." in operator.post("/martech/sync/to/hubspot/test/").content.decode()
    assert Connection.objects.get().state == "active"
    operator.post("/martech/sync/to/hubspot/owners/do/", {"do": "leave"})
    assert "pull owners" not in hub.sync()
    assert "Fails in part" not in page(operator)
    hub.control("scope/add", scope="crm.objects.owners.read")
    operator.post("/martech/sync/to/hubspot/owners/do/", {"do": "read"})
    assert hub.sync()["pull owners"].state == RunState.DONE
    assert "Fails in part" not in page(operator)


def test_an_outage_that_is_over_is_no_longer_said_though_deals_still_fail(hub: HubSpot, operator: Client) -> None:
    hub.control("scope/remove", scope="crm.objects.deals.read")
    hub.control("faults", name="unavailable", times=100)
    hub.sync()
    assert Connection.objects.get().problem["class"] == "VendorDown"
    hub.control("faults/clear")
    hub.sync()
    assert (Connection.objects.get().problem, Connection.objects.get().paused_until) == ({}, None)
    assert "Deals: The token lacks crm.objects.deals.read." in page(operator)


def test_a_day_of_calls_ends_at_midnight_of_the_portal_whose_zone_the_test_keeps(hub: HubSpot) -> None:
    options = Connection.objects.get().options
    assert (options["time_zone"], options["portal_id"]) == ("Europe/Berlin", "4821500")
    hub.control("limits", on=True, daily=0)
    hub.sync()
    until = Connection.objects.get().paused_until
    assert until is not None
    assert f"{until.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "00:00"


def test_the_test_says_once_what_failed_and_which_fields_it_put_aside(hub: HubSpot) -> None:
    hub.control("scope/remove", scope="crm.objects.deals.read")
    hub.control("property/remove", object="contacts", name="city")
    steps = list(check_connection(hub.connection))
    assert [step.is_ok for step in steps if step.title == "Deals"] == [False]
    *_, contacts = [step for step in steps if step.title == "Contacts"]
    assert contacts.detail.endswith("mapped. Put aside: City.")


def test_the_command_says_what_is_wrong_and_ends_with_an_error(hub: HubSpot) -> None:
    hub.control("revoke")
    with pytest.raises(CommandError, match="HubSpot does not accept the token. Make a new token in HubSpot"):
        call_command("sync", hub.connection.name, stdout=StringIO(), stderr=StringIO())


def test_a_mapping_that_writes_a_read_only_field_is_not_published(hub: HubSpot) -> None:
    document = hub.document("contacts")
    row = {"ours": "city", "theirs": "createdate", "direction": "both", "truth": "ours"}
    fields = [one for one in document["fields"] if one["ours"] != "city"]
    with pytest.raises(DomainError):
        hub.map({**document, "fields": [*fields, row]})
    assert hub.document("contacts") == document
    findings = check_mapping(hub.object(), {**document, "fields": [*fields, row]}).findings
    assert any("“Create Date” cannot be written over there" in str(one) for one in findings)


def test_a_field_that_vanished_is_put_aside_and_the_others_go_on(hub: HubSpot, operator: Client) -> None:
    contact = hub.create(email="ana@nordwind.example", jobtitle="CMO", city="Bonn")
    hub.sync()
    called = {row["name"]: row["label"] for row in hub.object().schema["fields"]}
    assert called["city"] != "city"
    hub.control("property/remove", object="contacts", name="city")
    SyncObject.objects.update(schema_at=None)
    hub.edit(contact, jobtitle="CEO")
    assert hub.sync()["pull contacts"].state == RunState.DONE
    assert "city" in hub.object().set_aside
    shown = page(operator)
    assert "1 put aside" in shown
    assert f"Contacts: {called['city']}. All else goes on." in shown
    SyncObject.objects.update(schema_at=None)
    hub.sync()
    mapping = operator.get("/martech/sync/to/hubspot/contacts/mapping/").content.decode()
    assert f"{called['city']} (city)" in mapping
    assert (Person.objects.get(email="ana@nordwind.example").job_title) == "CEO"


def test_an_owner_who_left_over_there_is_a_letter_and_stops_nobody_else(hub: HubSpot) -> None:
    leaving, staying = [one for one in hub.twin.portal.owners if not one["archived"]][:2]
    users = {one["id"]: make_user(email=one["email"]) for one in (leaving, staying)}
    ids = [hub.create(email=f"p{number}@nordwind.example") for number in range(2)]
    hub.sync()
    hub.control("owner/remove", id=leaving["id"])
    people = [Person.objects.get(email=f"p{number}@nordwind.example") for number in range(2)]
    for person, owner in zip(people, (leaving, staying), strict=True):
        Person.objects.filter(pk=person.pk).update(owner=users[owner["id"]], updated_at=timezone.now())
    hub.sync()
    assert hub.truth()[ids[1]]["hubspot_owner_id"] == staying["id"]
    letter = DeadLetter.objects.get(resolved_at=None)
    assert (letter.local_id, letter.reason) == (people[0].pk, "unknown_owner")


@pytest.mark.parametrize("seconds", [3_600, -3_600])
def test_clocks_an_hour_apart_lose_nothing_and_delay_nothing(portal: HubSpot, seconds: int) -> None:
    portal.control("clock", advance=seconds)
    portal.connect()
    portal.sync()
    for number in range(3):
        contact = portal.create(email=f"late{number}@nordwind.example", jobtitle="CMO")
        assert portal.sync()["pull contacts"].created == 1
        portal.edit(contact, jobtitle="CEO")
        assert portal.sync()["pull contacts"].updated == 1
    assert portal.compare("contacts").plan["reasons"] == {}
    assert Person.objects.filter(job_title="CEO").count() >= 3


def test_a_second_connection_to_the_same_account_is_refused(hub: HubSpot) -> None:
    second, _ = save_connection(
        vendor="hubspot", name="twice", given=dict(hub.twin.credentials), base_url=hub.url, actor=None
    )
    wrong = [step for step in check_connection(second) if not step.is_ok]
    assert len(wrong) == 1
    assert "connected already, as hubspot" in wrong[0].detail
    second.refresh_from_db()
    assert second.state == "new"


def test_an_owner_whom_nobody_has_the_address_of_is_said_to_be_somebody(hub: HubSpot, operator: Client) -> None:
    owner = RemoteOwner.objects.filter(user=None, is_active=True).earliest("pk")
    user = make_user(email="elsewhere@example.org")
    assert f"Who {owner.name} is here" in page(operator)
    operator.post(f"/martech/sync/to/hubspot/owners/{owner.pk}/", {"user": user.pk})
    owner.refresh_from_db()
    assert (owner.user, owner.is_chosen) == (user, True)
