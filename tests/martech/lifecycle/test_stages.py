"""Stages over time: forward by themselves, back only by hand with a reason, each move once, cohorts counted right."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from martech.models import MoveCause, Person, StageMove
from martech.selectors.lifecycle import conversion, median_stays, stays_of, stuck_people
from martech.services.lifecycle import advance, move_people, move_person
from martech.services.refreshing import refresh_people
from mops.core.errors import DomainError
from tests.factories import make_deal, make_user
from tests.martech.lifecycle.graphs import CHIEF, at_stage, document, path, publish, stages
from tests.martech.scoring.models import touch

pytestmark = pytest.mark.django_db


def test_who_meets_the_conditions_moves_forward_over_every_stage_with_the_reason() -> None:
    person = at_stage("lead", country="DE", job_title="Chief of Staff")
    version = publish(document(sal=CHIEF))
    refresh_people()
    assert stages(person) == ("sal", "sal")
    last = person.stage_moves.last()
    assert (last.from_stage, last.cause, last.reason, last.version) == (
        *("lead", MoveCause.AUTOMATIC, "Job title starts with Chief", version),
    )


def test_nobody_moves_before_a_lifecycle_is_published_nor_where_no_move_leads() -> None:
    person = at_stage("subscriber", country="DE")
    refresh_people()
    assert stages(person) == ("subscriber", "subscriber")
    text = document()
    text["moves"].remove(["subscriber", "mql"])
    publish(text)
    refresh_people()
    assert stages(person) == ("subscriber", "subscriber")


def test_a_condition_that_no_longer_holds_moves_nobody_back() -> None:
    person = at_stage("lead", country="DE")
    publish()
    refresh_people()
    Person.objects.filter(pk=person.pk).update(country="FR")
    refresh_people()
    assert path(person) == ["lead", "mql"]


def test_a_second_look_at_the_same_people_moves_nobody_again() -> None:
    person = at_stage("lead", country="DE")
    publish()
    assert advance([person.pk], timezone.now()) == 1
    assert advance([person.pk], timezone.now()) == 0
    assert path(person) == ["lead", "mql"]


def test_what_a_colleague_took_back_comes_again_only_after_the_person_did_something() -> None:
    person = at_stage("lead", country="DE")
    publish()
    refresh_people()
    move_person(person=person, to="lead", reason="A student", actor=make_user())
    refresh_people()
    assert stages(person) == ("lead", "mql")
    touch(person)
    refresh_people()
    assert path(person) == ["lead", "mql", "lead", "mql"]


def test_a_recycled_person_comes_again_when_they_do_something_and_a_disqualified_one_does_not() -> None:
    recycled, disqualified = at_stage("lead", "recycled", country="DE"), at_stage("lead", "disqualified", country="DE")
    publish()
    refresh_people()
    assert stages(recycled) == ("recycled", "lead")
    touch(recycled)
    touch(disqualified)
    refresh_people()
    assert stages(recycled) == ("mql", "mql")
    assert stages(disqualified) == ("disqualified", "lead")


def test_deals_move_people_to_opportunity_and_customer_on_the_day_of_the_deal() -> None:
    person = at_stage("lead", days_ago=90)
    publish()
    opened, closed = timezone.now() - timedelta(days=40), timezone.now() - timedelta(days=10)
    deal = make_deal(state="won", opened_at=opened, closed_at=closed)
    deal.contacts.create(person=person)
    refresh_people()
    moves = list(person.stage_moves.values_list("stage", "cause", "at"))[1:]
    assert moves == [("opportunity", "deal", opened), ("customer", "deal", closed)]


def test_an_open_deal_does_not_undo_what_a_colleague_decided_after_it_but_a_newer_one_does() -> None:
    person = at_stage("lead", days_ago=90)
    publish()
    make_deal(opened_at=timezone.now() - timedelta(days=40)).contacts.create(person=person)
    refresh_people()
    move_person(person=person, to="recycled", reason="Budget frozen", actor=None)
    refresh_people()
    assert stages(person) == ("recycled", "opportunity")
    make_deal(opened_at=timezone.now()).contacts.create(person=person)
    refresh_people()
    assert stages(person) == ("opportunity", "opportunity")


def test_a_lost_deal_was_an_opportunity_once() -> None:
    person = at_stage("sql", days_ago=90)
    publish()
    make_deal(state="lost", opened_at=timezone.now() - timedelta(days=9)).contacts.create(person=person)
    refresh_people()
    assert stages(person) == ("opportunity", "opportunity")


def test_a_move_back_keeps_the_furthest_stage_the_reason_and_the_colleague() -> None:
    person, actor = at_stage("lead", "mql", "sal"), make_user(name="Omar")
    move_person(person=person, to="recycled", reason="  No   budget ", actor=actor)
    assert stages(person) == ("recycled", "sal")
    last = person.stage_moves.last()
    assert (last.from_stage, last.reason, last.actor, last.cause) == ("sal", "No budget", actor, "manual")
    stays = stays_of(person)
    assert [(stay.stage.value, stay.left is None) for stay in stays] == [
        *[("recycled", True), ("sal", False), ("mql", False), ("lead", False)],
    ]
    assert stays[1].left == stays[0].entered


@pytest.mark.parametrize(
    ("to", "reason", "field"),
    [
        ("recycled", "  ", "reason"),
        ("recycled", "x" * 201, "reason"),
        ("partner", "why", "stage"),
        ("sql", "", "reason"),
    ],
)
def test_a_move_by_hand_without_a_reason_or_a_stage_changes_nothing(to: str, reason: str, field: str) -> None:
    person = at_stage("lead")
    with pytest.raises(DomainError) as refused:
        move_person(person=person, to=to, reason=reason, actor=None)
    assert list(refused.value.errors) == [field]
    assert (stages(person), path(person)) == (("lead", "lead"), ["lead"])


def test_a_move_the_lifecycle_does_not_have_is_refused_with_those_it_has() -> None:
    person = at_stage("lead", "disqualified")
    with pytest.raises(DomainError) as refused:
        move_person(person=person, to="customer", reason="They bought", actor=None)
    assert refused.value.errors == {"stage": ["From Disqualified one moves to Lead."]}
    assert stages(person) == ("disqualified", "lead")


def test_the_database_itself_refuses_a_move_by_hand_without_a_reason() -> None:
    person = at_stage("lead")
    with pytest.raises(IntegrityError, match="stage_move_says_why"), transaction.atomic():
        StageMove.objects.create(person=person, stage="mql", cause=MoveCause.MANUAL)


def test_many_are_moved_at_once_and_who_cannot_be_is_counted_by_stage() -> None:
    people = [at_stage("lead"), at_stage("mql"), at_stage("customer"), at_stage("lead", "recycled")]
    done = move_people(people=Person.objects.all(), to="recycled", reason="Fair is over", actor=None)
    assert (done.moved, done.already, dict(done.refused)) == (2, 1, {"customer": 1})
    assert [stages(person)[0] for person in people] == ["recycled", "recycled", "customer", "recycled"]


def test_a_cohort_counts_whoever_is_recycled_and_comes_again_once() -> None:
    at_stage("lead", "mql", "recycled", "mql", "sal", "recycled", "mql", "sal")
    at_stage("lead", "mql")
    at_stage("lead", "mql", "sql")
    at_stage("lead", "mql", days_ago=400)
    now = timezone.now()
    found = conversion("mql", "sal", now - timedelta(days=100), now)
    assert (found.entered, found.reached, found.median_days) == (3, 2, 2.0)
    assert found.rate == pytest.approx(2 / 3)


def test_a_cohort_that_nobody_is_in_has_no_rate() -> None:
    now = timezone.now()
    found = conversion("mql", "sal", now - timedelta(days=100), now)
    assert (found.entered, found.reached, found.rate, found.median_days) == (0, 0, None, None)


def test_stays_are_as_long_as_until_the_next_entry() -> None:
    at_stage("lead", "mql", "sal")
    now = timezone.now()
    assert median_stays(now - timedelta(days=100), now) == {"lead": 1.0, "mql": 1.0}


def test_who_is_in_a_stage_for_too_long_is_stuck() -> None:
    user = make_user()
    long, _fresh = at_stage("lead", "mql", days_ago=30), at_stage("lead", "mql", days_ago=3)
    assert list(stuck_people(user, "mql", 7)) == [long]


@pytest.mark.django_db(transaction=True)
def test_racing_moves_leave_one_entry_and_the_stage_of_the_last() -> None:
    person = at_stage("lead", country="DE")
    publish()
    start = threading.Barrier(4)

    def run(step) -> None:
        start.wait()
        try:
            step()
        finally:
            connection.close()

    def by_condition() -> None:
        with transaction.atomic():
            advance([person.pk], timezone.now())

    steps = [by_condition, by_condition, by_condition, refresh_people]
    threads = [threading.Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert path(person) == ["lead", "mql"]
    assert stages(person) == ("mql", "mql")
