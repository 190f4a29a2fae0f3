"""A worker of synchronisation killed at any step: afterwards both sides have every record once, with the last value.

Only `make faults` runs these: where a browser's event loop lives in the process, a fork shares its connection.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connections
from django.utils import timezone

from martech.models import Account, Person, PersonIdentity, PlannedWrite, SyncDifference, SyncRun, SyncWork
from martech.services.people import update_person
from mops.core import work
from tests.factories import make_account, make_person
from tests.martech.sync.practising import connected
from tests.martech.sync.test_hubspot_round import HubSpot

SERVICE = "martech.services.sync"
STEPS = [
    (f"{SERVICE}.pulling.ask_links", 1),
    (f"{SERVICE}.taking.keep_rows", 1),
    (f"{SERVICE}.pulling.beat", 1),
    (f"{SERVICE}.tombstones.take_tombstones", 1),
    (f"{SERVICE}.rounds.apply_run", 1),
    (f"{SERVICE}.applying_push.open_echoes", 1),
    (f"{SERVICE}.applying_push.write", 1),
    (f"{SERVICE}.applying_push.note_results", 1),
    (f"{SERVICE}.applying_push.note_results", 2),
    (f"{SERVICE}.applying_push.note_results", 3),
    (f"{SERVICE}.applying_push.count_left", 1),
    (f"{SERVICE}.streams.beat", 1),
    (f"{SERVICE}.rounds.settle_problem", 1),
    ("mops.core.work.complete", 1),
]
"""What is called next when the worker dies, and for the how manyth time: after a page was read, within its transaction,
before its commit, after a plan, before and after the echo ledger is opened, after each write and before its receipt."""
pytestmark = pytest.mark.faults


@pytest.fixture
def hub(transactional_db: Any, monkeypatch: Any) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch, people=12, is_synced=True) as practice:
        yield practice


class Story:
    """What happened on both sides since they agreed."""

    def __init__(self, hub: HubSpot) -> None:
        self.hub = hub
        contacts = sorted(id for id, row in hub.truth().items() if row.get("email"))
        self.edited_there, self.edited_here = contacts[0], contacts[1]
        hub.create(email="new@there.example", firstname="Tea")
        hub.edit(self.edited_there, jobtitle="Edited there")
        update_person(person=self.person_of(self.edited_here), data={"job_title": "Edited here"}, actor=None)
        make_person(email="new@here.example", first_name="Hea")
        make_account(name="Newcomer", domain="newcomer.example")
        wanted = {"field": "person.email", "op": "eq", "value": "new@here.example"}
        hub.map({**hub.document("contacts"), "create_there": wanted})
        hub.map({**hub.document("companies"), "create_there": True}, "companies")
        self.contacts, self.companies = len(hub.truth()) + 1, len(hub.truth("companies")) + 1

    def person_of(self, id: str) -> Person:
        return PersonIdentity.objects.get(system="hubspot", external_id=id).person

    def assert_told_once(self) -> None:
        there, companies = self.hub.truth(), self.hub.truth("companies")
        addresses = Counter(row["email"].lower() for row in there.values() if row.get("email"))
        assert set(addresses.values()) == {1}
        assert {"new@there.example", "new@here.example"} <= addresses.keys()
        assert (len(there), len(companies)) == (self.contacts, self.companies)
        assert Counter(row.get("domain") for row in companies.values())["newcomer.example"] == 1
        assert there[self.edited_here]["jobtitle"] == self.person_of(self.edited_here).job_title == "Edited here"
        assert there[self.edited_there]["jobtitle"] == self.person_of(self.edited_there).job_title == "Edited there"
        assert sorted(PersonIdentity.objects.values_list("external_id", flat=True)) == sorted(there)
        assert Person.objects.living().count() == len(there)
        assert Account.objects.count() == len(companies)
        for object in ("contacts", "companies"):
            proof = self.hub.compare(object)
            assert (proof.plan["reasons"], SyncDifference.objects.filter(run=proof).count()) == ({}, 0)


def die_at(step: str, times: int) -> None:
    """In the worker's process: do a round, and be killed when the step is called for the `times`th time."""
    calls = 0
    module, _, name = step.rpartition(".")
    real = getattr(__import__(module, fromlist=[name]), name)

    def kill(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    with mock.patch(step, kill):
        work.run_due("sync")


def worker_dies(hub: HubSpot, step: str, times: int = 1) -> None:
    SyncWork.objects.create(connection=hub.connection)
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=die_at, args=(step, times))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def the_lease_runs_out() -> None:
    """What waiting for three minutes does, without waiting."""
    past = timezone.now() - timedelta(minutes=10)
    assert SyncWork.objects.filter(state="running").update(lease_until=past) == 1
    SyncRun.objects.filter(state="running").update(beat_at=past)


def next_worker(hub: HubSpot) -> None:
    assert work.run_due("sync") == 1
    assert set(SyncWork.objects.values_list("state", "attempts")) == {("done", 2)}
    hub.sync()


def the_index_catches_up(hub: HubSpot) -> None:
    """A quarter of an hour later what was made over there shows, so what does not was never made."""
    sent = PlannedWrite.objects.filter(external_id="", state__in=["sending", "unknown"])
    sent.update(written_at=timezone.now() - timedelta(minutes=20))
    hub.sync()


@pytest.mark.parametrize(("step", "times"), STEPS)
def test_nothing_is_missed_and_nothing_done_twice(hub: HubSpot, step: str, times: int) -> None:
    story = Story(hub)
    worker_dies(hub, step, times)
    assert work.run_due("sync") == 0
    the_lease_runs_out()
    next_worker(hub)
    the_index_catches_up(hub)
    story.assert_told_once()
    assert not SyncRun.objects.filter(state__in=["running", "approved"]).exists()


def test_a_worker_killed_while_it_reads_back_reads_back_again(hub: HubSpot) -> None:
    story = Story(hub)
    hub.control("faults", name="bad_gateway_after_apply", on="POST .*/companies/batch/(create|upsert)")
    worker_dies(hub, f"{SERVICE}.applying_push.note_read_back")
    the_lease_runs_out()
    next_worker(hub)
    story.assert_told_once()


def test_what_was_made_before_the_kill_and_is_shown_late_is_not_made_again(hub: HubSpot) -> None:
    story = Story(hub)
    hub.control("lag", seconds=240)
    worker_dies(hub, f"{SERVICE}.applying_push.note_results", 1)
    the_lease_runs_out()
    next_worker(hub)
    assert len(hub.truth("companies")) == story.companies
    hub.control("clock", advance=241)
    hub.control("lag", seconds=0)
    hub.sync()
    story.assert_told_once()
