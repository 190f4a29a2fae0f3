"""Scores kept in the database: equal to the pure count, by change, at any past moment, and proved every night."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from martech.models import ChangedPerson, FitContribution, Person, ScoringState, ScoringVersion, Touch
from martech.selectors.scoring import score_at, score_now, scoring_in_force
from martech.services.refreshing import refresh_people
from martech.services.scoring import publish_scoring, recount, save_scoring_draft, utc_day
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_account, make_deal, make_person, make_user
from tests.martech.scoring.models import FORM, GERMAN, document, engagement, fit, publish, scores, touch

pytestmark = pytest.mark.django_db


def test_a_published_model_scores_everybody_and_says_why() -> None:
    person = make_person(country="DE", job_title="Chief of Staff")
    touch(person, "form", days_ago=30)
    publish()
    refresh_people()
    assert scores(person) == (75, 20, "A4")
    counted = score_now(person, scoring_in_force())
    assert (counted.fit, counted.engagement, counted.grade) == (75, 20, "A4")
    assert [(line.rule.key, line.points) for line in counted.engagement_lines] == [("form", 20.0)]


def test_nobody_is_scored_before_a_model_is_published() -> None:
    person = make_person(country="DE")
    save_scoring_draft(document=document(), actor=None)
    refresh_people()
    assert scores(person) == (0, 0, "")
    assert not FitContribution.objects.exists()


def test_a_new_touch_and_a_changed_field_count_again_only_whom_they_are_about() -> None:
    german, other = make_person(country="DE"), make_person(country="FR")
    publish()
    refresh_people()
    touch(german)
    Person.objects.filter(pk=german.pk).update(job_title="Chief Executive")
    assert set(ChangedPerson.objects.values_list("person_id", flat=True)) == {german.pk}
    assert refresh_people() == 2
    assert scores(german) == (75, 40, "A3")
    assert scores(other) == (0, 0, "D4")


def test_what_a_rule_reads_of_the_account_counts_the_people_of_the_account_again() -> None:
    account = make_account(employees=10)
    person, _other = make_person(account=account), make_person()
    large = {"field": "account.employees", "op": "gte", "value": 500}
    publish(document(fit={"rules": [fit("large", 60, large)], "caps": {}}))
    refresh_people()
    account.employees = 900
    account.save()
    assert list(ChangedPerson.objects.values_list("person_id", flat=True)) == [person.pk]
    refresh_people()
    assert scores(person) == (60, 0, "B4")


def test_a_deal_names_its_people_and_scoring_itself_names_nobody() -> None:
    person = make_person(country="DE")
    publish()
    refresh_people()
    assert not ChangedPerson.objects.exists()
    deal = make_deal()
    deal.contacts.create(person=person)
    assert list(ChangedPerson.objects.values_list("person_id", flat=True)) == [person.pk]


def test_the_number_of_statements_does_not_grow_with_the_people() -> None:
    publish()
    counts = []
    for people in (1, 20):
        for _ in range(people):
            touch(make_person(country="DE"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            refresh_people()
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_score_of_the_past_is_counted_from_what_was_known_then() -> None:
    person = make_person(country="DE")
    touch(person, "form", days_ago=30)
    publish()
    refresh_people()
    before = timezone.now()
    Person.objects.filter(pk=person.pk).update(country="FR")
    touch(person, "form")
    refresh_people()
    version, then = score_at(person, before)
    assert (version.number, then.fit, then.engagement) == (1, 40, 20)
    now = score_at(person, timezone.now())[1]
    assert (now.fit, now.engagement, now.grade) == scores(person) == (0, 60, "D2")


def test_the_past_keeps_its_model() -> None:
    person = make_person(country="DE")
    publish()
    refresh_people()
    before = timezone.now()
    publish(document(fit={"rules": [fit("german", 90, GERMAN)], "caps": {}}))
    refresh_people()
    assert scores(person) == (90, 0, "A4")
    assert [found.number for found in (score_at(person, before)[0], scoring_in_force())] == [1, 2]
    assert score_at(person, before)[1].fit == 40
    assert FitContribution.objects.filter(person=person, until=None).count() == 1


def test_before_the_first_model_nobody_had_a_score() -> None:
    person, before = make_person(), timezone.now()
    publish()
    assert score_at(person, before) is None


def test_a_new_day_proves_yesterdays_scores_and_lets_everybody_fade() -> None:
    person = make_person()
    touch(person, "form", days_ago=29)
    publish()
    yesterday = utc_day(timezone.now()) - timedelta(days=1)
    ScoringState.objects.update(day=yesterday)
    refresh_people()
    state = ScoringState.objects.get()
    assert (state.day, state.differing) == (utc_day(timezone.now()), 0)
    assert scores(person)[1] == 20


def test_a_score_that_was_tampered_with_is_found_by_the_recount_and_put_right() -> None:
    person = make_person(country="DE")
    publish()
    refresh_people()
    Person.objects.filter(pk=person.pk).update(score_fit=99)
    ScoringState.objects.update(day=utc_day(timezone.now()) - timedelta(days=1))
    refresh_people()
    state = ScoringState.objects.get()
    assert (state.people, state.differing) == (1, 1)
    assert scores(person) == (40, 0, "C4")


def test_a_model_with_findings_is_not_published_and_nothing_changes() -> None:
    publish()
    save_scoring_draft(document=document(fit={"rules": [fit("x", 500, GERMAN)]}), actor=None)
    with pytest.raises(DomainError) as refused:
        publish_scoring(actor=make_user())
    assert refused.value.errors == {"fit.rules[0].points": ["500 is not allowed; use a whole number from -100 to 100"]}
    assert list(ScoringVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "draft"]


def test_two_editors_do_not_overwrite_one_another() -> None:
    save_scoring_draft(document=document(), actor=None, revision=0)
    save_scoring_draft(document=document(name="Mine"), actor=None, revision=1)
    with pytest.raises(ConflictError):
        save_scoring_draft(document=document(name="Theirs"), actor=None, revision=1)
    with pytest.raises(ConflictError):
        publish_scoring(actor=make_user(), revision=1)
    assert ScoringVersion.objects.get().document["name"] == "Mine"
    assert ScoringVersion.objects.get().state == "draft"


KINDS = st.sampled_from(["form", "email_click", "page"])


class AnybodysScore(TestCase):
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(KINDS, st.integers(-2, 200)), max_size=12),
        st.sampled_from(["DE", "FR", ""]),
        st.lists(st.tuples(st.integers(1, 100), st.integers(1, 200), st.integers(1, 200)), min_size=1, max_size=4),
        st.integers(1, 100),
    )
    def test_is_the_same_in_sql_and_in_python_and_when_counted_again(self, done, country, rules, cap) -> None:
        made = [engagement(f"r{n}", p, FORM, half, window, "web") for n, (p, half, window) in enumerate(rules)]
        publish(document(engagement={"rules": made, "caps": {"web": cap}}))
        person = make_person(country=country)
        Touch.objects.bulk_create(
            Touch(person=person, kind=kind, at=timezone.now() - timedelta(days=days)) for kind, days in done
        )
        refresh_people()
        version = scoring_in_force()
        counted = score_now(person, version)
        assert scores(person) == (counted.fit, counted.engagement, counted.grade)
        assert recount(version, utc_day(timezone.now()))[1] == 0
