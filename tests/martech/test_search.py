"""Search over people: found as soon as they are written, large statements a step later, and only by what may be seen."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from martech.models import IdentityMarks, IdentityWork, Person, PersonWords, SearchWork
from martech.selectors.searching import with_words, with_words_first
from mops.core.invariants import check, invariants
from mops.core.work import run_due
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db

FEW = "create or replace function martech_many() returns integer language sql immutable as $$ select 5 $$"
IN_ONE_STATEMENT = """
insert into martech_person (email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url,
  source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage, score_fit, score_engagement,
  grade, properties, created_at, recorded_at, updated_at)
select 'person' || n || '@acme.example', 'First', 'Last' || n, '', 'Acme', '', '', '', '', '', '', '', 'other', '{}', '', false,
  'lead', 'lead', 0, 0, '', '{}', now(), now(), now() from generate_series(1, %s) n
"""


def found(text: str, hidden: Any = ()) -> set[str]:
    return set(with_words(Person.objects.all(), text, hidden).values_list("last_name", flat=True))


def insert(people: int) -> None:
    """So many people by one statement, of which six are called many."""
    with connection.cursor() as cursor:
        cursor.execute(FEW)
        cursor.execute(IN_ONE_STATEMENT, [people])


def broken() -> list[str]:
    [kept] = [one for one in invariants() if one.key == "martech.search_finds_everybody"]
    return list(check(kept).examples)


def test_a_person_is_found_at_once_by_every_field_and_no_more_once_deleted() -> None:
    person = make_person(first_name="Zoë", last_name="O'Neil_50%", company="Müller & Söhne", email="zoe@x.example")
    for text in ("zoë", "O'NEIL_50%", "müller zoe@x", "söhne neil", "ö"):
        assert found(text) == {"O'Neil_50%"}, text
    for text in ("neil_5_", "neil%50", "zoë nobody", "zoëo"):
        assert found(text) == set(), text
    Person.objects.filter(pk=person.pk).update(last_name="Ott")
    assert (found("neil"), found("ott")) == (set(), {"Ott"})
    assert broken() == []
    person.delete()
    assert not PersonWords.objects.exists()


def test_a_word_in_a_hidden_field_finds_nobody() -> None:
    make_person(last_name="Ott", email="secret@x.example", company="Acme")
    assert found("acme", {"email"}) == {"Ott"}
    assert found("secret", {"email"}) == set()


def test_people_of_a_small_statement_are_found_at_once() -> None:
    insert(5)
    assert found("last3 acme") == {"Last3"}
    assert not SearchWork.objects.exists()


def test_people_of_a_large_statement_are_found_once_the_work_is_done() -> None:
    insert(6)
    low, *_others, high = Person.objects.order_by("pk")
    assert list(SearchWork.objects.values_list("people", flat=True)) == [f"{{[{low.pk},{high.pk + 1})}}"]
    assert found("last6") == set()
    assert broken() == []
    Person.objects.filter(pk=high.pk).update(last_name="Ott")
    low.delete()
    assert found("ott") == {"Ott"}
    assert run_due("people_search") == 1
    assert (found("last5"), found("last6"), found("ott")) == ({"Last5"}, set(), {"Ott"})
    assert PersonWords.objects.count() == 5
    assert broken() == []


def test_people_of_a_large_statement_are_marked_for_comparison_once_the_work_is_done() -> None:
    insert(6)
    assert IdentityMarks.objects.count() == 1
    assert not IdentityWork.objects.exists()
    assert run_due("identity_marks") == 1
    marked = IdentityWork.objects.filter(state="pending").values_list("person_id", flat=True)
    assert set(marked) == set(Person.objects.values_list("pk", flat=True))


def test_ten_thousand_are_not_yet_many() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select martech_many()")
        assert cursor.fetchone() == (10_000,)


def test_the_list_the_search_page_and_the_api_find_the_same_person(client: Client) -> None:
    make_person(first_name="Anna", last_name="Berg", company="Acme")
    make_person(first_name="Karl", last_name="Ott", company="Acme")
    client.force_login(make_user("ops_manager"))
    for page in ("/martech/people/?q=acme+ann", "/search/?q=acme+ann"):
        text = client.get(page).content.decode()
        assert ("Berg" in text, "Ott" in text) == (True, False), page


def test_search_asks_the_index() -> None:
    """In a table of five the planner would rather read them all, so it is not allowed to here."""
    insert(5)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")
    assert "person_words_search" in with_words(Person.objects.order_by(), "last3", ()).explain()


def test_whose_words_begin_so_comes_before_whose_words_hold_it() -> None:
    for name in ("Hannah", "Anna", "Joanna", "Annabel"):
        make_person(first_name=name, last_name="Ott-Anderson", email=f"x{name}@x.example")

    def first(text: str, limit: int = 4) -> list[str]:
        return [person.first_name for person in with_words_first(Person.objects.all(), text, (), limit)]

    assert set(first("anna ott")[:2]) == {"Anna", "Annabel"}
    assert len(first("anna ott")) == 4
    assert set(first("anna", 2)) == {"Anna", "Annabel"}
    assert (len(first("anna", 3)), first("(anna"), first("nobody")) == (3, [], [])
    assert set(first("t-anderson")) == {"Hannah", "Anna", "Joanna", "Annabel"}
