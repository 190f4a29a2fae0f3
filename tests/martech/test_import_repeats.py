"""A file may come again, contradict itself or name its objects in ways of its own; what it says at its end holds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from martech.importing import reading
from martech.models import Account, Deal, ImportReject, Person, PersonEmail, Spend, Touch
from martech.services.imports import run_file_import
from mops.core.errors import DomainError

pytestmark = pytest.mark.django_db


def run(tmp_path: Path, kind: str, text: str, document: Any = None, **more: Any) -> tuple[int, ...]:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    summary = run_file_import(kind=kind, path=path, source="crm", actor=None, document=document, **more)
    return tuple(summary[name] for name in ("rows", "created", "updated", "unchanged", "rejected"))


def people() -> list[dict[str, Any]]:
    return list(Person.objects.order_by("pk").values())


FLIPPING = "email,city,region\nana@example.org,Berlin,north\nana@example.org,Bonn,\nana@example.org,,south\n"


def test_rows_that_contradict_each_other_change_nothing_when_the_file_comes_again(tmp_path: Path) -> None:
    assert run(tmp_path, "people", FLIPPING) == (3, 1, 1, 1, 0)
    person, before = Person.objects.get(), people()
    assert (person.city, person.properties) == ("Bonn", {"region": "south"})
    assert run(tmp_path, "people", FLIPPING) == (3, 0, 0, 3, 0)
    assert people() == before


def test_that_holds_across_the_chunks_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS", 1)
    assert run(tmp_path, "people", FLIPPING) == (3, 1, 1, 1, 0)
    before = people()
    assert run(tmp_path, "people", FLIPPING) == (3, 0, 0, 3, 0)
    assert people() == before
    assert before[0]["city"] == "Bonn"


CELLS = st.sampled_from(["", "1", "2", "3"])
MAILS = st.sampled_from(["", "ana@example.org", "bo@example.org"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, MAILS, CELLS), min_size=1, max_size=8), size=st.integers(1, 4))
def test_any_file_twice_changes_nothing_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str, str]], size: int
) -> None:
    from django.db import transaction

    monkeypatch.setattr(reading, "ROWS", size)
    text = "external_id,email,city\n" + "".join(f"{key},{mail},{city and 'City ' + city}\n" for key, mail, city in rows)
    with transaction.atomic():
        try:
            run(tmp_path, "people", text)
        except DomainError:
            return  # blank rows only
        before, addresses = people(), set(PersonEmail.objects.values_list("person", "key"))
        _rows, created, updated, _same, _rejected = run(tmp_path, "people", text)
        assert (created, updated) == (0, 0), (text, size)
        assert (people(), set(PersonEmail.objects.values_list("person", "key"))) == (before, addresses)
        transaction.set_rollback(True)


def test_two_rows_that_bring_one_new_address_to_two_people_contradict_each_other(tmp_path: Path) -> None:
    run(tmp_path, "people", "external_id,email\n1,ana@example.org\n2,\n")
    text = "external_id,email,city\n2,bo@example.org,Ulm\n1,bo@example.org,Bonn\n"
    assert run(tmp_path, "people", text) == (2, 0, 1, 0, 1)
    before = people()
    assert before[0]["email"] == "ana@example.org"
    assert run(tmp_path, "people", text) == (2, 0, 0, 1, 1)
    assert people() == before


def test_two_rows_that_bring_one_new_id_to_two_people_contradict_each_other(tmp_path: Path) -> None:
    run(tmp_path, "people", "email\nana@example.org\nbo@example.org\n")
    text = "external_id,email,city\n5,ana@example.org,Ulm\n5,bo@example.org,Bonn\n"
    assert run(tmp_path, "people", text) == (2, 0, 1, 0, 1)
    before = people()
    assert run(tmp_path, "people", text) == (2, 0, 0, 1, 1)
    assert people() == before


def test_an_address_added_by_one_row_finds_the_person_for_the_next(tmp_path: Path) -> None:
    text = "external_id,email\n1,ana@example.org\n1,ana@work.example\n,ana@work.example\n"
    assert run(tmp_path, "people", text) == (3, 1, 0, 2, 0) or Person.objects.count() == 1
    assert Person.objects.count() == 1
    assert PersonEmail.objects.count() == 2


DEAL_MAP = {
    "columns": {"name": "name", "account": "account", "stage": "stage", "amount": "amount"},
    "match_on": ["name"],
}


def test_deals_are_matched_by_their_name_within_the_account_where_the_map_says_so(tmp_path: Path) -> None:
    text = "name,account,stage,amount\nRenewal,Acme,Open,{}\nRenewal,Betatech,Open,5\n"
    assert run(tmp_path, "deals", text.format("10"), DEAL_MAP) == (2, 2, 0, 0, 0)
    assert run(tmp_path, "deals", text.format("12"), DEAL_MAP) == (2, 0, 1, 1, 0)
    assert list(Deal.objects.order_by("pk").values_list("amount", flat=True)) == [Decimal(12), Decimal(5)]


def test_accounts_are_matched_by_their_domain_where_the_map_says_so(tmp_path: Path) -> None:
    document = {"columns": {"name": "name", "website": "website"}, "match_on": ["domain"]}
    run(tmp_path, "accounts", "name,website\nAcme,https://www.acme.example/\n", document)
    assert run(tmp_path, "accounts", "name,website\nAcme Worldwide,acme.example\n", document) == (1, 0, 1, 0, 0)
    assert Account.objects.get().name == "Acme Worldwide"


@pytest.mark.parametrize(
    ("kind", "text", "columns", "reason"),
    [
        ("spend", "date,channel\n2026-01-01,email\n", {"date": "date"}, "leave match_on out"),
        ("touches", "email,at\na@example.org,2026-01-01\n", {"at": "at"}, "leave match_on out"),
        ("deals", "stage\nWon\n", {"stage": "stage"}, "No column is mapped to external_id"),
        ("people", "email\na@example.org\n", {"email": "email"}, "No column is mapped to external_id"),
    ],
)
def test_a_way_to_match_that_makes_no_sense_is_refused(
    tmp_path: Path, kind: str, text: str, columns: dict[str, str], reason: str
) -> None:
    with pytest.raises(DomainError) as refused:
        run(tmp_path, kind, text, {"columns": columns, "match_on": ["external_id"]})
    assert reason in refused.value.errors["match_on"][0]
    assert (Person.objects.count(), Deal.objects.count(), Spend.objects.count(), Touch.objects.count()) == (0, 0, 0, 0)


def test_matching_people_by_id_alone_refuses_an_address_that_is_somebody_elses(tmp_path: Path) -> None:
    run(tmp_path, "people", "external_id,email\n1,ana@example.org\n")
    document = {"columns": {"external_id": "external_id", "email": "email"}, "match_on": ["external_id"]}
    text = "external_id,email\n2,ana@example.org\n3,bo@example.org\n"
    assert run(tmp_path, "people", text, document) == (2, 1, 0, 0, 1)
    assert list(ImportReject.objects.get().errors) == ["email"]


def test_a_parent_may_stand_below_its_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS", 1)
    run(tmp_path, "accounts", "external_id,name,parent.external_id\n2,Acme Works,1\n1,Acme Holding,\n")
    assert Account.objects.get(name="Acme Works").parent == Account.objects.get(name="Acme Holding")
