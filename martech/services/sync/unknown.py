"""Records that a broken call may have made over there: known again when a pull shows them."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from martech.models import PlannedWrite, RunState, SyncRun, WriteState
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.services.sync.runs import LEASE
from martech.sync.values import same

SKEW = timedelta(hours=2)
"""How far the other side's clock may be behind ours."""


def adopt_unknown(course: Course, rows: Sequence[Incoming]) -> None:
    """A stranger who says exactly what we sent, and was made since, is whom we sent."""
    strangers = [row for row in rows if row.local_id is None]
    if not strangers:
        return
    dead = Q(run__state=RunState.RUNNING, run__beat_at__lt=timezone.now() - LEASE)
    waiting = PlannedWrite.objects.filter(
        dead | ~Q(run__state=RunState.RUNNING),
        run__object=course.object,
        state__in=[WriteState.SENDING, WriteState.UNKNOWN],
        external_id="",
    )
    for write in waiting.select_related("run").order_by("pk"):
        found = next((row for row in strangers if row.local_id is None and is_it(course, write, row)), None)
        if found is not None:
            found.local_id = write.local_id
            note_made(write, found.id)


def is_it(course: Course, write: PlannedWrite, row: Incoming) -> bool:
    sent_at, made_at = write.written_at or write.run.created_at, row.record.created_at
    if made_at is not None and made_at < sent_at - SKEW:
        return False
    types = {name: course.schema[name].type for name in write.after if name in course.schema}
    return bool(types) and all(same(type, row.values.get(name), write.after[name]) for name, type in types.items())


def note_made(write: PlannedWrite, external_id: str) -> None:
    """The run's counts follow: what it ended with as unknown was created."""
    was_counted = write.run.state != RunState.RUNNING and write.run.unknown > 0
    PlannedWrite.objects.filter(pk=write.pk).update(
        state=WriteState.CREATED, external_id=external_id, message="A pull showed that it was made."
    )
    counts = {"unknown": F("unknown") - 1} if was_counted else {"read": F("read") + 1}
    SyncRun.objects.filter(pk=write.run_id).update(created=F("created") + 1, **counts)
