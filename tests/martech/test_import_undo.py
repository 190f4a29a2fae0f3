"""An import that is taken back leaves nothing behind, and spares what somebody changed since."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from martech.models import (
    Account,
    AccountChange,
    Deal,
    DealPerson,
    ImportBatch,
    Person,
    PersonEmail,
    PersonIdentity,
    RoutingDecision,
    Spend,
    StageMove,
    Touch,
)
from martech.services.imports import run_file_import, undo_batch
from mops.core.history import recording
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def load(tmp_path: Path, kind: str, text: str, document: Any = None) -> ImportBatch:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    summary = run_file_import(kind=kind, path=path, source="crm", actor=None, document=document)
    return ImportBatch.objects.get(pk=summary["batch"])


def undo(batch: ImportBatch) -> tuple[int, int, int]:
    done = undo_batch(batch=batch, actor=None)
    batch.refresh_from_db()
    return done["deleted"], done["restored"], done["kept"]


def test_addresses_and_ids_added_to_people_we_knew_go_again(tmp_path: Path) -> None:
    load(tmp_path, "people", "external_id,email\n1,ana@example.org\n")
    batch = load(tmp_path, "people", "external_id,email\n1,ana@work.example\n2,ana@example.org\n")
    assert set(PersonEmail.objects.values_list("key", flat=True)) == {"ana@example.org", "ana@work.example"}
    assert set(PersonIdentity.objects.values_list("external_id", flat=True)) == {"1", "2"}
    undo(batch)
    assert list(PersonEmail.objects.values_list("key", flat=True)) == ["ana@example.org"]
    assert list(PersonIdentity.objects.values_list("external_id", flat=True)) == ["1"]
    assert Person.objects.get().email == "ana@example.org"


DEALS = "external_id,account,person.email,stage,opened_at,closed_at,amount\n7,Acme,ana@example.org,Won,2026-01-02,2026-02-03,5\n"


def test_accounts_and_stages_that_a_file_of_deals_caused_go_with_it(tmp_path: Path) -> None:
    load(tmp_path, "people", "email,source\nana@example.org,webinar\n")
    batch = load(tmp_path, "deals", DEALS)
    person = Person.objects.get()
    assert (person.lifecycle_stage, person.furthest_stage, Account.objects.count()) == ("customer", "customer", 1)
    assert undo(batch) == (1, 1, 0)
    person.refresh_from_db()
    assert (person.lifecycle_stage, person.furthest_stage) == ("lead", "lead")
    assert list(StageMove.objects.values_list("stage", flat=True)) == ["lead"]
    assert (Deal.objects.count(), Account.objects.count(), DealPerson.objects.count()) == (0, 0, 0)


def test_an_account_that_others_use_by_now_outlives_the_deals_that_brought_it(tmp_path: Path) -> None:
    load(tmp_path, "people", "email\nana@example.org\n")
    batch = load(tmp_path, "deals", DEALS)
    Person.objects.update(account=Account.objects.get())
    undo(batch)
    assert Account.objects.get().name == "Acme"


def test_a_second_deals_file_is_taken_off_deals_we_knew(tmp_path: Path) -> None:
    load(tmp_path, "people", "email,source\nana@example.org,webinar\n")
    load(tmp_path, "deals", "external_id,name,stage\n7,Big one,Open\n")
    batch = load(tmp_path, "deals", "external_id,name,stage,person.email\n7,Big one,Won,ana@example.org\n")
    assert (Deal.objects.get().source, Deal.objects.get().state) == ("webinar", "won")
    assert undo(batch) == (0, 2, 0)
    deal = Deal.objects.get()
    assert (deal.state, deal.stage, deal.source, deal.channel) == ("open", "Open", "", "")
    assert DealPerson.objects.count() == 0
    assert Person.objects.get().lifecycle_stage == "lead"


def test_the_parents_a_file_gave_to_known_accounts_are_taken_off(tmp_path: Path) -> None:
    load(tmp_path, "accounts", "external_id,name\n1,Acme Holding\n2,Acme Works\n")
    batch = load(tmp_path, "accounts", "external_id,name,parent.external_id\n2,Acme Works,1\n")
    assert Account.objects.get(name="Acme Works").parent == Account.objects.get(name="Acme Holding")
    assert undo(batch) == (0, 1, 0)
    assert Account.objects.filter(parent=None).count() == 2


def test_rows_edited_since_are_kept_and_listed_with_the_reason(tmp_path: Path) -> None:
    load(tmp_path, "people", "email,city,job_title\nana@example.org,Berlin,CMO\n")
    batch = load(tmp_path, "people", "email,city,job_title\nana@example.org,Bonn,CEO\nbo@example.org,Ulm,\n")
    ana, bo = Person.objects.order_by("pk")
    with recording("change_person"):
        Person.objects.filter(pk=ana.pk).update(city="Rome")
        Person.objects.filter(pk=bo.pk).update(city="Paris")
    assert undo(batch) == (0, 1, 2)
    ana.refresh_from_db()
    assert (ana.city, ana.job_title) == ("Rome", "CMO")
    assert batch.undone["rows"] == [
        {"object": "person", "id": ana.pk, "why": "changed since: city"},
        {"object": "person", "id": bo.pk, "why": "it was edited"},
    ]


def test_restored_counts_what_was_restored_not_what_was_changed(tmp_path: Path) -> None:
    load(tmp_path, "people", "email,city\nana@example.org,Berlin\nbo@example.org,Ulm\n")
    batch = load(tmp_path, "people", "email,city\nana@example.org,Bonn\nbo@example.org,Bonn\n")
    Person.objects.filter(email="bo@example.org").update(city="Rome")
    assert undo(batch) == (0, 1, 1)
    assert list(Person.objects.order_by("pk").values_list("city", flat=True)) == ["Berlin", "Rome"]


def test_an_owner_given_by_routing_does_not_keep_a_row_but_one_given_by_hand_does(tmp_path: Path) -> None:
    batch = load(tmp_path, "people", "email\nana@example.org\nbo@example.org\n")
    later = timezone.now() + timedelta(minutes=5)
    with recording("route"):
        Person.objects.update(owner=make_user(), updated_at=later)
    bo = Person.objects.get(email="bo@example.org")
    RoutingDecision.objects.create(person=bo, outcome="manual", owner=bo.owner, arrived_at=later)
    assert undo(batch) == (1, 0, 1)
    assert batch.undone["rows"] == [{"object": "person", "id": bo.pk, "why": "somebody gave it an owner"}]


def test_accounts_go_with_their_subsidiaries_keys_and_pending_matches(tmp_path: Path) -> None:
    batch = load(tmp_path, "accounts", "external_id,name,parent.external_id\n1,Acme Holding,\n2,Acme Works,1\n")
    assert AccountChange.objects.count() > 0
    assert undo(batch) == (2, 0, 0)
    assert (Account.objects.count(), AccountChange.objects.count()) == (0, 0)


def test_people_with_touches_stay_and_touches_themselves_go(tmp_path: Path) -> None:
    people = load(tmp_path, "people", "email\nana@example.org\n")
    touches = load(tmp_path, "touches", "person.email,at,kind\nana@example.org,2026-01-02,form\n")
    assert undo(people) == (0, 0, 1)
    assert people.undone["rows"][0]["why"] == "it has touches"
    assert undo(touches) == (1, 0, 0)
    assert (Person.objects.count(), Touch.objects.count()) == (1, 0)


def test_spend_is_taken_back_to_the_amounts_before(tmp_path: Path) -> None:
    head = "date,channel,amount,currency\n2026-03-02,Email,"
    load(tmp_path, "spend", f"{head}5.00,EUR\n")
    batch = load(tmp_path, "spend", f"{head}7.00,EUR\n2026-03-03,Email,1.00,EUR\n")
    assert undo(batch) == (1, 1, 0)
    assert str(Spend.objects.get().amount) == "5.00"
