"""A worker killed at any step of routing: nothing it had begun is seen, and the next one does all of it, once.

Only `make faults` runs these: where a browser's event loop lives in the process, a fork shares its connection.
"""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from martech.models import Person, PoolMemberState, ResponseClock, RoutingDecision, RoutingWork
from martech.services.routing import enqueue_everybody
from mops.core import work
from tests.factories import make_person
from tests.martech.policies import document, make_reps, publish

SERVICE = "martech.services.routing"
STEPS = [
    f"{SERVICE}.in_force",
    f"{SERVICE}._decide",
    f"{SERVICE}.load_wheels",
    f"{SERVICE}._write",
    f"{SERVICE}.store_decisions",
    f"{SERVICE}.start_clocks",
    f"{SERVICE}.tell_owners",
    "mops.core.work.complete",
]
LEADS = 6
pytestmark = pytest.mark.faults


@pytest.fixture
def leads(transactional_db: Any) -> None:
    publish({**document(make_reps("Ana", "Bo")), "sla": {"respond_within_minutes": 30}})
    for _ in range(LEADS):
        make_person(created_at=timezone.now())
    assert enqueue_everybody() == LEADS


def kill(*_arguments: Any, **_options: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work_until(step: str) -> None:
    with mock.patch(step, kill):
        work.run_due("routing")


def work_and_die() -> None:
    work.run_due("routing")
    kill()


def in_a_process(job: Any, *arguments: Any) -> None:
    """Do it in a process of its own, which must end by the signal."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=job, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def assert_each_was_given_away_once() -> None:
    assert Counter(Person.objects.values_list("owner__name", flat=True)) == {"Ana": LEADS // 2, "Bo": LEADS // 2}
    assert sorted(RoutingDecision.objects.values_list("person", flat=True)) == sorted(
        Person.objects.values_list("pk", flat=True)
    )
    assert ResponseClock.objects.count() == LEADS
    assert set(PoolMemberState.objects.values_list("assigned", flat=True)) == {LEADS // 2}
    assert set(RoutingWork.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_before_its_commit_leaves_nothing_and_loses_nothing(leads: None, step: str) -> None:
    in_a_process(work_until, step)
    assert not Person.objects.exclude(owner=None).exists()
    assert not RoutingDecision.objects.exists()
    assert set(PoolMemberState.objects.values_list("assigned", flat=True)) == {0}
    assert work.run_due("routing") == 0
    with time_machine.travel(timezone.now() + work.LEASE + timedelta(seconds=1)):
        assert work.run_due("routing") == LEADS
    assert_each_was_given_away_once()
    assert set(RoutingWork.objects.values_list("attempts", flat=True)) == {2}


def test_a_worker_killed_after_its_commit_has_done_it(leads: None) -> None:
    in_a_process(work_and_die)
    assert work.run_due("routing") == 0
    assert_each_was_given_away_once()
