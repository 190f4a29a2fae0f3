"""A backfill is paused, gone on with or cancelled: it stops behind its last portion, and nothing that was read is lost."""

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import RunKind, RunState, SyncObject, SyncRun, SyncWork
from martech.services.sync.runs import LEASE
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.work import WorkState, wake

STOPPING = "It is still on its way to stop, as it waits for the other system; try again in a moment."
OVER = "This run is over, or somebody else stopped it meanwhile."


def pause_run(*, run: SyncRun, actor: User | None) -> None:
    """Stop a backfill behind the portion that is taken in now; rounds go on with what changes. Raises ConflictError."""
    change(run, actor, "pause_run", [RunState.WAITING, RunState.RUNNING], RunState.PAUSED)


def resume_run(*, run: SyncRun, actor: User | None) -> None:
    """Go on from where it stopped. Raises ConflictError, also while its worker is still on its way to stop: a second one
    beside it would count records twice."""
    with transaction.atomic():
        stopping = SyncRun.objects.filter(pk=run.pk, state=RunState.PAUSED, beat_at__gt=timezone.now() - LEASE)
        # Its row of work ends a moment after the run stopped; a pending one was never begun and serves as well.
        work = SyncWork.objects.select_for_update().filter(run=run, state__in=[WorkState.PENDING, WorkState.RUNNING])
        states = {row.state for row in work}
        if stopping.exists() or WorkState.RUNNING in states:
            raise ConflictError(STOPPING)
        change(run, actor, "resume_run", [RunState.PAUSED], RunState.WAITING)
        if not states:
            SyncWork.objects.create(connection=run.connection, run=run)
        wake("sync")


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


def is_paused(object: SyncObject) -> bool:
    """Whether somebody paused the reading of everything."""
    return SyncRun.objects.filter(object=object, kind=RunKind.BACKFILL, state=RunState.PAUSED).exists()
