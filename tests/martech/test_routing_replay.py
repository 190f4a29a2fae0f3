"""A replay serves the leads of a pool that changes as it would have: caps, working hours, time off, whoever waits."""

import copy
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from martech.models import Person, PolicyVersion, StageMove, TimeOff, WorkingCalendar
from martech.routing.document import Caps, Member, Owned, Policy, Pool, Rolling
from martech.routing.simulation import Asked, Load, Simulation
from martech.selectors.wheels import Openings
from martech.services.assignment import assign_owner
from martech.services.policies import save_draft
from martech.services.routing import enqueue_routing
from mops.core.conditions import AllOf
from tests.api import Api
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def routed(at: datetime, number: int = 1, country: str = "FR") -> None:
    with time_machine.travel(at, tick=False):
        for _ in range(number):
            enqueue_routing([make_person(country=country, created_at=at).pk], cause="created")
            route()


def draft(version: PolicyVersion, **members: Any) -> dict[str, Any]:
    """The version with other caps for its members, by name."""
    text = copy.deepcopy(version.document)
    for member in text["pools"]["desk"]["members"]:
        member |= members.get(member["user"].split("@")[0], {})
    save_draft(policy=version.policy, document=text, actor=None)
    return text


def replayed(at: datetime, days: int = 7) -> dict[str, Any]:
    with time_machine.travel(at, tick=False):
        return dict(Api()("POST", "routing/policies/inbound/replay/", {"days": days}).json())


def shares(answer: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["user"]["name"]: (one["before"], one["after"]) for one in answer["shares"]}


@pytest.mark.django_db
def test_somebody_capped_at_two_a_day_gets_two_a_day() -> None:
    version = publish(document(make_reps("Ana", "Bo")))
    for day in range(3):
        routed(START + timedelta(days=day), 10)
    draft(version, ana={"caps": {"per_day": 2}})
    answer = replayed(START + timedelta(days=3))
    assert (answer["decisions"], answer["moved"], shares(answer)) == (30, 0, {"Ana": (15, 6), "Bo": (15, 24)})
    assert answer["simulated"] == {
        "pools": ["desk"],
        "caps": ["daily caps"],
        "caps_by_today": [],
        "caps_left_out": [],
        "waited": 0,
        "waiting": 0,
    }


@pytest.mark.django_db
def test_who_finds_nobody_waits_for_the_next_day_the_oldest_first() -> None:
    version = publish(document(make_reps("Ana")))
    routed(START, 5)
    draft(version, ana={"caps": {"per_day": 2}})
    assert replayed(START + HOUR)["simulated"]["waiting"] == 3
    later = replayed(START + timedelta(days=2, hours=1))
    assert (shares(later), later["simulated"]["waited"], later["simulated"]["waiting"]) == ({"Ana": (5, 5)}, 3, 0)


@pytest.mark.django_db
def test_leads_that_move_find_the_working_hours_and_time_off_of_that_time() -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    office = {"zone": "UTC", "hours": {day: [["09:00", "17:00"]] for day in WEEKDAYS}}
    WorkingCalendar.objects.create(key="office", name="Office", document=office)
    TimeOff.objects.create(user=bo, starts_at=START - HOUR, ends_at=START + timedelta(hours=30))
    version = publish(document([ana]))
    routed(START, 2, "DE")
    routed(START + timedelta(hours=10), 1, "DE")
    routed(START + timedelta(hours=30, minutes=30), 3, "DE")
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"strategy": "round_robin", "calendar": "office"}
    text["pools"]["late"]["members"] = [{"user": bo.email}, {"user": cy.email}]
    text["rules"][0]["to"] = "late"
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + timedelta(days=3))
    assert answer["ways"] == [{"from": "desk", "to": "late", "leads": 6}]
    # The two of Monday and the one of the evening find Cy alone; then Bo is back, even with Cy and first in the list.
    assert shares(answer) == {"Ana": (6, 0), "Bo": (0, 2), "Cy": (0, 4)}
    assert answer["simulated"]["waited"] == 1


@pytest.mark.django_db
def test_a_cap_of_open_leads_lets_go_as_stages_close() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    own = make_person(owner=bo, created_at=START - timedelta(days=30), lifecycle_stage="disqualified")
    StageMove.objects.create(person=own, stage="disqualified", at=START + 2 * HOUR)
    make_person(owner=bo, created_at=START - timedelta(days=30))
    routed(START, 2)
    routed(START + 3 * HOUR, 1)
    text = copy.deepcopy(version.document)
    text["pools"]["desk"]["members"] = [{"user": bo.email, "caps": {"open": 3}}]
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + timedelta(days=1))
    assert shares(answer) == {"Ana": (3, 0), "Bo": (0, 2)}
    assert (answer["simulated"]["waited"], answer["simulated"]["waiting"]) == (2, 1)


@pytest.mark.django_db
def test_a_lead_that_was_held_asks_once() -> None:
    ana, bo = make_reps("Ana", "Bo")
    TimeOff.objects.create(user=ana, starts_at=START - HOUR, ends_at=START + HOUR)
    version = publish(document([ana]))
    routed(START)
    with time_machine.travel(START + 2 * HOUR, tick=False):
        route()
    text = copy.deepcopy(version.document)
    text["pools"]["desk"]["members"] = [{"user": bo.email}]
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + timedelta(days=1))
    assert (answer["decisions"], shares(answer)) == (2, {"Ana": (1, 0), "Bo": (0, 1)})


@pytest.mark.django_db
def test_other_pools_keep_their_owners_and_the_page_says_what_was_simulated() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana, bo])
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    text["rules"][0]["to"] = "late"
    version = publish(text)
    routed(START, 2, "DE")
    routed(START, 2, "FR")
    draft(version, ana={"caps": {"per_hour": 1, "owned": {"most": 9, "when": {"all": []}}}})
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        shown = " ".join(client.get("/martech/routing/inbound/replay/?days=7").content.decode().split())
    assert (
        "the leads of desk, with working hours as they are today, time off as it was recorded, hourly caps and"
        " caps of people owned. What others held then is told by today’s owners and the stages people entered since"
        " (caps of people owned)." in shown
    )
    assert "In every other pool everybody keeps their owner." in shown


@pytest.mark.django_db
def test_the_unchanged_policy_gives_nobody_anything_anew() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana, bo])
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 2}
    publish(text)
    routed(START, 7)
    person = make_person(owner=None)
    assign_owner(person=person, owner=ana, actor=None)
    answer = replayed(START + HOUR)
    assert (shares(answer), answer["simulated"]["pools"]) == ({"Ana": (2, 2), "Bo": (5, 5)}, [])
    assert answer["reproduced"] == {"decisions": 7, "differing": []}


def simulated(caps: Caps, minutes: list[int], load: Load | None = None) -> tuple[Simulation, list[datetime]]:
    """A pool of one, always open, and when each lead was given."""
    pool = Pool("desk", members=(Member("ana@example.com", caps=caps),))
    simulation = Simulation(
        Policy("P", otherwise="desk", pools={"desk": pool}),
        {"ana@example.com": 1},
        lambda _pool, at: Openings(None, {}, at),
        load or Load(),
    )
    given_at: list[datetime] = []
    give = simulation.desks["desk"].give
    simulation.desks["desk"].give = lambda seat, at: (given_at.append(at), give(seat, at))[1]  # type: ignore[func-returns-value,method-assign]
    for number, minute in enumerate(sorted(minutes)):
        simulation.ask(Asked(number, "desk", START + timedelta(minutes=minute)))
    return simulation, given_at


MINUTES = st.lists(st.integers(0, 4_000), max_size=60)


@given(MINUTES, st.integers(1, 5), st.integers(1, 30))
def test_in_no_window_more_than_the_cap_and_nobody_is_lost(minutes: list[int], most: int, hours: int) -> None:
    simulation, given_at = simulated(Caps(rolling=Rolling(hours, most)), minutes)
    for at in given_at:
        assert sum(at - timedelta(hours=hours) < other <= at for other in given_at) <= most
    assert len(given_at) + simulation.waiting == len(minutes)
    simulation.pass_time(START + timedelta(days=365))
    assert (len(given_at), simulation.waiting) == (len(minutes), 0)


@given(MINUTES, st.integers(1, 5), st.integers(1, 5))
def test_hours_and_days_are_those_of_the_clock(minutes: list[int], hourly: int, daily: int) -> None:
    simulation, given_at = simulated(Caps(per_hour=hourly, per_day=daily), minutes)
    simulation.pass_time(START + timedelta(days=365))
    hours = Counter(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in given_at)
    assert max(hours.values(), default=0) <= hourly
    assert len(given_at) == len(minutes)
    local = Counter(at.astimezone(Openings(None, {}, at).zone).date() for at in given_at)
    assert max(local.values(), default=0) <= daily


def test_open_leads_end_when_their_stage_does() -> None:
    load = Load({1: 0}, {0: START + HOUR, 1: START + 3 * HOUR})
    simulation, given_at = simulated(Caps(open=1), [0, 1, 2], load)
    simulation.pass_time(START + timedelta(days=1))
    assert given_at == [START, START + timedelta(minutes=61), START + timedelta(hours=3, minutes=1)]


def test_nobody_who_had_the_lead_gets_it_again_nor_keeps_others_waiting() -> None:
    simulation, given_at = simulated(Caps(), [])
    simulation.ask(Asked(1, "desk", START, frozenset({1})))
    simulation.ask(Asked(2, "desk", START))
    assert (simulation.given, simulation.waiting, given_at) == ({("desk", 1): 1}, 1, [START])


def capped_by(version: PolicyVersion, user: Any, most: int, when: Any, overflow: Any = None) -> None:
    """A draft in which the desk is one member who owns at most so many such people."""
    text = copy.deepcopy(version.document)
    desk = text["pools"]["desk"]
    desk["members"] = [{"user": user.email, "caps": {"owned": {"most": most, "when": when}}}]
    if overflow is not None:
        desk["when_absent"] = "overflow:rest"
        text["pools"]["rest"] = {"strategy": "round_robin", "members": [{"user": overflow.email}]}
    save_draft(policy=version.policy, document=text, actor=None)


FRENCH = {"field": "person.country", "op": "eq", "value": "FR"}
QUALIFIED = {"field": "person.lifecycle_stage", "op": "eq", "value": "mql"}


@pytest.mark.django_db
def test_a_cap_of_people_owned_counts_who_was_there_and_who_comes() -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    version = publish(document([ana]))
    make_person(owner=bo, country="FR", created_at=START - HOUR)
    make_person(owner=bo, country="DE", created_at=START - HOUR)
    routed(START, 2, "IT")
    routed(START, 4, "FR")
    capped_by(version, bo, 3, FRENCH, overflow=cy)
    answer = replayed(START + HOUR)
    # One French person was Bo's before: two of the four are given, then the cap lets nobody through.
    assert shares(answer) == {"Ana": (6, 0), "Bo": (0, 4), "Cy": (0, 2)}
    assert answer["simulated"]["caps"] == answer["simulated"]["caps_by_today"] == ["caps of people owned"]
    assert answer["simulated"]["caps_left_out"] == []


@pytest.mark.django_db
def test_who_was_decided_by_what_they_were_then_counts_so() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana])
    text["rules"][0]["when"] = {"all": [FRENCH]}
    version = publish(text)
    routed(START, 3, "FR")
    Person.objects.update(country="DE")
    capped_by(version, bo, 2, FRENCH)
    assert replayed(START + HOUR)["simulated"]["waiting"] == 1


@pytest.mark.django_db
def test_stages_that_people_entered_since_begin_and_end_to_count() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    before = make_person(owner=bo, created_at=START - 9 * HOUR, lifecycle_stage="sql", furthest_stage="sql")
    StageMove.objects.create(person=before, from_stage="lead", stage="mql", at=START - 8 * HOUR)
    StageMove.objects.create(person=before, from_stage="mql", stage="sql", at=START + 2 * HOUR)
    routed(START, 1)
    first = Person.objects.get(owner=ana)
    routed(START + 3 * HOUR, 1)
    StageMove.objects.create(person=first, from_stage="lead", stage="mql", at=START + 2 * HOUR + timedelta(minutes=30))
    Person.objects.filter(pk=first.pk).update(lifecycle_stage="mql", furthest_stage="mql")
    capped_by(version, bo, 1, QUALIFIED)
    # The first finds somebody qualified with Bo and waits until that one moves on. The other waits for the first, who is
    # qualified by then, and for good.
    answer = replayed(START + timedelta(days=1))
    assert shares(answer) == {"Ana": (2, 0), "Bo": (0, 1)}
    assert (answer["simulated"]["waited"], answer["simulated"]["waiting"]) == (2, 1)


@pytest.mark.django_db
def test_a_cap_that_changes_with_the_clock_is_left_out_and_said_so() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    routed(START, 3)
    capped_by(version, bo, 1, {"field": "person.created_at", "op": "in_last_days", "value": 30})
    answer = replayed(START + HOUR)
    assert shares(answer) == {"Ana": (3, 0), "Bo": (0, 3)}
    left = ["caps of people owned by a condition that changes with the clock"]
    assert (answer["simulated"]["caps"], answer["simulated"]["caps_left_out"]) == ([], left)
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        assert f"Not simulated: {left[0]}." in client.get("/martech/routing/inbound/replay/?days=7").content.decode()


@pytest.mark.django_db
def test_a_rule_on_a_field_that_was_not_kept_takes_what_is_known_today_and_says_so() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    routed(START, 3)
    chief = Person.objects.filter(owner=ana).latest("pk")
    Person.objects.filter(pk=chief.pk).update(job_title="Chief", properties={"plan": "pro", "size": 9})
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    when = [
        {"field": "person.job_title", "op": "contains", "value": "chief"},
        {"field": "person.properties.plan", "op": "eq", "value": "pro"},
        {"field": "person.properties.size", "op": "gt", "value": 5},
    ]
    text["rules"].insert(0, {"name": "Chiefs", "when": {"all": when}, "to": "late"})
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + HOUR)
    assert (answer["moved"], answer["ways"]) == (1, [{"from": "desk", "to": "late", "leads": 1}])
    assert answer["unknown_then"] == ["Job title", "plan", "size"]
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        shown = client.get("/martech/routing/inbound/replay/?days=7").content.decode()
    assert "Decisions did not keep Job title, plan, size, so that is taken as it is known today." in shown


@pytest.mark.django_db
def test_a_rule_on_a_stage_that_was_not_kept_takes_the_stage_of_then() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    routed(START, 2)
    one, other = Person.objects.filter(owner=ana).order_by("pk")
    StageMove.objects.create(person=one, from_stage="mql", stage="customer", at=START + HOUR)
    Person.objects.filter(pk=other.pk).update(lifecycle_stage="mql", furthest_stage="mql")
    StageMove.objects.create(person=other, from_stage="lead", stage="mql", at=START + HOUR)
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    text["rules"].insert(0, {"name": "Qualified", "when": {"all": [QUALIFIED]}, "to": "late"})
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + 2 * HOUR)
    assert (answer["moved"], answer["unknown_then"], shares(answer)) == (1, [], {"Ana": (2, 1), "Bo": (0, 1)})


MET = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 4_000)), min_size=1, max_size=40)


@given(MET, st.integers(1, 4))
def test_nobody_is_given_a_lead_while_they_own_as_many_as_the_cap_allows(
    spans: list[tuple[int, int]], most: int
) -> None:
    """Each lead meets the condition from one moment until, not including, another."""
    condition = AllOf(())
    caps = Caps(owned=Owned(most, condition=condition))
    moments = [sorted(START + timedelta(minutes=minute) for minute in span) for span in spans]
    courses = {pk: ((start, 1, 1), (end, 1, -1)) for pk, (start, end) in enumerate(moments)}
    load = Load(conditions=(condition,), owned={(1, condition): 0}, courses=courses)
    simulation, given_at = simulated(caps, [90 * number for number in range(len(spans))], load)
    simulation.pass_time(START + timedelta(days=30))
    assert (len(given_at), simulation.waiting) == (len(spans), 0)
    for number, at in enumerate(given_at):
        assert sum(start <= at < end for start, end in moments[:number]) < most


@pytest.mark.django_db
def test_a_replay_says_from_whom_to_whom_with_the_leads_and_how_fair_each_was() -> None:
    version = publish(document(make_reps("Ana", "Bo")))
    routed(START, 6)
    text = copy.deepcopy(version.document)
    text["pools"]["desk"]["members"] = text["pools"]["desk"]["members"][1:]
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + HOUR)
    assert (answer["leads"], answer["moved"], answer["handed"]) == (6, 0, 3)
    assert [(one["from"]["name"], one["to"]["name"], one["leads"]) for one in answer["owners"]] == [("Ana", "Bo", 3)]
    first = answer["handed_leads"][0]
    assert (first["from"]["owner"]["name"], first["to"]["owner"]["name"]) == ("Ana", "Bo")
    assert (first["from"]["pool"], first["to"]["pool"]) == ("desk", "desk")
    assert Person.objects.get(pk=first["person"]).owner.name == "Ana"  # type: ignore[union-attr]
    assert (answer["fairness_before"], answer["fairness"]) == ({"desk": 0}, {"desk": 0})
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        shown = client.get("/martech/routing/inbound/replay/?days=7").content.decode()
    assert "no lead goes to another pool, but <b>3 of 6 leads</b> would have another owner" in shown
    assert "Ana → Bo" in shown


@pytest.mark.django_db
def test_a_lead_that_was_held_first_counts_once() -> None:
    (ana,) = make_reps("Ana")
    version = publish(document([ana]))
    TimeOff.objects.create(user=ana, starts_at=START - HOUR, ends_at=START + HOUR)
    routed(START, country="DE")
    with time_machine.travel(START + 2 * HOUR, tick=False):
        route()
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"members": [{"user": ana.email}]}
    text["rules"][0]["to"] = "late"
    save_draft(policy=version.policy, document=text, actor=None)
    answer = replayed(START + 3 * HOUR)
    assert (answer["decisions"], answer["leads"], answer["moved"]) == (2, 1, 1)
    assert answer["ways"] == [{"from": "desk", "to": "late", "leads": 1}]


@pytest.mark.django_db
def test_the_page_lists_the_first_leads_and_then_all() -> None:
    version = publish(document(make_reps("Ana", "Bo")))
    routed(START, 60)
    text = copy.deepcopy(version.document)
    text["pools"]["desk"]["members"] = text["pools"]["desk"]["members"][1:]
    save_draft(policy=version.policy, document=text, actor=None)
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        few = client.get("/martech/routing/inbound/replay/?days=7").context
        every = client.get("/martech/routing/inbound/replay/?days=7&all").context
    assert (len(few["handed"]), few["more"]) == (25, 30)
    assert (len(every["handed"]), every["more"]) == (30, 0)


@pytest.mark.django_db
def test_the_page_of_a_replay_begins_with_whose_share_changes_most() -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    version = publish(document([ana, bo, cy]))
    routed(START, 6)
    text = copy.deepcopy(version.document)
    text["pools"]["desk"]["members"] = [{"user": ana.email}, {"user": bo.email}]
    save_draft(policy=version.policy, document=text, actor=None)
    client = Client()
    client.force_login(make_user("leader"))
    with time_machine.travel(START + timedelta(hours=2), tick=False):
        shares = client.get("/martech/routing/inbound/replay/?days=7").context["shares"]
    assert [(user.name, change) for user, _before, _after, change in shares] == [("Cy", -2), ("Ana", 1), ("Bo", 1)]


@pytest.mark.django_db
def test_a_replay_of_many_people_says_first_what_would_change_and_folds_the_rest() -> None:
    """Twelve of whom each had a lead; two of them would get all in a pool of their own."""
    reps = make_reps(*(f"Rep{number:02}" for number in range(12)))
    version = publish({**document(reps), "sla": {"respond_within_minutes": 60}})
    routed(START, 12, "DE")
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"members": [{"user": one.email} for one in reps[:2]]}
    text["rules"][0]["to"] = "late"
    save_draft(policy=version.policy, document=text, actor=None)
    client = Client()
    client.force_login(make_user("leader"))
    with time_machine.travel(START + HOUR, tick=False):
        answer = client.get("/martech/routing/inbound/replay/?days=7")
    assert [(str(user), change) for user, _before, _after, change in answer.context["most"]] == [
        *(("Rep00", 5), ("Rep01", 5)),
        *((f"Rep{number:02}", -1) for number in range(2, 7)),
    ]
    shown = answer.content.decode()
    assert shown.index("desk → late") < shown.index('<details class="card2 fold"')
    assert re.findall(r"<summary>([^<]+)</summary>", shown) == [
        "Everybody’s share (12 colleagues)",
        "Fairness by pool: leads off the share, at most",
        "From whom to whom (10 leads)",
        "Leads that somebody else would have (10)",
        "How this was replayed",
    ]


@pytest.mark.django_db
def test_a_replay_of_many_people_that_changes_no_share_says_so() -> None:
    publish(document(make_reps(*(f"Rep{number:02}" for number in range(12)))))
    routed(START, 12)
    client = Client()
    client.force_login(make_user("ops_manager"))
    with time_machine.travel(START + HOUR, tick=False):
        shown = client.get("/martech/routing/inbound/replay/?days=7").content.decode()
    assert "Everybody keeps their share." in shown
    assert shown.count("Would get</th>") == 1  # only below “Everybody’s share”
