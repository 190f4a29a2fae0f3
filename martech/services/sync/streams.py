"""What is read and not mapped: campaigns, what they cost, who is in them, lists and activities.

Pages are taken in as those of mapped objects are: rows, counts and the position behind them in one transaction, so that
a killed worker leaves nothing half-taken. The mirror keeps what each record said; one that says it again costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.connectors.errors import PositionLost
from martech.connectors.port import Kind, Page, Position, RemoteRecord, Window
from martech.models import RunKind, RunState, SyncObject, SyncRun
from martech.services.sync.connections import refresh_schema
from martech.services.sync.course import Line
from martech.services.sync.patience import patient_pages, patiently
from martech.services.sync.pulling import SKEW, ended, gathered, graves_seen, graves_window, keep
from martech.services.sync.runs import beat, carry_out, new_run
from martech.services.sync.taking_streams import (
    Stream,
    take_again,
    take_away,
    take_portion,
    take_uncovered,
    unseen_since,
)
from mops.core.errors import ConflictError
from mops.core.history import recording

BEFORE_PEOPLE = (Kind.CAMPAIGN,)
AFTER_PEOPLE = (Kind.SPEND, Kind.MEMBER, Kind.LISTED, Kind.ACTIVITY)
FIRST = timedelta(days=30)
"""How far back activities are read the first time: an older one answers no clock that still runs."""
SCHEMA_AGE = timedelta(hours=6)


def pull_streams(line: Line, kinds: Sequence[Kind], until: datetime) -> list[SyncRun]:
    """Every object of these kinds up to a moment before which its people were read; a fault of one ends its run and
    nothing else."""
    objects = SyncObject.objects.filter(connection=line.connection, kind__in=kinds, is_enabled=True)
    runs = []
    for object in objects.select_related("connection").order_by("order", "pk"):
        run = new_run(line.connection, RunKind.PULL, object=object)
        runs.append(run)
        stream, before = Stream(line, object, run, until), line.budget.calls
        try:
            if not carry_out(run, partial(pull_stream, stream), partial(calls_since, line, before)):
                break
        except ConflictError as busy:
            SyncRun.objects.filter(pk=run.pk).update(state=RunState.CANCELLED, problem={"detail": busy.detail})
    return runs


def calls_since(line: Line, before: int) -> int:
    return line.budget.calls - before


def pull_stream(stream: Stream) -> None:
    """Everything the first time, from then on what changed and what is gone; then those that waited for somebody."""
    look_at_schema(stream)
    object = stream.object
    if object.kind != Kind.ACTIVITY and object.backfilled_at is None:
        read_everything(stream)
    else:
        window = window_of(stream)
        graves = graves_window(object, window)
        read_changes(stream, window)
        read_graves(stream, graves)
        graves_seen(object, graves, stream.capability.lookback_seconds)
    take_again(stream)


def look_at_schema(stream: Stream) -> None:
    """Fields that not every account has are asked for where they are."""
    object = stream.object
    is_old = object.schema_at is None or object.schema_at < timezone.now() - SCHEMA_AGE
    if stream.capability.optional_fields and is_old:
        refresh_schema(stream.line, object)


def window_of(stream: Stream) -> Window:
    object = stream.object
    since = (object.cursor_at or stream.until - FIRST) - timedelta(seconds=stream.capability.lookback_seconds)
    return Window(since, object.window_until or max(stream.until, since) + SKEW)


def read_changes(stream: Stream, window: Window) -> None:
    object, highest = stream.object, stream.object.cursor_at
    SyncRun.objects.filter(pk=stream.run.pk).update(since=window.since, until=window.until)
    keep(object, window_until=window.until)

    def changes(position: Position | None) -> Iterator[Page]:
        return stream.line.connector.changes(object.name, stream.fields, window=window, position=position)

    try:
        for pages in gathered(patient_pages(changes, object.position)):
            highest = max(
                [m for page in pages if (m := page.seen_until)] + ([highest] if highest else []), default=None
            )
            is_last = pages[-1].position is None
            take_pages(stream, pages, ended(highest, window) if is_last else {"position": pages[-1].position})
    except PositionLost:
        keep(object, position=None)
        raise
    if object.window_until is not None:
        keep(object, **ended(highest, window))


def read_everything(stream: Stream) -> None:
    """All there is. What was not seen again by a reading that was whole is gone."""
    object, is_whole = stream.object, stream.object.backfill_position is None
    if object.cursor_at is None:
        keep(object, cursor_at=stream.until - SKEW)
    began, stream.marks = timezone.now(), True

    def everything(position: Position | None) -> Iterator[Page]:
        return stream.line.connector.everything(object.name, stream.fields, position=position)

    try:
        for pages in gathered(patient_pages(everything, object.backfill_position)):
            take_pages(stream, pages, {"backfill_position": pages[-1].position})
            if pages[-1].total is not None:
                SyncRun.objects.filter(pk=stream.run.pk).update(total=pages[-1].total)
    except PositionLost:
        keep(object, backfill_position=None)
        raise
    with transaction.atomic():
        if is_whole:
            take_away(stream, unseen_since(stream, began))
        keep(object, backfill_position=None, backfilled_at=timezone.now())


def take_pages(stream: Stream, pages: Sequence[Page], step: dict[str, Any]) -> None:
    """Records, what they say is gone, the counts and the position behind them: one transaction."""
    records = with_links(stream, [record for page in pages for record in page.records])
    covers = [parent for page in pages for parent in page.covers]
    if not records and not covers:
        beat(stream.run)
        keep(stream.object, **step)
        return
    with transaction.atomic(), recording("sync_stream", connection=stream.system):
        take_portion(stream, records).add_to(stream.run)
        take_uncovered(stream, covers, {record.id for record in records})
        beat(stream.run)
        keep(stream.object, **step)


def with_links(stream: Stream, records: Sequence[RemoteRecord]) -> Sequence[RemoteRecord]:
    """Activities with whom they concern, where the vendor keeps that apart and did not bring it."""
    found = defaultdict(list)
    ids = [record.id for record in records if not record.links]
    names = stream.capability.link_objects if ids and stream.object.kind == Kind.ACTIVITY else ()
    for name in names:
        for link in patiently(lambda to=name: stream.line.connector.links(stream.object.name, to, ids)):  # type: ignore[misc]
            found[link.from_id].append(link)
    return [replace(record, links=tuple(found[record.id])) if found[record.id] else record for record in records]


def read_graves(stream: Stream, window: Window) -> None:
    """What is gone over there. A log that does not reach back far enough makes the next round read everything."""
    if not stream.capability.has_tombstones or stream.object.kind == Kind.ACTIVITY:
        return
    for page in stream.line.connector.tombstones(stream.object.name, window=window):
        with transaction.atomic(), recording("sync_stream", connection=stream.system):
            take_away(stream, [one.id for one in page.tombstones if one.fate == "deleted"])
            if page.is_gap:
                keep(stream.object, backfilled_at=None)


def read_again(*, object: SyncObject) -> None:
    """Let the next round read everything of a stream."""
    SyncObject.objects.filter(pk=object.pk).update(backfilled_at=None, backfill_position=None)


def switch_stream(*, object: SyncObject, is_enabled: bool, actor: User | None) -> None:
    """Read an object with every round, or leave it out; what came stays."""
    with recording("switch_stream", actor=actor):
        SyncObject.objects.filter(pk=object.pk).update(is_enabled=is_enabled)
