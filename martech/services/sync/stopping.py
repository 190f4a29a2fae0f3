"""A backfill is paused, gone on with or cancelled: it stops behind its last portion, and nothing that was read is lost."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from governance.models import User
from martech.models import RunKind, RunState, SyncObject, SyncRun, SyncWork
from martech.services.sync.runs import LEASE
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.work import WorkState, wake

OVER = "This run is over, or somebody else stopped it meanwhile."


def pause_run(*, run: SyncRun, actor: User | None) -> None:
    """Stop a backfill behind the portion that is taken in now; rounds go on with what changes. Raises ConflictError."""
    change(run, actor, "pause_run", [RunState.WAITING, RunState.RUNNING], RunState.PAUSED)


def resume_run(*, run: SyncRun, actor: User | None) -> datetime | None:
    """Go on from where it stopped: at once, or as soon as its worker let go of it, as a second one beside it would count
    records twice. A worker that lives goes on by itself when it sees it; after one that died, the run goes on at the moment
    that is answered. Raises ConflictError."""
    with transaction.atomic():
        rows = SyncWork.objects.select_for_update().filter(run=run, state__in=[WorkState.PENDING, WorkState.RUNNING])
        is_at_work = rows.filter(state=WorkState.RUNNING).exists()
        change(run, actor, "resume_run", [RunState.PAUSED], RunState.WAITING)
        at = free_at(SyncRun.objects.get(pk=run.pk))
        if at is None and is_at_work:  # its worker stopped, and is about to put its work away
            rows.update(state=WorkState.PENDING, lease_until=None, lease_token=None, run_after=timezone.now())
        elif not rows.exists():
            SyncWork.objects.create(connection=run.connection, run=run, run_after=at or timezone.now())
        wake("sync")
    return at


def free_at(run: SyncRun) -> datetime | None:
    """When a run that is to go on is taken from a worker that gives no sign of life any more; None where none has it."""
    at = run.beat_at + LEASE if run.beat_at else None
    return at if at and at > timezone.now() else None


def cancel_run(*, run: SyncRun, actor: User | None) -> None:
    """End a backfill that was asked for; what it took in stays, and the next one begins anew. The first one of an object
    can only be paused: what was never read cannot be kept in step. Raises ConflictError."""
    with transaction.atomic():
        whole = SyncObject.objects.filter(pk=run.object_id).exclude(backfilled_at=None)
        if not whole.update(backfill_position=None):
            raise ConflictError("The first backfill cannot be cancelled, only paused: without it nothing is in step.")
        stops = [RunState.WAITING, RunState.RUNNING, RunState.PAUSED]
        change(run, actor, "cancel_run", stops, RunState.CANCELLED)
        SyncRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())


def change(run: SyncRun, actor: User | None, verb: str, before: list[RunState], state: RunState) -> None:
    said = f"{'Cancelled' if state == RunState.CANCELLED else 'Paused'} by {actor or 'somebody'}."
    problem = {} if state == RunState.WAITING else {"detail": said, "remedy": "What was read stays."}
    rows = SyncRun.objects.filter(pk=run.pk, kind=RunKind.BACKFILL, state__in=before)
    with recording(verb, actor=actor):
        if not rows.update(state=state, problem=problem):
            raise ConflictError(OVER)


def is_stopped(object: SyncObject) -> bool:
    """Whether somebody paused the reading of everything, and no worker goes on with it yet."""
    is_resumed = Q(state=RunState.WAITING, started_at__isnull=False)
    rows = SyncRun.objects.filter(object=object, kind=RunKind.BACKFILL)
    return rows.filter(Q(state=RunState.PAUSED) | is_resumed).exists()
