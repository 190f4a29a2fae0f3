"""Undoing a run: what it wrote is taken back where it is still as the run left it, through the same plan and approval."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from martech.connectors.port import Action, Value
from martech.models import PlannedWrite, RemoteRow, RunKind, RunState, SyncChange, SyncRun, SyncWork
from martech.models.sync import OPEN_STATES
from martech.services.sync.course import Course, Line, course_of
from martech.services.sync.drafting import Draft, add_row, note_denied, plan_rows, their_key, type_of
from martech.services.sync.first_contact import DECIDED, Meeting, Met, meet_again
from martech.services.sync.taking import LOCALS, Tally
from martech.sync.fields import our_field
from martech.sync.guard import PlanCounts
from martech.sync.plans import plan_hash
from martech.sync.rules import Truth
from martech.sync.values import same
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.work import wake

CHUNK = 1_000


def request_undo(*, run: SyncRun, actor: Any) -> SyncRun:
    """Plan the undoing of a finished run; it waits for approval as any plan that touches what people see.

    Raises ConflictError while an undo of it is under way.
    """
    if run.state not in (RunState.DONE, RunState.FAILED, RunState.DEFERRED, RunState.CANCELLED) or run.object is None:
        raise DomainError("The run is not over.", errors={"run": ["Wait for its end, or cancel it."]})
    with transaction.atomic():
        locked = SyncRun.objects.select_for_update().get(pk=run.pk)
        if locked.undone_by.filter(state__in=OPEN_STATES).exists():
            raise ConflictError("An undo of this run is under way; look at it instead.")
        undo = SyncRun.objects.create(
            connection=run.connection, object=run.object, kind=RunKind.UNDO, reverts=run, actor=actor
        )
        SyncWork.objects.create(connection=run.connection, run=undo)
        wake("sync")
    return undo


def plan_undo(line: Line, run: SyncRun) -> None:
    """Take back here at once what a pull changed here; what a push wrote over there becomes a held plan."""
    reverted = run.reverts
    if reverted is None or run.object is None:
        return
    course = course_of(run.object, run)
    if course is None:
        raise DomainError("There is no mapping in force.", errors={"mapping": ["Publish one first."]})
    if reverted.plan_hash:
        plan_reverse_push(line, course, run, reverted)
    else:
        take_back_pull(course, run, reverted)


def take_back_pull(course: Course, run: SyncRun, reverted: SyncRun) -> None:
    """Set fields back whose value is still the run's. Records that the run made stay, and are counted as skipped."""
    now = timezone.now()
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=now, beat_at=now)
    local = LOCALS[course.mapping.kind]
    with transaction.atomic(), recording("undo_sync_run", actor=run.actor, connection=course.system, run=reverted.pk):
        tally = Tally()
        rows = list(SyncChange.objects.filter(run=reverted).order_by("-pk"))
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            names = sorted({name for row in part for name in row.after})
            ours = local.load({row.local_id for row in part}, names) if names else {}
            back: dict[int, dict[str, Value]] = {}
            for row in part:
                restore_row(course, row, ours, back, tally)
            if back:
                local.change(course, back)
                note(run, course, back, part)
                mark_due(course, list(back))
                hold_again(course, back, part, is_decision=reverted.kind == RunKind.DECISION)
        tally.add_to(run)
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.DONE, finished_at=timezone.now())


def restore_row(
    course: Course, row: SyncChange, ours: dict[int, dict[str, Value]], back: dict[int, dict[str, Value]], tally: Tally
) -> None:
    if row.before is None:
        tally.skipped += 1
        return
    mine = ours.get(row.local_id, {})
    found = {}
    for name, value in row.after.items():
        known = our_field(course.mapping.kind, name)
        if known and same(known.type, mine.get(name), value):
            found[name] = row.before.get(name)
    if not found:
        tally.unchanged += 1
    elif len(found) < len(row.after):
        tally.conflicted += 1
    else:
        tally.updated += 1
    if found:
        back.setdefault(row.local_id, {}).update(found)
        mine.update(found)


def note(run: SyncRun, course: Course, back: dict[int, dict[str, Value]], part: Sequence[SyncChange]) -> None:
    was = {row.local_id: row for row in part}
    SyncChange.objects.bulk_create(
        SyncChange(
            run=run,
            kind=course.mapping.kind,
            local_id=pk,
            external_id=was[pk].external_id,
            before={name: was[pk].after.get(name) for name in values},
            after=values,
            why=dict.fromkeys(values, "the run was taken back"),
        )
        for pk, values in back.items()
    )


def hold_again(
    course: Course, back: dict[int, dict[str, Value]], part: Sequence[SyncChange], *, is_decision: bool
) -> None:
    """What was decided is to be decided again; and so is a field of which theirs counts, else it came back by itself."""
    rules = {rule.ours: rule for rule in course.mapping.rules}
    held = [
        Meeting(row.external_id, row.local_id, name, Met((row.before or {}).get(name), value))
        for row in part
        for name, value in row.after.items()
        if row.external_id
        and name in back.get(row.local_id, {})
        and name in rules
        and (is_decision or rules[name].truth is Truth.THEIRS)
        and rules[name].truth in DECIDED
    ]
    if held:
        meet_again(course, held)


def mark_due(course: Course, ids: Sequence[int]) -> None:
    """Where their value is not right, ours is to be sent again."""
    RemoteRow.objects.filter(object=course.object, local_id__in=ids, due_at=None).update(due_at=timezone.now())


def plan_reverse_push(line: Line, course: Course, run: SyncRun, reverted: SyncRun) -> None:
    """The opposite of each written row, where it still says over there what we wrote; apply looks once more. Our id in
    the record says nothing of it and stays."""
    draft, own = Draft(course, line, run, PlanCounts()), their_key(course)
    written = PlannedWrite.objects.filter(run=reverted, state="updated").exclude(external_id="")
    for row in written.iterator(CHUNK):
        before = {
            name: value
            for name, value in row.before.items()
            if name not in own and not same(type_of(course, name), value, row.after.get(name))
        }
        if before:
            now = {name: row.after.get(name) for name in before}
            add_row(draft, row.local_id, Action.UPDATE, now, before, row.external_id, None)
    until = timezone.now().isoformat()
    note_denied(draft)
    with transaction.atomic():
        PlannedWrite.objects.bulk_create(draft.rows, batch_size=2_000)
        made = PlannedWrite.objects.filter(run=reverted, state="created").count()
        plan = {
            **draft.counts.as_json(),
            "held_by": ["An undo always waits for approval."],
            "until": until,
            "stays": made,
        }
        SyncRun.objects.filter(pk=run.pk).update(
            plan=plan,
            plan_hash=plan_hash(course.version.pk, until, plan_rows(run)),
            mapping=course.version,
            state=RunState.HELD if draft.rows else RunState.DONE,
        )
