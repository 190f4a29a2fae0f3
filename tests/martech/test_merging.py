"""People become one and two again: nothing is lost, nobody is subscribed again, races end in one winner."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.models import ConsentRecord
from governance.selectors.consents import standing_consents
from governance.selectors.history import event_models
from governance.services.consents import record_consents
from governance.subjects import subject_of
from martech.models import (
    AccountEvidence,
    Activity,
    DealPerson,
    DuplicatePair,
    EventSource,
    FitContribution,
    FixedPerson,
    FormerValue,
    IdentityCluster,
    LearnedScore,
    LearnedVersion,
    LockedIdentity,
    MatchKey,
    Person,
    PersonConsent,
    PersonEmail,
    PersonIdentity,
    PersonMerge,
    QualityFix,
    ResponseClock,
    RoutingDecision,
    RoutingWork,
    RuleVersion,
    ScoringVersion,
    Segment,
    SegmentMembership,
    SourceEvent,
    StageMove,
    Touch,
)
from martech.services.accounts import match_people
from martech.services.merging import latest_merge_of, merge_people, publish_merge_rules, unmerge_people
from martech.services.merging.holders import holders
from martech.services.people import save_person
from mops.core import work
from mops.core.errors import ConflictError, DomainError
from mops.core.invariants import check, invariants
from tests.factories import make_account, make_deal, make_person, make_user
from tests.martech.policies import document, make_reps, publish

AT = datetime(2026, 2, 1, 9, tzinfo=UTC)
LEDGER = {"martech_personmerge", "martech_mergedperson", "governance_consentrecord"}


def merge(survivor: Person, *others: Person, **more: Any) -> PersonMerge:
    return merge_people(survivor=survivor, others=others, actor=None, **more)


def unmerge(done: PersonMerge) -> PersonMerge:
    return unmerge_people(merge=done, actor=None)


def tables() -> Iterator[str]:
    for model in apps.get_models():
        if not issubclass(model, pghistory.models.Event) and model._meta.app_label in (
            "martech",
            "planning",
            "workflow",
        ):
            yield model._meta.db_table


IDENTITY = {"martech_formervalue", "martech_identitywork", "martech_changedperson"}
"""What triggers write down of every change, a merge and its undoing included."""


def everything() -> dict[str, set[str]]:
    """Every row of every table of the market data. `updated_at` says when a row was written last, which did change."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables()) - LEDGER - IDENTITY):
            cursor.execute(f"select (to_jsonb(t) - 'updated_at')::text from {table} t")
            found[table] = {row[0] for row in cursor.fetchall()}
    return found


def make_full_person(number: int, **fields: Any) -> Person:
    """A person with a row in every table that refers to people."""
    person = make_person(external_id=f"crm-{number}", **fields)
    Touch.objects.create(person=person, at=AT, kind="form", properties={"n": number})
    StageMove.objects.create(person=person, stage=person.lifecycle_stage, at=AT)
    version, _ = ScoringVersion.objects.get_or_create(number=1, state="superseded", defaults={"document": {}})
    FitContribution.objects.create(person=person, version=version, rule="senior", since=AT)
    decision = RoutingDecision.objects.create(person=person, outcome="manual", arrived_at=AT, inputs={"a": 1.5})
    moments = dict(started_at=AT, warn_at=AT, due_at=AT, allowed_minutes=5)
    ResponseClock.objects.create(person=person, decision=decision, owner=make_user(), **moments)
    RoutingWork.objects.create(person=person)
    DealPerson.objects.create(deal=make_deal(), person=person, role="champion")
    match_people([person.pk])
    return person


def add_identity(person: Person) -> None:
    """Keys, a cluster, a lock, former values and pairs on either side."""
    MatchKey.objects.create(person=person, kind="name", value=str(person.pk))
    FormerValue.objects.create(person=person, field="phone", value="+491")
    IdentityCluster.objects.create(person=person, auto_cluster=person.pk, review_cluster=person.pk)
    LockedIdentity.objects.create(person=person)
    fix = QualityFix.objects.create(kind="case", field="city")
    FixedPerson.objects.create(fix=fix, person=person, after="Bonn")
    segment = Segment.objects.create(key=f"s-{person.pk}", name=f"S {person.pk}", kind="static")
    SegmentMembership.objects.create(segment=segment, person=person, entered_at=AT)
    PersonConsent.objects.create(person=person, purpose="events", channel="email", state="granted", since=AT)
    source, _ = EventSource.objects.get_or_create(name="Website")
    SourceEvent.objects.create(
        source=source, message_id=f"m{person.pk}", type="track", at=AT, payload={}, person=person
    )
    Activity.objects.create(person=person, kind="call", at=AT, system="crm", object="Task", external_id=f"a{person.pk}")
    learned, _ = LearnedVersion.objects.get_or_create(number=1, defaults={"document": {}})
    LearnedScore.objects.create(person=person, version=learned, probability=0.5)
    pair = dict(band="review", rule="name_org", score=0.9, signals=1, rule_version=1)
    later = make_person()
    DuplicatePair.objects.create(one=person, other=later, **pair)
    DuplicatePair.objects.create(one=make_person(pk=-person.pk), other=person, **pair)


@pytest.mark.django_db
def test_everything_of_the_other_follows_to_the_survivor() -> None:
    kept, other = make_full_person(1, phone=""), make_full_person(2, phone="+492", furthest_stage="sql")
    merge(kept, other)
    for model in (PersonEmail, PersonIdentity, Touch, StageMove, RoutingDecision, DealPerson):
        assert set(model._default_manager.values_list("person", flat=True)) == {kept.pk}
        assert model._default_manager.count() == 2
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.phone, kept.furthest_stage, other.merged_into_id) == ("+492", "sql", kept.pk)


@pytest.mark.django_db
def test_every_table_that_refers_to_people_has_a_row_in_these_tests() -> None:
    """A new foreign key to Person fails here until `make_full_person` or `add_identity` makes a row of it."""
    second = make_full_person(2)
    add_identity(second)
    merge(second, make_person())
    merge(make_person(), second)
    assert [holder.key for holder in holders() if not holder.model._default_manager.exists()] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'martech_person'::regclass"
        )
        in_the_database = sorted(row[0] for row in cursor.fetchall())
    kept_by_key = [holder for holder in holders() if holder.foreign_key.db_constraint]
    assert sorted(holder.model._meta.db_table for holder in kept_by_key) == in_the_database


def test_what_a_merge_cannot_understand_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from martech.services.merging import holders as module

    assert module.check_holders() == []
    by_expression = UniqueConstraint(Lower("kind"), "person", name="touch_kind_once")
    monkeypatch.setattr(Touch._meta, "constraints", [by_expression])
    monkeypatch.setattr(module, "_exceptions", {**module._exceptions, ("martech.touch", "human"): ((), "")})
    assert [message.id for message in module.check_holders()] == ["martech.E001", "martech.E002"]


def test_every_table_whose_rows_move_lets_late_rows_follow() -> None:
    """Except work, which does nothing for somebody merged away, and the reference between people themselves."""
    moving = {holder.model for holder in holders() if not holder.stays and not holder.is_work}
    without = {m._meta.label for m in moving if not any("follows" in t.name for t in getattr(m._meta, "triggers", []))}
    assert without == {"martech.Person"}


@pytest.mark.django_db
def test_merge_and_unmerge_leave_every_row_of_every_table_as_it_was() -> None:
    account = make_account()
    kept = make_full_person(1, phone="", properties={"a": 1}, job_title="CTO")
    other = make_full_person(
        2, phone="+492", properties={"a": 2, "b": 3}, account=account, account_match={"rule": "chosen"}, utm={"source": "x"},
        source="google", created_at=AT - timedelta(days=400), lifecycle_stage="sql", do_not_route=True,
    )  # fmt: skip
    third = make_full_person(3, city="Ulm")
    add_identity(kept)
    add_identity(other)
    shared = make_deal()
    for person, role in ((kept, ""), (other, "buyer"), (third, "user")):
        DealPerson.objects.create(deal=shared, person=person, role=role)
    before = everything()
    done = merge(kept, other, third)
    assert everything() != before
    assert DealPerson.objects.get(deal=shared).role == "buyer"
    assert RoutingWork.objects.get().person_id == kept.pk
    unmerge(done)
    assert everything() == before


def entries() -> list[tuple[Any, ...]]:
    return list(StageMove.objects.order_by("pk").values_list())


def holds(key: str) -> bool:
    return check(next(one for one in invariants() if one.key == key)).holds


@pytest.mark.django_db
def test_a_lead_merged_with_somebody_recycled_enters_the_stage_they_have() -> None:
    kept, other = make_person(), make_person(lifecycle_stage="recycled", furthest_stage="mql")
    StageMove.objects.create(person=kept, stage="lead", at=AT)
    for days, stage in enumerate(("lead", "mql", "recycled")):
        StageMove.objects.create(person=other, stage=stage, at=AT + timedelta(days=days))
    before = entries()
    done = merge(kept, other)
    kept.refresh_from_db()
    last = kept.stage_moves.order_by("at").last()
    assert last is not None
    assert (kept.lifecycle_stage, kept.furthest_stage) == ("lead", "mql")
    assert (last.from_stage, last.stage, last.cause, last.at > done.at - timedelta(minutes=1)) == (
        "recycled", "lead", "merge", True,
    )  # fmt: skip
    assert holds("martech.stage_is_the_last_one_entered")
    unmerge(done)
    assert entries() == before
    assert holds("martech.stage_is_the_last_one_entered")


@pytest.mark.django_db
def test_a_merge_whose_last_entry_is_the_stage_kept_enters_nothing() -> None:
    kept, other = make_person(), make_person(lifecycle_stage="sql", furthest_stage="sql")
    StageMove.objects.create(person=kept, stage="lead", at=AT)
    StageMove.objects.create(person=other, stage="sql", at=AT + timedelta(days=1))
    done = merge(kept, other)
    assert (kept.stage_moves.count(), done.stages) == (2, [])


fields = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", "n/a", "+491", "+492"]),
        "company": st.sampled_from(["", "Acme", "Acme Holding"]),
        "lifecycle_stage": st.sampled_from(["lead", "sql", "recycled"]),
        "properties": st.dictionaries(st.sampled_from("ab"), st.sampled_from(["", "x", ["y"], 1.25]), max_size=2),
        "score_fit": st.integers(0, 3),
        "utm": st.sampled_from([{}, {"source": "a"}]),
    }
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=15)
@given(st.lists(fields, min_size=3, max_size=3), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=4))
def test_any_nest_of_merges_comes_apart_in_reverse_or_says_why_not(rows: list[dict[str, Any]], pairs: Any) -> None:
    with transaction.atomic():
        people = [make_full_person(make_person().pk, **row) for row in rows]
        deal = make_deal()
        DealPerson.objects.bulk_create(DealPerson(deal=deal, person=person) for person in people[:2])
        states, done = [everything()], []
        for survivor, other in pairs:
            try:
                with transaction.atomic():
                    done.append(merge(people[survivor], people[other]))
            except DomainError:
                assert everything() == states[-1]
            else:
                states.append(everything())
        for made in done[:-1]:
            if PersonMerge.objects.filter(pk__gt=made.pk, survivor=made.survivor_id).exists():
                with pytest.raises(ConflictError, match="Undo that merge first"):
                    unmerge(made)
                assert everything() == states[-1]
        for made in reversed(done):
            states.pop()
            unmerge(made)
            assert everything() == states[-1]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_was_edited_since_stays_with_the_survivor_and_so_does_what_came_since() -> None:
    kept, other = (
        make_person(phone="", city="", properties={}),
        make_person(phone="+492", city="Ulm", properties={"b": 1}),
    )
    done = merge(kept, other)
    Person.objects.filter(pk=kept.pk).update(phone="+49999", job_title="CFO")
    late = Touch.objects.create(person=kept, at=AT, kind="form")
    unmerge(done)
    kept.refresh_from_db()
    other.refresh_from_db()
    late.refresh_from_db()
    assert (kept.phone, kept.city, kept.job_title, kept.properties) == ("+49999", "", "CFO", {})
    assert (other.phone, other.city, other.merged_into_id, late.person_id) == ("+492", "Ulm", None, kept.pk)


@pytest.mark.django_db
def test_a_reference_to_something_deleted_since_comes_back_empty() -> None:
    account = make_account()
    kept, other = make_person(account=account), make_person()
    deal = make_deal()
    for person in (kept, other):
        DealPerson.objects.create(deal=deal, person=person)
    done = merge(kept, other, choices={"account": other.pk})
    DealPerson.objects.all().delete()
    deal.delete()
    account.delete()
    unmerge(done)
    kept.refresh_from_db()
    assert kept.account_id is None
    assert not DealPerson.objects.exists()


@pytest.mark.django_db
def test_merges_of_merged_people_always_point_at_somebody_living() -> None:
    one, two, three = make_person(), make_person(), make_person()
    first = merge(two, one)
    second = merge(three, two)
    assert set(Person.objects.filter(pk__in=[one.pk, two.pk]).values_list("merged_into", flat=True)) == {three.pk}
    with pytest.raises(ConflictError, match="Undo that merge first") as refused:
        unmerge(first)
    assert f"merge {second.pk}" in refused.value.detail
    unmerge(second)
    assert Person.objects.get(pk=one.pk).merged_into_id == two.pk
    unmerge(first)
    assert Person.objects.living().count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["itself", "nobody", "unknown", "merged"])
def test_a_wrong_merge_is_refused_and_changes_nothing(wrong: str) -> None:
    kept, other = make_full_person(1), make_full_person(2)
    if wrong == "merged":
        merge(make_person(), other)
    before, ledger = everything(), PersonMerge.objects.count()
    others = {"itself": [kept], "nobody": [], "unknown": [Person(pk=10**9)], "merged": [other]}[wrong]
    with pytest.raises(DomainError) as refused:
        merge(kept, *others)
    assert list(refused.value.errors) == ["others"]
    assert everything() == before
    assert PersonMerge.objects.count() == ledger


@pytest.mark.django_db
def test_choices_of_unknown_fields_or_strangers_are_refused() -> None:
    kept, other = make_person(), make_person()
    with pytest.raises(DomainError) as refused:
        merge(kept, other, choices={"shoe": kept.pk, "phone": 10**9, "properties.x": kept.pk})
    assert set(refused.value.errors) == {"choices.shoe", "choices.phone", "choices.properties.x"}
    assert Person.objects.living().count() == 2


@pytest.mark.django_db
def test_the_rules_in_force_decide_and_the_ledger_names_their_version() -> None:
    publish_merge_rules(document={"fields": {"company": "longest"}}, seen=0, actor=None)
    done = merge(kept := make_person(company="Acme"), make_person(company="Acme Holding"))
    kept.refresh_from_db()
    assert (kept.company, done.rules.number) == ("Acme Holding", 1)  # type: ignore[union-attr]
    with pytest.raises(ConflictError):
        publish_merge_rules(document={}, seen=0, actor=None)
    with pytest.raises(DomainError):
        publish_merge_rules(document={"fields": {"company": "?"}}, seen=1, actor=None)
    assert RuleVersion.objects.count() == 1


def say(person: Person, state: str, purpose: str = "newsletter", at: datetime = AT) -> None:
    entry = {"purpose": purpose, "state": state, "channel": "email"}
    record_consents(email_key=person.email, consents=[entry], source="form", actor=None, at=at)


def consent_of(person: Person) -> dict[str, str]:
    return {record.purpose: record.state for record in standing_consents([subject_of(person.email)])}


@pytest.mark.django_db
@pytest.mark.parametrize("no", ["withdrawn", "refused", "expired"])
@pytest.mark.parametrize("who_said_no", [0, 1])
def test_a_no_of_either_ends_the_grant_of_the_other_whichever_survives(no: str, who_said_no: int) -> None:
    people = [make_person(), make_person()]
    say(people[who_said_no], no)
    say(people[1 - who_said_no], "granted", at=AT + timedelta(days=9))
    say(people[1 - who_said_no], "granted", purpose="events")
    done = merge(people[0], people[1])
    assert consent_of(people[1 - who_said_no]) == {"newsletter": no, "events": "granted"}
    assert consent_of(people[who_said_no]) == {"newsletter": no}
    appended = ConsentRecord.objects.get(pk__in=done.consents)
    assert (appended.source, appended.evidence["merge"]) == ("merge", done.pk)
    unmerge(done)
    assert consent_of(people[1 - who_said_no]) == {"newsletter": "granted", "events": "granted"}
    assert consent_of(people[who_said_no]) == {"newsletter": no}


@pytest.mark.django_db
def test_a_grant_is_not_given_back_when_the_person_said_no_themselves_since() -> None:
    kept, other = make_person(), make_person()
    say(kept, "granted")
    say(other, "withdrawn")
    done = merge(kept, other)
    say(kept, "withdrawn", at=timezone.now() + timedelta(seconds=1))
    unmerge(done)
    assert consent_of(kept) == {"newsletter": "withdrawn"}


@pytest.mark.django_db
def test_a_grant_in_the_future_does_not_outlive_the_no() -> None:
    kept, other = make_person(), make_person()
    say(kept, "granted", at=timezone.now() + timedelta(days=900))
    say(other, "refused")
    merge(kept, other)
    assert consent_of(kept) == {"newsletter": "refused"}


@pytest.mark.django_db
def test_a_request_that_waits_takes_no_grant_away() -> None:
    kept, other = make_person(), make_person()
    say(kept, "granted")
    say(other, "requested")
    assert merge(kept, other).consents == []
    assert consent_of(kept) == {"newsletter": "granted"}


@pytest.mark.django_db
def test_a_changed_account_finds_the_survivor_by_what_the_other_brought() -> None:
    kept, other = make_full_person(1, email="k@kept.com"), make_full_person(2, email="o@other.com")
    done = merge(kept, other)
    assert "domain:other.com" in AccountEvidence.objects.get(person=kept).keys
    unmerge(done)
    assert "domain:other.com" not in AccountEvidence.objects.get(person=kept).keys


@pytest.mark.django_db
def test_an_address_of_somebody_merged_away_leads_to_the_survivor() -> None:
    kept, other = make_person(), make_person(email="ana@example.org")
    merge(kept, other)
    saved = save_person(data={"email": "ANA@example.org", "city": "Ulm"}, actor=None)
    assert (saved.person.pk, saved.is_new) == (kept.pk, False)


@pytest.mark.django_db
def test_rows_written_for_somebody_merged_away_arrive_at_the_survivor() -> None:
    kept, other, deal = make_person(), make_person(), make_deal()
    merge(kept, other)
    Touch.objects.bulk_create([Touch(person=other, at=AT, kind="form"), Touch(person=kept, at=AT, kind="page")])
    assert set(Touch.objects.values_list("person", flat=True)) == {kept.pk}
    DealPerson.objects.create(deal=deal, person=kept)
    DealPerson.objects.create(deal=deal, person=other)
    assert list(DealPerson.objects.values_list("person", flat=True)) == [kept.pk]


@pytest.mark.django_db
def test_routing_that_was_just_claimed_runs_for_the_survivor_instead() -> None:
    reps = make_reps("Ana")
    publish(document(reps, [1]))
    kept, other = make_person(), make_person()
    RoutingWork.objects.create(person=other)
    claimed = work.claim(work._kinds["routing"])
    merge(kept, other)
    assert work.run_batch(work._kinds["routing"], claimed) == 0
    assert work.run_due("routing") == 1
    kept.refresh_from_db()
    assert kept.owner == reps[0]


@pytest.mark.django_db
def test_history_names_the_merge_as_the_cause() -> None:
    user = make_user()
    kept, other = make_person(), make_person()
    merge_people(survivor=kept, others=[other], actor=user, reason="same person")
    events = event_models()[Person].objects.filter(pgh_obj_id__in=[kept.pk, other.pk], pgh_label="update")
    contexts = [event.pgh_context.metadata for event in events.select_related("pgh_context")]
    assert len(contexts) == 2
    for context in contexts:
        assert (context["verb"], context["user"], context["reason"]) == ("merge_people", user.pk, "same person")


@pytest.mark.django_db(transaction=True)
def test_of_merges_in_both_directions_at_once_exactly_one_happens() -> None:
    one, two = make_full_person(1), make_full_person(2)

    def attempt(turn: int) -> str:
        try:
            merge(*((one, two) if turn % 2 else (two, one)))
        except ConflictError:
            return "refused"
        finally:
            connection.close()
        return "merged"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert sorted(outcomes) == ["merged"] + ["refused"] * 5
    living = Person.objects.living().get()
    assert set(Touch.objects.values_list("person", flat=True)) == {living.pk}
    assert PersonMerge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_comes_in_while_people_are_merged_and_unmerged_is_never_left_on_somebody_merged_away() -> None:
    kept, other = make_person(email="kept@example.org"), make_person(email="other@example.org")

    def ingest(turn: int) -> int:
        try:
            email = ("kept@example.org", "other@example.org")[turn % 2]
            person = save_person(data={"email": email, "properties": {f"n{turn}": turn}}, actor=None).person
            Touch.objects.create(person_id=other.pk, at=AT, kind="form")
            return person.pk
        finally:
            connection.close()

    def toggle(_turn: int) -> None:
        try:
            done = merge(kept, other)
            unmerge(done)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        written = [pool.submit(ingest, turn) for turn in range(24)]
        toggles = pool.submit(lambda: [toggle(turn) for turn in range(6)])
        answered = [future.result() for future in written]
        toggles.result()
    assert set(answered) <= {kept.pk, other.pk}
    assert Person.objects.count() == 2
    final = merge(kept, other)
    kept.refresh_from_db()
    assert {key for key in kept.properties if key.startswith("n")} == {f"n{turn}" for turn in range(24)}
    assert set(Touch.objects.values_list("person", flat=True)) == {kept.pk}
    assert Touch.objects.count() == 24
    assert latest_merge_of(other) is None or latest_merge_of(Person.objects.get(pk=other.pk)) == final


@pytest.mark.django_db
def test_the_ledger_is_plain_json() -> None:
    done = merge(make_full_person(1), make_full_person(2))
    assert json.loads(json.dumps(done.before)) == done.before
    assert done.rows_moved == 6
