"""The live board, and the answer by a click."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import Notification
from martech.models import ResponseClock, WorkingCalendar
from martech.selectors.board import board
from martech.selectors.routing import engine_of
from martech.selectors.wheels import load_wheels
from martech.services.responses import record_response
from martech.services.routing import enqueue_routing
from mops.core import work
from mops.core.templatetags.mops import span
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, overlapping, publish, route

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def page(role: str = "ops_manager", **options: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, **options))
    return client


@pytest.mark.django_db
def test_the_board_shows_who_got_what_who_is_late_and_who_waits() -> None:
    ana, bo = make_reps("Ana", "Bo")
    with time_machine.travel(NOON, tick=False) as clock:
        text = {**document([ana, bo]), "sla": {"respond_within_minutes": 30}}
        text["pools"]["desk"]["members"][1]["caps"] = {"per_day": 0}
        text["pools"]["late"] = {"members": [{"user": bo.email, "caps": {"per_day": 1}}]}
        text["rules"][0]["to"] = "late"
        publish(text)
        people = [
            make_person(country=country, recorded_at=NOON, created_at=NOON) for country in ("FR", "FR", "DE", "DE")
        ]
        for person in people:
            enqueue_routing([person.pk], cause="created")
        route()
        clock.shift(timedelta(minutes=45))
        work.run_due("responses")
        found = board(make_user())
    assert (found.arrived_today, found.given_today, found.waiting) == (4, 3, 1)
    assert [(one.person, one.since, one.pool) for one in found.oldest] == [(people[3], NOON, "late")]
    desk, late = sorted(found.pools, key=lambda pool: pool.key)
    assert [(rep.name, rep.got_today, rep.late, rep.now) for rep in desk.reps] == [
        ("Ana", 2, 2, "Available"),
        ("Bo", 0, 1, "At daily cap"),
    ]
    assert (late.waiting, late.got_today, late.there) == (1, 1, 0)
    assert [(one.label, one.clocks) for one in found.heat] == [
        ("Late", 3),
        ("Within 15 minutes", 0),
        ("Within an hour", 0),
        ("Later", 0),
    ]
    assert found.legs[1].half == 0.0
    assert sum(hour.leads for hour in found.hours) == 4


@pytest.mark.django_db
def test_every_number_of_the_board_opens_its_rows() -> None:
    ana, bo = make_reps("Ana", "Bo")
    client = page()
    with time_machine.travel(NOON, tick=False) as clock:
        text = {**document([ana, bo]), "sla": {"respond_within_minutes": 30}}
        text["pools"]["desk"]["members"] = [{"user": one.email, "caps": {"per_day": 1}} for one in (ana, bo)]
        publish(text)
        for minutes in range(3):
            clock.shift(timedelta(minutes=10 * minutes))
            person = make_person(last_name=f"Lead {minutes}", recorded_at=timezone.now(), created_at=timezone.now())
            enqueue_routing([person.pk], cause="created")
            route()
        shown = client.get("/martech/routing/board/").content.decode()
        links = [html.unescape(link) for link in re.findall(r'href="(/martech/people/\?[^"]+)"', shown)]
        rows = {link: [str(row.record.last_name) for row in client.get(link).context["table"].rows] for link in links}

    def behind(*parts: str) -> list[list[str]]:
        return [found for link, found in rows.items() if all(part in link for part in parts)]

    assert behind("recorded_after=2026-03-02") == [["Lead 2", "Lead 1", "Lead 0"]]
    assert behind("waits=queue") == [["Lead 2"]]
    assert behind("answer=late") == [[]]
    assert behind("answer=soon") == [["Lead 0", "Lead 1"]]
    assert behind("answer=due", f"owner={bo.pk}") == [["Lead 1"]]
    assert not behind("answer=later")


@pytest.mark.django_db
def test_a_parked_lead_stands_on_the_board_and_is_routed_by_the_next_version() -> None:
    (ana,) = make_reps("Ana")
    publish(overlapping([ana]))
    person = make_person(properties={"size": 50.5})
    enqueue_routing([person.pk], cause="created")
    route()
    assert told_at_board() == (0, 1)
    shown = page().get("/martech/people/?waits=parked")
    assert [row.record for row in shown.context["table"].rows] == [person]
    publish({**overlapping([ana]), "hit": "first"})
    route()
    person.refresh_from_db()
    assert person.owner == ana
    assert told_at_board() == (0, 0)


def told_at_board() -> tuple[int, int]:
    found = board(make_user())
    return found.waiting, found.parked


@pytest.mark.django_db
def test_speed_to_lead_has_the_notice_and_the_answer_in_working_time() -> None:
    ana = make_reps("Ana")[0]
    office = {"zone": "UTC", "hours": {"mon": [["09:00", "12:30"]], "tue": [["09:00", "17:00"]]}}
    WorkingCalendar.objects.create(key="office", name="Office", document=office)
    with time_machine.travel(NOON, tick=False) as clock:
        publish({**document([ana]), "sla": {"respond_within_minutes": 90, "calendar": "office"}})
        person = make_person(country="FR", recorded_at=NOON, created_at=NOON)
        enqueue_routing([person.pk], cause="created")
        route()
        Notification.objects.filter(user=ana, kind="lead").update(mailed_at=NOON + timedelta(seconds=40))
        clock.move_to(NOON + timedelta(hours=22))
        record_response(person=person, how="click", actor=ana)
        legs = {leg.label: (leg.half, leg.most) for leg in board(make_user()).legs}
    assert list(legs)[-3:] == ["Told by mail or chat", "A human answered", "… in working time"]
    assert legs["Told by mail or chat"] == (40.0, 40.0)
    assert legs["A human answered"] == (22 * 3600.0, 22 * 3600.0)
    assert legs["… in working time"] == (1.5 * 3600, 1.5 * 3600)


@pytest.mark.django_db
def test_the_page_costs_the_same_whatever_is_on_it() -> None:
    publish({**document(make_reps("Ana", "Bo")), "sla": {"respond_within_minutes": 30}})
    client = page()
    client.get("/martech/routing/board/")
    with CaptureQueriesContext(connection) as empty:
        assert client.get("/martech/routing/board/").status_code == 200
    for _ in range(6):
        enqueue_routing([make_person().pk], cause="created")
    route()
    with CaptureQueriesContext(connection) as full:
        assert client.get("/martech/routing/board/").status_code == 200
    assert len(full) <= len(empty) + 2


@pytest.mark.django_db
def test_without_a_policy_board_and_outlook_say_what_to_do() -> None:
    client = page()
    assert "Publish a policy" in client.get("/martech/routing/board/").content.decode()
    assert "publish a policy" in client.get("/martech/routing/outlook/").content.decode()


@pytest.mark.django_db
def test_an_owner_answers_by_a_click() -> None:
    (ana,) = make_reps("Ana")
    publish({**document([ana]), "sla": {"respond_within_minutes": 30}})
    person = make_person(created_at=timezone.now())
    enqueue_routing([person.pk], cause="created")
    route()
    client = Client()
    client.force_login(ana)
    assert "I have answered" in client.get(f"/martech/people/{person.pk}/").content.decode()
    assert client.post(f"/martech/people/{person.pk}/respond/").status_code == 302
    assert ResponseClock.objects.get().answered_how == "click"
    assert "I have answered" not in client.get(f"/martech/people/{person.pk}/").content.decode()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0, "0 s"),
        (0.04, "0.0 s"),
        (42, "42 s"),
        (720, "12 min"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_span_reads_in_one_or_two_units(seconds: float | None, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.django_db
def test_of_many_pools_the_board_says_a_line_each_and_opens_the_people_of_one() -> None:
    reps = make_reps(*(f"Rep{number}" for number in range(7)))
    text = document([reps[0]])
    for number, rep in enumerate(reps[1:], 1):
        text["pools"][f"pool-{number}"] = {"strategy": "round_robin", "members": [{"user": rep.email}]}
    publish(text)
    client = page()
    whole, one = (client.get(f"/martech/routing/board/{query}") for query in ("", "?pool=pool-3"))
    assert [(answer.context["is_one"], [pool.key for pool in answer.context["shown"]]) for answer in (whole, one)] == [
        (True, []),
        (True, ["pool-3"]),
    ]
    assert ("Rep3" in whole.content.decode(), "Rep3" in one.content.decode()) == (False, True)
    assert "?pool=pool-6" in whole.content.decode()
    assert 'hx-get="/martech/routing/board/?pool=pool-3"' in one.content.decode()


@pytest.mark.django_db
def test_caps_of_open_leads_alone_ask_for_no_counts_by_time() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana, bo])
    text["pools"]["desk"]["members"][0]["caps"] = {"open": 5}
    version = publish(text)
    policy = engine_of(version).policy

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            load_wheels(policy, version.policy_id, ["desk"], timezone.now())
        return sum("martech_routingdecision" in one["sql"] for one in asked.captured_queries)

    assert statements() == 0
