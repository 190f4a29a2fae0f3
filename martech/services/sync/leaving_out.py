"""Records that somebody leaves out of a plan before it is approved: the rest goes, and these are not proposed again as
they are. Nothing of the plan's rows changes, so its hash stays that of what was looked at."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from martech.models import PlannedWrite, RemoteRow, RunKind, RunState, SyncRun, WriteState
from mops.core.errors import ConflictError

OVER = (RunState.DONE, RunState.FAILED, RunState.DEFERRED)
ANEW = "Left out at first; the next plan looks at it again."


def leave_out(*, run: SyncRun, rows: QuerySet[PlannedWrite], actor: Any) -> int:
    """Leave rows of a waiting plan out; answers how many. Raises ConflictError once it does not wait any more."""
    with transaction.atomic():
        locked = SyncRun.objects.select_for_update().get(pk=run.pk)
        if locked.state != RunState.HELD:
            raise ConflictError("This plan does not wait any more; nothing was left out.")
        number = of_run(run, rows).filter(state=WriteState.PLANNED).update(state=WriteState.LEFT_OUT)
        if number:
            names = dict.fromkeys([*locked.plan.get("left_out_by", []), str(actor)])
            SyncRun.objects.filter(pk=run.pk).update(plan={**locked.plan, "left_out_by": list(names)})
    return number


def put_back(*, run: SyncRun, rows: QuerySet[PlannedWrite]) -> int:
    """Take rows in again that were left out: into the plan while it waits, and into the next one after it was applied.
    Answers how many. Raises ConflictError in between."""
    with transaction.atomic():
        locked = SyncRun.objects.select_for_update().get(pk=run.pk)
        left = of_run(run, rows).filter(state=WriteState.LEFT_OUT)
        if locked.state == RunState.HELD:
            return left.update(state=WriteState.PLANNED)
        if locked.state not in OVER or locked.kind != RunKind.PUSH:
            raise ConflictError("This plan is being written, or was dropped; nothing was put back.")
        theirs = list(left.exclude(external_id="").values_list("external_id", flat=True))
        number = left.update(state=WriteState.SKIPPED, message=ANEW)
        due = RemoteRow.objects.filter(object=run.object_id, external_id__in=theirs, due_at=None)
        due.update(due_at=timezone.now())
    return number


def of_run(run: SyncRun, rows: QuerySet[PlannedWrite]) -> QuerySet[PlannedWrite]:
    return PlannedWrite.objects.filter(run=run, pk__in=rows.order_by().values("pk"))


def count_left_out(run: SyncRun) -> int:
    return PlannedWrite.objects.filter(run=run, state=WriteState.LEFT_OUT).count()
