"""What must not happen to a lead whatever happens around it: people leave, clocks step, calendars lie."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from governance.models import Notification, User
from martech.models import Person, RoutingDecision, RoutingWork, TimeOff, WorkingCalendar
from martech.routing.response import Terms, deadlines, spent
from martech.selectors.decisions import what_for, why
from martech.selectors.replaying import replay_version
from martech.services.policies import publish_policy, save_draft
from martech.services.routing import enqueue_everybody, enqueue_routing
from mops.core import work
from mops.core.calendar_document import parse_calendar
from mops.core.errors import DomainError
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def queue(number: int = 1, **fields: Any) -> list[Person]:
    made = [make_person(**fields) for _ in range(number)]
    enqueue_routing([person.pk for person in made], cause="created")
    return made


def owners() -> dict[str | None, int]:
    return dict(Counter(Person.objects.values_list("owner__name", flat=True)))


@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-03-27T16:30+01:00", "2026-03-30T09:30+02:00"), ("2026-10-23T16:30+02:00", "2026-10-26T09:30+01:00")],
)
def test_an_hour_over_a_change_of_the_clock_ends_on_monday_at_half_past_nine(start: str, due: str) -> None:
    terms = Terms(timedelta(hours=1), parse_calendar({"zone": "Europe/Berlin", "hours": WEEK}).resolve())
    begun, ended = datetime.fromisoformat(start), datetime.fromisoformat(due)
    assert deadlines(terms, begun)[1] == ended
    assert spent(terms, begun, ended) == timedelta(hours=1)


def test_somebody_deactivated_after_the_claim_gets_nothing_of_the_batch() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    queue(4)
    kind = next(kind for kind in work.kinds() if kind.name == "routing")
    rows = work.claim(kind)
    bo.is_active = False
    bo.save()
    work.run_batch(kind, rows)
    assert owners() == {"Ana": 4}


def test_somebody_taken_out_of_the_pool_after_the_claim_gets_nothing_of_the_batch() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    queue(4)
    kind = next(kind for kind in work.kinds() if kind.name == "routing")
    rows = work.claim(kind)
    publish(document([ana]))
    work.run_batch(kind, rows)
    assert owners() == {"Ana": 4}


def test_a_rep_who_was_deleted_is_passed_over() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    queue(3)
    bo.delete()
    route()
    assert owners() == {"Ana": 3}


def test_a_clock_that_steps_back_neither_loses_a_lead_nor_lets_a_cap_be_passed() -> None:
    text = document(make_reps("Ana"))
    text["pools"]["desk"]["members"][0]["caps"] = {"rolling": {"hours": 24, "leads": 2}}
    publish(text)
    with time_machine.travel(MONDAY, tick=False):
        queue(2)
        route()
    with time_machine.travel(MONDAY - timedelta(hours=2), tick=False):
        queue()
        route()
    assert owners() == {"Ana": 2, None: 1}
    with time_machine.travel(MONDAY + timedelta(hours=25), tick=False):
        route()
    assert owners() == {"Ana": 3}


def test_leads_queued_by_a_clock_ahead_are_routed_once_it_is_that_time() -> None:
    publish(document(make_reps("Ana")))
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        queue()
    assert route() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert route() == 1
    assert owners() == {"Ana": 1}


def test_a_holiday_feed_that_lies_holds_the_lead_and_it_is_looked_at_again() -> None:
    WorkingCalendar.objects.create(key="office", name="Office", document={"zone": "UTC", "hours": WEEK})
    publish(document(make_reps("Ana"), calendar="office"))
    every_day = [f"2026-03-{day:02}" for day in range(1, 32)]
    calendar = {"zone": "UTC", "hours": WEEK, "holidays": {"extra": every_day}}
    with time_machine.travel(MONDAY, tick=False) as clock:
        WorkingCalendar.objects.update(document=calendar, updated_at=timezone.now())
        queue()
        route()
        waiting = RoutingWork.objects.get()
        assert (owners(), waiting.state, RoutingDecision.objects.get().outcome) == ({None: 1}, "pending", "held")
        assert waiting.run_after <= MONDAY + timedelta(minutes=15)
        WorkingCalendar.objects.update(
            document={"zone": "UTC", "hours": WEEK}, updated_at=MONDAY + timedelta(seconds=1)
        )
        clock.shift(timedelta(minutes=15))
        route()
    assert owners() == {"Ana": 1}


def test_fourteen_a_month_are_fourteen_and_the_fifteenth_waits() -> None:
    text = document(make_reps("Ana"))
    text["pools"]["desk"]["members"][0]["caps"] = {"rolling": {"hours": 720, "leads": 14}}
    publish(text)
    queue(16)
    route()
    assert owners() == {"Ana": 14, None: 2}
    assert RoutingWork.objects.filter(state="pending").count() == 2


def test_fifteen_a_month_never_become_thirty_however_many_batches_and_days_there_are() -> None:
    text = document(make_reps("Ana"))
    text["pools"]["desk"]["members"][0]["caps"] = {"rolling": {"hours": 720, "leads": 15}}
    publish(text)
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _batch in range(6):
            queue(5)
            route()
            clock.shift(timedelta(days=4))
            RoutingWork.objects.filter(state="pending").update(run_after=timezone.now())
            route()
        assert owners() == {"Ana": 15, None: 15}
        clock.shift(timedelta(days=7))  # 31 days after the first five
        RoutingWork.objects.filter(state="pending").update(run_after=timezone.now())
        route()
        assert owners() == {"Ana": 20, None: 10}


def test_a_lead_of_any_age_is_routed() -> None:
    publish(document(make_reps("Ana")))
    make_person(created_at=timezone.now() - timedelta(days=8))
    make_person(created_at=timezone.now() - timedelta(days=800))
    assert enqueue_everybody() == 2
    route()
    assert owners() == {"Ana": 2}


def test_overflow_in_a_circle_is_never_published() -> None:
    version = publish(document(make_reps("Ana")))
    text = document(make_reps("Bo"), when_absent="overflow:late")
    text["pools"]["late"] = {**text["pools"]["desk"], "when_absent": "overflow:desk"}
    save_draft(policy=version.policy, document=text, actor=None)
    with pytest.raises(DomainError, match="not published") as refused:
        publish_policy(policy=version.policy, actor=None)
    assert set(refused.value.errors) == {"pools.desk.when_absent", "pools.late.when_absent"}


@pytest.mark.django_db
def test_who_was_deactivated_while_a_closed_pool_went_on_is_not_flooded_when_they_are_back() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo], when_absent="assign_anyway"))
    for user in (ana, bo):
        TimeOff.objects.create(
            user=user, starts_at=timezone.now() - timedelta(1), ends_at=timezone.now() + timedelta(1)
        )
    User.objects.filter(pk=bo.pk).update(is_active=False)
    queue(10)
    route()
    User.objects.filter(pk=bo.pk).update(is_active=True)
    fresh = [make_person() for _ in range(4)]
    enqueue_routing([person.pk for person in fresh], cause="created")
    route()
    assert Counter(RoutingDecision.objects.filter(person__in=fresh).values_list("owner", flat=True)) == {
        ana.pk: 2,
        bo.pk: 2,
    }


@pytest.mark.django_db
def test_assigned_anyway_says_whose_turn_it_was_and_comes_out_the_same_again_with_a_cap() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana, bo], when_absent="assign_anyway")
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 1}
    version = publish(text)
    for user in (ana, bo):
        TimeOff.objects.create(
            user=user, starts_at=timezone.now() - timedelta(1), ends_at=timezone.now() + timedelta(1)
        )
    for _ in range(4):
        enqueue_routing([make_person().pk], cause="created")
        route()
    first, *rest = RoutingDecision.objects.order_by("pk")
    assert [one.owner for one in (first, *rest)] == [ana, bo, bo, bo]
    title = "Nobody in desk was there, so it went on by turns all the same: Ana was even"
    assert why(first, make_user("ops_manager"))[-1].title == title
    assert what_for(first, bo, make_user("ops_manager")) == [
        (
            "Nobody in desk was there, so it went by turns: Ana was even, Bo even. Had Bo been there, Bo would have got it."
        )
    ]
    result, _absent = replay_version(version, 1)
    assert (result.own, result.differing) == (4, [])


def test_a_lead_that_waited_says_so_when_it_has_an_owner_and_leads_to_what_was_decided_since() -> None:
    (ana,) = make_reps("Ana")
    text = document([ana])
    text["pools"]["other"] = {"members": [{"user": make_reps("Bo")[0].email}], "when_absent": "overflow:desk"}
    publish(text)
    absence = TimeOff.objects.create(
        user=ana, starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(days=1)
    )
    (person,) = queue(first_name="Priya", last_name="Raman")
    route()
    held = RoutingDecision.objects.get()
    client = Client()
    client.force_login(make_user("ops_manager"))
    shown = client.get(held.get_absolute_url()).content.decode()
    assert "Why has Priya Raman no owner?" in shown
    assert "Held just now by version 1" in shown
    assert "Nobody in other would have to be available" not in shown
    absence.delete()
    RoutingWork.objects.update(run_after=timezone.now())
    route()
    person.refresh_from_db()
    assert person.owner == ana
    shown = client.get(held.get_absolute_url()).content.decode()
    assert "Why did Priya Raman have to wait?" in shown
    assert RoutingDecision.objects.get(outcome="assigned").get_absolute_url() in shown


def test_several_leads_at_once_are_one_line_that_names_them() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    queue(5, first_name="Priya", last_name="Raman")
    route()
    line = Notification.objects.get(user=ana)
    assert (line.title, line.detail) == ("5 new leads", "Priya Raman, Priya Raman, Priya Raman and 2 more")
