"""Segments follow their conditions: whoever changed, and whatever time does, and a full count agrees."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from governance.services.consents import record_consents
from martech.models import (
    ChangedPerson,
    DealPerson,
    Person,
    PersonConsent,
    PersonEmail,
    Segment,
    SegmentDay,
    SegmentMembership,
    SegmentVersion,
    Touch,
)
from martech.selectors.segment_page import on_day
from martech.selectors.segments import freshness_of, members_at, preview
from martech.services import segment_refresh
from martech.services.merging import latest_merge_of, merge_people, unmerge_people
from martech.services.refreshing import refresh_people
from martech.services.segment_refresh import prove_one, prove_segments, rule_of, versions_in_force
from martech.services.segments import (
    archive_segment,
    change_static_members,
    create_segment,
    publish_segment,
    save_segment_draft,
)
from mops.core.conditions import Catalogue, CustomTest, Field, Type, parse
from mops.core.conditions.sql import Sql
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_account, make_deal, make_person, make_user
from tests.martech.segments.test_fields import did, kind_is

GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}
FORMS = did("gte", 1, 30, kind_is("form"))


def make(condition: Any, name: str = "Ours", **more: Any) -> Segment:
    return create_segment(name=name, condition=condition, actor=None, **more).segment


def members(segment: Segment) -> set[int]:
    return set(SegmentMembership.objects.filter(segment=segment, left_at=None).values_list("person", flat=True))


def change(person: Person, **values: Any) -> None:
    Person.objects.filter(pk=person.pk).update(**values)


def touch(person: Person, kind: str = "form", at: datetime | None = None) -> Touch:
    return Touch.objects.create(person=person, kind=kind, at=at or timezone.now())


def whys(segment: Segment) -> list[tuple[int, str, str]]:
    return list(segment.memberships.order_by("id").values_list("person", "entered_why", "left_why"))


@pytest.mark.django_db
def test_a_segment_is_counted_when_it_is_made() -> None:
    german, _other = make_person(country="DE"), make_person(country="FR")
    made = create_segment(name="Germans", condition=GERMAN, actor=None)
    assert (made.is_counted, made.segment.members, members(made.segment)) == (True, 1, {german.pk})
    assert freshness_of([made.segment])[made.segment.pk].is_counting is False


@pytest.mark.django_db
def test_a_changed_person_enters_and_leaves_with_the_reason() -> None:
    segment, person = make(GERMAN), make_person(country="FR")
    refresh_people()
    change(person, country="DE")
    refresh_people()
    assert members(segment) == {person.pk}
    change(person, country="FR")
    refresh_people()
    segment.refresh_from_db()
    assert (members(segment), segment.members) == (set(), 0)
    assert whys(segment) == [(person.pk, "country", "country")]


@pytest.mark.django_db
def test_only_segments_that_mention_what_changed_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    make(GERMAN, "Germans")
    make({"field": "person.city", "op": "eq", "value": "Bonn"}, "Bonn")
    make(FORMS, "Forms")
    person = make_person(country="FR")
    refresh_people()
    asked: list[str] = []
    look = segment_refresh.look_at
    monkeypatch.setattr(segment_refresh, "look_at", lambda s, *rest: (asked.append(s.name), look(s, *rest))[1])
    change(person, country="DE")
    refresh_people()
    change(person, job_title="Chief")
    touch(person, "page")
    refresh_people()
    touch(person, "form")
    refresh_people()
    assert asked == ["Germans", "Forms"]


@pytest.mark.django_db
def test_who_did_something_enters_and_leaves_when_it_is_long_ago() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        segment, person = make(FORMS), make_person()
        refresh_people()
        touch(person, "FORM")
        refresh_people()
        assert members(segment) == {person.pk}
    with time_machine.travel(start + timedelta(days=30), tick=False):
        refresh_people()
        assert members(segment) == {person.pk}
    with time_machine.travel(start + timedelta(days=30, seconds=5), tick=False):
        refresh_people()
    assert members(segment) == set()
    assert whys(segment) == [(person.pk, "touch:form", "time passed")]


@pytest.mark.django_db
def test_relative_dates_fall_due_by_themselves() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        person = make_person(created_at=start - timedelta(days=6))
        segment = make({"field": "person.created_at", "op": "in_last_days", "value": 7})
        assert members(segment) == {person.pk}
        refresh_people()
    with time_machine.travel(start + timedelta(days=1, seconds=1), tick=False):
        refresh_people()
    assert members(segment) == set()


@pytest.mark.django_db
def test_consent_moves_people_and_an_end_takes_them_out() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    said = {"purpose": "newsletter", "channel": "email", "state": "granted"}
    with time_machine.travel(start, tick=False):
        segment = make({"field": "person.consent", "op": "eq", "value": said})
        person = make_person()
        entry = {**said, "valid_until": start + timedelta(days=2)}
        record_consents(email_key=person.email, consents=[entry], source="form", actor=None)
        refresh_people()
        assert members(segment) == {person.pk}
    with time_machine.travel(start + timedelta(days=2), tick=False):
        refresh_people()
        assert members(segment) == set()
        record_consents(email_key=person.email, consents=[{**said, "state": "withdrawn"}], source="form", actor=None)
        refresh_people()
    assert PersonConsent.objects.get().state == "withdrawn"


@pytest.mark.django_db
def test_another_address_brings_what_was_said_about_it() -> None:
    said = {"purpose": "newsletter", "channel": "email", "state": "withdrawn"}
    segment = make({"field": "person.consent", "op": "eq", "value": said})
    person = make_person(recorded_at=timezone.now() - timedelta(days=1))
    record_consents(email_key="other@example.org", consents=[said], source="form", actor=None)
    refresh_people()
    assert members(segment) == set()
    PersonEmail.objects.create(person=person, address="other@example.org", key="other@example.org")
    refresh_people()
    assert members(segment) == {person.pk}


@pytest.mark.django_db
def test_a_static_segment_that_could_not_be_counted_at_once_is_counted_later() -> None:
    person = make_person(country="DE")
    segment = make(GERMAN, kind="static")
    SegmentMembership.objects.all().delete()
    Segment.objects.filter(pk=segment.pk).update(is_due=True, evaluated_at=None, members=0)
    refresh_people()
    assert members(segment) == {person.pk}


@pytest.mark.django_db
def test_accounts_deals_and_scores_move_people_too() -> None:
    account = make_account(employees=10)
    person = make_person(account=account)
    large = make({"field": "account.employees", "op": "gte", "value": 100}, "Large")
    won = make({"field": "person.deals", "op": "gte", "value": {"times": 1, "where": WON}}, "Won")
    refresh_people()
    account.employees = 500
    account.save()
    deal = make_deal(state="open")
    DealPerson.objects.create(deal=deal, person=person)
    refresh_people()
    assert (members(large), members(won)) == ({person.pk}, set())
    deal.state = "won"
    deal.save()
    refresh_people()
    assert members(won) == {person.pk}
    DealPerson.objects.all().delete()
    refresh_people()
    assert members(won) == set()


WON = {"field": "deal.state", "op": "eq", "value": "won"}


def nested(key: str, **more: Any) -> dict[str, Any]:
    return {"field": "person.segment", "op": "eq", "value": key, **more}


@pytest.mark.django_db
def test_a_segment_of_segments_follows_in_the_same_refresh() -> None:
    inner = make(GERMAN, "Germans")
    outer = make({"all": [nested(inner.key), FORMS]}, "Engaged Germans")
    person = make_person(country="FR")
    touch(person)
    refresh_people()
    assert members(outer) == set()
    change(person, country="DE")
    refresh_people()
    assert members(outer) == {person.pk}
    assert outer.memberships.get().entered_why == "segment:germans"
    with pytest.raises(ConflictError, match="Engaged Germans"):
        archive_segment(segment=inner, actor=None)


@pytest.mark.django_db
def test_a_cycle_is_refused_with_its_path() -> None:
    one = make(GERMAN, "One")
    two = make(nested(one.key), "Two")
    make(nested(two.key), "Three")
    with pytest.raises(DomainError) as refused:
        save_segment_draft(segment=one, condition={"all": [GERMAN, nested("three")]}, actor=None)
    assert "One → Three → Two → One" in refused.value.errors["condition"][0]
    with pytest.raises(DomainError):
        save_segment_draft(segment=one, condition=nested("one"), actor=None)
    assert SegmentVersion.objects.filter(state="draft").count() == 0


@pytest.mark.django_db
def test_a_draft_moves_nobody_before_it_is_published() -> None:
    german, french = make_person(country="DE"), make_person(country="FR")
    segment = make(GERMAN)
    draft = save_segment_draft(segment=segment, condition={**GERMAN, "value": "FR"}, actor=None, revision=1)
    refresh_people()
    assert members(segment) == {german.pk}
    with pytest.raises(ConflictError):
        publish_segment(segment=segment, revision=draft.revision + 1, actor=None)
    publish_segment(segment=segment, revision=draft.revision, actor=None)
    assert members(segment) == {french.pk}
    assert whys(segment) == [
        (german.pk, "version 1 published", "version 2 published"),
        (french.pk, "version 2 published", ""),
    ]


@pytest.mark.django_db
def test_who_was_in_it_on_a_past_day_is_known() -> None:
    user = make_user()
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False):
        person = make_person(country="DE")
        segment = make(GERMAN)
        refresh_people()
    with time_machine.travel(datetime(2026, 3, 5, 9, tzinfo=UTC), tick=False):
        change(person, country="FR")
        refresh_people()
        assert [on_day(segment, date(2026, 3, day), user).number for day in (2, 3, 4, 5)] == [0, 1, 1, 0]
        assert members_at(segment, datetime(2026, 3, 4, tzinfo=UTC)).get().person == person


@pytest.mark.django_db
def test_the_nightly_recount_proves_and_puts_right() -> None:
    person = make_person(country="DE")
    segment = make(GERMAN)
    refresh_people()
    segment.refresh_from_db()
    assert (segment.differing, segment.proved_people) == (0, 1)
    SegmentMembership.objects.all().delete()
    tomorrow = timezone.now() + timedelta(days=1)
    assert prove_segments(tomorrow) == 1
    segment.refresh_from_db()
    assert (segment.differing, members(segment)) == (1, {person.pk})
    assert segment.memberships.get().entered_why == "nightly recount"
    assert SegmentDay.objects.filter(segment=segment).exists()


@pytest.mark.django_db
def test_a_static_segment_stays_and_follows_merges_both_ways() -> None:
    kept, other, later = make_person(country="FR"), make_person(country="DE"), make_person(country="FR")
    segment = make(GERMAN, kind="static")
    change(other, country="FR")
    change_static_members(segment=segment, add=[later.pk], actor=None)
    refresh_people()
    assert members(segment) == {other.pk, later.pk}
    merge_people(survivor=kept, others=[other], actor=None)
    refresh_people()
    assert members(segment) == {kept.pk, later.pk}
    unmerge_people(merge=latest_merge_of(kept), actor=None)
    refresh_people()
    assert members(segment) == {other.pk, later.pk}
    with pytest.raises(DomainError):
        change_static_members(segment=make(GERMAN, "Live"), add=[kept.pk], actor=None)


@pytest.mark.django_db
def test_a_merged_person_is_in_no_live_segment() -> None:
    kept, other = make_person(country="DE"), make_person(country="DE")
    segment = make(GERMAN)
    merge_people(survivor=kept, others=[other], actor=None)
    refresh_people()
    assert members(segment) == {kept.pk}


@pytest.mark.django_db
def test_a_segment_that_cannot_be_counted_says_so_and_holds_nothing_up() -> None:
    person = make_person(country="FR")
    broken, fine = make(GERMAN, "Broken"), make(GERMAN, "Fine")
    SegmentVersion.objects.filter(segment=broken).update(
        document={"condition": {"field": "person.gone", "op": "eq", "value": 1}}, published_at=timezone.now()
    )
    change(person, country="DE")
    refresh_people()
    broken.refresh_from_db()
    assert members(fine) == {person.pk}
    assert "person.gone" in broken.last_error
    assert ChangedPerson.objects.count() == 0


@pytest.mark.django_db
def test_a_count_that_takes_too_long_is_given_up_honestly() -> None:
    class Slow(CustomTest):
        operators = ("eq",)

        def refusal(self, operator: str, value: Any) -> None:
            return None

        def to_q(
            self, operator: str, value: Any, now: datetime, prefix: str, among: Any = None, each: bool = False
        ) -> Any:
            return Sql("pg_sleep(5) IS NOT NULL")

    make_person()
    slow = parse(
        {"field": "slow", "op": "eq", "value": 1},
        Catalogue("slow", None, [Field("slow", "Slow", Type.TEXT, custom=Slow())]),
    )
    found = preview(slow, make_user(), seconds=0.05)
    assert (found.number, found.is_late) == (None, True)
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b"])
def test_a_segment_needs_a_name(name: str) -> None:
    with pytest.raises(DomainError):
        create_segment(name=name, condition=GERMAN, actor=None)
    assert Segment.objects.count() == 0


steps = st.lists(
    st.tuples(
        st.sampled_from(["country", "form", "old form", "deal", "consent", "refresh", "merge"]), st.integers(0, 3)
    ),
    max_size=12,
)


class Following(TestCase):
    @settings(max_examples=12)
    @given(steps)
    def test_following_changes_ends_where_a_full_count_does(self, some_steps: list[tuple[str, int]]) -> None:
        people = [make_person(country="FR") for _ in range(4)]
        granted = {"purpose": "newsletter", "channel": "email", "state": "granted"}
        conditions: list[Any] = [
            GERMAN,
            FORMS,
            {"not": FORMS},
            {"field": "person.consent", "op": "eq", "value": granted},
            {"field": "person.deals", "op": "gte", "value": {"times": 1}},
            {"any": [nested("s-0"), nested("s-1", op="ne")]},
        ]
        segments = [make(condition, f"S {number}") for number, condition in enumerate(conditions)]
        for step, index in some_steps:
            self.take(step, Person.objects.get(pk=people[index].pk), people)
        refresh_people()
        for segment in Segment.objects.filter(pk__in=[one.pk for one in segments]):
            rule = rule_of(versions_in_force([segment])[segment.pk])
            assert prove_one(segment, rule, timezone.now()) == 0, (segment.name, some_steps)
            assert segment.members == len(members(segment))

    def take(self, step: str, person: Person, people: list[Person]) -> None:
        if step == "refresh":
            refresh_people()
        elif step == "country":
            change(person, country="FR" if person.country == "DE" else "DE")
        elif step == "deal":
            DealPerson.objects.get_or_create(deal=make_deal(), person_id=person.merged_into_id or person.pk)
        elif step == "consent":
            state = {"purpose": "newsletter", "state": "granted", "channel": "email"}
            record_consents(email_key=person.email, consents=[state], source="form", actor=None)
        elif step == "merge":
            if person != people[0] and not person.is_merged:
                merge_people(survivor=Person.objects.get(pk=people[0].pk), others=[person], actor=None)
        else:
            touch(person, "form", timezone.now() - timedelta(days=0 if step == "form" else 40))
