"""Files become people, deals and spend; the same file twice changes nothing; an import can be taken back."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from martech.models import (
    Account,
    Deal,
    ImportBatch,
    ImportReject,
    ImportWork,
    Person,
    RoutingDecision,
    RoutingWork,
    Spend,
    StageMove,
)
from martech.services.imports import follow, run_file_import, undo_batch
from martech.services.refreshing import refresh_people
from mops.core import work
from mops.core.errors import ConflictError, DomainError
from tests.martech.policies import document, make_reps, publish
from tests.martech.scoring import models

pytestmark = pytest.mark.django_db

LEADS = "mql_id,first_contact_date,origin,page\na1,2018-02-01,social,x\nb2,2017-10-20,paid search,y\n"
MAP = {
    "columns": {"mql_id": "external_id", "first_contact_date": "created_at", "origin": "source"},
    "constants": {"country": "BR", "lifecycle_stage": "mql"},
}


def run(tmp_path: Path, kind: str, text: str, document: Any = None, **more: Any) -> dict[str, Any]:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return run_file_import(kind=kind, path=path, source="olist", actor=None, document=document, **more)


def counts(summary: dict[str, Any]) -> tuple[int, ...]:
    return tuple(summary[name] for name in ("rows", "created", "updated", "unchanged", "rejected"))


def test_leads_without_addresses_come_in_by_their_id_with_source_and_date(tmp_path: Path) -> None:
    assert counts(run(tmp_path, "people", LEADS, MAP)) == (2, 2, 0, 0, 0)
    person = Person.objects.get(identities__external_id="b2")
    assert (person.source, person.channel, person.country) == ("paid search", "paid_search", "BR")
    assert person.properties == {"page": "y"}
    assert (person.lifecycle_stage, person.furthest_stage) == ("mql", "mql")
    assert StageMove.objects.get(person=person).at == person.created_at


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, "people", LEADS, MAP)
    before = list(Person.objects.order_by("pk").values())
    assert counts(run(tmp_path, "people", LEADS, MAP)) == (2, 0, 0, 2, 0)
    assert list(Person.objects.order_by("pk").values()) == before


def test_the_same_file_again_changes_no_owner_no_score_and_decides_nothing(tmp_path: Path) -> None:
    publish(document(make_reps("Ana", "Bo")))
    models.publish()
    people = "email,country,job_title\n" + "".join(f"p{n}@example.org,Germany,Chief {n}\n" for n in range(4))

    def take() -> tuple[int, ...]:
        summary = counts(run(tmp_path, "people", people))
        work.run_due("import")
        work.run_due("routing")
        refresh_people()
        return summary

    assert take() == (4, 4, 0, 0, 0)
    before = list(Person.objects.order_by("pk").values())
    assert [(row["owner_id"] is None, row["score_fit"]) for row in before] == [(False, 75)] * 4
    assert take() == (4, 0, 0, 4, 0)
    assert list(Person.objects.order_by("pk").values()) == before
    assert (RoutingDecision.objects.count(), RoutingWork.objects.count()) == (4, 4)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    summary = run(tmp_path, "people", LEADS, MAP, is_dry_run=True)
    assert counts(summary) == (2, 2, 0, 0, 0)
    assert summary["batch"] is None
    assert (Person.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_bad_rows_are_kept_with_their_reason_and_good_ones_are_taken(tmp_path: Path) -> None:
    text = (
        "email,country,first_name\nana@example.org,Germany,Ana\nnot-an-address,France,Bo\ncy@example.org,Atlantis,Cy\n"
    )
    assert counts(run(tmp_path, "people", text)) == (3, 1, 0, 0, 2)
    rejects = list(ImportReject.objects.values_list("row_number", flat=True))
    assert rejects == [3, 4]
    assert list(ImportReject.objects.get(row_number=4).errors) == ["country"]
    assert ImportReject.objects.get(row_number=3).values["email"] == "not-an-address"


def test_two_rows_of_one_address_are_one_person_and_a_blank_cell_blanks_nothing(tmp_path: Path) -> None:
    text = "email,first_name,city\nana@example.org,Ana,Berlin\nANA@example.org,,Bonn\n"
    assert counts(run(tmp_path, "people", text)) == (2, 1, 1, 0, 0)
    person = Person.objects.get()
    assert (person.first_name, person.city) == ("Ana", "Bonn")


def test_an_id_and_an_address_of_two_people_are_a_contradiction(tmp_path: Path) -> None:
    run(tmp_path, "people", "external_id,email\n1,ana@example.org\n2,bo@example.org\n")
    assert counts(run(tmp_path, "people", "external_id,email\n1,bo@example.org\n")) == (1, 0, 0, 0, 1)


def test_deals_link_people_and_move_them_forward_but_never_back(tmp_path: Path) -> None:
    run(tmp_path, "people", LEADS, MAP)
    deals = "mql_id,won_date,value\na1,2018-03-01 10:00:00,120.50\nzz,2018-03-01,1\n"
    document = {
        "columns": {"mql_id": "person.external_id", "won_date": "closed_at", "value": "amount"},
        "constants": {"stage": "Won", "currency": "BRL"},
    }
    assert counts(run(tmp_path, "deals", deals, document)) == (2, 1, 0, 0, 1)
    deal = Deal.objects.get()
    assert (deal.state, deal.amount, deal.currency, deal.source) == ("won", Decimal("120.50"), "BRL", "social")
    person = Person.objects.get(identities__external_id="a1")
    assert (person.lifecycle_stage, person.furthest_stage) == ("customer", "customer")
    assert Person.objects.get(identities__external_id="b2").lifecycle_stage == "mql"


def test_companies_of_deals_become_accounts_once(tmp_path: Path) -> None:
    text = (
        "opportunity_id,account,deal_stage,close_value\n1,Acme Inc,Won,10\n2,ACME inc.,Engaging,\n3,Betatech,Lost,0\n"
    )
    assert counts(
        run(
            tmp_path,
            "deals",
            text,
            {
                "columns": {
                    "opportunity_id": "external_id",
                    "account": "account",
                    "deal_stage": "stage",
                    "close_value": "amount",
                }
            },
        )
    )[:2] == (3, 3)
    assert Account.objects.count() == 2
    assert list(Deal.objects.order_by("pk").values_list("state", flat=True)) == ["won", "open", "lost"]


def test_spend_is_counted_once_however_often_the_file_comes(tmp_path: Path) -> None:
    text = "date,channel,amount,currency\n2026-03-01,Paid search,12.34,EUR\n2026-03-02,Email,,EUR\n"
    assert counts(run(tmp_path, "spend", text)) == (2, 2, 0, 0, 0)
    assert counts(run(tmp_path, "spend", text)) == (2, 0, 0, 2, 0)
    assert list(Spend.objects.order_by("date").values_list("amount", flat=True)) == [Decimal("12.34"), None]


def test_an_import_is_taken_back_as_a_whole(tmp_path: Path) -> None:
    run(tmp_path, "people", "email,city\nana@example.org,Berlin\n")
    summary = run(tmp_path, "people", "email,city\nana@example.org,Bonn\nbo@example.org,Ulm\n")
    batch = ImportBatch.objects.get(pk=summary["batch"])
    assert undo_batch(batch=batch, actor=None) == {"deleted": 1, "restored": 1, "kept": 0}
    assert Person.objects.get().city == "Berlin"
    with pytest.raises(ConflictError):
        undo_batch(batch=batch, actor=None)


def test_undo_takes_back_whom_scoring_and_the_lifecycle_have_seen_since(tmp_path: Path) -> None:
    from martech.services.refreshing import refresh_people
    from tests.martech.lifecycle.graphs import publish as publish_lifecycle
    from tests.martech.scoring.models import publish as publish_scoring

    publish_scoring()
    publish_lifecycle()
    summary = run(tmp_path, "people", "email,country\nana@example.org,DE\n")
    refresh_people()
    assert Person.objects.values_list("grade", "lifecycle_stage").get() == ("C4", "mql")
    done = undo_batch(batch=ImportBatch.objects.get(pk=summary["batch"]), actor=None)
    assert (done["deleted"], done["kept"]) == (1, 0)
    refresh_people()
    assert not Person.objects.exists()


def test_undo_keeps_whom_a_colleague_moved_to_another_stage(tmp_path: Path) -> None:
    from martech.services.lifecycle import move_person

    batch = ImportBatch.objects.get(pk=run(tmp_path, "people", "email\nana@example.org\n")["batch"])
    move_person(person=Person.objects.get(), to="recycled", reason="No budget", actor=None)
    assert undo_batch(batch=batch, actor=None) == {"deleted": 0, "restored": 0, "kept": 1}
    batch.refresh_from_db()
    assert batch.undone["rows"][0]["why"] == "somebody moved it to another stage"
    assert Person.objects.get().lifecycle_stage == "recycled"


def test_undo_goes_back_to_before_the_file_even_where_it_named_somebody_twice(tmp_path: Path) -> None:
    run(tmp_path, "spend", "date,channel,amount,currency\n2026-03-02,Email,,EUR\n")
    twice = "date,channel,amount,currency\n2026-03-02,Email,5.00,EUR\n2026-03-02,Email,7.00,EUR\n"
    summary = run(tmp_path, "spend", twice)
    assert Spend.objects.get().amount == Decimal("7.00")
    undo_batch(batch=ImportBatch.objects.get(pk=summary["batch"]), actor=None)
    assert Spend.objects.get().amount is None


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("email\n", None),
        ("email,x\na@example.org,1\n", {"columns": {"e-mail": "email"}}),
        ("email,x\na@example.org,1\n", {"columns": {"x": "nickname"}}),
        ("email,x\na@example.org,1\n", {"colums": {}}),
        ("email,x\na@example.org,1\n", {"values": {"country": "x"}}),
        ("email,x\na@example.org,1\n", {"constants": {"country": "Atlantis"}}),
    ],
)
def test_an_unusable_file_or_map_is_refused_whole(tmp_path: Path, text: str, document: Any) -> None:
    with pytest.raises(DomainError):
        run(tmp_path, "people", text, document)
    assert Person.objects.count() == 0


def test_the_example_maps_are_valid() -> None:
    from martech.importing import read_map

    folder = Path(__file__).resolve().parents[2] / "docs" / "examples"
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text())
        kind = path.stem.split("-")[1]
        assert read_map(document, kind, list(document["columns"])).kind == kind


def test_an_imported_person_belongs_to_the_account_of_their_domain_and_is_then_routed(tmp_path: Path) -> None:
    reps = make_reps("Ana")
    publish(document(reps))
    run(tmp_path, "accounts", "name,website\nAcme,acme.example\n")
    summary = run(tmp_path, "people", "email\nbo@acme.example\n")
    assert (Person.objects.get().account, RoutingWork.objects.count()) == (None, 0)
    work.run_due("import")
    assert Person.objects.get().account == Account.objects.get()
    assert RoutingWork.objects.get().person == Person.objects.get()
    assert ImportBatch.objects.get(pk=summary["batch"]).work.get().state == "done"


def test_a_large_import_is_followed_in_steps_and_one_that_was_taken_back_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "STEP", 2)
    publish(document(make_reps("Ana")))
    summary = run(tmp_path, "people", "email\n" + "".join(f"p{number}@example.org\n" for number in range(5)))
    work.run_due("import")
    assert RoutingWork.objects.count() == 5
    assert ImportWork.objects.filter(step="follow", state="done").count() == 3
    other = run(tmp_path, "people", "email\nlast@example.org\n")
    undo_batch(batch=ImportBatch.objects.get(pk=other["batch"]), actor=None)
    work.run_due("import")
    assert (RoutingWork.objects.count(), summary["created"]) == (5, 5)


def test_an_address_that_comes_in_another_spelling_keeps_the_one_we_know(tmp_path: Path) -> None:
    run(tmp_path, "people", "email\nana@example.org\n")
    assert counts(run(tmp_path, "people", "email\nANA@Example.org\n")) == (1, 0, 0, 1, 0)
    assert Person.objects.get().email == "ana@example.org"
