"""Pulls and backfills of one object: page after page, each committed together with the position behind it."""

import queue
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone

from martech.connectors.errors import PositionLost, VendorError
from martech.connectors.marketing import StageEntered
from martech.connectors.port import Page, Position, RemoteRecord, Window
from martech.models import RemoteRow, RunState, SyncObject, SyncRun
from martech.services.arrivals import FEW
from martech.services.sync.course import Course, Line
from martech.services.sync.following import Brought, accounts_of, ask_links, linked_objects, news, take_links
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.missed import settle_all
from martech.services.sync.overwriting import note_editors
from martech.services.sync.patience import patient_pages
from martech.services.sync.runs import RunStopped, beat
from martech.services.sync.staging import ask_stages, has_stages, staged_anew, take_stages
from martech.services.sync.taking import take_in
from mops.core.sql import many_from

TAKEN = 4_000
"""Records taken in together: large enough for set-based work, small enough to stay below 400 MB."""
FIRST = FEW + 1
"""Of a backfill: the first portion, each further one twice as many, so that its progress shows and a pause is soon heeded."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SKEW = timedelta(hours=2)
"""How far two clocks may be apart. Where theirs is ahead, what it stamps in our future is read and the cursor stays with
our present; where it is behind, the first cursor is far enough back."""
Item = TypeVar("Item")


class Batch(NamedTuple):
    """Records that are taken in by one set of statements, and what they say; None where that could not be read at once."""

    records: Sequence[RemoteRecord]
    rows: Sequence[Incoming] | None


@dataclass(frozen=True)
class Portion:
    """Pages that are taken in together, and the associations and stages of their records as far as they were asked for."""

    pages: Sequence[Page]
    batches: Sequence[Batch]
    brought: Sequence[Brought] = ()
    entered: Sequence[StageEntered] | None = None

    @property
    def records(self) -> list[RemoteRecord]:
        return [record for batch in self.batches for record in batch.records]


def portion_of(
    reader: RecordReader,
    pages: Sequence[Page],
    brought: Sequence[Brought] = (),
    entered: Sequence[StageEntered] | None = None,
) -> Portion:
    """Reads the records, without the database: it is done while others are written."""
    records = [record for page in pages for record in page.records]
    parts = [records[start : start + TAKEN] for start in range(0, len(records), TAKEN)]
    return Portion(pages, [Batch(part, reader.read_ahead(part)) for part in parts], brought, entered)


def pull(line: Line, course: Course, run: SyncRun) -> None:
    """Read what changed since the cursor and take it in. A window that was left half-way is gone on with.

    The cursor then stands at min(highest stamp seen, begin of the window's run), `ended`: nothing that was stamped while we read
    is skipped, and the next window looks back over the vendor's lag.
    """
    object = course.object
    window = window_of(line, object)
    SyncRun.objects.filter(pk=run.pk).update(since=window.since, until=window.until)
    keep(object, window_until=window.until)
    highest = object.cursor_at
    fields, reader = fields_of(course), RecordReader(course)

    def changes(position: Position | None) -> Iterator[Page]:
        return line.connector.changes(object.name, fields, window=window, position=position)

    pages = in_portions(patient_pages(changes, object.position))
    try:
        for portion in ahead(portion_of(reader, some) for some in pages):
            highest = max([m for page in portion.pages if (m := page.seen_until)], default=highest)
            position = portion.pages[-1].position
            is_last = position is None
            step = ended(highest, window) if is_last else {"position": position}
            take_changes(line, course, run, portion, step)
    except PositionLost:
        keep(object, position=None)
        raise
    if object.window_until is not None:
        keep(object, **ended(highest, window))
    note_editors(line, course, run)


def ended(highest: datetime | None, window: Window) -> dict[str, Any]:
    """Where an object stands once its window is read: what was stamped last, or, where nothing was for long, as far behind
    our present as two clocks may be apart; what came in one rush would else be read again with every round after it."""
    began = window.until - SKEW
    reached = max(min(highest, began), began - SKEW) if highest else began
    return {"position": None, "window_until": None, "cursor_at": reached}


def keep(object: SyncObject, **step: Any) -> None:
    if not step:
        return
    SyncObject.objects.filter(pk=object.pk).update(**step)
    for name, value in step.items():
        setattr(object, name, value)


def window_of(line: Line, object: SyncObject) -> Window:
    look_back = timedelta(seconds=line.vendor.objects[object.name].lookback_seconds)
    since = (object.cursor_at or EPOCH) - look_back if object.cursor_at else EPOCH
    return Window(since, object.window_until or timezone.now() + SKEW)


def graves_window(object: SyncObject, window: Window) -> Window:
    """Where to look for what is gone: from the last look that came to its end, however far the cursor went meanwhile."""
    if object.graves_at is None:
        keep(object, graves_at=window.since)
    since = object.graves_at or window.since
    return Window(since, max(since, min(window.until, timezone.now())))


def graves_seen(object: SyncObject, window: Window, look_back: int) -> None:
    """Remember that look. With nothing new for weeks the cursor stays; vendors' logs of deletions do not reach so far back."""
    keep(object, graves_at=window.until - SKEW - timedelta(seconds=look_back))


def fields_of(course: Course) -> Sequence[str]:
    return course.mapping.their_fields


def backfill(line: Line, course: Course, run: SyncRun) -> None:
    """Read everything, beside the pulls. Pausing leaves the position; a later run goes on from there."""
    object, reader = course.object, RecordReader(course)
    fields, to_objects = fields_of(course), linked_objects(line, course)
    is_all_new = object.backfilled_at is None and has_stages(course)

    def everything(position: Position | None) -> Iterator[Page]:
        return line.connector.everything(object.name, fields, position=position)

    def portions() -> Iterator[Portion]:
        for pages in in_portions(patient_pages(everything, object.backfill_position), FIRST):
            ids = list(dict.fromkeys(record.id for page in pages for record in page.records))
            brought = ask_links(line, object.name, to_objects, ids)
            yield portion_of(reader, pages, brought, ask_stages(line, course, ids) if is_all_new else None)

    expect(object, run)
    for portion in ahead(portions()):
        last = portion.pages[-1]
        step: dict[str, Any] = {"backfill_position": last.position}
        if last.position is None:
            step["backfilled_at"] = timezone.now()
        take_portion(line, course, run, portion, step)
        if last.total is not None:
            SyncRun.objects.filter(pk=run.pk).update(total=last.total)
        if last.position is not None:
            stop_when_asked(run)
    keep(object, backfill_position=None, backfilled_at=object.backfilled_at or timezone.now())
    settle_all(object)
    # Paused behind the last portion: there is nothing left to go on with.
    go_on_if(run, RunState.PAUSED, RunState.WAITING)


def expect(object: SyncObject, run: SyncRun) -> None:
    """How many it will be about, until the vendor says so: as many as were there when everything was read before."""
    if object.backfilled_at is not None and object.backfill_position is None:
        known = RemoteRow.objects.filter(object=object, fate="").count()
        SyncRun.objects.filter(pk=run.pk, total=None).update(total=known)


def stop_when_asked(run: SyncRun) -> None:
    """Raises RunStopped once somebody paused or cancelled the run; one that is to go on again meanwhile goes on."""
    go_on_if(run, RunState.WAITING)
    state = SyncRun.objects.filter(pk=run.pk).values_list("state", flat=True).first()
    if state in (RunState.PAUSED, RunState.CANCELLED):
        raise RunStopped(state)


def go_on_if(run: SyncRun, *states: str) -> None:
    SyncRun.objects.filter(pk=run.pk, state__in=states).update(state=RunState.RUNNING, problem={})


def take_changes(line: Line, course: Course, run: SyncRun, portion: Portion, step: Mapping[str, Any]) -> None:
    """Ask for the associations of the records that are news here, and take both in. Mostly nothing changed."""
    if not portion.records:
        beat(run)
        keep(course.object, **step)
        return
    to_objects = linked_objects(line, course)
    brought = ask_links(line, course.object.name, to_objects, news(course, portion.records)) if to_objects else ()
    take_portion(line, course, run, replace(portion, brought=brought), step)


def take_portion(line: Line, course: Course, run: SyncRun, portion: Portion, step: Mapping[str, Any]) -> None:
    """Records, their associations, the counts and the position behind them: one transaction."""
    entered = portion.entered
    if entered is None:
        entered = ask_stages(line, course, staged_anew(course, portion.records))
    with transaction.atomic():
        many_from(FEW)
        reader = RecordReader(course)
        course.forget_portion()
        course.accounts = accounts_of(course, portion.brought)
        for batch in portion.batches:
            take_in(course, reader, batch.records, batch.rows).add_to(run)
        for one in portion.brought:
            take_links(course, one.to_object, one.ids, one.links)
        take_stages(course, entered)
        beat(run, calls=line.budget.calls)
        keep(course.object, **step)
    course.forget_portion()


def gathered(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Pages in portions worth a transaction, the next one being fetched while the last is taken in."""
    return ahead(in_portions(pages))


def in_portions(pages: Iterable[Page], first: int = TAKEN) -> Iterator[list[Page]]:
    """Pages in portions, which double from `first` records up to `TAKEN`. Those read before the vendor fails come first, the error then: the position behind them is kept,
    and with it what waits over there (an extract being written)."""
    portion: list[Page] = []
    wanted = min(first, TAKEN)
    try:
        for page in pages:
            portion.append(page)
            if sum(len(one.records) for one in portion) >= wanted or page.position is None:
                yield portion
                portion, wanted = [], min(2 * wanted, TAKEN)
    except VendorError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


TURN = 0.0005
"""Seconds for which a thread that computes may keep another waiting; Python's five thousandths were longer than most of
what the database was asked, so that whoever stores records waited for whoever reads the next."""


@contextmanager
def quick_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def ahead(items: Iterator[Item], depth: int = 1) -> Iterator[Item]:
    """The items, up to `depth` of them fetched in a thread before they are asked for; its errors come at their place."""
    ready: queue.Queue[tuple[str, object]] = queue.Queue(depth)
    is_over = threading.Event()

    def offer(entry: tuple[str, object]) -> bool:
        while not is_over.is_set():
            try:
                ready.put(entry, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def fetch() -> None:
        try:
            for item in items:
                if not offer(("item", item)):
                    return
            offer(("end", None))
        except BaseException as error:
            offer(("error", error))

    with quick_turns(), ThreadPoolExecutor(1, thread_name_prefix="pages") as pool:
        pool.submit(fetch)
        try:
            while True:
                kind, value = ready.get()
                if kind == "end":
                    return
                if kind == "error":
                    raise value  # type: ignore[misc]
                yield value  # type: ignore[misc]
        finally:
            is_over.set()
