"""Owners who left, over there or here: said with the records that name them, and somebody takes over."""

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from governance.models import User
from governance.policies import Role
from martech.models import Account as Company
from martech.models import (
    DeadLetter,
    DecisionOutcome,
    Person,
    RemoteOwner,
    RemoteRow,
    RoutingDecision,
    RunKind,
    SyncRun,
    SyncWork,
)
from martech.selectors.sync_departures import Departure, departures, successors
from martech.services.sync.course import open_line
from martech.services.sync.rounds import Round, do_requested
from martech.services.sync.taking_over import find_departure, handovers, take_over
from martech.services.sync.undoing import request_undo
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.practising import practising
from tests.martech.sync.scripted import COMPANIES, CONTACTS, Account, scripted, scripted_vendor

pytestmark = pytest.mark.django_db
OWNER = {"ours": "owner", "theirs": "owner"}
EMAIL = {"ours": "email", "theirs": "email"}
COMPANY = [{"ours": "name", "theirs": "name"}, {"ours": "domain", "theirs": "domain"}]


@pytest.fixture
def team(rig: Rig, account: Account) -> dict[str, User]:
    """Lea owns three contacts and a company over there, Max one contact."""
    users = {name: make_user(email=f"{name}@example.org", name=name.capitalize()) for name in ("lea", "max", "eve")}
    account.owners = {f"o-{name}": f"{name}@example.org" for name in users}
    account.schema["companies"] = {**COMPANIES, "owner": CONTACTS["owner"]}
    rig.connection.sync_objects.update(schema_at=None)
    for number, name in enumerate(("lea", "lea", "lea", "max")):
        account.put("contacts", {"email": f"p{number}@example.org", "owner": f"o-{name}"})
    account.put("companies", {"name": "Nordwind", "domain": "nordwind.example", "owner": "o-lea"})
    rig.map(contacts_mapping(EMAIL, OWNER))
    rig.sync()
    company = {"fields": [*COMPANY, OWNER]}
    rig.map({**company, "match": ["domain"], "create_here": True, "create_there": False}, "companies")
    rig.sync()
    assert Person.objects.filter(owner=users["lea"]).count() == 3
    assert Company.objects.get().owner == users["lea"]
    return users


def leaves_there(rig: Rig, account: Account, name: str = "lea") -> None:
    del account.owners[f"o-{name}"]
    rig.sync()


def leaves_here(rig: Rig, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    rig.sync()


def only() -> Departure:
    [found] = departures()
    return found


def owners_there(account: Account) -> list[Any]:
    return [row.values["owner"] for row in account.objects["contacts"].values()]


def test_nobody_left_while_everybody_is_there(rig: Rig, team: dict[str, User]) -> None:
    assert departures() == []


def test_who_left_over_there_is_said_with_their_records(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_there(rig, account)
    found = only()
    assert {one.label: one.number for one in found.named} == {"Contacts": 3, "Companies": 1}
    assert (found.number, found.why) == (4, "left HubSpot")
    assert successors(found.owner) == {str(team[name].pk): str(team[name]) for name in ("eve", "max")}


def test_records_of_who_left_are_due(rig: Rig, account: Account, team: dict[str, User], client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    assert "Records of owners who left" not in client.get("/due/").content.decode()
    leaves_there(rig, account)
    page = " ".join(client.get("/due/").content.decode().split())
    assert "Records of owners who left" in page
    assert "/martech/sync/corrections/" in page


def test_who_was_deactivated_here_is_said_too_and_nothing_is_written_for_them(
    rig: Rig, account: Account, team: dict[str, User]
) -> None:
    account.writes.clear()
    leaves_here(rig, team["lea"])
    rig.sync()
    assert (only().number, only().why) == (4, "is deactivated here")
    assert account.writes == []
    assert Person.objects.filter(owner=team["lea"]).count() == 3
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


@pytest.mark.parametrize("where", ["here", "there"])
def test_somebody_takes_over_and_it_is_written_over_there(
    rig: Rig, account: Account, team: dict[str, User], where: str
) -> None:
    if where == "there":
        leaves_there(rig, account)
    else:
        leaves_here(rig, team["lea"])
    manager, eve = make_user(Role.OPS_MANAGER, name="Maya"), team["eve"]
    lines = handovers(only(), eve, manager)
    assert len(lines) == 4
    assert {(line.now, line.then) for line in lines} == {("Lea", "Eve")}
    assert {line.record for line in lines} == {"Nordwind", *(f"p{number}@example.org" for number in range(3))}
    SyncWork.objects.all().delete()
    assert take_over(owner=only().owner, successor=str(eve.pk), actor=manager) == 4
    assert Person.objects.filter(owner=eve).count() == 3
    assert Company.objects.get().owner == eve
    assert SyncWork.objects.filter(connection=rig.connection, state="pending").count() == 1
    decisions = RoutingDecision.objects.filter(outcome=DecisionOutcome.MANUAL, owner=eve)
    assert {one.previous_owner for one in decisions} == {team["lea"]}
    assert {(one.trace["by"], one.trace["reason"]) for one in decisions} == {
        (manager.pk, "lea@example.org left HubSpot" if where == "there" else "lea@example.org is deactivated here")
    }
    rig.sync()
    assert owners_there(account) == ["o-eve", "o-eve", "o-eve", "o-max"]
    assert account.objects["companies"]["5"].values["owner"] == "o-eve"
    assert departures() == []
    rig.sync()
    assert Person.objects.filter(owner=eve).count() == 3


def test_a_record_that_somebody_else_owns_here_stays_theirs_and_that_is_written(
    rig: Rig, account: Account, team: dict[str, User]
) -> None:
    leaves_here(rig, team["lea"])
    kept = Person.objects.get(email="p0@example.org")
    Person.objects.filter(pk=kept.pk).update(owner=team["max"])
    RemoteRow.objects.update(due_at=None)
    nobody = Person.objects.get(email="p1@example.org")
    Person.objects.filter(pk=nobody.pk).update(owner=None)
    lines = {line.record: (line.now, line.then) for line in handovers(only(), team["eve"], make_user(Role.OPS_MANAGER))}
    assert lines[kept.email] == ("lea@example.org", "Max, who owns it here")
    assert lines[nobody.email] == ("lea@example.org", "Eve")
    assert take_over(owner=only().owner, successor=str(team["eve"].pk), actor=None) == 4
    kept.refresh_from_db()
    nobody.refresh_from_db()
    assert (kept.owner, nobody.owner) == (team["max"], team["eve"])
    rig.sync()
    assert owners_there(account) == ["o-max", "o-eve", "o-eve", "o-max"]


def test_records_whose_owner_is_only_read_are_said_and_left(rig: Rig, account: Account, team: dict[str, User]) -> None:
    rig.map(contacts_mapping(EMAIL, {**OWNER, "direction": "pull", "truth": "theirs"}))
    leaves_there(rig, account)
    found = only()
    assert [(one.label, one.number, one.elsewhere) for one in found.elsewhere] == [("Contacts", 3, "HubSpot")]
    assert found.number == 1
    assert take_over(owner=found.owner, successor=str(team["eve"].pk), actor=None) == 1
    assert Person.objects.filter(owner=team["lea"]).count() == 3


def test_only_who_is_an_owner_over_there_takes_over(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_there(rig, account)
    owner = only().owner
    for wrong in (str(make_user(email="zoe@example.org").pk), str(team["lea"].pk), "", "x"):
        with pytest.raises(DomainError):
            take_over(owner=owner, successor=wrong, actor=None)
    assert Person.objects.filter(owner=team["lea"]).count() == 3
    take_over(owner=owner, successor=str(team["eve"].pk), actor=None)
    rig.sync()
    with pytest.raises(ConflictError):
        find_departure(owner.pk)


def test_a_takeover_is_a_run_that_can_be_taken_back(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_here(rig, team["lea"])
    take_over(owner=only().owner, successor=str(team["eve"].pk), actor=None)
    rig.sync()
    runs = SyncRun.objects.filter(kind=RunKind.TAKEOVER)
    assert {run.object.name: (run.read, run.updated) for run in runs if run.object} == {
        "contacts": (3, 3),
        "companies": (1, 1),
    }
    changed = Person.objects.filter(owner=team["eve"]).order_by("pk")[0]
    Person.objects.filter(pk=changed.pk).update(owner=team["max"])
    undo = request_undo(run=runs.get(object__name="contacts"), actor=None)
    with open_line(rig.connection) as line:
        do_requested(Round(line), undo)
    assert Person.objects.filter(owner=team["lea"]).count() == 2
    assert Person.objects.filter(owner=team["max"]).count() == 2
    undo.refresh_from_db()
    assert (undo.state, undo.updated, undo.unchanged) == ("done", 2, 1)


def test_an_owner_who_is_back_is_not_listed(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_there(rig, account)
    account.owners["o-lea"] = "lea@example.org"
    rig.sync()
    assert departures() == []


def test_who_left_before_hubspot_was_connected_is_said_too(monkeypatch: Any) -> None:
    with practising("hubspot", monkeypatch, people=5) as hub:
        gone, staying = (next(o for o in hub.twin.portal.owners if o["archived"] is left) for left in (True, False))
        eve = make_user(email=staying["email"], name="Eve")
        hub.twin.store.update("contacts", hub.twin.store.get("contacts", 10001), {"hubspot_owner_id": gone["id"]})
        hub.connect()
        hub.sync()
        found = next(one for one in departures() if one.owner.external_id == gone["id"])
        assert ("Contacts", 1) in [(one.label, one.number) for one in found.named]
        take_over(owner=found.owner, successor=str(eve.pk), actor=None)
        hub.sync()
        assert hub.control("truth", object="contacts")["records"]["10001"]["hubspot_owner_id"] == staying["id"]


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def test_an_ops_manager_looks_and_applies(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_there(rig, account)
    manager = client_of(Role.OPS_MANAGER)
    with patch("martech.views.sync.vendor_of", lambda key: scripted_vendor({"main": account})):
        page = manager.get("/martech/sync/to/main/").content.decode()
    assert "lea@example.org left HubSpot" in page
    assert "Companies 1 · Contacts 3" in page
    page = manager.get("/martech/sync/corrections/").content.decode()
    assert "4 × Owner who left" in page
    assert "Apply to" not in page
    given = {"key": f"left|{RemoteOwner.objects.get(external_id='o-lea').pk}", "choice": str(team["eve"].pk)}
    page = manager.post("/martech/sync/corrections/", {**given, "do": "look"}).content.decode()
    assert "<del>Lea</del> → Eve" in page
    assert "Apply to 4" in page
    assert Person.objects.filter(owner=team["lea"]).count() == 3
    page = manager.post("/martech/sync/corrections/", {**given, "do": "apply"}, follow=True).content.decode()
    assert "4 records are given" in page
    assert Person.objects.filter(owner=team["eve"]).count() == 3
    page = manager.post(
        "/martech/sync/corrections/", {**given, "key": "left|x", "do": "apply"}, follow=True
    ).content.decode()
    assert "No record names this owner any more" in page


def test_who_may_not_edit_gives_nothing(rig: Rig, account: Account, team: dict[str, User]) -> None:
    leaves_there(rig, account)
    given = {"key": f"left|{only().owner.pk}", "choice": str(team["eve"].pk), "do": "apply"}
    assert client_of(Role.SALES_REP).post("/martech/sync/corrections/", given).status_code == 403
    assert Person.objects.filter(owner=team["lea"]).count() == 3


def test_what_was_given_and_is_held_back_over_there_does_not_ask_for_somebody_again(
    rig: Rig, account: Account, team: dict[str, User], client: Client
) -> None:
    leaves_there(rig, account)
    take_over(owner=only().owner, successor=str(team["max"].pk), actor=None)
    [contacts, companies] = sorted(only().named, key=lambda one: one.label, reverse=True)
    assert (contacts.number, contacts.given, companies.number, companies.given) == (0, 3, 0, 1)
    client.force_login(make_user(Role.OPS_MANAGER))
    page = client.get("/martech/sync/to/main/").content.decode()
    assert "4 are somebody else’s here, which waits to be written over there" in page
    assert "Choose who takes over" not in page
    assert "owner who left" not in client.get("/martech/sync/").content.decode()
    rig.sync()
    rig.sync()
    assert departures() == []


def test_what_another_system_is_right_about_is_not_given_here_as_it_would_be_taken_back(
    rig: Rig, account: Account, team: dict[str, User], client: Client, monkeypatch: Any
) -> None:
    """Lea left one system and owns the company in another, whose word counts for owners of companies."""
    crm = Account(owners={"c-lea": "lea@example.org", "c-max": "max@example.org"})
    crm.schema["companies"] = {**COMPANIES, "owner": CONTACTS["owner"]}
    crm.put("companies", {"name": "Nordwind", "domain": "nordwind.example", "owner": "c-lea"})
    with scripted(monkeypatch, main=account, crm=crm):
        other = Rig(crm, "crm")
        other.map({"fields": [*COMPANY, {**OWNER, "truth": "theirs"}], "match": ["domain"]}, "companies")
        other.sync()
        leaves_there(rig, account)
        found = only()
        assert [(one.label, one.number, one.elsewhere) for one in found.elsewhere] == [("Companies", 1, "crm")]
        assert found.number == 3
        take_over(owner=found.owner, successor=str(team["max"].pk), actor=None)
        for _round in range(2):
            rig.sync()
            other.sync()
    assert Company.objects.get().owner == team["lea"]
    assert not DeadLetter.objects.filter(resolved_at=None).exists()
    client.force_login(make_user(Role.OPS_MANAGER))
    page = client.get("/martech/sync/to/main/").content.decode()
    assert "Who owns companies is said in crm: give 1 of them to somebody else there." in page
