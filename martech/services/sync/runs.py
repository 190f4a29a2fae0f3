"""Runs: how they begin, beat, end, and what a vendor's error makes of run and connection."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.models import User
from martech.connectors import errors
from martech.models import (
    Connection,
    ConnectionState,
    MappingVersion,
    PlannedWrite,
    RemoteRow,
    RunKind,
    RunState,
    SyncObject,
    SyncRun,
    SyncWork,
    WriteState,
)
from martech.services.sync.course import Line, open_line, problem_of
from mops.core.errors import ConflictError
from mops.core.sql import execute
from mops.core.work import Work, heartbeat, wake

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=3)
"""Longer than the longest wait for a window and an answer together."""
BREATHER = timedelta(minutes=2)


class RunStopped(Exception):
    """Somebody paused or cancelled the run."""


_claimed: Work | None = None
"""The claimed work of this process, whose lease every beat extends."""


def hold(work: Work | None) -> None:
    global _claimed
    _claimed = work


def keep_lease() -> None:
    if _claimed is not None:
        heartbeat([_claimed], LEASE)


def on_their_lines(rows: Sequence[Any], work: Callable[[Line, Any], object]) -> None:
    """Claimed rows one by one, each with an open line of its connection; one that may not be called now is left out."""
    for row in rows:
        hold(row)
        try:
            connection = Connection.objects.get(pk=row.connection_id)
            is_paused = connection.paused_until and connection.paused_until > timezone.now()
            if connection.state == ConnectionState.ACTIVE and not is_paused:
                with open_line(connection) as line:
                    work(line, row)
        finally:
            hold(None)


def beat(run: SyncRun, **counts: int) -> None:
    """Say that a run got somewhere, and what it counts by now.

    Raises StaleLease when its work was given to another worker meanwhile.
    """
    keep_lease()
    SyncRun.objects.filter(pk=run.pk).update(beat_at=timezone.now(), **counts)


def new_run(
    connection: Connection,
    kind: str,
    *,
    object: SyncObject | None = None,
    actor: User | None = None,
    mapping: MappingVersion | None = None,
) -> SyncRun:
    return SyncRun.objects.create(connection=connection, object=object, kind=kind, actor=actor, mapping=mapping)


EMPTY = """
delete from martech_syncrun r where r.id = %s and r.read = 0
  and not exists (select from martech_syncchange c where c.run_id = r.id)
  and not exists (select from martech_plannedwrite w where w.run_id = r.id)
  and not exists (select from martech_deadletter d where d.run_id = r.id)
"""


def drop_empty(run: SyncRun) -> None:
    """Forget a run that read nothing. Mostly nothing else tells of it; where something does, it is let go of first."""
    if not execute(EMPTY, run.pk):
        SyncRun.objects.filter(pk=run.pk, read=0).delete()


def request_run(
    connection: Connection,
    kind: str,
    *,
    object: SyncObject | None,
    actor: User | None,
    question: Mapping[str, Any] | None = None,
) -> SyncRun:
    """Ask for a run in the background; a proof may be asked a question (`questions.asked_for`).

    Raises ConflictError while one of the kind is under way for the object.
    """
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        states = [RunState.WAITING, RunState.RUNNING, RunState.PAUSED]
        if SyncRun.objects.filter(connection=connection, kind=kind, object=object, state__in=states).exists():
            raise ConflictError("Such a run is under way or paused; look at it instead.")
        run = new_run(connection, kind, object=object, actor=actor)
        if question:
            run.plan = {"question": dict(question)}
            run.save(update_fields=["plan"])
        SyncWork.objects.create(connection=connection, run=run)
        wake("sync")
    return run


def begin(run: SyncRun) -> None:
    """Take the one place that an object has for runs of this kind. A run whose worker died makes room.

    Raises ConflictError while another one runs.
    """
    if not take_place(run):
        end_dead(run)
        if not take_place(run):
            raise ConflictError("Another run of this object is under way; it does the same.")


def take_place(run: SyncRun) -> bool:
    """Whether the place was free; the database has one for each kind and object."""
    now = timezone.now()
    began = Coalesce("started_at", Value(now))
    try:
        with transaction.atomic():
            SyncRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, beat_at=now, problem={}, started_at=began)
    except IntegrityError:
        return False
    return True


def end_dead(run: SyncRun) -> None:
    """End the run in the place of this one if it gives no sign of life any more."""
    now = timezone.now()
    same = SyncRun.objects.filter(connection=run.connection_id, object=run.object_id, kind=run.kind)
    dead = same.filter(state=RunState.RUNNING, beat_at__lt=now - LEASE).exclude(pk=run.pk)
    died = {"class": "WorkerDied", "detail": "Its worker ended before it did; the next run goes on from there."}
    dead.update(state=RunState.FAILED, problem=died, finished_at=now)


def carry_out(run: SyncRun, work: Callable[[], None], calls: Callable[[], int] | None = None) -> bool:
    """Do the work of a run, and note how it ended and its `calls`; a vendor's error ends this run and says so, no other.

    Answers whether the connection may go on with its other objects. Other errors are noted, too, and raised.
    """
    begin(run)
    rows = SyncRun.objects.filter(pk=run.pk)
    is_done = 0
    try:
        work()
        spent = {"calls": calls()} if calls else {}
        is_done = rows.filter(state=RunState.RUNNING).update(state=RunState.DONE, finished_at=timezone.now(), **spent)
    except RunStopped:
        settle_stopped(run)
        return carry_out(run, work, calls) if rows.filter(state=RunState.WAITING).exists() else True
    except errors.VendorError as error:
        end(run, ended_by(run, error), error)
        return blame(run.connection, error)
    except Exception as error:
        end(run, RunState.FAILED, error)
        log.exception("sync run failed", run=run.pk, kind=run.kind)
        raise
    finally:
        if calls and not is_done:
            rows.update(calls=calls())
    return True


READING = (RunKind.PULL, RunKind.BACKFILL)
WRITING = (RunKind.PUSH, RunKind.UNDO)


STOPPING = (errors.SignInRefused, errors.AddressRefused)
WAITING = (errors.BudgetExhausted, errors.VendorDown, errors.Throttled, errors.RetryNow)


def ended_by(run: SyncRun, error: errors.VendorError) -> RunState:
    """Having to wait is no failure where the next round goes on from the position. A plan that was approved stays so as
    long as its connection waits, waits for somebody, or may not write: its rows are written then, after a look at what was
    written."""
    if run.kind in WRITING and run.plan_hash and isinstance(error, (*STOPPING, *WAITING, errors.ScopeMissing)):
        return RunState.APPROVED
    has_to_wait = isinstance(error, errors.Throttled | errors.BudgetExhausted)
    return RunState.DEFERRED if has_to_wait and run.kind in READING else RunState.FAILED


def end(run: SyncRun, state: str, error: Exception) -> None:
    finished_at = None if state == RunState.APPROVED else timezone.now()
    rows = SyncRun.objects.filter(pk=run.pk).exclude(state__in=[RunState.PAUSED, RunState.CANCELLED])
    if not rows.update(state=state, problem=problem_of(error), finished_at=finished_at):
        settle_stopped(run)
    elif state == RunState.FAILED:
        look_again(run)
    if isinstance(error, errors.PositionLost):
        begin_anew(run)


def begin_anew(run: SyncRun) -> None:
    """The vendor no longer knows the place in a reading: the next run begins it again. What was taken in stays."""
    place = "backfill_position" if run.kind == RunKind.BACKFILL else "position"
    SyncObject.objects.filter(pk=run.object_id).update(**{place: None})


def settle_stopped(run: SyncRun) -> None:
    """Its worker is done with a run that somebody paused, which may go on from now on, or cancelled."""
    rows = SyncRun.objects.filter(pk=run.pk)
    rows.filter(state=RunState.PAUSED).update(beat_at=None)
    if rows.filter(state=RunState.CANCELLED).update(finished_at=timezone.now()):
        SyncObject.objects.filter(pk=run.object_id).update(backfill_position=None)


def look_again(run: SyncRun) -> None:
    """What the plan of a push did not write is looked at again by the next plan."""
    if run.kind != RunKind.PUSH:
        return
    left = PlannedWrite.objects.filter(run=run, state__in=[WriteState.PLANNED, WriteState.SENDING, WriteState.UNKNOWN])
    rows = RemoteRow.objects.filter(object=run.object_id, external_id__in=left.values("external_id"), due_at=None)
    rows.update(due_at=timezone.now())


def blame(connection: Connection, error: errors.VendorError) -> bool:
    """Let the connection wait, or say that it needs somebody; answers whether its other objects may go on."""
    rows = Connection.objects.filter(pk=connection.pk)
    if isinstance(error, errors.BudgetExhausted):
        rows.update(paused_until=error.until, problem=problem_of(error))
        return False
    if isinstance(error, STOPPING):
        rows.exclude(state=ConnectionState.PAUSED).update(state=ConnectionState.BROKEN, problem=problem_of(error))
        return False
    if isinstance(error, WAITING):
        rows.update(paused_until=timezone.now() + BREATHER, problem=problem_of(error))
        return False
    return True
