"""Fixes in bulk: what they propose, what they write, and that all of it can be taken back where it is still theirs."""

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from martech.models import FixValue, Person, QualityFix, QualityFixState, QualityStep, QualityWork
from martech.quality.fixing import (
    company_case,
    company_spelling,
    name_case,
    near_spellings,
    one_spelling,
)
from martech.services.quality.fixes import apply_fix, choose_values, retry_fix, start_fix, undo_fix
from martech.services.quality.work import OF_FIX
from mops.core import work
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_account, make_person, make_user


def counted(kind: str, field: str, **options: str) -> QualityFix:
    fix = start_fix(kind=kind, field=field, options=options, actor=make_user())
    work.run_due("quality")
    fix.refresh_from_db()
    assert fix.state == QualityFixState.READY
    return fix


def proposals(fix: QualityFix) -> dict[str, str]:
    return dict(fix.values.values_list("before", "after"))


def applied(fix: QualityFix) -> QualityFix:
    apply_fix(fix=fix, actor=make_user())
    work.run_due("quality")
    fix.refresh_from_db()
    return fix


def undone(fix: QualityFix) -> QualityFix:
    undo_fix(fix=fix, actor=make_user())
    work.run_due("quality")
    fix.refresh_from_db()
    return fix


@pytest.mark.django_db
def test_a_fix_that_fails_for_good_says_why_and_is_tried_again(client: Client, monkeypatch: Any) -> None:
    make_person(city=" Bonn")
    client.force_login(make_user("ops_manager"), backend="django.contrib.auth.backends.ModelBackend")
    fix = counted("tidy", "city")
    apply_fix(fix=fix, actor=make_user())
    monkeypatch.setitem(OF_FIX, QualityStep.APPLY, lambda _fix: 1 / 0)
    for _attempt in range(3):
        QualityWork.objects.update(run_after=timezone.now())
        work.run_due("quality")
    page = client.get(fix.get_absolute_url()).content.decode()
    assert "Apply a fix did not work, after 3 attempts" in page
    assert "ZeroDivisionError" in page
    assert 'hx-trigger="load' not in page
    assert Person.objects.get().city == " Bonn"
    monkeypatch.undo()
    client.post(f"{fix.get_absolute_url()}retry/")
    work.run_due("quality")
    fix.refresh_from_db()
    assert (fix.state, Person.objects.get().city) == (QualityFixState.APPLIED, "Bonn")
    with pytest.raises(ConflictError):
        retry_fix(fix=fix, actor=None)


@pytest.mark.django_db
def test_a_fix_proposes_for_wrong_values_only_and_writes_nothing_by_itself() -> None:
    wanted: list[tuple[str, str, dict[str, str], list[str]]] = [
        ("tidy", "city", {" Bonn": "Bonn", "New  York": "New York", "A\tB": "A B"}, ["Rome", "A\u200bB"]),
        ("case", "last_name", {"MÜLLER": "Müller", "smith": "Smith"}, ["O’Neill", "LI", "王"]),
        ("case", "company", {"ACME MACHINES GMBH": "Acme Machines GmbH", "acme": "Acme"}, ["IBM"]),
        ("country", "country", {"UK": "GB", "de": "DE"}, ["DE", "XX"]),
    ]
    for kind, field, expected, right in wanted:
        Person.objects.bulk_create(Person(**{field: value}) for value in [*expected, *right])
        before = list(Person.objects.order_by("pk").values_list(field, flat=True))
        assert proposals(counted(kind, field)) == expected
        assert list(Person.objects.order_by("pk").values_list(field, flat=True)) == before


@pytest.mark.django_db
def test_phones_take_the_persons_country_or_the_default_and_what_stays_says_why() -> None:
    make_person(phone="030 901820", country="DE")
    make_person(phone="020 7946 0958", country="GB")
    make_person(phone="030 901820")
    make_person(phone="ask me", country="DE")
    fix = counted("phone", "phone", default_country="FR")
    assert set(fix.values.values_list("context", "before", "after")) == {
        ("DE", "030 901820", "+4930901820"),
        ("GB", "020 7946 0958", "+442079460958"),
    }
    assert {row["value"] for row in fix.left} == {"ask me", "030 901820"}
    done = applied(fix)
    assert done.changed == 2
    assert sorted(Person.objects.values_list("phone", flat=True)) == [
        "+442079460958",
        "+4930901820",
        "030 901820",
        "ask me",
    ]


@pytest.mark.django_db
def test_what_is_empty_is_filled_from_the_account_or_a_property() -> None:
    account = make_account(country="DE", name="Acme")
    one, other = make_person(account=account), make_person(account=account, country="FR")
    third = make_person(properties={"Land": "Frankreich"})
    make_person(properties={"Land": "Atlantis"})
    assert applied(counted("account", "country")).changed == 1
    fix = counted("property", "country", property="Land")
    assert fix.left == [{"value": "Atlantis", "reason": "Nobody knows this country.", "people": 1}]
    assert applied(fix).changed == 1
    assert [Person.objects.get(pk=p.pk).country for p in (one, other, third)] == ["DE", "FR", "FR"]


@pytest.mark.django_db
def test_undo_gives_back_what_is_still_ours_and_keeps_what_somebody_changed_since() -> None:
    people = [make_person(company=" Acme") for _ in range(3)]
    done = applied(counted("tidy", "company"))
    assert done.changed == 3
    Person.objects.filter(pk=people[1].pk).update(company="Acme Holding")
    back = undone(done)
    assert (back.state, back.restored, back.kept) == (QualityFixState.UNDONE, 2, 1)
    assert [Person.objects.get(pk=p.pk).company for p in people] == [" Acme", "Acme Holding", " Acme"]
    with pytest.raises(ConflictError):
        undo_fix(fix=back, actor=make_user())


@pytest.mark.django_db
def test_history_names_who_applied_the_fix() -> None:
    person = make_person(company=" Acme")
    actor = make_user()
    fix = counted("tidy", "company")
    apply_fix(fix=fix, actor=actor)
    work.run_due("quality")
    events = apps.get_model("martech", "PersonEvent").objects.filter(pgh_obj=person, company="Acme")
    event = events.order_by("pgh_id").first()
    assert event is not None
    assert event.pgh_context.metadata == {"verb": "apply_quality_fix", "user": actor.pk, "fix": fix.pk}


@pytest.mark.django_db
def test_only_chosen_values_are_written_and_only_where_they_are_still_as_counted() -> None:
    for value in (" A1", " B2", " C3"):
        make_person(company=value)
    fix = counted("tidy", "company")
    ids = dict(fix.values.values_list("before", "pk"))
    choose_values(fix=fix, shown=list(ids.values()), chosen=[ids[" A1"], ids[" C3"]])
    Person.objects.filter(company=" C3").update(company="Changed")
    assert applied(fix).changed == 1
    assert set(Person.objects.values_list("company", flat=True)) == {"A1", " B2", "Changed"}
    with pytest.raises(ConflictError):
        choose_values(fix=fix, shown=[], chosen=[])
    with pytest.raises(ConflictError):
        apply_fix(fix=fix, actor=make_user())


@pytest.mark.django_db
def test_a_changed_country_is_matched_to_accounts_again() -> None:
    account = make_account(name="Nordwind", name_key="nordwind", domain="nordwind.example")
    person = make_person(email="ana@nordwind.example", company="Nordwind ")
    assert person.account_id is None
    applied(counted("tidy", "company"))
    assert Person.objects.get(pk=person.pk).account_id == account.pk


@pytest.mark.django_db
def test_a_fix_that_makes_no_sense_is_refused() -> None:
    wrong: list[tuple[str, str, dict[str, str], str]] = [
        ("phone", "city", {}, "field"),
        ("magic", "city", {}, "kind"),
        ("property", "city", {}, "property"),
        ("phone", "phone", {"default_country": "Germany"}, "default_country"),
    ]
    for kind, field, options, place in wrong:
        with pytest.raises(DomainError) as refused:
            start_fix(kind=kind, field=field, options=options, actor=None)
        assert place in refused.value.errors
    assert not QualityFix.objects.exists()


@pytest.mark.django_db
def test_a_fix_is_seen_applied_and_undone_by_clicks() -> None:
    person = make_person(country="UK")
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    form: dict[str, Any] = {"kind": "country", "field": "country"}
    answer = client.post("/martech/quality/fixes/new/", form)
    page = answer["Location"]
    assert "nothing is changed" in client.get(page).content.decode()
    work.run_due("quality")
    shown = client.get(page).content.decode()
    assert "<b>1 people</b> would change" in shown
    value = FixValue.objects.get()
    assert client.post(f"{page}apply/", {"shown": value.pk, "intent": "apply"}).status_code == 302
    assert QualityFix.objects.get().state == QualityFixState.READY
    client.post(f"{page}apply/", {"shown": value.pk, "chosen": value.pk, "intent": "apply"})
    work.run_due("quality")
    assert Person.objects.get(pk=person.pk).country == "GB"
    assert client.post(f"{page}undo/").status_code == 302
    work.run_due("quality")
    assert Person.objects.get(pk=person.pk).country == "UK"
    assert client.get(page).status_code == 200
    assert "Countries as ISO codes" in client.get("/martech/quality/fixes/").content.decode()


def test_capitals_as_in_names() -> None:
    assert name_case("MARIA VAN DER BERG-O'NEILL") == "Maria van der Berg-O'Neill"
    assert name_case("VON") == "Von"
    assert company_case("SAP SE") == "SAP SE"
    assert company_case("bank of ireland plc") == "Bank of Ireland PLC"


def test_spellings_of_a_company_become_the_most_frequent_one_and_legal_forms_are_kept_apart() -> None:
    counts = {"Acme GmbH": 5, "ACME GMBH": 7, "acme gmbh.": 1, "Acme Inc": 3, "Beta": 2}
    assert {name: answer.after for name, answer in one_spelling(counts).items()} == {
        "Acme GmbH": "ACME GMBH",
        "acme gmbh.": "ACME GMBH",
    }
    assert one_spelling({"ACME": 2, "Acme": 2})["ACME"].after == "Acme"


def test_near_spellings_are_proposals_unless_only_case_and_accents_differ() -> None:
    found = near_spellings(
        {"München": 50, "Munchen": 3, "MÜNCHEN": 2, "Müncen": 1, "Mainz": 40, "Main": 30, "Q1": 9, "Q2": 1}
    )
    assert {name: (answer.after, answer.is_sure) for name, answer in found.items()} == {
        "Munchen": ("München", True),
        "MÜNCHEN": ("München", True),
        "Müncen": ("München", False),
    }


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.integers(1, 50), max_size=12))
def test_maps_of_spellings_lead_to_values_that_stay(counts: dict[str, int]) -> None:
    for found in (one_spelling(counts), near_spellings(counts)):
        assert all(answer.after in counts and answer.after not in found for answer in found.values())


@given(st.text(max_size=40))
def test_a_spelling_is_stable(name: str) -> None:
    assert company_spelling(company_spelling(name)) == company_spelling(name)
