"""Applying a plan: exactly what was approved, batch by batch; every outcome known or said to be unknown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from martech.connectors.errors import CutShort, Misconfigured, Reason, RetryNow, RowRefused, Throttled, VendorError
from martech.connectors.port import Action, Outcome, RemoteRecord, Value, Write, WriteResult
from martech.models import PlannedWrite, SyncEcho, SyncRun, WriteState
from martech.services.sync.already_there import link_existing, read_value
from martech.services.sync.consent import denied, reason_of, wait_for_consent
from martech.services.sync.course import Course, Line
from martech.services.sync.dead_letters import Death, bury, doubt_schema, raise_up
from martech.services.sync.drafting import plan_rows, their_key, type_of
from martech.services.sync.keys import is_same, records_of_keys
from martech.services.sync.leaving_out import count_left_out
from martech.services.sync.overwriting import editors_before
from martech.services.sync.patience import ATTEMPTS, patiently, pause, wait_for
from martech.services.sync.runs import beat
from martech.services.sync.sent import note_sent
from martech.services.sync.taking import Tally
from martech.sync.plans import plan_hash
from martech.sync.values import digest, same
from mops.core.errors import ConflictError

ECHO = timedelta(hours=24)
RESENDS = 3


def apply_push(line: Line, course: Course, run: SyncRun) -> None:
    """Write the approved plan. Begun again after a death, it first finds out what the last batch did.

    Raises ConflictError when the plan is not the one that was hashed, or the mapping changed since.
    """
    refuse_changed_plan(course, run)
    for _turn in range(RESENDS):
        settle_unknown(line, course, run)
        for batch in batches(line, course, run):
            send(line, course, run, batch)
        if not PlannedWrite.objects.filter(run=run, state=WriteState.UNKNOWN).exists():
            break
    count_left(run)


def refuse_changed_plan(course: Course, run: SyncRun) -> None:
    if run.mapping_id != course.version.pk:
        raise ConflictError("The mapping was changed since this plan was made; plan again.")
    if plan_hash(course.version.pk, run.plan.get("until", ""), plan_rows(run)) != run.plan_hash:
        raise ConflictError("The rows of this plan are not those that were approved; nothing was written.")


def batches(line: Line, course: Course, run: SyncRun) -> Iterator[list[PlannedWrite]]:
    """Rows still to be sent, of one action and at most one call each."""
    size = line.vendor.objects[course.object.name].batch
    for action in (Action.UPDATE, Action.UPSERT, Action.CREATE):
        while rows := list(
            PlannedWrite.objects.filter(run=run, state=WriteState.PLANNED, action=action).order_by("id")[:size]
        ):
            yield rows


def send(line: Line, course: Course, run: SyncRun, batch: Sequence[PlannedWrite]) -> None:
    """One call: look again, ask for consent, open the echo ledger, write, and note what became of each row."""
    held = denied(course, batch)
    settle(
        course,
        run,
        [
            (row, WriteState.DENIED, reason_of(why), str(why.label))
            for row in batch
            if (why := held.get(row.local_id)) is not None
        ],
    )
    wait_for_consent(course, held)
    rows = fresh(line, course, run, [row for row in batch if row.local_id not in held])
    if not rows:
        return
    open_echoes(course, rows)
    known, new = [row for row in rows if row.external_id], [row for row in rows if not row.external_id]
    left, editors = {row.pk for row in rows}, editors_before(line, course, rows)
    try:
        for part in (known, new):
            for told, results in write(line, course, part):
                with transaction.atomic():
                    note_results(course, run, told, results, editors)
                    SyncRun.objects.filter(pk=run.pk).update(calls=line.budget.calls)
                    beat(run)
                left -= {row.pk for row in told}
    except VendorError:
        # An error is raised for what had no effect: whoever goes on with the plan need not ask what became of these.
        PlannedWrite.objects.filter(pk__in=left, state=WriteState.SENDING).update(state=WriteState.PLANNED)
        raise


@dataclass
class Look:
    """What a second look before writing says of the rows."""

    go: list[PlannedWrite] = field(default_factory=list)
    stale: list[PlannedWrite] = field(default_factory=list)
    gone: list[PlannedWrite] = field(default_factory=list)
    foreign: list[PlannedWrite] = field(default_factory=list)
    done: list[PlannedWrite] = field(default_factory=list)


def fresh(line: Line, course: Course, run: SyncRun, rows: Sequence[PlannedWrite]) -> list[PlannedWrite]:
    """Rows whose target still says what the plan saw. Others are marked, never overwritten."""
    link_existing(line, course, rows)
    updates = [row for row in rows if row.external_id]
    look = Look(go=[row for row in rows if not row.external_id])
    if updates:
        fields = sorted({name for row in updates for name in row.after})
        ids = [row.external_id for row in updates]
        records = patiently(lambda: line.connector.read(course.object.name, fields, ids))
        found = {alias: record for record in records for alias in record.alias_ids}
        found.update({record.id: record for record in records})
        for row in updates:
            sort_row(course, look, row, found.get(row.external_id))
    settle(
        course, run, [(row, WriteState.STALE, "", "It was changed over there since the plan.") for row in look.stale]
    )
    settle(
        course, run, [(row, WriteState.FAILED, Reason.NOT_FOUND, "The record is gone over there.") for row in look.gone]
    )
    taken = "The record that is there carries another id of ours, or of another installation."
    settle(course, run, [(row, WriteState.FAILED, Reason.CONFLICT, taken) for row in look.foreign])
    settle(course, run, [(row, WriteState.SKIPPED, "", "It says so already.") for row in look.done])
    return look.go


def sort_row(course: Course, look: Look, row: PlannedWrite, record: RemoteRecord | None) -> None:
    if record is None:
        look.gone.append(row)
        return
    now = {name: read_value(course, name, record.values.get(name)) for name in row.after}
    if row.action != Action.UPDATE and not keeps_key(course, row, now):
        look.foreign.append(row)
    elif all(same(type_of(course, name), now[name], value) for name, value in row.after.items()):
        look.done.append(row)
    elif row.action != Action.UPDATE:
        look.go.append(row)  # found by its match field just now: what it has is not ours to judge, the rules were asked
    elif any(not same(type_of(course, name), now[name], value) for name, value in row.before.items()):
        look.stale.append(row)
    else:
        look.go.append(row)


def keeps_key(course: Course, row: PlannedWrite, now: Mapping[str, Value]) -> bool:
    """Whether a record that was found over there may be this one of ours: it carries our id or none. The id of somebody
    who was merged into this person is left as it is."""
    for name in now.keys() & their_key(course):
        carried = now[name]
        if carried and not is_same(carried, row.after[name]):
            row.after = {field: value for field, value in row.after.items() if field != name}
            return records_of_keys(course.mapping.kind, [carried]).get(str(carried)) == row.local_id
    return True


def open_echoes(course: Course, rows: Sequence[PlannedWrite]) -> None:
    """Before the write: what comes back soon is our own voice. Then the rows are being sent, should we die."""
    expires = timezone.now() + ECHO
    with transaction.atomic():
        SyncEcho.objects.bulk_create(
            SyncEcho(
                object=course.object, external_id=row.external_id, field=name, digest=digest(value), expires_at=expires
            )
            for row in rows
            if row.external_id
            for name, value in row.after.items()
        )
        rows_now = PlannedWrite.objects.filter(pk__in=[row.pk for row in rows])
        rows_now.update(state=WriteState.SENDING, written_at=timezone.now())


Told = Iterator[tuple[Sequence[PlannedWrite], list[WriteResult]]]
"""Rows and what became of them, as soon as it is known: a later call may fail."""


def write(line: Line, course: Course, rows: Sequence[PlannedWrite]) -> Told:
    """Write one batch; a batch refused as a whole is halved until the row that poisons it stands alone."""
    left, attempt = list(rows), 1
    while left:
        try:
            writes = [as_write(line, course, row) for row in left]
            yield left, complete(writes, line.connector.write(course.object.name, writes))
            return
        except CutShort as cut:
            keys, error = {result.key for result in cut.results}, cut.error
            yield [row for row in left if str(row.pk) in keys], list(cut.results)
            left = [row for row in left if str(row.pk) not in keys]
        except VendorError as whole:
            error = whole
        if not isinstance(error, RetryNow | Throttled) or attempt == ATTEMPTS:
            yield from refused(line, course, left, error)
            return
        pause(wait_for(error, attempt))
        attempt += 1


def refused(line: Line, course: Course, rows: Sequence[PlannedWrite], error: VendorError) -> Told:
    """What an error that no waiting helps with makes of rows that were not written; raises what is not about rows."""
    if isinstance(error, RetryNow | Throttled):
        yield rows, [failed(row, Reason.LOCKED, error.detail, is_retryable=True) for row in rows]
    elif not isinstance(error, Misconfigured | RowRefused):
        raise error
    elif len(rows) == 1:
        reason = error.reason if isinstance(error, RowRefused) else Reason.UNKNOWN_FIELD
        yield rows, [failed(rows[0], reason, error.detail)]
    else:
        middle = len(rows) // 2
        yield from write(line, course, rows[:middle])
        yield from write(line, course, rows[middle:])


def complete(writes: Sequence[Write], results: Sequence[WriteResult]) -> list[WriteResult]:
    """A row that the answer says nothing of is unknown, whatever the others say."""
    known = {result.key: result for result in results}
    return [
        known.get(row.key) or WriteResult(row.key, Outcome.UNKNOWN, message="The answer did not name it.")
        for row in writes
    ]


def failed(row: PlannedWrite, reason: str, message: str, *, is_retryable: bool = False) -> WriteResult:
    return WriteResult(str(row.pk), Outcome.FAILED, reason=reason, message=message, is_retryable=is_retryable)


def as_write(line: Line, course: Course, row: PlannedWrite) -> Write:
    values = {
        name: line.connector.encode(course.schema[name], value) if name in course.schema else value
        for name, value in row.after.items()
    }
    if row.external_id:
        return Write(str(row.pk), Action.UPDATE, values, id=row.external_id)
    match = (row.match[0], str(row.match[1])) if row.match and row.action == Action.UPSERT else None
    if match:
        values.pop(match[0], None)
    return Write(str(row.pk), Action(row.action), values, match=match)


STATES: Mapping[Outcome, str] = {
    Outcome.CREATED: WriteState.CREATED,
    Outcome.UPDATED: WriteState.UPDATED,
    Outcome.UNKNOWN: WriteState.UNKNOWN,
    Outcome.FAILED: WriteState.FAILED,
}


def note_results(
    course: Course,
    run: SyncRun,
    rows: Sequence[PlannedWrite],
    results: Sequence[WriteResult],
    editors: Mapping[int, str],
) -> None:
    """What became of each row; `editors` are those whose owner was written over, by row."""
    by_key = {str(row.pk): row for row in rows}
    answered = [(by_key[result.key], result) for result in results]
    for row, result in answered:
        take_result(row, result)
    done = [row for row, result in answered if result.outcome in WRITTEN]
    note_sent(course, run, done, editors)
    PlannedWrite.objects.bulk_update(rows, ["state", "reason", "field", "message", "external_id", "written_at"])
    states = [row.state for row, _result in answered]
    tally = Tally(
        created=states.count(WriteState.CREATED),
        updated=states.count(WriteState.UPDATED),
        failed=states.count(WriteState.FAILED),
    )
    tally.add_to(run)
    deaths = [death_of(row, result) for row, result in answered if row.state == WriteState.FAILED]
    bury(course.object, "push", deaths, run=run)
    doubt_schema(course.object, deaths)
    raise_up(course.object, "push", local_ids=[row.local_id for row in done])


WRITTEN = (Outcome.CREATED, Outcome.UPDATED)


def take_result(row: PlannedWrite, result: WriteResult) -> None:
    """Say in the row what became of it; one that is there already is linked now and updated next."""
    row.state = STATES[result.outcome]
    if result.outcome in WRITTEN:
        row.external_id = result.id or row.external_id
    elif result.existing_id and not row.external_id:
        row.external_id, row.state = result.existing_id, WriteState.PLANNED
    row.reason, row.field, row.message = result.reason, result.field, result.message[:500]
    row.written_at = timezone.now()


def death_of(row: PlannedWrite, result: WriteResult) -> Death:
    reason = result.reason or Reason.OTHER
    return Death(row.external_id, row.local_id, reason, result.field, result.message, result.is_retryable)


def settle(course: Course, run: SyncRun, outcomes: Sequence[tuple[PlannedWrite, str, str, str]]) -> None:
    """Mark rows that are not written, with the reason, and count them."""
    if not outcomes:
        return
    tally = Tally()
    for row, state, reason, message in outcomes:
        row.state, row.reason, row.message = state, reason, message[:500]
        tally.skipped += state in (WriteState.DENIED, WriteState.SKIPPED)
        tally.conflicted += state == WriteState.STALE
        tally.failed += state == WriteState.FAILED
    with transaction.atomic():
        PlannedWrite.objects.bulk_update([row for row, *_ in outcomes], ["state", "reason", "message", "external_id"])
        tally.add_to(run)
        note_sent(course, run, [row for row, state, *_rest in outcomes if state == WriteState.SKIPPED])
        deaths = [
            Death(row.external_id, row.local_id, reason, "", message)
            for row, state, reason, message in outcomes
            if state == WriteState.FAILED
        ]
        bury(course.object, "push", deaths, run=run)


def settle_unknown(line: Line, course: Course, run: SyncRun) -> None:
    """Read back what a broken call may have written: written rows are counted, the others are sent once more."""
    rows = list(PlannedWrite.objects.filter(run=run, state__in=[WriteState.SENDING, WriteState.UNKNOWN]).order_by("id"))
    size = line.vendor.objects[course.object.name].batch
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        link_existing(line, course, part)
        known = [row for row in part if row.external_id]
        fields = sorted({name for row in known for name in row.after})
        ids = [row.external_id for row in known]
        found = {}
        if ids:
            found = {r.id: r for r in patiently(lambda f=fields, i=ids: line.connector.read(course.object.name, f, i))}  # type: ignore[misc]
        with transaction.atomic():
            note_read_back(course, run, part, found)


def note_read_back(
    course: Course, run: SyncRun, rows: Sequence[PlannedWrite], found: Mapping[str, RemoteRecord]
) -> None:
    written, again = [], []
    for row in rows:
        record = found.get(row.external_id)
        now = {name: read_value(course, name, record.values.get(name)) for name in row.after} if record else {}
        if record and all(same(type_of(course, name), now[name], value) for name, value in row.after.items()):
            row.state = WriteState.UPDATED if row.action == Action.UPDATE else WriteState.CREATED
            row.message, row.written_at = "Read back: it was written.", timezone.now()
            written.append(row)
        elif row.external_id or row.action == Action.UPSERT:
            row.state = WriteState.PLANNED
            again.append(row)
        else:
            row.state = WriteState.UNKNOWN  # it may only be late to be seen: a pull will show it
    note_sent(course, run, written)
    tally = Tally(created=sum(row.state == WriteState.CREATED for row in written))
    tally.updated = len(written) - tally.created
    tally.add_to(run)
    PlannedWrite.objects.bulk_update(rows, ["state", "message", "written_at", "external_id"])


def count_left(run: SyncRun) -> None:
    """What is still not known when the run ends is counted as that, and what was left out as not written."""
    left = PlannedWrite.objects.filter(run=run, state__in=[WriteState.UNKNOWN, WriteState.SENDING, WriteState.PLANNED])
    Tally(unknown=left.count(), skipped=count_left_out(run)).add_to(run)
