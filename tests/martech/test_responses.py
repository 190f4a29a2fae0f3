"""Response times: warned, late, taken over, answered; each in working time, each with its verdict."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from governance.models import Notification, User
from martech.models import Person, ResponseClock, RoutingDecision, RoutingWork, TimeOff, WorkingCalendar
from martech.routing.response import Terms, deadlines, is_backlog, spent
from martech.selectors.decisions import what_for
from martech.selectors.responses import verdict_of
from martech.services.assignment import assign_owner, hand_back
from martech.services.responses import record_response, record_responses
from martech.services.routing import enqueue_everybody, enqueue_routing
from mops.core import clock as business_time
from mops.core import work
from mops.core.calendar_document import parse_calendar
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE: dict[str, Any] = {"zone": "UTC", "hours": {day: [["09:00", "17:00"]] for day in WEEKDAYS}}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def routed(reps: list[User], **sla: Any) -> Person:
    """A person whom the policy gave to the first of the reps, who has half an hour."""
    publish({**document(reps), "sla": {"respond_within_minutes": 30, **sla}})
    person = make_person(created_at=datetime.now(UTC))
    enqueue_routing([person.pk], cause="created")
    route()
    person.refresh_from_db()
    assert person.owner == reps[0]
    return person


def tick(clock: time_machine.Traveller, minutes: float) -> None:
    """Time passes, and whatever became due happens."""
    clock.shift(timedelta(minutes=minutes))
    work.run_due("responses")
    route()


def inbox(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user, kind="response").order_by("pk").values_list("title", flat=True))


def test_the_owner_is_warned_before_it_is_too_late(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    tick(clock, 23)
    assert inbox(ana) == []
    tick(clock, 1)
    assert inbox(ana) == [f"Answer {person} within 6 minutes"]
    tick(clock, 1)
    assert len(inbox(ana)) == 1


def test_an_answer_in_time_ends_the_clock(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    clock.shift(timedelta(minutes=12))
    record_response(person=person, how="click", actor=ana)
    running = ResponseClock.objects.get()
    assert (running.end, running.answered_how, running.breached_at) == ("answered", "click", None)
    assert running.verdict["spent"] == 12 * 60
    assert RoutingDecision.objects.get().responded_at == START + timedelta(minutes=12)
    tick(clock, 60)
    assert inbox(ana) == []


def test_after_the_breach_the_time_goes_on_being_measured(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    tick(clock, 31)
    assert inbox(ana) == [f"Late: {person} waits for your answer"]
    assert ResponseClock.objects.get().breached_at == START + timedelta(minutes=30)
    tick(clock, 60)
    record_response(person=person, how="call", actor=ana)
    running = ResponseClock.objects.get()
    assert running.end == "answered"
    assert running.verdict["spent"] == 91 * 60


def test_a_late_lead_goes_to_somebody_else_and_never_back(clock: time_machine.Traveller) -> None:
    ana, bo = make_reps("Ana", "Bo")
    person = routed([ana, bo], on_breach="reassign", max_hops=5)
    tick(clock, 30)
    person.refresh_from_db()
    assert person.owner == bo
    assert inbox(ana) == [f"Late: {person} goes to somebody else"]
    assert [(one.owner, one.end, one.hop) for one in ResponseClock.objects.order_by("pk")] == [
        (ana, "reassigned", 0),
        (bo, "", 1),
    ]
    tick(clock, 30)
    person.refresh_from_db()
    assert person.owner == bo
    assert RoutingDecision.objects.order_by("-pk")[0].outcome == "held"
    waiting = RoutingWork.objects.get(state="pending")
    assert sorted(waiting.without) == sorted([ana.pk, bo.pk])


def test_many_that_are_late_at_once_are_one_line_by_the_clock_of_whoever_reads_it(
    clock: time_machine.Traveller,
) -> None:
    (ana,) = make_reps("Ana")
    User.objects.filter(pk=ana.pk).update(time_zone="America/New_York")
    routed([ana])
    people = [make_person() for _ in range(3)]
    enqueue_routing([person.pk for person in people], cause="created")
    route()
    tick(clock, 31)
    late = Notification.objects.get(user=ana, kind="response")
    assert late.title == "Late: 4 leads wait for your answer"
    assert late.detail.endswith(
        f" and 1 more. Due {START + timedelta(minutes=30) - timedelta(hours=5):%d %b %H:%M} EST"
    )
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert {person.pk for person in client.get(late.url).context["table"].data.data} >= {one.pk for one in people}


def test_hops_end_with_a_word_to_the_managers(clock: time_machine.Traveller) -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    manager = make_user("ops_manager")
    person = routed([ana, bo, cy], on_breach="reassign", max_hops=1)
    tick(clock, 30)
    tick(clock, 30)
    person.refresh_from_db()
    assert person.owner == bo
    assert inbox(manager) == [f"Bo is late with {person}"]


def test_whom_the_policy_names_is_told_of_a_breach(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    boss = make_user("leader", email="boss@example.com")
    person = routed([ana], on_breach="escalate", escalate_to="Boss@example.com")
    tick(clock, 30)
    assert inbox(boss) == [f"Ana is late with {person}"]


def test_a_colleague_who_takes_over_ends_the_clock(clock: time_machine.Traveller) -> None:
    ana, bo = make_reps("Ana", "Bo")
    person = routed([ana, bo], on_breach="reassign", max_hops=5)
    eve = make_user("sales_rep", name="Eve")
    assign_owner(person=person, owner=eve, actor=eve)
    tick(clock, 120)
    person.refresh_from_db()
    assert person.owner == eve
    assert ResponseClock.objects.get().end == "superseded"
    assert inbox(ana) == []


def test_the_clock_stands_still_while_the_policy_says_so(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    pause = {"field": "person.properties.waits", "op": "eq", "value": "yes"}
    person = routed([ana], pause_when=pause)
    tick(clock, 10)
    Person.objects.update(properties={"waits": "yes"})
    tick(clock, 5)
    tick(clock, 45)
    Person.objects.update(properties={})
    tick(clock, 5)
    running = ResponseClock.objects.get()
    assert running.due_at == START + timedelta(minutes=80)
    assert RoutingDecision.objects.get().respond_by == running.due_at
    assert inbox(ana) == []
    clock.move_to(START + timedelta(minutes=79))
    record_response(person=person, how="click", actor=ana)
    assert ResponseClock.objects.get().verdict["spent"] == 29 * 60


def test_a_lead_that_pauses_as_it_is_given_is_paused_at_the_first_look(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    pause = {"field": "person.country", "op": "eq", "value": "FR"}
    publish({**document([ana]), "sla": {"respond_within_minutes": 30, "pause_when": pause}})
    enqueue_routing([make_person(country="FR").pk, make_person(country="DE").pk], cause="created")
    route()
    work.run_due("responses")
    since = ResponseClock.objects.order_by("-person__country").values_list("person__country", "paused_since")
    assert list(since) == [("FR", START), ("DE", None)]


def test_an_own_holiday_is_named_as_such() -> None:
    WorkingCalendar.objects.create(
        key="office", name="Office", document={**OFFICE, "holidays": {"extra": ["2026-04-03"]}}
    )
    (ana,) = make_reps("Ana")
    with time_machine.travel(datetime(2026, 4, 2, 16, 30, tzinfo=UTC), tick=False):
        routed([ana], calendar="office", respond_within_minutes=60)
    running = ResponseClock.objects.select_related("decision__version").get()
    found = verdict_of(running, running.due_at)
    assert [one["why"] for one in found["intervals"]] == ["", "own holiday", ""]


def test_the_rule_s_time_comes_before_the_pool_s_and_the_policy_s(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    text = {**document([ana]), "sla": {"respond_within_minutes": 30}}
    text["rules"] = [{"name": "Hot", "when": {"field": "person.country", "op": "eq", "value": "DE"}, "to": "desk"}]
    text["rules"][0]["sla"] = {"respond_within_minutes": 5}
    text["pools"]["desk"]["sla"] = {"respond_within_minutes": 10}
    publish(text)
    for country in ("DE", "FR"):
        enqueue_routing([make_person(country=country).pk], cause="created")
        route()
    assert list(ResponseClock.objects.order_by("pk").values_list("allowed_minutes", flat=True)) == [5, 10]


def test_the_verdict_names_the_holiday_that_moved_the_deadline() -> None:
    holidays = {"country": "DE"}
    WorkingCalendar.objects.create(key="office", name="Office", document={**OFFICE, "holidays": holidays})
    (ana,) = make_reps("Ana")
    with time_machine.travel(datetime(2026, 4, 2, 16, 30, tzinfo=UTC), tick=False):
        routed([ana], calendar="office", respond_within_minutes=60)
    running = ResponseClock.objects.select_related("decision__version").get()
    assert running.due_at == datetime(2026, 4, 7, 9, 30, tzinfo=UTC)
    found = verdict_of(running, running.due_at)
    assert found["spent"] == 3600
    assert [one["why"] for one in found["intervals"]] == ["", "holiday Good Friday", "holiday Easter Monday", ""]


def test_the_first_activity_after_the_start_counts_and_older_ones_do_not(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    minute = timedelta(minutes=1)
    activities = [(person.pk, ana.pk, START + 9 * minute, "call"), (person.pk, ana.pk, START - minute, "email")]
    assert record_responses([activities[1]]) == 0
    assert record_responses([(person.pk, make_user().pk, START + 9 * minute, "call")]) == 0
    assert record_responses([*activities, (person.pk, ana.pk, START + 20 * minute, "meeting")]) == 1
    assert ResponseClock.objects.get().answered_how == "call"
    assert record_responses([activities[0]]) == 0


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-02-27T16:30", "2026-03-02T09:30"),
        ("2026-02-28T15:00", "2026-03-02T10:00"),
        ("2026-02-28T20:00", "2026-03-02T10:00"),
        ("2026-03-01T20:00", "2026-03-02T10:00"),
    ],
)
def test_an_hour_begun_outside_office_hours_ends_inside_them(start: str, due: str) -> None:
    calendar = parse_calendar(OFFICE).resolve()
    terms = Terms(timedelta(hours=1), calendar)
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, due))
    assert deadlines(terms, begun)[1] == ended
    assert spent(terms, begun, ended) == timedelta(hours=1)
    assert business_time.elapsed(calendar, begun, ended) == timedelta(hours=1)


def queued(came_ago: timedelta, cause: str = "backlog") -> RoutingDecision:
    person = make_person(created_at=datetime.now(UTC) - came_ago)
    enqueue_routing([person.pk], cause=cause)
    route()
    return RoutingDecision.objects.filter(person=person).latest("pk")


@pytest.mark.parametrize(
    ("came_ago", "clocks"),
    [(timedelta(days=1, minutes=30), 1), (timedelta(days=1, minutes=31), 0), (timedelta(days=900), 0)],
)
def test_a_lead_of_the_backlog_gets_an_owner_and_no_clock(
    clock: time_machine.Traveller, came_ago: timedelta, clocks: int
) -> None:
    """Half an hour to answer and a day more, every hour counting: what came before is backlog."""
    (ana,) = make_reps("Ana")
    publish({**document([ana]), "sla": {"respond_within_minutes": 30}})
    decision = queued(came_ago)
    assert (decision.owner, ResponseClock.objects.count()) == (ana, clocks)
    assert (decision.respond_by is not None, "backlog_days" in decision.trace) == (bool(clocks), not clocks)


def test_a_working_day_is_what_the_calendar_says(clock: time_machine.Traveller) -> None:
    """Monday 10:00: half an hour and eight hours had passed at Friday 09:30, an hour of them today."""
    (ana,) = make_reps("Ana")
    WorkingCalendar.objects.create(key="office", name="Office", document=OFFICE)
    publish({**document([ana]), "sla": {"respond_within_minutes": 30, "calendar": "office"}})
    assert queued(START - datetime(2026, 2, 27, 9, 30, tzinfo=UTC)).respond_by == START + timedelta(minutes=30)
    assert queued(START - datetime(2026, 2, 27, 9, 29, tzinfo=UTC)).respond_by is None


def test_the_decision_says_why_no_clock_runs_and_the_owner_is_told(
    clock: time_machine.Traveller, client: Client
) -> None:
    (ana,) = make_reps("Ana")
    publish({**document([ana]), "sla": {"respond_within_minutes": 30}})
    people = [make_person(created_at=START - timedelta(days=ago)) for ago in (43, 400, 0)]
    assert enqueue_everybody() == 3
    route()
    told = Notification.objects.get(kind="lead")
    assert told.title == "3 new leads"
    named, aged, due = told.detail.split(". ")
    assert sorted(named.split(", ")) == sorted(str(person) for person in Person.objects.all())
    assert aged == "2 of them came long ago: no response clock runs"
    assert due == "The first answer is due Mon 02 Mar 11:30 CET"
    client.force_login(ana)
    assert [lead.pk for lead in client.get(told.url, follow=True).context["table"].data] == [people[2].pk]
    client.force_login(make_user("ops_manager"))
    page = client.get(RoutingDecision.objects.get(person=people[0]).get_absolute_url()).content.decode()
    assert "No response clock runs: the lead came 43 days before it was routed" in page
    assert "An answer is due by" not in page
    page = client.get(RoutingDecision.objects.get(person=people[2]).get_absolute_url()).content.decode()
    assert "An answer is due by" in page


def test_an_old_lead_handed_back_has_the_whole_time_with_the_next_owner(clock: time_machine.Traveller) -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish({**document([ana, bo]), "sla": {"respond_within_minutes": 30}})
    person = queued(timedelta(days=90)).person
    assert ResponseClock.objects.count() == 0
    hand_back(person=person, actor=ana)
    route()
    running = ResponseClock.objects.get()
    assert (running.owner, running.due_at) == (bo, START + timedelta(minutes=30))


def test_a_new_lead_held_for_days_is_no_backlog(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    publish({**document([ana]), "sla": {"respond_within_minutes": 30}})
    TimeOff.objects.create(user=ana, starts_at=START - timedelta(1), ends_at=START + timedelta(5))
    queued(timedelta(0), cause="created")
    clock.shift(timedelta(days=6))
    route()
    assert ResponseClock.objects.get().due_at == START + timedelta(days=6, minutes=30)


@given(st.integers(0, 5_000), st.integers(1, 600), st.integers(0, 5_000))
def test_whoever_came_before_one_of_the_backlog_is_backlog(ago: int, allowed: int, more: int) -> None:
    """What the few that are worked out stand for."""
    terms = Terms(timedelta(minutes=allowed), parse_calendar(OFFICE).resolve())
    later, earlier = START - timedelta(minutes=ago), START - timedelta(minutes=ago + more)
    assert is_backlog(terms, earlier, START) or not is_backlog(terms, later, START)


def test_who_was_late_is_told_why_the_lead_is_not_theirs_any_more(clock: time_machine.Traveller) -> None:
    ana, bo = make_reps("Ana", "Bo")
    routed([ana, bo], on_breach="reassign", max_hops=1)
    tick(clock, 31)
    decision = RoutingDecision.objects.latest("pk")
    assert decision.owner == bo
    assert what_for(decision, ana, make_user()) == [
        "Ana had this lead and did not answer in time, so somebody else of desk got it. Ana gets others in turn."
    ]
    client = Client()
    client.force_login(make_user("ops_manager"))
    assert "Ana had the lead, but did not answer in time." in client.get(decision.get_absolute_url()).content.decode()
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    members = client.get(decision.get_absolute_url()).context["pools"][0]["members"]
    assert [member["share"] for member in members] == ["—", "0.5 behind"]
