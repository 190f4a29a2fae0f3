"""Leads that wait or belong to somebody, handed on by hand: one by one and many at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from governance.models import User
from martech.models import Person, ResponseClock, RoutingDecision, RoutingWork, TimeOff
from martech.services.assignment import assign_owner, hand_back
from martech.services.routing import ROUTING, enqueue_routing
from mops.core import work
from mops.core.errors import DomainError
from mops.core.work import WorkState
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
PEOPLE = "/martech/people/"
BULK = f"{PEOPLE}assign/"


def page(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or make_user("ops_manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def away(user: User) -> None:
    now = timezone.now()
    TimeOff.objects.create(user=user, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=3))


def waiting(number: int) -> list[Person]:
    """Leads that are held, as the only member of their pool is away."""
    (ana,) = make_reps("Ana")
    away(ana)
    publish(document([ana], when_absent="hold"))
    people = [make_person() for _ in range(number)]
    enqueue_routing([one.pk for one in people], cause="created")
    route()
    return people


def in_queue() -> int:
    return RoutingWork.objects.filter(state=WorkState.PENDING).count()


def test_many_who_wait_are_given_to_a_colleague_at_once_and_wait_no_longer() -> None:
    first, second, third = waiting(3)
    bo, client = make_user("sales_rep", name="Bo Lee"), page()
    marked = {"pk": [first.pk, second.pk], "all": "0", "next": f"{PEOPLE}?waits=queue"}
    asked = client.post(BULK, marked)
    assert (asked.status_code, "<b>2</b> people are marked" in asked.content.decode()) == (200, True)
    done = client.post(BULK, {**marked, "to": "colleague", "owner": bo.pk, "reason": "Ana is away"})
    assert (done.status_code, done["Location"]) == (302, f"{PEOPLE}?waits=queue")
    assert [str(one) for one in get_messages(done.wsgi_request)] == ["2 people are with Bo Lee now."]
    assert list(Person.objects.filter(owner=bo).order_by("pk")) == [first, second]
    assert list(RoutingWork.objects.filter(state=WorkState.PENDING).values_list("person", flat=True)) == [third.pk]
    assert RoutingDecision.objects.filter(outcome="manual", trace__reason="Ana is away").count() == 2


def test_everybody_the_list_shows_is_handed_on_and_nobody_else() -> None:
    waiting(3)
    other, bo = make_person(), make_user("sales_rep")
    answer = page().post(f"{BULK}?waits=queue", {"all": "1", "to": "colleague", "owner": bo.pk})
    assert answer.status_code == 302
    other.refresh_from_db()
    assert (Person.objects.filter(owner=bo).count(), other.owner, in_queue()) == (3, None, 0)


def test_many_are_handed_back_and_none_of_them_comes_to_who_had_them() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    people = [make_person(owner=ana), make_person(owner=ana), make_person(owner=bo)]
    answer = page().post(BULK, {"pk": [one.pk for one in people], "to": "routing", "reason": "wrong desk"})
    said = "3 people are with routing again; the next by the policy get them within seconds."
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [said]
    route()
    assert [Person.objects.get(pk=one.pk).owner for one in people] == [bo, bo, ana]


def test_handing_many_to_nobody_in_particular_is_refused_and_changes_nothing() -> None:
    people = waiting(2)
    answer = page().post(BULK, {"pk": [one.pk for one in people], "to": "colleague"})
    assert answer.status_code == 422
    assert "Choose a colleague, or say that it goes to nobody." in answer.content.decode()
    assert (in_queue(), RoutingDecision.objects.filter(outcome="manual").count()) == (2, 0)


def test_who_may_not_edit_people_hands_nobody_on() -> None:
    people = waiting(2)
    bo = make_user("sales_rep")
    client = page(make_user("analyst"))
    assert "Hand on" not in client.get(PEOPLE).content.decode()
    answer = client.post(BULK, {"pk": [one.pk for one in people], "to": "colleague", "owner": bo.pk})
    assert (answer.status_code, Person.objects.filter(owner=bo).count(), in_queue()) == (403, 0, 2)


def offered(client: Client, person: Person) -> list[tuple[str, list[str]]]:
    form = client.get(f"{PEOPLE}{person.pk}/assign/").context["form"]
    groups = [one for one in form.fields["owner"].choices if one[0]]
    return [(group, [label for _value, label in listed]) for group, listed in groups]


def test_who_is_there_is_offered_first_then_who_is_away_or_full_and_nobody_who_may_not_own_leads() -> None:
    ana, bo, cy, di = make_reps("Ana", "Bo", "Cy", "Di")
    make_user("requester", name="Nora")
    make_user("analyst", name="Ines")
    olga = make_user("ops_manager", name="Olga")
    text = document([ana, bo, cy])
    text["pools"]["desk"]["members"][1]["paused"] = True
    text["pools"]["desk"]["members"][2]["caps"] = {"open": 1}
    publish(text)
    person = make_person(owner=cy)
    away(di)
    assert [one[0] for one in offered(page(olga), person)] == [
        "There now",
        "Away, off or full",
        "In no pool that routes",
    ]
    groups = dict(offered(page(olga), person))
    assert groups["There now"] == ["Ana"]
    assert groups["Away, off or full"] == ["Bo · paused", "Cy · at cap of open leads"]
    assert [label.split(" until")[0] for label in groups["In no pool that routes"]] == ["Di · away", "Olga"]


def test_whoever_hands_a_lead_on_chooses_to_whom_and_does_not_begin_with_themselves() -> None:
    (ana,) = make_reps("Ana")
    person = make_person(owner=ana)
    client = page(ana)
    shown = client.get(f"{PEOPLE}{person.pk}/assign/").content.decode()
    assert f'<option value="{ana.pk}" selected' not in shown
    answer = client.post(f"{PEOPLE}{person.pk}/assign/", {"to": "colleague", "owner": ""})
    assert answer.status_code == 422
    assert "Choose a colleague, or say that it goes to nobody." in answer.content.decode()


@pytest.mark.parametrize("role", ["requester", "analyst", "leader"])
def test_a_lead_is_not_given_to_who_may_not_own_leads(role: str) -> None:
    nora, person = make_user(role, name="Nora"), make_person()
    answer = page().post(f"{PEOPLE}{person.pk}/assign/", {"to": "colleague", "owner": nora.pk})
    assert answer.status_code == 422
    assert "Choose one of the list" in answer.content.decode()
    with pytest.raises(DomainError) as refusal:
        assign_owner(person=person, owner=nora, actor=None)
    told = "Nora may not own leads. Choose an active sales colleague, or somebody of marketing operations."
    assert refusal.value.errors == {"owner": [told]}
    person.refresh_from_db()
    assert (person.owner, RoutingDecision.objects.count()) == (None, 0)


def test_the_answers_that_fall_due_in_an_absence_are_listed_and_handed_on_from_there() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana], sla={"respond_within_minutes": 60, "on_breach": "remind"}))
    due, later = make_person(created_at=timezone.now()), make_person(created_at=timezone.now())
    enqueue_routing([due.pk, later.pk], cause="created")
    route()
    now = timezone.now()
    ResponseClock.objects.filter(person=later).update(due_at=now + timedelta(days=9))
    away(ana)
    client = page()
    (line,) = client.get("/martech/routing/time-off/").context["lines"]
    assert line.due == 1
    assert [row.pk for row in client.get(line.people).context["table"].data] == [due.pk]
    asked = client.post(line.hand_on, {"all": "1", "next": line.people})
    assert "<b>1</b> person is marked" in asked.content.decode()
    done = client.post(line.hand_on, {"all": "1", "next": line.people, "to": "colleague", "owner": bo.pk})
    assert (done.status_code, done["Location"]) == (302, line.people)
    assert [Person.objects.get(pk=one.pk).owner for one in (due, later)] == [bo, ana]


def test_a_rep_may_list_by_their_own_time_off_and_learns_of_nobody_else_s() -> None:
    ana, bo = make_reps("Ana", "Bo")
    away(bo)
    away(ana)
    shown = page(ana).get(PEOPLE).content.decode()
    assert ("Ana from " in shown, "Bo from " in shown) == (True, False)


def test_a_filter_that_makes_no_sense_any_more_marks_nobody_rather_than_everybody() -> None:
    (ana,) = make_reps("Ana")
    person = make_person(owner=ana)
    address = f"{BULK}?due_in=99"
    assert "<b>0</b> people are marked" in page().post(address, {"all": "1"}).content.decode()
    assert page().post(address, {"all": "1", "to": "nobody"}).status_code == 302
    person.refresh_from_db()
    assert person.owner == ana


def test_who_is_given_to_nobody_for_now_is_not_routed_after_all() -> None:
    (person,) = waiting(1)
    assert assign_owner(person=person, owner=None, actor=None) is None
    TimeOff.objects.all().delete()
    RoutingWork.objects.update(run_after=timezone.now())
    assert route() == 0
    person.refresh_from_db()
    assert person.owner is None


def worker_stands_still() -> None:
    """Returns once another connection waits for a lock of ours."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the worker never came to the people who are locked")


def routed_by_another(rows: list[RoutingWork]) -> int:
    try:
        return work.run_batch(ROUTING, rows)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_who_is_given_to_nobody_while_a_worker_has_them_in_hand_is_not_routed_and_the_others_are() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    kept_back, other = make_person(), make_person()
    enqueue_routing([kept_back.pk, other.pk], cause="created")
    claimed = work.claim(ROUTING)
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            assign_owner(person=kept_back, owner=None, actor=None)
            done = worker.submit(routed_by_another, claimed)
            worker_stands_still()
        assert done.result(timeout=30) == 1
    assert [Person.objects.get(pk=one.pk).owner for one in (kept_back, other)] == [None, ana]
    assert list(RoutingDecision.objects.values_list("person", flat=True)) == [other.pk]
    assert set(RoutingWork.objects.values_list("state", "lease_token")) == {("done", None)}


@pytest.mark.django_db(transaction=True)
def test_who_is_handed_back_while_a_worker_has_them_in_hand_does_not_come_to_who_had_them() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish({**document([ana, bo]), "keep_owner": False})
    person = make_person(owner=ana)
    enqueue_routing([person.pk], cause="created")
    claimed = work.claim(ROUTING)
    hand_back(person=person, actor=ana)
    assert work.run_batch(ROUTING, claimed) == 0
    assert route() == 1
    person.refresh_from_db()
    assert person.owner == bo


# --- lists that are empty -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "title", "next_step"),
    [
        ("mine=true&view=mine", "No lead belongs to you yet", "/martech/routing/time-off/"),
        ("answer=mine&sort=answer_due_at&view=to-answer", "Nobody waits for your answer", ""),
    ],
)
def test_a_tab_without_anybody_says_what_it_is_and_what_comes_next(query: str, title: str, next_step: str) -> None:
    make_person()
    shown = page(make_user("sales_rep")).get(f"{PEOPLE}?{query}").content.decode()
    assert (title in shown, "Nothing matches" in shown, next_step in shown) == (True, False, True)


def test_a_tab_that_was_narrowed_says_that_nothing_matches() -> None:
    make_person()
    client = page(make_user("sales_rep"))
    for more in ("country=FR", "q=Zoe"):
        shown = client.get(f"{PEOPLE}?mine=true&view=mine&{more}").content.decode()
        assert ("Nothing matches" in shown, "No lead belongs to you yet" in shown) == (True, False)


def test_who_runs_routing_has_tabs_for_the_queue_and_for_who_is_parked() -> None:
    (person,) = waiting(1)
    client = page()
    shown = client.get(f"{PEOPLE}?waits=queue&view=waiting").content.decode()
    assert (str(person) in shown, "In the queue" in shown) == (True, True)
    assert "Nobody is parked" in client.get(f"{PEOPLE}?waits=parked&view=parked").content.decode()


def test_who_gave_a_lead_back_is_not_said_to_have_been_late_with_it() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo], sla={"respond_within_minutes": 30, "on_breach": "reassign", "max_hops": 1}))
    person = make_person()
    enqueue_routing([person.pk], cause="created")
    route()
    hand_back(person=person, actor=ana, reason="On a train")
    route()
    decision = RoutingDecision.objects.latest("pk")
    told = page().get(f"{decision.get_absolute_url()}?for={ana.pk}").context
    assert (decision.owner, told["pools"][0]["members"][0]["skipped"]) == (bo, "had it before")
    assert told["changes"] == [
        "Ana had this lead and it was handed back, so somebody else of desk got it. Ana gets others in turn."
    ]
