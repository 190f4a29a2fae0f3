"""What comes in: once, whole, and by the rules of each field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from martech.connectors.errors import RetryNow, SignInRefused, VendorDown
from martech.connectors.port import Fate, FieldType, Link, RemoteField, Tombstone, Window
from martech.models import (
    DeadLetter,
    Deal,
    HeldValue,
    Person,
    PersonEmail,
    RemoteOwner,
    RemoteRow,
    RunState,
    StageMove,
    SyncChange,
)
from martech.models.sync import COUNTS
from martech.services.sync.connections import check_connection
from martech.services.sync.deciding import decide_held
from martech.services.sync.owners import choose_owner
from martech.services.sync.pulling import SKEW, ended
from martech.sync.drift import GONE
from tests.factories import make_person, make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import CONTACTS, Account

pytestmark = pytest.mark.django_db


def counts(run: Any) -> dict[str, int]:
    return {name: getattr(run, name) for name in COUNTS if getattr(run, name)}


def test_the_first_round_takes_everybody_in_and_the_next_one_nobody(rig: Rig, account: Account) -> None:
    for number in range(7):
        account.put("contacts", {"email": f"p{number}@example.org", "firstname": f"P{number}"})
    first = rig.sync()
    assert counts(first["backfill contacts"]) == {"read": 7, "created": 7}
    assert first["pull contacts"].created == 0
    assert sorted(Person.objects.values_list("email", "first_name")) == [
        (f"p{number}@example.org", f"P{number}") for number in range(7)
    ]
    assert PersonEmail.objects.count() == 7
    assert StageMove.objects.filter(stage="lead").count() == 7
    again = rig.sync()
    assert counts(again["pull contacts"]).get("created") is None
    assert Person.objects.count() == 7


def test_a_contact_whose_address_we_know_is_the_person_we_know(rig: Rig, account: Account) -> None:
    person = make_person(email="Ana@Example.org", job_title="")
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    runs = rig.sync()
    assert counts(runs["backfill contacts"]) == {"read": 1, "updated": 1}
    person.refresh_from_db()
    assert (person.job_title, Person.objects.count()) == ("CMO", 1)
    change = SyncChange.objects.get(local_id=person.pk, run__kind="backfill")
    assert (change.before["job_title"], change.after["job_title"]) == (None, "CMO")
    assert change.why["job_title"] == "changed there only"


def test_a_change_over_there_comes_with_the_next_round(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, one)
    assert counts(rig.sync()["pull contacts"])["updated"] == 1
    assert Person.objects.get().job_title == "CEO"


def test_two_records_with_one_address_are_one_person(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org", "firstname": "Ana"})
    account.put("contacts", {"email": "ANA@example.org"})
    run = rig.sync()["backfill contacts"]
    assert (run.created, run.read) == (1, 2)
    assert set(RemoteRow.objects.values_list("local_id", flat=True)) == {Person.objects.get().pk}


def test_a_feed_that_breaks_goes_on_behind_its_last_page(rig: Rig, account: Account) -> None:
    for number in range(8):
        account.put("contacts", {"email": f"p{number}@example.org"})
    account.faults = [("read", RetryNow("busy")), ("read", VendorDown("502"))]
    assert counts(rig.sync()["backfill contacts"]) == {"read": 8, "created": 8}


def test_a_refused_sign_in_says_what_to_do_and_reads_nothing(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    account.faults = [("read", SignInRefused("The token was revoked.", remedy="Enter a new one."))]
    runs = rig.sync()
    assert runs["backfill companies"].state == RunState.FAILED
    rig.connection.refresh_from_db()
    assert (rig.connection.state, rig.connection.problem["remedy"]) == ("broken", "Enter a new one.")
    assert Person.objects.count() == 0


def test_a_value_that_is_none_of_ours_keeps_the_rest_and_leaves_a_letter(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(*[*rig_fields(), {"ours": "country", "theirs": "country"}]))
    one = account.put("contacts", {"email": "ana@example.org", "country": "Atlantis", "jobtitle": "CMO"})
    rig.sync()
    assert (Person.objects.get().job_title, Person.objects.get().country) == ("CMO", "")
    letter = DeadLetter.objects.get()
    assert (letter.external_id, letter.field, letter.reason) == (one, "country", "invalid_value")
    account.put("contacts", {"country": "Germany"}, one)
    rig.sync()
    letter.refresh_from_db()
    assert (Person.objects.get().country, letter.resolved_at is not None) == ("DE", True)


def rig_fields() -> list[dict[str, Any]]:
    return contacts_mapping()["fields"]


def test_an_address_that_is_somebody_elses_waits_for_people(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    other = make_person(email="bo@example.org")
    account.put("contacts", {"email": "bo@example.org"}, one)
    run = rig.sync()["pull contacts"]
    assert run.conflicted == 1
    assert Person.objects.exclude(pk=other.pk).get().email == "ana@example.org"
    assert DeadLetter.objects.get().reason == "conflict"


def test_a_merge_over_there_is_one_here(rig: Rig, account: Account) -> None:
    keep = account.put("contacts", {"email": "ana@example.org"})
    gone = account.put("contacts", {"email": "ana.b@example.org"})
    rig.sync()
    del account.objects["contacts"][gone]
    account.tombstones = [("contacts", Tombstone(gone, Fate.MERGED, account.tick(), (("contacts", keep),)))]
    rig.sync()
    survivor = Person.objects.living().get()
    assert survivor.email == "ana@example.org"
    assert set(survivor.emails.values_list("key", flat=True)) == {"ana@example.org", "ana.b@example.org"}
    assert RemoteRow.objects.get(external_id=gone).fate == "merged"


def test_a_deletion_over_there_deletes_nobody_here(rig: Rig, account: Account) -> None:
    gone = account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    del account.objects["contacts"][gone]
    account.tombstones = [("contacts", Tombstone(gone, Fate.DELETED, account.tick()))]
    rig.sync()
    assert Person.objects.living().count() == 1
    assert RemoteRow.objects.get(external_id=gone).fate == "deleted"


def test_companies_people_and_deals_find_each_other(rig: Rig, account: Account) -> None:
    rig.map({"fields": [{"ours": "name", "theirs": "name"}, {"ours": "domain", "theirs": "domain"}]}, "companies")
    rig.map(
        {
            "fields": [
                {"ours": "name", "theirs": "dealname"},
                {"ours": "amount", "theirs": "amount"},
                {"ours": "stage", "theirs": "dealstage"},
                {"ours": "account", "theirs": "company"},
            ]
        },
        "deals",
    )
    company = account.put("companies", {"name": "Nordwind AG", "domain": "nordwind.example"})
    contact = account.put("contacts", {"email": "ana@nordwind.example"})
    deal = account.put(
        "deals", {"dealname": "Renewal", "amount": "1200.50", "dealstage": "closedwon", "company": company}
    )
    account.links = [
        Link("contacts", contact, "companies", company, is_primary=True),
        Link("deals", deal, "contacts", contact, "buyer"),
    ]
    rig.sync()
    found = Deal.objects.get()
    assert (str(found.amount), found.state, found.account.name) == ("1200.50", "won", "Nordwind AG")
    assert [(role.person.email, role.role) for role in found.contacts.all()] == [("ana@nordwind.example", "buyer")]
    assert Person.objects.get().account == found.account


DEALS = {
    "fields": [
        {"ours": "name", "theirs": "dealname"},
        {"ours": "amount", "theirs": "amount"},
        {"ours": "stage", "theirs": "dealstage", "truth": "theirs", "direction": "pull", "transform": "label"},
    ],
    "match": ["name"],
}


@pytest.mark.parametrize("is_said", [True, False])
def test_once_it_is_known_who_an_owner_is_here_their_records_follow_however_old(
    rig: Rig, account: Account, is_said: bool
) -> None:
    rig.map(contacts_mapping(*rig_fields()[:1], {"ours": "owner", "theirs": "owner"}))
    account.owners = {"7": "bo@example.org"}
    made = account.put("contacts", {"email": "ana@example.org", "owner": "7"})
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        rig.sync()
    assert Person.objects.get().owner is None
    user = make_user(email="bo@example.com" if is_said else "bo@example.org")
    if is_said:
        choose_owner(owner=RemoteOwner.objects.get(external_id="7"), user=user)
    rig.sync()
    assert (Person.objects.get().owner, account.writes) == (user, [])
    assert account.objects["contacts"][made].values["owner"] == "7"


def make_deal(name: str, amount: str | None, **more: Any) -> Deal:
    return Deal.objects.create(name=name, amount=amount, currency="EUR", stage="Talks", state="open", **more)


def test_a_deal_that_alone_has_its_name_and_amount_is_the_one_over_there(rig: Rig, account: Account) -> None:
    rig.map(DEALS, "deals")
    ours, other = make_deal("Fleet 2027", "1200.50"), make_deal("Renewal", "300")
    same = account.put("deals", {"dealname": "FLEET 2027", "amount": "1200.5", "dealstage": "closedwon"})
    account.put("deals", {"dealname": "Renewal", "amount": "400", "dealstage": "talks"})
    run = rig.sync()["backfill deals"]
    assert (run.created, run.conflicted, Deal.objects.count()) == (1, 1, 3)
    ours.refresh_from_db()
    assert (ours.name, ours.state) == ("Fleet 2027", "won")  # the stage is theirs, the name is to be decided
    assert list(ours.identities.values_list("external_id", flat=True)) == [same]
    decide_held(rows=HeldValue.objects.all(), choice="theirs", actor=None)
    ours.refresh_from_db()
    assert (ours.name, ours.state) == ("FLEET 2027", "won")
    assert not other.identities.exists()


def test_deals_that_share_name_and_amount_are_never_guessed(rig: Rig, account: Account) -> None:
    rig.map(DEALS, "deals")
    make_deal("Renewal", "300")
    make_deal("Renewal", "300")
    twice = make_deal("Fleet", None)
    account.put("deals", {"dealname": "Renewal", "amount": "300", "dealstage": "talks"})
    account.put("deals", {"dealname": "Fleet", "dealstage": "talks"})
    account.put("deals", {"dealname": "Fleet", "dealstage": "talks"})
    assert rig.sync()["backfill deals"].created == 3
    assert not twice.identities.exists()


def test_a_stage_is_called_as_over_there_and_ends_the_deal_as_it_does_there(rig: Rig, account: Account) -> None:
    stage = RemoteField(
        "dealstage",
        "Stage",
        FieldType.CHOICE,
        options=("9001", "9002", "9003"),
        labels={"9001": "Talks", "9002": "Signed", "9003": "Left us"},
        endings={"9002": "won", "9003": "lost"},
    )
    account.schema["deals"] = {name: RemoteField(name, name, FieldType.TEXT) for name in ("dealname", "amount")}
    account.schema["deals"]["dealstage"] = stage
    assert all(step.is_ok for step in check_connection(rig.connection))
    rig.map(DEALS, "deals")
    one = account.put("deals", {"dealname": "Fleet", "amount": "10", "dealstage": "9001"})
    rig.sync()
    deal = Deal.objects.get()
    assert (deal.stage, deal.state) == ("Talks", "open")
    account.put("deals", {"dealstage": "9002"}, one)
    rig.sync()
    deal.refresh_from_db()
    assert (deal.stage, deal.state) == ("Signed", "won")


def test_a_field_that_vanished_over_there_stops_only_itself(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO", "firstname": "Ana"})
    rig.sync()
    account.schema["contacts"] = {name: field for name, field in CONTACTS.items() if name != "jobtitle"}
    rig.connection.sync_objects.update(schema_at=None)
    account.put("contacts", {"firstname": "Anna"}, one)
    run = rig.sync()["pull contacts"]
    assert (run.state, Person.objects.get().first_name, Person.objects.get().job_title) == ("done", "Anna", "CMO")
    assert rig.object().set_aside == {"jobtitle": GONE}


@pytest.mark.parametrize(
    ("last_stamp", "behind"),
    [
        (timedelta(minutes=20), timedelta(minutes=20)),
        (timedelta(days=30), timedelta(hours=2)),
        (timedelta(hours=-1), timedelta(0)),
    ],
)
def test_the_cursor_trails_the_present_by_two_hours_at_most(last_stamp: timedelta, behind: timedelta) -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    window = Window(now - timedelta(days=40), now + SKEW)
    assert ended(now - last_stamp, window)["cursor_at"] == now - behind
    assert ended(None, window)["cursor_at"] == now
