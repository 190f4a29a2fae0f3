"""People get owners in the background: exactly one, the right one, and never against a colleague."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from governance.models import Notification
from martech.models import Person, PoolMemberState, RoutingDecision, RoutingWork, TimeOff, WorkingCalendar
from martech.selectors.decisions import explanations_of
from martech.services import ownership, routing
from martech.services.assignment import assign_owner
from martech.services.ownership import OwnerChange, record_write_back, register_owner_listener
from martech.services.policies import preview_decision
from martech.services.routing import enqueue_everybody, enqueue_routing, lanes, route_people
from mops.core import work
from mops.core.errors import DomainError
from tests.factories import make_account, make_person, make_user
from tests.martech.policies import document, make_reps, overlapping, publish, route

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
OFFICE = {"zone": "Europe/Berlin", "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}


def told(decision: RoutingDecision) -> dict[str, Any]:
    return explanations_of([decision])[decision.pk]


def make_people(number: int, **fields: Any) -> list[Person]:
    rows = [Person(email=f"p{i}@example.org", created_at=MONDAY, **fields) for i in range(number)]
    return Person.objects.bulk_create(rows)


def owners() -> dict[str, int]:
    return dict(Counter(Person.objects.order_by("pk").values_list("owner__name", flat=True)))


@pytest.mark.django_db
def test_sixty_leads_go_two_to_one_to_one() -> None:
    publish(document(make_reps("Ana", "Bo", "Cy"), [2, 1, 1]))
    made = make_people(60)
    assert enqueue_routing([person.pk for person in made], cause="created") == 60
    assert route() == 60
    assert owners() == {"Ana": 30, "Bo": 15, "Cy": 15}


@pytest.mark.django_db
def test_the_turn_goes_on_where_the_batch_before_stopped() -> None:
    publish(document(make_reps("Ana", "Bo", "Cy"), [5, 1, 1]))
    for person in make_people(7):
        enqueue_routing([person.pk], cause="created")
        route()
    given = RoutingDecision.objects.order_by("pk").values_list("owner__name", flat=True)
    assert "".join(name[0] for name in given) == "AABACAA"
    assert {state.user.name: state.assigned for state in PoolMemberState.objects.all()} == {"Ana": 5, "Bo": 1, "Cy": 1}


@pytest.mark.django_db
def test_without_a_published_policy_nobody_is_queued() -> None:
    assert enqueue_routing([make_person().pk], cause="created") == 0
    assert not RoutingWork.objects.exists()


@pytest.mark.django_db
def test_who_waits_is_queued_once() -> None:
    publish(document(make_reps("Ana")))
    person = make_person()
    assert enqueue_routing([person.pk], cause="created") == 1
    assert enqueue_routing([person.pk], cause="import") == 0
    assert RoutingWork.objects.get().cause == "created"


@pytest.mark.django_db
def test_an_owner_is_kept() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    person = make_person(owner=bo)
    enqueue_routing([person.pk], cause="created")
    route()
    person.refresh_from_db()
    assert person.owner == bo
    assert RoutingDecision.objects.get().outcome == "kept"


@pytest.mark.django_db
def test_what_a_colleague_decided_stays_even_when_the_policy_decides_anew() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish({**document([ana]), "keep_owner": False})
    by_hand, by_import = make_person(), make_person(owner=bo)
    assign_owner(person=by_hand, owner=bo, actor=make_user(), reason="knows her")
    enqueue_routing([by_hand.pk, by_import.pk], cause="created")
    route()
    by_hand.refresh_from_db()
    by_import.refresh_from_db()
    assert (by_hand.owner, by_import.owner) == (bo, ana)


@pytest.mark.django_db
def test_a_deactivated_owner_does_not_keep_anybody() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    person = make_person(owner=bo)
    bo.is_active = False
    bo.save()
    enqueue_routing([person.pk], cause="created")
    route()
    person.refresh_from_db()
    assert person.owner == ana
    assert RoutingDecision.objects.get().previous_owner == bo


@pytest.mark.django_db
def test_a_deactivated_rep_gets_nothing_from_the_next_decision_on() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    first, second = make_people(4)[:2], list(Person.objects.order_by("pk"))[2:]
    enqueue_routing([person.pk for person in first], cause="created")
    route()
    bo.is_active = False
    bo.save()
    enqueue_routing([person.pk for person in second], cause="created")
    route()
    assert owners() == {"Ana": 3, "Bo": 1}
    last = told(RoutingDecision.objects.order_by("-pk")[0])["pools"][0]["members"]
    assert [member.get("skipped") for member in last] == [None, "deactivated"]


@pytest.mark.django_db
def test_the_account_s_owner_comes_before_the_rules() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish({**document([ana]), "match_account_owner": True})
    person = make_person(account=make_account(owner=bo))
    enqueue_routing([person.pk], cause="created")
    route()
    person.refresh_from_db()
    assert person.owner == bo
    assert told(RoutingDecision.objects.get())["steps"][-1]["text"] == "Bo owns the account."


@pytest.mark.django_db
def test_who_must_not_be_routed_is_not() -> None:
    publish(document(make_reps("Ana")))
    person = make_person(do_not_route=True)
    enqueue_routing([person.pk], cause="created")
    route()
    assert RoutingDecision.objects.get().outcome == "do_not_route"
    assert owners() == {None: 1}


@pytest.mark.django_db
def test_the_decision_says_why_each_earlier_rule_did_not_match() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana])
    text["pools"]["big"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    large = {"field": "account.employees", "op": "gte", "value": 500}
    text["rules"].insert(0, {"name": "Large", "when": {"all": [large]}, "to": "big"})
    publish(text)
    person = make_person(country="DE", account=make_account(employees=120))
    enqueue_routing([person.pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    assert (decision.rule, decision.pool, decision.owner) == ("German", "desk", ana)
    assert told(decision)["rules"] == [
        {
            "name": "Large",
            "to": "big",
            "matched": False,
            "because": "Employees is 120, asked for: at least 500",
            "field": "account.employees",
        },
        {"name": "German", "to": "desk", "matched": True},
    ]
    assert decision.inputs == {"person.country": "DE", "account.employees": 120}


@pytest.mark.django_db
def test_a_unique_policy_parks_a_lead_that_two_rules_take() -> None:
    publish(overlapping(make_reps("Ana")))
    person = make_person(properties={"size": 50.5})
    enqueue_routing([person.pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    assert decision.outcome == "parked"
    assert told(decision)["steps"][-1]["text"] == "Exactly one rule may match, but “Middle” and “Upper” do."


@pytest.mark.django_db
def test_outside_working_hours_a_lead_is_held_once_and_drained_at_the_opening() -> None:
    ana, bo = make_reps("Ana", "Bo")
    WorkingCalendar.objects.create(key="berlin", name="Berlin", document=OFFICE)
    TimeOff.objects.create(user=ana, starts_at=MONDAY - timedelta(days=3), ends_at=MONDAY + timedelta(hours=2))
    saturday = datetime(2026, 2, 28, 14, tzinfo=UTC)
    with time_machine.travel(saturday, tick=False) as clock:
        publish(document([ana, bo], calendar="berlin", when_absent="hold"))
        person = make_person()
        enqueue_routing([person.pk], cause="created")
        route()
        clock.shift(timedelta(minutes=20))
        route()
        assert [row.outcome for row in RoutingDecision.objects.all()] == ["held"]
        assert RoutingWork.objects.get().state == "pending"
        assert RoutingWork.objects.get().run_after == saturday + timedelta(minutes=35)
        clock.move_to(datetime(2026, 3, 2, 7, 50, tzinfo=UTC))
        route()
        assert RoutingWork.objects.get().run_after == datetime(2026, 3, 2, 8, tzinfo=UTC)
        clock.move_to(datetime(2026, 3, 2, 8, tzinfo=UTC))
        route()
    person.refresh_from_db()
    assert person.owner == bo
    assert RoutingWork.objects.get().state == "done"
    decision = RoutingDecision.objects.get(outcome="assigned")
    assert decision.arrived_at == saturday


@pytest.mark.django_db
def test_nobody_there_means_the_overflow_pool_where_one_is_named() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana], when_absent="overflow:late")
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    publish(text)
    TimeOff.objects.create(user=ana, starts_at=timezone.now() - timedelta(1), ends_at=timezone.now() + timedelta(1))
    person = make_person()
    enqueue_routing([person.pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    assert (decision.pool, decision.owner) == ("late", bo)
    assert [asked["pool"] for asked in told(decision)["pools"]] == ["desk", "late"]


@pytest.mark.django_db
def test_nobody_there_is_no_matter_where_the_pool_assigns_anyway() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana], when_absent="assign_anyway"))
    TimeOff.objects.create(user=ana, starts_at=timezone.now() - timedelta(1), ends_at=timezone.now() + timedelta(1))
    enqueue_routing([make_person().pk], cause="created")
    route()
    assert owners() == {"Ana": 1}


@pytest.mark.django_db
def test_a_daily_cap_holds_what_is_over_it_until_the_day_ends() -> None:
    (ana,) = make_reps("Ana")
    text = document([ana])
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 2}
    with time_machine.travel(MONDAY, tick=False) as clock:
        publish(text)
        enqueue_routing([person.pk for person in make_people(5)], cause="created")
        route()
        assert owners() == {"Ana": 2, None: 3}
        clock.move_to(MONDAY + timedelta(days=1))
        route()
    assert owners() == {"Ana": 4, None: 1}


@pytest.mark.django_db
def test_publishing_looks_at_held_leads_at_once() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    TimeOff.objects.create(user=ana, starts_at=timezone.now() - timedelta(1), ends_at=timezone.now() + timedelta(1))
    enqueue_routing([make_person().pk], cause="created")
    route()
    publish(document([ana, bo]))
    route()
    assert owners() == {"Bo": 1}


@pytest.mark.django_db
def test_the_owner_is_told_and_the_deadline_set() -> None:
    (ana,) = make_reps("Ana")
    WorkingCalendar.objects.create(key="berlin", name="Berlin", document=OFFICE)
    with time_machine.travel(datetime(2026, 2, 27, 15, 30, tzinfo=UTC), tick=False):
        publish({**document([ana]), "sla": {"respond_within_minutes": 60, "calendar": "berlin"}})
        person = make_person(company="Acme")
        enqueue_routing([person.pk], cause="created")
        route()
    told = Notification.objects.get()
    assert (told.user, told.title, told.detail) == (
        ana,
        f"New lead: {person}",
        "Acme. Answer by Mon 02 Mar 09:30 CET",
    )
    assert told.url == person.get_absolute_url()
    assert RoutingDecision.objects.get().respond_by == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_hundred_leads_cost_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    publish(document(make_reps("Ana", "Bo")))
    enqueue_routing([person.pk for person in make_people(100)], cause="created")
    rows = work.claim(next(kind for kind in work.kinds() if kind.name == "routing"))
    with django_assert_max_num_queries(26), transaction.atomic():
        route_people(rows)
    assert owners() == {"Ana": 50, "Bo": 50}


@pytest.mark.django_db
def test_everybody_without_an_owner_can_be_queued_whatever_their_age() -> None:
    publish(document(make_reps("Ana")))
    make_person(created_at=datetime(2019, 1, 1, tzinfo=UTC))
    make_person(do_not_route=True)
    assert enqueue_everybody() == 1


@pytest.mark.django_db
def test_nobody_deactivated_is_given_anybody_by_hand() -> None:
    (ana,) = make_reps("Ana")
    ana.is_active = False
    ana.save()
    person = make_person()
    with pytest.raises(DomainError) as refusal:
        assign_owner(person=person, owner=ana, actor=None)
    assert refusal.value.errors == {
        "owner": ["Ana is deactivated. Choose an active sales colleague, or somebody of marketing operations."]
    }
    assert not RoutingDecision.objects.exists()


@pytest.mark.django_db
def test_a_preview_writes_nothing() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana, bo]))
    person = make_person()
    assert preview_decision(version=version, person=person).owner == ana
    assert (
        preview_decision(version=version, given={"country": "DE", "account": {"employees": 9}}).decision.rule
        == "German"
    )
    assert not RoutingDecision.objects.exists()
    assert set(PoolMemberState.objects.values_list("pointer", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_eight_workers_give_four_reps_a_hundred_leads_each_and_nobody_two() -> None:
    publish(document(make_reps("Ana", "Bo", "Cy", "Di")))
    made = make_people(400)
    enqueue_routing([person.pk for person in made], cause="created")
    kind = work.Kind("routing", RoutingWork, route_people, batch=7)

    def run(_worker: int) -> None:
        try:
            while rows := work.claim(kind):
                work.run_batch(kind, rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(run, range(8)))
    assert owners() == {"Ana": 100, "Bo": 100, "Cy": 100, "Di": 100}
    assert RoutingDecision.objects.count() == 400
    assert RoutingDecision.objects.values("person").distinct().count() == 400


@pytest.mark.django_db(transaction=True)
def test_a_colleague_who_is_faster_than_the_worker_wins() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    person = make_person()
    enqueue_routing([person.pk], cause="created")
    kind = next(kind for kind in work.kinds() if kind.name == "routing")
    rows = work.claim(kind)
    assign_owner(person=person, owner=bo, actor=None)
    work.run_batch(kind, rows)
    person.refresh_from_db()
    assert person.owner == bo
    assert list(RoutingDecision.objects.order_by("pk").values_list("outcome", flat=True)) == ["manual"]


@pytest.mark.django_db
def test_a_cap_of_open_leads_counts_what_another_pool_gave_in_the_same_batch() -> None:
    ana, bo = make_reps("Ana", "Bo")
    capped = {"user": ana.email, "caps": {"open": 3}}
    text = document([bo])
    text["pools"]["desk"]["members"] = [capped]
    text["pools"]["late"] = {"strategy": "round_robin", "members": [capped]}
    text["rules"][0]["to"] = "late"
    publish(text)
    made = make_people(6)
    Person.objects.filter(pk__in=[person.pk for person in made[:3]]).update(country="DE")
    enqueue_routing([person.pk for person in made], cause="created")
    route()
    assert owners() == {"Ana": 3, None: 3}


@pytest.mark.django_db
def test_a_lead_of_the_account_s_owner_counts_in_the_cap_of_the_pool() -> None:
    (ana,) = make_reps("Ana")
    text = {**document([ana]), "match_account_owner": True}
    text["pools"]["desk"]["members"][0]["caps"] = {"open": 2}
    publish(text)
    account = make_account(owner=ana)
    made = [make_person(account=account), make_person(account=account), make_person()]
    for person in made:
        enqueue_routing([person.pk], cause="created")
    route()
    assert owners() == {"Ana": 2, None: 1}


@pytest.mark.django_db
def test_what_a_decision_stores_survives_every_character() -> None:
    odd = "a\tb\\n\\.\r\n„ü“\u2028"
    text = document(make_reps("Ana"))
    text["rules"] = [
        {"name": 'Tab\t"and" \\ line', "when": {"field": "person.city", "op": "eq", "value": odd}, "to": "desk"}
    ]
    publish(text)
    enqueue_routing([make_person(city=odd).pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    assert (decision.rule, decision.inputs) == ('Tab\t"and" \\ line', {"person.city": odd})


@pytest.mark.django_db
def test_whoever_must_know_of_an_owner_is_told_in_the_same_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    told_of: list[OwnerChange] = []
    monkeypatch.setattr(ownership, "_listeners", {})
    register_owner_listener("crm", told_of.extend)
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    person = make_person()
    enqueue_routing([person.pk], cause="created")
    route()
    by_hand = assign_owner(person=Person.objects.get(), owner=bo, actor=None)
    routed = RoutingDecision.objects.get(outcome="assigned")
    assert by_hand is not None
    assert [(one.owner, one.previous, one.decision) for one in told_of] == [
        (ana.pk, None, routed.pk),
        (bo.pk, ana.pk, by_hand.pk),
    ]
    assert record_write_back([routed.pk], MONDAY) == 1
    assert record_write_back([routed.pk], MONDAY + timedelta(hours=1)) == 0
    routed.refresh_from_db()
    assert routed.written_back_at == MONDAY


@pytest.mark.django_db
def test_an_owner_is_not_written_when_the_queue_of_the_crm_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_changes: object) -> None:
        raise RuntimeError("the queue is full")

    monkeypatch.setattr(ownership, "_listeners", {"crm": refuse})
    publish(document(make_reps("Ana")))
    enqueue_routing([make_person().pk], cause="created")
    route()
    assert owners() == {None: 1}
    assert not RoutingDecision.objects.exists()
    assert RoutingWork.objects.get().last_error == "RuntimeError: the queue is full"


@pytest.mark.django_db(transaction=True)
def test_sixteen_workers_give_ten_reps_two_hundred_leads_each_within_their_caps() -> None:
    reps = make_reps(*"ABCDEFGHIJ")
    text = document(reps)
    for member in text["pools"]["desk"]["members"]:
        member["caps"] = {"per_day": 200, "open": 200}
    publish(text)
    enqueue_routing([person.pk for person in make_people(2_010)], cause="created")
    kind = work.Kind("routing", RoutingWork, route_people, batch=40, parts=lanes)

    def run(_worker: int) -> None:
        try:
            while rows := work.claim(kind):
                for part in kind.parts(rows):
                    work.run_batch(kind, part)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as workers:
        list(workers.map(run, range(16)))
    assert owners() == {**dict.fromkeys("ABCDEFGHIJ", 200), None: 10}
    assert RoutingDecision.objects.filter(outcome="assigned").count() == 2_000
    assert RoutingWork.objects.filter(state="pending").count() == 10


@pytest.mark.django_db
def test_a_large_batch_is_cut_by_pools_and_nobody_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "ALONE", 3)
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana])
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    text["rules"][0]["to"] = "late"
    publish(text)
    made = make_people(8)
    Person.objects.filter(pk__in=[person.pk for person in made[:3]]).update(country="DE")
    enqueue_routing([person.pk for person in made], cause="created")
    kind = next(kind for kind in work.kinds() if kind.name == "routing")
    parts = lanes(work.claim(kind))
    assert sorted(sorted(row.person_id for row in part) for part in parts) == [
        [person.pk for person in made[:3]],
        [person.pk for person in made[3:]],
    ]
    assert sum(work.run_batch(kind, part) for part in parts) == 8
    assert owners() == {"Ana": 5, "Bo": 3}
