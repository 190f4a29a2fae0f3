"""The page of a decision and the API say until when an answer was due, what counted, and which holiday moved it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from martech.models import RoutingDecision, WorkingCalendar
from martech.services.responses import record_response
from martech.services.routing import enqueue_routing
from mops.core import work
from tests.api import Api
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 4, 3, 14, 30, tzinfo=UTC)
"""Good Friday at 16:30 in Berlin."""
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY - timedelta(days=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def decision(clock: time_machine.Traveller) -> RoutingDecision:
    """Given on Thursday at 16:30, an hour to answer; Friday and Monday are holidays."""
    hours = {"zone": "Europe/Berlin", "hours": WEEK, "holidays": {"country": "DE"}}
    WorkingCalendar.objects.create(key="berlin", name="Berlin hours", document=hours)
    sla = {"respond_within_minutes": 60, "calendar": "berlin"}
    publish({**document(make_reps("Ana", "Bo")), "sla": sla})
    enqueue_routing([make_person(created_at=timezone.now()).pk], cause="created")
    route()
    return RoutingDecision.objects.get()


def page_of(decision: RoutingDecision) -> str:
    client = Client()
    client.force_login(make_user("ops_manager"))
    return " ".join(client.get(decision.get_absolute_url()).content.decode().split())


def answer_of(decision: RoutingDecision) -> dict[str, Any]:
    (found,) = Api()("GET", f"people/{decision.person_id}/decisions/").json()["results"]
    return dict(found["response"])


def test_before_it_is_due_the_holidays_that_move_the_deadline_are_named(decision: RoutingDecision) -> None:
    shown = page_of(decision)
    assert "due Tue 09:30" in shown
    assert "0 s of 1 h, counted in Berlin hours" in shown
    assert 'Thu 2 Apr 16:30 to 17:00</div><div class="m">30 min counted' in shown
    assert 'Fri 3 Apr 09:00 to 17:00</div><div class="m">not counted: holiday Good Friday' in shown
    assert 'Mon 6 Apr 09:00 to 17:00</div><div class="m">not counted: holiday Easter Monday' in shown
    assert 'Tue 7 Apr 09:00 to 09:30</div><div class="m">30 min counted' in shown
    answer = answer_of(decision)
    assert (answer["state"], answer["allowed_seconds"], answer["spent_seconds"]) == ("running", 3600, 0)
    assert [(one["counted"], one["why"]) for one in answer["intervals"]] == [
        (True, ""), (False, "holiday Good Friday"), (False, "holiday Easter Monday"), (True, ""),
    ]  # fmt: skip


def test_an_answer_in_time_tells_what_it_took(clock: time_machine.Traveller, decision: RoutingDecision) -> None:
    clock.shift(timedelta(minutes=12))
    record_response(person=decision.person, how="click", actor=decision.owner)
    shown = page_of(decision)
    assert "In time</span> due Tue 09:30" in shown
    assert "12 min of 1 h, counted in Berlin hours; answered 16:42 by a click" in shown
    assert answer_of(decision)["state"] == "in time"
    assert len(answer_of(decision)["intervals"]) == 1


def test_after_the_breach_it_is_measured_until_the_answer(
    clock: time_machine.Traveller, decision: RoutingDecision
) -> None:
    clock.move_to(datetime(2026, 4, 7, 8, 0, tzinfo=UTC))
    work.run_due("responses")
    answer = answer_of(decision)
    assert (answer["state"], answer["spent_seconds"]) == ("late", 5400)
    assert answer["breached_at"] == "2026-04-07T07:30:00Z"
    clock.shift(timedelta(hours=1))
    record_response(person=decision.person, how="call", actor=None)
    answer = answer_of(decision)
    assert (answer["state"], answer["spent_seconds"], answer["answered_how"]) == ("late", 9000, "call")


def test_a_decision_without_a_response_time_has_none(clock: time_machine.Traveller) -> None:
    publish(document(make_reps("Ana")))
    enqueue_routing([make_person(created_at=timezone.now()).pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    assert "Response time" not in page_of(decision)
    (found,) = Api()("GET", f"people/{decision.person_id}/decisions/").json()["results"]
    assert found["response"] is None
