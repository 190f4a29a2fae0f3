"""Leads that are held: where they stand, whom they wait for, and that they go the moment somebody can take them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from governance.models import User
from martech.models import Person, RoutingDecision, RoutingWork, TimeOff
from martech.services.assignment import hand_back
from martech.services.openings import look_where_somebody_opened
from martech.services.routing import enqueue_routing
from mops.core.work import WorkState, release_all
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, overlapping, publish, route

pytestmark = pytest.mark.django_db
PEOPLE = "/martech/people/"


def page(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or make_user("ops_manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def held(*people: Person) -> None:
    for person in people:
        enqueue_routing([person.pk], cause="created")
    route()
    assert RoutingDecision.objects.filter(outcome="held").count() == len(people)


def owners_of(*people: Person) -> list[User | None]:
    return [Person.objects.get(pk=one.pk).owner for one in people]


def at_cap(most: int = 1) -> User:
    (ana,) = make_reps("Ana")
    text = document([ana])
    text["pools"]["desk"]["members"][0]["caps"] = {"open": most}
    publish(text)
    return ana


def test_a_lead_that_is_closed_makes_room_for_the_oldest_who_waits() -> None:
    ana = at_cap()
    closing = make_person(owner=ana)
    first, second = make_person(), make_person()
    held(first, second)
    assert look_where_somebody_opened() == 0
    Person.objects.filter(pk=closing.pk).update(lifecycle_stage="customer")
    assert look_where_somebody_opened() == 2
    route()
    assert owners_of(first, second) == [ana, None]
    assert look_where_somebody_opened() == 0


def test_who_may_sign_in_again_gets_what_waited() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    User.objects.filter(pk=ana.pk).update(is_active=False)
    person = make_person()
    held(person)
    User.objects.filter(pk=ana.pk).update(is_active=True)
    assert look_where_somebody_opened() == 1
    route()
    assert owners_of(person) == [ana]


def test_who_gave_a_lead_back_does_not_wake_it_by_being_there() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    person = make_person(owner=ana)
    hand_back(person=person, actor=ana)
    route()
    assert look_where_somebody_opened() == 0
    assert RoutingWork.objects.get(state=WorkState.PENDING).run_after > timezone.now()


def test_the_person_s_page_says_how_many_came_before_and_who_is_back_first() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    now = datetime(2026, 3, 4, 10, tzinfo=UTC)
    TimeOff.objects.create(user=ana, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=3))
    TimeOff.objects.create(user=bo, starts_at=now - timedelta(days=1), ends_at=now + timedelta(hours=2))
    with time_machine.travel(now, tick=False):
        first, second = make_person(), make_person()
        held(first, second)
        client = page()
        shown = [client.get(one.get_absolute_url()).content.decode() for one in (first, second)]
    assert ["Why no owner yet?" in text for text in shown] == [True, True]
    assert ["Next in line." in text for text in shown] == [True, False]
    assert ["1 came before." in text for text in shown] == [False, True]
    assert all("Bo is back first: 13:00." in text for text in shown)


def test_who_waits_for_no_certain_time_is_told_so() -> None:
    at_cap(0 + 1)
    ana = User.objects.get(name="Ana")
    make_person(owner=ana)
    person = make_person()
    held(person)
    assert "Nobody is expected back at a certain time" in page().get(person.get_absolute_url()).content.decode()


def test_the_board_s_number_of_who_waits_for_a_pool_opens_them() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana])
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    text["rules"][0]["to"] = "late"
    publish(text)
    now = timezone.now()
    for user in (ana, bo):
        TimeOff.objects.create(user=user, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=3))
    german, other = make_person(country="DE"), make_person(country="FR")
    held(german, other)
    client = page()
    board = client.get("/martech/routing/board/").content.decode()
    assert f"{PEOPLE}?waits_for=late&amp;" in board
    listed = client.get(f"{PEOPLE}?waits_for=late&sort=waiting_since").context["table"].data
    assert [row.pk for row in listed] == [german.pk]


def test_the_board_s_number_of_open_leads_opens_them() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    open_lead = make_person(owner=ana)
    make_person(owner=ana, lifecycle_stage="customer")
    client = page()
    rep = client.get("/martech/routing/board/").context["board"].pools[0].reps[0]
    assert rep.open_leads == 1
    stages = client.get("/martech/routing/board/").context["open_stages"]
    listed = client.get(f"{PEOPLE}?owner={ana.pk}{stages}").context["table"].data
    assert [row.pk for row in listed] == [open_lead.pk]


def test_the_leads_of_a_deactivated_member_can_still_be_listed() -> None:
    ana, _bo = make_reps("Ana", "Bo")
    person = make_person(owner=ana)
    make_person()
    User.objects.filter(pk=ana.pk).update(is_active=False)
    listed = page().get(f"{PEOPLE}?owner={ana.pk}").context["table"].data
    assert [row.pk for row in listed] == [person.pk]


def failed(person: Person, error: str = "ValueError: no pool") -> RoutingWork:
    return RoutingWork.objects.create(
        person=person, state="quarantined", attempts=8, last_error=error, finished_at=timezone.now()
    )


def test_leads_that_routing_gave_up_on_are_shown_to_ops_with_the_reason_and_tried_again() -> None:
    at_cap(5)
    ops = page()
    first, second, owned = make_person(), make_person(), make_person(owner=make_user("sales_rep"))
    for person in (first, second, owned):
        failed(person)
    routing = ops.get("/martech/routing/").content.decode()
    assert "Routing gave up on 2</b></a> (ValueError: no pool)." in routing
    assert "Routing gave up on 2</a>" in ops.get("/martech/routing/board/").content.decode()
    listed = ops.get(f"{PEOPLE}?waits=gave_up").content.decode()
    assert first.get_absolute_url() in listed
    assert owned.get_absolute_url() not in listed
    told = ops.get(first.get_absolute_url()).content.decode()
    assert "Routing gave up" in told
    assert "after 8 attempts" in told
    assert "ValueError: no pool" in told
    answer = ops.post("/martech/routing/route-again/", {"person": first.pk})
    assert (answer.status_code, answer.headers["Location"]) == (302, first.get_absolute_url())
    assert route() == 1
    assert owners_of(first, second) == [User.objects.get(name="Ana"), None]
    ops.post("/martech/routing/route-again/")
    assert route() == 1
    assert "Routing gave up" not in ops.get("/martech/routing/").content.decode()
    assert RoutingWork.objects.get(person=owned).state == "quarantined"


@pytest.mark.parametrize("role", ["sales_rep", "leader"])
def test_who_does_not_run_routing_tries_nothing_again(role: str) -> None:
    at_cap(5)
    person = make_person()
    failed(person)
    reader = page(make_user(role))
    assert reader.post("/martech/routing/route-again/").status_code == 403
    assert "Routing gave up" not in reader.get(person.get_absolute_url()).content.decode()
    assert RoutingWork.objects.get().state == "quarantined"


def test_work_that_was_asked_for_anew_since_it_gave_up_is_not_done_twice() -> None:
    """Of one person two rows had given up and of another one waits again: only one may be open."""
    at_cap(5)
    twice, again = make_person(), make_person()
    for person in (twice, twice, again):
        failed(person)
    enqueue_routing([again.pk], cause="created")
    assert release_all("routing") == 1
    states = RoutingWork.objects.order_by("pk").values_list("person", "state")
    assert list(states) == [(twice.pk, "done"), (twice.pk, "pending"), (again.pk, "done"), (again.pk, "pending")]
    assert route() == 2


def test_a_parked_lead_says_why_and_the_way_out() -> None:
    publish(overlapping(make_reps("Ana")))
    person = make_person(properties={"size": 50.5})
    enqueue_routing([person.pk], cause="created")
    route()
    ways_out = "is published whose rules exclude each other. Or give it to somebody now."
    assert ways_out in page().get(person.get_absolute_url()).content.decode()
    Person.objects.filter(pk=person.pk).update(owner=make_user("sales_rep"))
    assert ways_out not in page().get(person.get_absolute_url()).content.decode()
