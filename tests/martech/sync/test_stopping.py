"""A backfill is paused, gone on with, cancelled; its page says so, and nothing is read twice or forgotten."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.errors import PositionLost, Throttled
from martech.connectors.port import Page
from martech.models import Person, RunKind, RunState, SyncObject, SyncRun, SyncWork
from martech.selectors.sync_health import health_by_itself
from martech.services.sync.course import open_line
from martech.services.sync.rounds import Round, do_requested
from martech.services.sync.runs import LEASE, request_run
from martech.services.sync.stopping import cancel_run, pause_run, resume_run
from mops.core.errors import ConflictError
from mops.core.work import StaleLease, complete, run_due
from tests.factories import make_person, make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account, ScriptedConnector

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow(rig: Rig, account: Account, monkeypatch: Any) -> Rig:
    """Nine contacts, taken in by threes."""
    monkeypatch.setattr("martech.services.sync.pulling.TAKEN", 3)
    for number in range(9):
        account.put("contacts", {"email": f"p{number}@example.org"})
    return rig


def stopping(monkeypatch: Any, act: Any) -> None:
    """`act` is done with the run behind its first portion."""
    from martech.services.sync import pulling

    plain, done = pulling.take_portion, list[int]()

    def taken(line: Any, course: Any, run: SyncRun, *rest: Any) -> None:
        plain(line, course, run, *rest)
        if run.kind == RunKind.BACKFILL and run.object.name == "contacts" and not done:
            done.append(run.pk)
            act(run=run, actor=None)

    monkeypatch.setattr(pulling, "take_portion", taken)


def test_a_small_backfill_shows_how_far_it_is(slow: Rig, monkeypatch: Any) -> None:
    slow.sync()
    monkeypatch.setattr("martech.services.sync.pulling.TAKEN", 6)
    monkeypatch.setattr("martech.services.sync.pulling.FIRST", 3)
    seen: list[tuple[int, int | None]] = []

    def look(run: SyncRun) -> None:
        run.refresh_from_db()
        seen.append((run.read, run.total))

    monkeypatch.setattr("martech.services.sync.pulling.stop_when_asked", look)
    run = request_run(slow.connection, RunKind.BACKFILL, object=slow.object(), actor=None)
    go_on(slow, run)
    assert seen == [(3, 9)]  # the second portion is twice as long, and the last
    assert read_of(run) == (RunState.DONE, 9, 9)


def go_on(rig: Rig, run: SyncRun) -> None:
    run.refresh_from_db()
    with open_line(rig.connection) as line:
        do_requested(Round(line), run)
    run.refresh_from_db()


def read_of(run: SyncRun) -> tuple[str, int, int]:
    run.refresh_from_db()
    return run.state, run.read, Person.objects.count()


def test_a_paused_first_backfill_waits_through_rounds_and_goes_on_where_it_stopped(
    slow: Rig, account: Account, monkeypatch: Any
) -> None:
    slow.map(contacts_mapping(create_there=True))
    mine = make_person(email="mine@example.org")
    stopping(monkeypatch, pause_run)
    run = slow.sync()["backfill contacts"]
    assert read_of(run) == (RunState.PAUSED, 3, 4)
    runs = slow.sync()
    assert "backfill contacts" not in runs
    assert "push contacts" not in runs
    assert read_of(run)[:2] == (RunState.PAUSED, 3)
    resume_run(run=run, actor=None)
    assert SyncWork.objects.filter(run=run).count() == 1
    go_on(slow, run)
    assert read_of(run) == (RunState.DONE, 9, 10)
    assert mine.pk in Person.objects.values_list("pk", flat=True)
    assert SyncObject.objects.get(name="contacts").backfilled_at is not None


def test_a_backfill_asked_for_again_is_cancelled_and_what_was_read_stays(slow: Rig, monkeypatch: Any) -> None:
    slow.sync()
    run = request_run(slow.connection, RunKind.BACKFILL, object=slow.object(), actor=None)
    stopping(monkeypatch, cancel_run)
    go_on(slow, run)
    assert read_of(run) == (RunState.CANCELLED, 3, 9)
    assert run.finished_at is not None
    assert slow.object().backfill_position is None
    assert "backfill contacts" not in slow.sync()


def test_the_first_backfill_is_not_cancelled_and_what_is_over_is_not_stopped(slow: Rig) -> None:
    run = request_run(slow.connection, RunKind.BACKFILL, object=slow.object(), actor=None)
    with pytest.raises(ConflictError, match="only paused"):
        cancel_run(run=run, actor=None)
    pause_run(run=run, actor=None)
    go_on(slow, run)
    assert read_of(run) == (RunState.PAUSED, 0, 0)
    with pytest.raises(ConflictError, match="paused; look"):
        request_run(slow.connection, RunKind.BACKFILL, object=slow.object(), actor=None)
    resume_run(run=run, actor=None)
    go_on(slow, run)
    for act in (pause_run, resume_run, cancel_run):
        with pytest.raises(ConflictError, match="is over"):
            act(run=run, actor=None)
    assert read_of(run) == (RunState.DONE, 9, 9)


def test_gone_on_with_before_its_worker_stopped_it_goes_on_by_itself_and_counts_once(
    slow: Rig, monkeypatch: Any
) -> None:
    def pause_and_resume(*, run: SyncRun, actor: Any) -> None:
        pause_run(run=run, actor=actor)
        assert resume_run(run=run, actor=actor) is not None  # accepted; it has the run for three minutes at most

    stopping(monkeypatch, pause_and_resume)
    run = slow.sync()["backfill contacts"]
    assert read_of(run) == (RunState.DONE, 9, 9)
    assert run.problem == {}
    SyncWork.objects.filter(run=run).update(run_after=timezone.now())
    run_due("sync")
    assert read_of(run) == (RunState.DONE, 9, 9)


def test_gone_on_with_while_its_worker_leaves_it_the_same_worker_goes_on(slow: Rig, monkeypatch: Any) -> None:
    from martech.services.sync import runs

    plain, done = runs.settle_stopped, list[int]()

    def settle(run: SyncRun) -> None:
        if run.kind == RunKind.BACKFILL and not done:
            done.append(run.pk)
            resume_run(run=run, actor=None)
        plain(run)

    monkeypatch.setattr(runs, "settle_stopped", settle)
    stopping(monkeypatch, pause_run)
    run = slow.sync()["backfill contacts"]
    assert done == [run.pk]
    assert read_of(run) == (RunState.DONE, 9, 9)


class Killed(BaseException):
    """The worker ends here, and cannot say so."""


def killed(rig: Rig, monkeypatch: Any) -> SyncRun:
    """The first backfill, paused behind its first portion by somebody; its worker was killed before it saw that."""

    def pause_and_die(*, run: SyncRun, actor: Any) -> None:
        pause_run(run=run, actor=actor)
        raise Killed

    stopping(monkeypatch, pause_and_die)
    with pytest.raises(Killed):
        rig.sync()
    run = SyncRun.objects.get(kind=RunKind.BACKFILL, object__name="contacts")
    # Whatever an end that is no kill notes of it is not noted.
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.PAUSED, beat_at=timezone.now(), finished_at=None)
    return run


def test_after_its_worker_was_killed_going_on_is_accepted_and_happens_by_itself(
    slow: Rig, client: Client, monkeypatch: Any
) -> None:
    run = killed(slow, monkeypatch)
    client.force_login(make_user(Role.OPS_MANAGER, name="Omar"))
    address = f"/martech/sync/runs/{run.pk}/"
    answer = client.post(f"{address}stop/", {"do": "resume"}, follow=True).content.decode()
    assert "It goes on as soon as the worker that it had lets go of it." in answer
    assert "It goes on by itself." in answer
    [work] = SyncWork.objects.filter(run=run)
    run.refresh_from_db()
    assert run.beat_at is not None
    assert (run.state, work.run_after) == (RunState.WAITING, run.beat_at + LEASE)
    runs = slow.sync()  # rounds leave it to that work
    assert {kind for kind in runs if "contacts" in kind} <= {"pull contacts"}
    assert read_of(run)[:2] == (RunState.WAITING, 3)
    SyncWork.objects.filter(pk=work.pk).update(run_after=timezone.now())
    run_due("sync")  # too early: the worker may live
    assert read_of(run)[:2] == (RunState.WAITING, 3)
    SyncRun.objects.filter(pk=run.pk).update(beat_at=timezone.now() - LEASE)
    SyncWork.objects.filter(pk=work.pk).update(run_after=timezone.now())
    run_due("sync")
    assert read_of(run) == (RunState.DONE, 9, 9)
    assert "It goes on by itself." not in client.get(address).content.decode()


def test_a_vendor_that_lets_us_wait_meanwhile_does_not_begin_again_what_was_paused(slow: Rig, monkeypatch: Any) -> None:
    def pause_and_wait(*, run: SyncRun, actor: Any) -> None:
        pause_run(run=run, actor=actor)
        raise Throttled("The extract is being written.", policy="extract", seconds=60)

    stopping(monkeypatch, pause_and_wait)
    run = slow.sync()["backfill contacts"]
    assert read_of(run) == (RunState.PAUSED, 3, 3)
    assert "backfill contacts" not in slow.sync()
    resume_run(run=run, actor=None)
    go_on(slow, run)
    assert read_of(run) == (RunState.DONE, 9, 9)


def test_it_is_paused_and_gone_on_with_on_its_page(slow: Rig, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER, name="Omar"))
    run = request_run(slow.connection, RunKind.BACKFILL, object=slow.object(), actor=None)
    address = f"/martech/sync/runs/{run.pk}/"
    page = client.get(address).content.decode()
    assert 'value="pause"' in page
    assert 'value="cancel"' not in page
    client.post(f"{address}stop/", {"do": "pause"})
    assert health_by_itself(slow.connection, None).detail == "The backfill of Contacts is paused."
    assert "Backfill paused" in client.get("/martech/sync/").content.decode()
    page = client.get(address).content.decode()
    assert "Paused by Omar." in page
    assert "What was read stays." in page
    assert "Nothing is written over there before everything was read." in page
    assert 'value="resume"' in page
    client.post(f"{address}stop/", {"do": "resume"})
    go_on(slow, run)
    page = client.get(address).content.decode()
    assert "Paused by" not in page
    assert 'value="pause"' not in page
    client.force_login(make_user(Role.ANALYST))
    assert client.post(f"{address}stop/", {"do": "pause"}).status_code == 403


def test_gone_on_with_before_its_work_was_put_away_it_is_taken_from_that_worker(slow: Rig, monkeypatch: Any) -> None:
    stopping(monkeypatch, pause_run)
    run = slow.sync()["backfill contacts"]
    work = SyncWork(connection=slow.connection, run=run, state="running")
    work.lease_until, work.lease_token = timezone.now() + LEASE, uuid4()
    work.save()
    assert resume_run(run=run, actor=None) is None
    with pytest.raises(StaleLease):
        complete([work])
    assert (read_of(run)[0], SyncWork.objects.filter(run=run, state="pending").count()) == ("waiting", 1)
    run_due("sync")
    assert read_of(run) == (RunState.DONE, 9, 9)


def test_a_backfill_whose_place_is_no_longer_known_begins_anew_with_the_next_round(
    slow: Rig, account: Account, monkeypatch: Any
) -> None:
    plain, losses = ScriptedConnector._pages, [PositionLost("The cursor is gone.")]

    def pages(*asked: Any) -> Iterator[Page]:
        for page in plain(*asked):
            yield page
            if page.position == {"at": 6} and losses:
                raise losses.pop()

    monkeypatch.setattr("martech.services.sync.pulling.FIRST", 3)
    monkeypatch.setattr(ScriptedConnector, "_pages", pages)
    lost = slow.sync()["backfill contacts"]
    assert (lost.state, lost.problem["detail"]) == (RunState.FAILED, "The cursor is gone.")
    assert (lost.read, Person.objects.count()) == (6, 6)
    assert (slow.object().backfill_position, slow.object().backfilled_at) == (None, None)
    again = slow.sync()["backfill contacts"]
    assert read_of(again) == (RunState.DONE, 9, 9)
    assert slow.object().backfilled_at is not None
