"""What is read and not mapped: what colleagues did with our people over there, and the stages deals went through."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from martech.connectors.port import Kind, RemoteRecord, Vendor, Window
from martech.models import RunKind, RunState, SyncObject, SyncRun
from martech.services.activities import take_activities
from martech.services.sync.course import Line
from martech.services.sync.patience import patient_pages, patiently
from martech.services.sync.runs import beat, carry_out, new_run
from martech.services.sync.taking import Tally
from mops.core.errors import ConflictError

FIRST = timedelta(days=30)
"""How far back activities are read the first time: an older one answers no clock that still runs."""


NOBODY = Vendor.__dataclass_fields__["activity"].default
"""What a vendor has that knows of no human activity."""


def pull_others(line: Line) -> list[SyncRun]:
    """Activities of every object that has them; a fault of one ends its run and nothing else."""
    objects = SyncObject.objects.filter(connection=line.connection, kind=Kind.ACTIVITY, is_enabled=True)
    return [run for object in objects if (run := pull_activities(line, object)) is not None]


def pull_activities(line: Line, object: SyncObject) -> SyncRun | None:
    if line.vendor.activity is NOBODY:
        return None
    run = new_run(line.connection, RunKind.PULL, object=object)
    try:
        carry_out(run, lambda: take_window(line, object, run))
    except ConflictError:
        SyncRun.objects.filter(pk=run.pk).update(state=RunState.CANCELLED)
    return run


def take_window(line: Line, object: SyncObject, run: SyncRun) -> None:
    """Read what changed since the cursor; an activity that comes again is no news, so pages need no position."""
    capability = line.vendor.objects[object.name]
    since = (object.cursor_at or run.created_at - FIRST) - timedelta(seconds=capability.lookback_seconds)
    window = Window(since, run.created_at)
    fields = capability.default_fields
    for page in patient_pages(lambda at: line.connector.changes(object.name, fields, window=window, position=at), None):
        kept = take_activities(connection=line.connection, vendor=line.vendor, object=object.name, records=page.records)
        new = min(kept.new, len(page.records))
        Tally(created=new, skipped=len(page.records) - new).add_to(run)
        beat(run)
    SyncObject.objects.filter(pk=object.pk).update(cursor_at=run.created_at)


def with_links(line: Line, object: str, records: Sequence[RemoteRecord]) -> Sequence[RemoteRecord]:
    """The records with whom they concern, where the vendor keeps that apart."""
    found = defaultdict(list)
    ids = [record.id for record in records]
    for name in line.vendor.objects[object].link_objects if ids else ():
        for link in patiently(lambda to=name: line.connector.links(object, to, ids)):  # type: ignore[misc]
            found[link.from_id].append(link)
    return [replace(record, links=tuple(found[record.id])) if found[record.id] else record for record in records]
