"""Identity in the database: marks, keys, pairs, decisions, rules, and the command."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from martech.identity.standard import standard_document
from martech.models import (
    DuplicatePair,
    FormerValue,
    HubValue,
    IdentityCluster,
    IdentityRules,
    IdentityWork,
    MatchKey,
    PairState,
    PairVerdict,
    Person,
    PersonEmail,
)
from martech.selectors.identity import check_one, compare_two, export_records, pairs_to_review, rule_confidence
from martech.services.identity import applying
from martech.services.identity.comparing import IDENTITY
from martech.services.identity.deciding import decide_pair, lock_person, reopen_pair
from martech.services.identity.finding import find_all_duplicates
from martech.services.identity.rules import publish_rules, save_rules_draft
from martech.services.identity.trials import start_trial
from martech.services.people import save_person
from mops.core.errors import ConflictError, DomainError
from mops.core.invariants import check, invariants
from mops.core.work import StaleLease, claim, complete, run_due
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def anna(**fields: Any) -> Person:
    return make_person(
        **{"first_name": "Anna", "last_name": "Berg", "company": "Acme GmbH", "email": "anna.berg@acme.com", **fields}
    )


def clusters() -> dict[int, int]:
    return dict(IdentityCluster.objects.values_list("person_id", "review_cluster"))


def marked() -> set[int]:
    return set(IdentityWork.objects.filter(state="pending").values_list("person_id", flat=True))


def test_every_write_marks_the_person_bulk_and_raw_sql_included() -> None:
    one, other = anna(), anna(email="karl@acme.com", first_name="Karl")
    assert marked() == {one.pk, other.pk}
    run_due("identity")
    assert marked() == set()
    Person.objects.filter(pk=one.pk).update(score_fit=3)
    assert marked() == set()
    Person.objects.filter(pk=one.pk).update(phone="+4915112345678")
    with connection.cursor() as cursor:
        cursor.execute("update martech_person set last_name = 'Ott' where id = %s", [other.pk])
    assert marked() == {one.pk, other.pk}


def test_a_write_during_the_comparison_takes_the_row_back() -> None:
    person = anna()
    rows = claim(IDENTITY)
    Person.objects.filter(pk=person.pk).update(last_name="Ott")
    with pytest.raises(StaleLease):
        complete(rows)
    assert marked() == {person.pk}


def test_keys_follow_the_person_and_leave_with_a_merge() -> None:
    one, other = anna(), anna(email="other@example.org", first_name="Karl", last_name="Ott", company="")
    run_due("identity")
    assert ("email", "anna.berg@acme.com") in set(MatchKey.objects.filter(person=one).values_list("kind", "value"))
    Person.objects.filter(pk=one.pk).update(merged_into=other)
    run_due("identity")
    assert not MatchKey.objects.filter(person=one).exists()
    assert ("name", "anaberg") in set(MatchKey.objects.filter(person=other).values_list("kind", "value"))


def test_a_former_phone_still_finds_the_person() -> None:
    person = anna(phone="+4915112345678", email="anna@example.org")
    Person.objects.filter(pk=person.pk).update(phone="+4915187654321")
    assert list(FormerValue.objects.values_list("field", "value")) == [("phone", "+4915112345678")]
    twin = anna(phone="+4915112345678", email="", company="")
    run_due("identity")
    assert clusters() == {person.pk: person.pk, twin.pk: person.pk}


def test_the_same_name_and_company_is_proposed_with_its_reasons() -> None:
    one, other = anna(), anna(email="")
    run_due("identity")
    pair = DuplicatePair.objects.get()
    assert (pair.one_id, pair.other_id, pair.rule, pair.band, pair.state) == (
        one.pk,
        other.pk,
        "name_org",
        "review",
        "open",
    )
    assert pair.evidence["rule"] == "Same name and company"
    assert "the same company" in pair.evidence["why"]
    assert clusters() == {one.pk: one.pk, other.pk: one.pk}
    assert not IdentityCluster.objects.filter(auto_cluster=one.pk, person=other).exists()


def test_a_pair_that_holds_no_more_goes_away() -> None:
    anna()
    other = anna(email="")
    run_due("identity")
    Person.objects.filter(pk=other.pk).update(first_name="Karl", last_name="Ott")
    FormerValue.objects.all().delete()
    IdentityWork.objects.filter(state="pending").update(run_after="2020-01-01T00:00Z")
    run_due("identity")
    assert DuplicatePair.objects.count() == 0
    assert clusters() == {}


def test_a_rejected_pair_stays_apart_whatever_is_compared_again() -> None:
    anna()
    anna(email="")
    run_due("identity")
    pair = DuplicatePair.objects.get()
    decide_pair(pair=pair, is_duplicate=False, actor=None, reason="Namesakes")
    assert clusters() == {}
    find_all_duplicates(is_everybody=True)
    assert DuplicatePair.objects.get().state == PairState.REJECTED
    assert clusters() == {}
    with pytest.raises(ConflictError):
        decide_pair(pair=pair, is_duplicate=True, actor=None)
    assert PairVerdict.objects.count() == 1
    reopen_pair(pair=pair, actor=None)
    assert len(clusters()) == 2


def test_two_locked_people_never_join() -> None:
    one, other = anna(), anna(email="")
    run_due("identity")
    lock_person(person=one, actor=None)
    lock_person(person=other, actor=None)
    assert clusters() == {}


def test_verdicts_move_a_rule_to_the_automatic_band_and_back() -> None:
    anna()
    anna(email="")
    run_due("identity")
    pair = DuplicatePair.objects.get()
    PairVerdict.objects.bulk_create(
        PairVerdict(pair=None, rule="name_org", rule_version=1, is_duplicate=True) for _ in range(764)
    )
    decide_pair(pair=pair, is_duplicate=True, actor=None)
    row = next(row for row in rule_confidence() if row.key == "name_org")
    assert (row.right, row.total, row.merges_alone) == (765, 765, True)
    assert DuplicatePair.objects.get().band == "auto"
    PairVerdict.objects.create(pair=None, rule="name_org", rule_version=1, is_duplicate=False)
    assert not next(row for row in rule_confidence() if row.key == "name_org").merges_alone


def test_a_switchboard_becomes_a_hub_and_stops_being_evidence() -> None:
    for name in ("Berg", "Ott", "Kramer", "Vogel"):
        make_person(first_name="Anna", last_name=name, phone="+4940123456", email="", company="Acme")
    summary = find_all_duplicates()
    assert summary["hubs"] == 1
    assert HubValue.objects.get().value == "40123456"
    assert summary["people_in_clusters"] == 0


def test_one_record_is_checked_without_writing() -> None:
    person = anna(phone="+4915112345678")
    run_due("identity")
    found = check_one({"first_name": "Anna", "last_name": "Berg", "phone": "0151 12345678"})
    assert [(match.person_id, match.band, match.verdict.rule.key) for match in found] == [  # type: ignore[union-attr]
        (person.pk, "auto", "name_phone")
    ]
    assert check_one({"first_name": "Zoe", "last_name": "Quist", "email": "zoe@nowhere.example"}) == []
    assert DuplicatePair.objects.count() == 0


def test_one_record_is_checked_in_three_queries(django_assert_num_queries: Any) -> None:
    anna()
    run_due("identity")
    check_one({"email": "anna.berg@acme.com"})
    with django_assert_num_queries(3):
        check_one({"email": "anna.berg@acme.com"})


def test_two_people_are_compared_with_what_stands_against_them() -> None:
    one, other = anna(), anna(email="anna.berg2@acme.com")
    verdict = compare_two(one.pk, other.pk)
    assert verdict is not None
    assert [veto.key for veto in verdict.vetoes] == ["numbered_mailbox"]
    assert not pairs_to_review().exists()


def without(key: str) -> dict[str, Any]:
    document = standard_document()
    return {**document, "rules": [rule for rule in document["rules"] if rule["key"] != key]}


def test_rules_are_drafted_tried_and_published() -> None:
    one, other = anna(), anna(email="")
    run_due("identity")
    save_rules_draft(document=without("name_org"), actor=None)
    with pytest.raises(ConflictError):
        publish_rules(actor=None)
    with pytest.raises(DomainError):
        save_rules_draft(document={"rules": []}, actor=None)
    start_trial(actor=None)
    run_due("rules_trial")
    outcome = IdentityRules.objects.get(state="draft").dry_run
    assert outcome is not None
    assert outcome["before"] == 1
    assert publish_rules(actor=None).number == 2
    run_due("identity")
    assert list(IdentityRules.objects.values_list("number", "state")) == [(2, "published"), (1, "superseded")]
    assert DuplicatePair.objects.get().rule_version == 2
    assert DuplicatePair.objects.get().rule != "name_org"
    assert {one.pk, other.pk} == {p for row in DuplicatePair.objects.values_list("one_id", "other_id") for p in row}


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["external_id", "email", "first_name", "last_name", "phone", "company"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(*arguments: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return json.loads(out.getvalue())


SHARED = [
    {"external_id": "A1", "email": "info@acme.com", "first_name": "Anna", "last_name": "Berg", "company": "Acme"},
    {"external_id": "A2", "email": "info@acme.com", "first_name": "Karl", "last_name": "Ott", "company": "Acme"},
    {"external_id": "A3", "email": "j.smith@gmail.com", "first_name": "John", "last_name": "Smith"},
    {"external_id": "A4", "email": "j.smith@gmail.com", "first_name": "John", "last_name": "Smith Jr."},
    {"external_id": "A5", "email": "zoe@quist.org", "first_name": "Zoe", "last_name": "Quist"},
    {"external_id": "A6", "email": "ZOE@quist.org", "first_name": "Zoë", "last_name": "Quist"},
    {"external_id": "A7", "email": "zoe@quist.org", "first_name": "Zoe", "last_name": "Stone"},
]


def test_a_shared_inbox_does_not_make_two_people_one_on_import(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "people.csv", SHARED)
    assert run("import_people", str(path), "--source", "crm")["created"] == 6
    assert Person.objects.filter(email__iexact="info@acme.com").count() == 2
    assert PersonEmail.objects.filter(key="info@acme.com").count() == 1
    again = run("import_people", str(path), "--source", "crm")
    assert (again["created"], again["rejected"]) == (0, 0)
    summary = run("dedupe", "--all", "--export", str(tmp_path / "out.csv"))
    assert summary["exported"] == 7
    rows = {row["external_id"]: row for row in csv.DictReader((tmp_path / "out.csv").open())}
    assert sorted(rows) == ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    assert {row["source"] for row in rows.values()} == {"crm"}
    assert len({rows[name]["review_cluster"] for name in ("A1", "A2", "A3", "A4", "A5")}) == 5
    assert rows["A5"]["person_id"] == rows["A6"]["person_id"]
    assert rows["A7"]["review_cluster"] == rows["A5"]["review_cluster"]
    assert rows["A7"]["auto_cluster"] != rows["A5"]["auto_cluster"]


def test_the_export_names_merged_away_records_under_their_survivor() -> None:
    one, other = anna(external_id="C1"), anna(external_id="C2", email="")
    Person.objects.filter(pk=other.pk).update(merged_into=one)
    run_due("identity")
    assert list(export_records()) == [(one.pk, "C1", "crm", one.pk, one.pk), (one.pk, "C2", "crm", one.pk, one.pk)]


def broken() -> set[str]:
    return {row.key for row in invariants() if row.key.startswith("martech.") and not check(row).holds}


def test_the_invariants_of_identity_hold_and_name_what_breaks_them(tmp_path: Path) -> None:
    run("import_people", str(write_csv(tmp_path / "people.csv", SHARED)))
    one, other = anna(), anna(email="")
    find_all_duplicates()
    assert broken() == set()
    DuplicatePair.objects.filter(one=one, other=other).update(state=PairState.REJECTED)
    assert broken() == {"martech.rejected_pairs_stay_apart"}
    IdentityCluster.objects.filter(person=other).update(review_cluster=other.pk + 1)
    assert broken() == {"martech.clusters_go_by_their_first"}


def saved(**data: str) -> tuple[int, bool]:
    found = save_person(data=data, actor=None)
    return found.person.pk, found.is_new


def test_a_desks_address_takes_another_name_as_another_person_at_the_door() -> None:
    anna_id, _new = saved(email="info@acme.com", first_name="Anna", last_name="Berg")
    karl_id, is_new = saved(email="info@acme.com", first_name="Karl", last_name="Ott")
    assert is_new
    assert karl_id != anna_id
    assert saved(email="INFO@acme.com", first_name="Karl", last_name="Ott") == (karl_id, False)
    assert saved(email="info@acme.com", first_name="Anna", last_name="Berg") == (anna_id, False)
    assert saved(email="info@acme.com") == (anna_id, False)
    assert Person.objects.count() == 2


def test_a_personal_address_is_its_holder_whatever_the_name() -> None:
    person, _new = saved(email="ana@acme.com", first_name="Ana", last_name="Berg")
    assert saved(email="ana@acme.com", first_name="Ana Maria", last_name="Ott") == (person, False)


def test_an_import_with_duplicates_in_it_can_be_taken_back(tmp_path: Path) -> None:
    rows = [{"external_id": f"B{n}", "first_name": "Anna", "last_name": "Berg", "company": "Acme"} for n in (1, 2)]
    batch = run("import_people", str(write_csv(tmp_path / "people.csv", rows)))["batch"]
    find_all_duplicates()
    assert DuplicatePair.objects.count() == 1
    call_command("undo_import", str(batch), stdout=StringIO())
    find_all_duplicates()
    left = [model.objects.count() for model in (Person, MatchKey, DuplicatePair, IdentityCluster)]
    assert left == [0, 0, 0, 0]


def refuse_to_merge(**_given: Any) -> None:
    raise ConflictError("Somebody else is merging them.")


def twins() -> tuple[Person, Person]:
    """Two whom a trusted rule takes for one, by name and phone."""
    return anna(phone="+4915112345678", external_id="C1"), anna(phone="+4915112345678", email="", external_id="C2")


def test_apply_merges_the_automatic_band_into_the_first_and_nothing_else() -> None:
    one, other = twins()
    make_person(first_name="Zoe", last_name="Quist", company="Orbis")
    doubtful = make_person(first_name="Zoe", last_name="Quist", company="Orbis", email="")
    summary = run("dedupe", "--apply")
    assert (summary["merged"], summary["kept"]) == (1, 0)
    other.refresh_from_db()
    doubtful.refresh_from_db()
    assert other.merged_into_id == one.pk
    assert doubtful.merged_into_id is None
    assert DuplicatePair.objects.get(one=one, other=other).state == PairState.MERGED
    assert run("dedupe", "--all", "--apply")["merged"] == 0


def test_a_refused_merge_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = twins()
    monkeypatch.setattr(applying, "merge_people", refuse_to_merge)
    summary = run("dedupe", "--apply")
    assert (summary["merged"], summary["kept"]) == (0, 2)
    assert DuplicatePair.objects.get(one=one, other=other).state == PairState.OPEN
    assert Person.objects.living().count() == 2
