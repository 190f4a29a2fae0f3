"""“Why is our owner (not) the owner over there?” A person's page, and the page of their decision, say it by connection."""

from typing import Any

import pytest
from django.test import Client

from governance.models import User
from martech.models import Person, RemoteRow, RoutingDecision, SyncObject
from martech.services.assignment import assign_owner
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account
from tests.martech.sync.test_overwriting import EMAIL, OWNER, page_of, reps, routed

pytestmark = pytest.mark.django_db


def told() -> str:
    client = Client()
    client.force_login(make_user("ops_manager"))
    page = client.get(Person.objects.get().get_absolute_url()).content.decode()
    return " ".join(page[page.index("In other systems") :].split())


def met(rig: Rig, account: Account, ours: User | None, theirs: str, rule: dict[str, Any]) -> str:
    """Somebody who is on both sides, read while `theirs` owns the record there; then `ours` gets them here."""
    one = account.put("contacts", {"email": "eve@example.org", **({"owner": theirs} if theirs else {})})
    rig.map(contacts_mapping(EMAIL, rule))
    rig.sync()
    person = Person.objects.get()
    if ours is not None and person.owner != ours:
        assign_owner(person=person, owner=ours, actor=make_user("ops_manager"), reason="theirs")
    return one


def test_an_owner_whom_a_push_wrote_is_said_to_be_there_with_the_run(rig: Rig, account: Account) -> None:
    _one, decision = routed(rig, account, reps(account), OWNER)
    said = told()
    assert "Ana owns it there, too. A push of ours wrote it just now: <a href=" in said
    assert "Ana owns it there, too." in page_of(decision)


def test_an_owner_who_waits_to_be_written_is_said_to(rig: Rig, account: Account) -> None:
    ana, _bo = reps(account)
    met(rig, account, ana, "", OWNER)
    said = told()
    assert "Nobody owns it there; Ana is to be written in their place." in said
    assert "The next round writes it." in said


def test_a_mapping_that_only_reads_the_owner_keeps_ours_here(rig: Rig, account: Account) -> None:
    ana, _bo = reps(account)
    met(rig, account, ana, "", {**OWNER, "direction": "pull"})
    assert "Nobody owns it there and stays: the mapping only reads the owner." in told().replace(
        "Nobody owns it there: ", ""
    )


def test_an_owner_who_has_no_access_there_is_told_what_to_do(rig: Rig, account: Account) -> None:
    reps(account)
    cleo = make_user("sales_rep", name="Cleo", email="cleo@example.org")
    met(rig, account, cleo, "", OWNER)
    said = told()
    assert "Cleo is no owner in main: give them access there with the same address" in said
    assert "/martech/sync/to/main/" in said
    assert "The next round writes it" not in said


def test_where_their_word_counts_an_owner_who_is_nobody_here_stays_and_is_named(rig: Rig, account: Account) -> None:
    ana, _bo = reps(account)
    account.owners["o-queue"] = "queue@else.example"
    met(rig, account, ana, "o-queue", {**OWNER, "truth": "theirs"})
    said = told()
    assert "queue@else.example owns it there and stays: the mapping says that their word counts" in said
    assert "and queue@else.example is nobody here." in said


def test_a_mapping_without_the_owner_says_so(rig: Rig, account: Account) -> None:
    ana, _bo = reps(account)
    account.put("contacts", {"email": "eve@example.org"})
    rig.map(contacts_mapping(EMAIL))
    rig.sync()
    assign_owner(person=Person.objects.get(), owner=ana, actor=make_user("ops_manager"), reason="theirs")
    assert "The mapping does not carry the owner" in told()


def test_an_owner_field_that_is_put_aside_says_so(rig: Rig, account: Account) -> None:
    routed(rig, account, reps(account), OWNER)
    SyncObject.objects.filter(name="contacts").update(set_aside={"owner": "gone"})
    assert "The field of the owner is put aside in the mapping: it is neither read nor written." in told()


def test_only_the_newest_decision_says_how_it_is_now(rig: Rig, account: Account) -> None:
    ana, bo = reps(account)
    _one, decision = routed(rig, account, [ana, bo], OWNER)
    assign_owner(person=Person.objects.get(), owner=bo, actor=make_user("ops_manager"), reason="holiday")
    newest = RoutingDecision.objects.order_by("-pk").first()
    assert newest is not None
    assert "ana@example.org owns it there; Bo is to be written in their place." in page_of(newest)
    assert "is to be written in their place" not in page_of(decision)


def test_nothing_is_said_of_a_record_that_nobody_owns_on_either_side(rig: Rig, account: Account) -> None:
    reps(account)
    met(rig, account, None, "", OWNER)
    assert "owns it there" not in told()
    assert RemoteRow.objects.count() == 1
