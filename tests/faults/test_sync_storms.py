"""Vendors that refuse, break off and lag while eight workers ask: no bucket is exceeded, nothing missed or done twice."""

import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connections
from django.utils import timezone

from martech.connectors.errors import BudgetExhausted
from martech.connectors.port import Window
from martech.models import Connection, DeadLetter
from martech.services.sync.connections import check_connection
from martech.services.sync.course import open_line
from martech.twins.clock import TwinClock
from martech.twins.invention import invented
from martech.twins.making import make_twin
from martech.twins.serving import serve
from tests.faults.test_killed_sync import Story, the_index_catches_up
from tests.martech.sync.practising import Practice, connected
from tests.martech.sync.test_hubspot_round import HubSpot

WORKERS, READS, SEARCHES = 8, 40, 3
pytestmark = pytest.mark.faults


@pytest.fixture
def hub(transactional_db: Any, monkeypatch: Any) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch, people=12, is_synced=True) as practice:
        yield practice


def rounds_until_quiet(hub: HubSpot) -> None:
    """As time brings them: a round after the other, with whatever is to be tried again tried again."""
    for _round in range(25):
        runs = hub.sync()
        DeadLetter.objects.filter(resolved_at=None).update(retry_at=timezone.now())
        the_index_catches_up(hub)
        if all(run.state == "done" for run in runs.values()) and not DeadLetter.objects.filter(resolved_at=None):
            return
    raise AssertionError(hub.connection.problem)


@pytest.mark.parametrize(
    ("fault", "times", "on"),
    [
        ("rate_limited", 60, ""),
        ("bad_gateway_after_apply", 3, "POST .*/batch/"),
        ("hang_up_after_apply", 3, "POST .*/batch/"),
        ("bad_gateway", 30, ""),
        ("truncated_json", 10, ""),
    ],
)
def test_a_storm_of_faults_costs_time_and_nothing_else(hub: HubSpot, fault: str, times: int, on: str) -> None:
    story = Story(hub)
    hub.control("faults", name=fault, times=times, on=on)
    rounds_until_quiet(hub)
    hub.control("faults/clear")
    rounds_until_quiet(hub)
    story.assert_told_once()


def test_a_bulk_edit_of_one_millisecond_that_is_shown_late_arrives_once(hub: HubSpot) -> None:
    for number in range(450):
        hub.twin.store.create("contacts", {"email": f"crowd{number}@many.example", "jobtitle": "before"})
    hub.sync(is_approved=True)  # what they are in our words goes to them
    story = Story(hub)
    rounds_until_quiet(hub)
    hub.control("lag", seconds=120)
    ids = [id for id, row in hub.truth().items() if str(row.get("email")).endswith("@many.example")]
    hub.control("bulk-edit", object="contacts", ids=ids, properties={"firstname": "Crowd"})
    assert hub.sync()["pull contacts"].updated == 0
    hub.control("clock", advance=121)
    assert hub.sync()["pull contacts"].updated == 450
    hub.control("lag", seconds=0)
    rounds_until_quiet(hub)
    story.assert_told_once()


@pytest.fixture
def limited(transactional_db: Any) -> Iterator[Practice]:
    """A portal that counts as HubSpot does, asked through the budget that a connection really has."""
    twin = make_twin("hubspot", invented(10, seed=1), clock=TwinClock(), limits=True)
    running = serve(twin)
    try:
        with requests.Session() as session:
            practice = Practice("hubspot", twin, running.url, session)
            practice.connect()
            yield practice
    finally:
        running.stop()


def ask_often(pk: int) -> None:
    """One worker: reads and searches as fast as it is let."""
    connection = Connection.objects.get(pk=pk)
    window = Window(timezone.now() - timedelta(minutes=1), timezone.now())
    with open_line(connection) as line:
        for number in range(READS):
            spend(lambda: line.connector.read("contacts", ["email"], ["10001"]))
            if number < SEARCHES:
                spend(lambda: list(line.connector.changes("contacts", ["email"], window=window)))


def spend(call: Any) -> None:
    for _attempt in range(10):
        with suppress(BudgetExhausted):
            call()
            return
    raise AssertionError("never let through")


def test_eight_workers_together_exceed_no_bucket_of_the_vendor(limited: Practice) -> None:
    assert list(check_connection(limited.connection))
    before = limited.control("counts", reset=True)
    assert before["refused"] == {}
    connections.close_all()
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=ask_often, args=(limited.connection.pk,)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    counts = limited.control("counts")
    assert counts["refused"] == {}
    assert counts["calls"] == {"TEN_SECONDLY_ROLLING": WORKERS * READS, "SECONDLY": WORKERS * SEARCHES}
