"""Activities of the CRM answer response clocks: once, by the owner, at the moment the CRM says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from martech.connectors.port import RemoteRecord
from martech.connectors.registry import vendor
from martech.models import (
    Activity,
    Connection,
    DealPerson,
    DealStageEntry,
    RemoteOwner,
    RemoteRow,
    ResponseClock,
    RoutingDecision,
    StageMove,
    SyncObject,
)
from martech.services.activities import ActivitiesKept, take_activities
from martech.services.deal_stages import StageOfDeal, StagesKept, record_deal_stages
from mops.core import work
from tests.factories import make_deal, make_person, make_user
from tests.martech.lifecycle.graphs import publish as publish_lifecycle
from tests.martech.policies import document, make_reps, publish, route
from tests.martech.test_responses import START, inbox, routed

pytestmark = pytest.mark.django_db
LEAD, CONTACT, OWNER = "00Q5e000000000AAAA", "0035e000000000AAAA", "0055e000000000AAAA"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def crm(people: dict[str, Any], owners: dict[str, Any]) -> Connection:
    """A connection that knows people by their Salesforce ids and users by theirs."""
    connection = Connection(name="crm", vendor="salesforce")
    connection.save()
    objects = {
        name: SyncObject.objects.create(connection=connection, name=name, kind="person") for name in ("Lead", "Contact")
    }
    for id, person in people.items():
        object = objects["Lead" if id.startswith("00Q") else "Contact"]
        RemoteRow.objects.create(object=object, external_id=id, local_id=person.pk)
    for id, user in owners.items():
        RemoteOwner.objects.create(connection=connection, external_id=id, user=user)
    return connection


def task(minutes: float, id: str = "t1", **values: Any) -> RemoteRecord:
    """A call that was completed so long after the start."""
    done = (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    usual = {"WhoId": LEAD, "OwnerId": OWNER, "TaskSubtype": "Call", "IsClosed": True, "CompletedDateTime": done}
    return RemoteRecord(id, {**usual, **values}, START)


def take(connection: Connection, *records: RemoteRecord, object: str = "Task") -> ActivitiesKept:
    return take_activities(connection=connection, vendor=vendor("salesforce"), object=object, records=records)


def test_a_call_of_the_owner_answers_their_clock_at_the_moment_the_crm_says(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    connection = crm({LEAD: person}, {OWNER: ana})
    clock.shift(timedelta(minutes=25))
    assert take(connection, task(12)) == ActivitiesKept(new=1, answered=1)
    running = ResponseClock.objects.get()
    assert (running.end, running.answered_how, running.answered_at) == (
        "answered",
        "call",
        START + timedelta(minutes=12),
    )
    assert running.verdict["spent"] == 12 * 60
    assert RoutingDecision.objects.get().responded_at == START + timedelta(minutes=12)
    assert take(connection, task(12)) == ActivitiesKept()
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"IsClosed": False, "CompletedDateTime": None},
        {"TaskSubtype": "ListEmail"},
        {"TaskSubtype": "Cadence"},
        {"TaskSubtype": "Task"},
        {"WhoId": None},
        {"WhoId": "0015e000000000AAAA"},
        {"WhoId": "00Q5e000000000BAAA"},
    ],
)
def test_open_tasks_machines_and_strangers_answer_nothing(
    clock: time_machine.Traveller, values: dict[str, Any]
) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    clock.shift(timedelta(minutes=25))
    assert take(crm({LEAD: person}, {OWNER: ana}), task(12, **values)) == ActivitiesKept()
    assert ResponseClock.objects.get().is_running
    assert not Activity.objects.exists()


def test_what_a_colleague_did_is_kept_and_leaves_the_owner_s_clock_running(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    connection = crm({LEAD: person}, {OWNER: make_user()})
    clock.shift(timedelta(minutes=25))
    assert take(connection, task(12), task(13, "t2", OwnerId="0055e000000000BAAA")) == ActivitiesKept(new=2)
    assert ResponseClock.objects.get().is_running


def test_a_call_before_the_lead_was_given_answers_nothing(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    person = routed([ana])
    assert take(crm({LEAD: person}, {OWNER: ana}), task(-5)) == ActivitiesKept(new=1)
    assert ResponseClock.objects.get().is_running


def test_a_meeting_counts_when_it_was_booked_and_a_clock_that_is_ahead_counts_as_now(
    clock: time_machine.Traveller,
) -> None:
    ana, bo = make_reps("Ana", "Bo")
    person = routed([ana, bo])
    connection = crm({LEAD: person}, {OWNER: ana})
    clock.shift(timedelta(minutes=5))
    values = {"WhoId": LEAD, "OwnerId": OWNER, "StartDateTime": "2026-03-09T10:00:00.000+0000"}
    booked = RemoteRecord("e1", values, START, created_at=START + timedelta(minutes=4))
    assert take(connection, booked, object="Event") == ActivitiesKept(new=1, answered=1)
    assert ResponseClock.objects.get().answered_at == START + timedelta(minutes=4)
    assert take(connection, task(90, "t9")) == ActivitiesKept(new=1)
    assert Activity.objects.get(external_id="t9").at == START + timedelta(minutes=5)


def test_an_answer_heard_of_after_the_lead_was_given_away_takes_the_breach_back(clock: time_machine.Traveller) -> None:
    ana, bo = make_reps("Ana", "Bo")
    person = routed([ana, bo], on_breach="reassign", max_hops=5)
    connection = crm({LEAD: person}, {OWNER: ana})
    clock.shift(timedelta(minutes=31))
    work.run_due("responses")
    route()
    person.refresh_from_db()
    assert person.owner == bo
    first = ResponseClock.objects.get(owner=ana)
    assert first.breached_at == START + timedelta(minutes=30)
    assert take(connection, task(20)) == ActivitiesKept(new=1, answered=1)
    first.refresh_from_db()
    assert (first.end, first.breached_at, first.verdict["spent"]) == ("reassigned", None, 20 * 60)
    assert first.answered_at == START + timedelta(minutes=20)
    assert ResponseClock.objects.get(owner=bo).is_running
    assert inbox(bo) == []


def test_an_activity_with_a_person_merged_meanwhile_belongs_to_the_survivor(clock: time_machine.Traveller) -> None:
    (ana,) = make_reps("Ana")
    publish({**document([ana]), "sla": {"respond_within_minutes": 30}})
    kept = make_person()
    gone = make_person(merged_into=kept)
    assert take(crm({CONTACT: gone}, {OWNER: ana}), task(0, WhoId=CONTACT)) == ActivitiesKept(new=1)
    assert Activity.objects.get().person == kept


def entered(stage: str, day: int, deal: Any, amount: int | None = None) -> StageOfDeal:
    at = datetime(2026, 2, day, 9, tzinfo=UTC)
    return StageOfDeal(deal.pk, stage, at, Decimal(amount) if amount else None)


def test_the_stages_of_a_deal_are_kept_once_and_date_the_moves_of_its_people() -> None:
    publish_lifecycle()
    deal = make_deal(opened_at=None, state="won", stage="Closed Won", closed_at=datetime(2026, 6, 30, tzinfo=UTC))
    person = make_person()
    DealPerson.objects.create(deal=deal, person=person)
    entries = [
        entered("Prospecting", 3, deal, 10),
        entered("Negotiation/Review", 9, deal),
        entered("Closed Won", 20, deal),
    ]
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        assert record_deal_stages(entries).new == 3
        assert record_deal_stages(entries) == StagesKept()
    assert list(DealStageEntry.objects.values_list("stage", "state", "amount")) == [
        ("Prospecting", "open", Decimal(10)),
        ("Negotiation/Review", "open", None),
        ("Closed Won", "won", None),
    ]
    person.refresh_from_db()
    assert person.lifecycle_stage == "customer"
    assert StageMove.objects.get(person=person, stage="customer").at == datetime(2026, 2, 20, 9, tzinfo=UTC)


def test_stages_of_a_deal_that_is_gone_are_left_out() -> None:
    gone = make_deal()
    entries = [entered("Prospecting", 3, gone)]
    gone.delete()
    assert record_deal_stages(entries) == StagesKept()
    assert record_deal_stages([]) == StagesKept()
