"""Rounds: what is due of a connection, one object after the other; and the runs that somebody asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from governance.models import User
from martech.connectors.errors import VendorError
from martech.connectors.port import Kind as ObjectKind
from martech.models import (
    Connection,
    ConnectionState,
    MappingVersion,
    RemoteRow,
    RunKind,
    RunState,
    SyncObject,
    SyncRun,
    SyncWork,
)
from martech.services.sync.applying_push import apply_push
from martech.services.sync.comparing import compare
from martech.services.sync.connections import MAPPED, refresh_schema
from martech.services.sync.course import Course, Line, course_by
from martech.services.sync.due_rounds import be_due
from martech.services.sync.journal import read_journal
from martech.services.sync.owners import pull_owners
from martech.services.sync.planning_push import nothing_to_plan, plan_push
from martech.services.sync.pulling import SKEW, backfill, graves_seen, graves_window, pull, window_of
from martech.services.sync.runs import (
    LEASE,
    STOPPING,
    WAITING,
    WRITING,
    blame,
    carry_out,
    drop_empty,
    look_again,
    new_run,
    on_their_lines,
)
from martech.services.sync.stopping import free_at, is_stopped
from martech.services.sync.streams import AFTER_PEOPLE, BEFORE_PEOPLE, pull_streams
from martech.services.sync.sweeping import sweep_links
from martech.services.sync.taking_streams import WAYS
from martech.services.sync.tombstones import pull_tombstones
from martech.services.sync.undoing import plan_undo
from mops.core.errors import ConflictError, DomainError
from mops.core.sql import execute
from mops.core.versions import VersionState, published_among
from mops.core.work import Kind, postpone

SCHEMA_AGE = timedelta(hours=6)
OF_THE_CONNECTION = [error.__name__ for error in (*WAITING, *STOPPING)]
"""Errors that keep all of a connection from going on, not one object."""


@dataclass
class Round:
    """What a round is to do, and the runs it made."""

    line: Line
    actor: User | None = None
    pulls: bool = True
    pushes: bool = True
    backfills: bool = False
    is_approved: bool = False
    runs: list[SyncRun] = field(default_factory=list)
    streams: list[SyncRun] = field(default_factory=list)

    def run(self, object: SyncObject | None, kind: str, work: Callable[[SyncRun], None]) -> bool:
        run = new_run(self.line.connection, kind, object=object, actor=self.actor)
        self.runs.append(run)
        self.line.budget.calls = 0
        try:
            return carry_out(run, lambda: work(run), lambda: self.line.budget.calls)
        except ConflictError as busy:
            SyncRun.objects.filter(pk=run.pk).update(
                state=RunState.CANCELLED, problem={"detail": busy.detail}, finished_at=timezone.now()
            )
            return True


def objects_of(connection: Connection) -> list[SyncObject]:
    rows = SyncObject.objects.filter(connection=connection, is_enabled=True).select_related("connection")
    return list(rows.order_by("order", "pk"))


def do_round(round: Round) -> list[SyncRun]:
    """The journal, owners and campaigns, then every object: schema, tombstones, changes, and what of ours is to be written; then what
    is said of them. A vendor that does not answer ends the round; a fault of one object does not touch the others."""
    line, began = round.line, timezone.now()
    if round.pulls:
        read_journal(line)
        if not read_owners(round):
            return round.runs
        round.streams += pull_streams(line, BEFORE_PEOPLE, began)
    goes_on = all(do_object(round, object) for object in objects_of(line.connection) if object.kind in MAPPED)
    if goes_on and round.pulls:
        round.streams += pull_streams(line, AFTER_PEOPLE, began)
    settle_problem(round)
    return round.runs


def read_owners(round: Round) -> bool:
    """Who may own records over there, unless they are left out; answers whether the round may go on. A fault is a run of its
    own that failed: records come without their owners then, and the connection says so until one went well."""
    line = round.line
    newest = SyncRun.objects.filter(object=OuterRef("pk"), kind=RunKind.PULL).order_by("-pk").values("state")[:1]
    rows = SyncObject.objects.filter(connection=line.connection, kind=ObjectKind.OWNER, is_enabled=True)
    object = rows.annotate(last=Subquery(newest)).first()
    if object is None:
        return True
    try:
        pull_owners(line)
    except VendorError as error:
        return round.run(object, RunKind.PULL, partial(fail, error))
    return object.last != RunState.FAILED or round.run(object, RunKind.PULL, lambda run: None)


def fail(error: VendorError, _run: SyncRun) -> None:
    raise error


def settle_problem(round: Round) -> None:
    """After a round that nothing kept waiting the connection itself has no problem; a fault of one object is that of its run."""
    rows = Connection.objects.filter(pk=round.line.connection.pk, state=ConnectionState.ACTIVE)
    runs = SyncRun.objects.filter(pk__in=[run.pk for run in (*round.runs, *round.streams)])
    ended_early = runs.filter(state__in=[RunState.FAILED, RunState.DEFERRED, RunState.APPROVED])
    if round.runs and not ended_early.filter(problem__class__in=OF_THE_CONNECTION).exists():
        rows.update(problem={}, paused_until=None)


def run_state(run: SyncRun) -> str:
    return SyncRun.objects.values_list("state", flat=True).get(pk=run.pk)


def do_object(round: Round, object: SyncObject) -> bool:
    """Pull and push of one object; answers whether the round may go on."""
    line = round.line
    if object.schema_at is None or object.schema_at < timezone.now() - SCHEMA_AGE:
        try:
            refresh_schema(line, object)
        except VendorError as error:
            if not blame(line.connection, error):
                return False
    if not object.versions.filter(state=VersionState.PUBLISHED).exists():
        return True
    goes_on = True
    if round.pulls:
        goes_on = pull_object(round, object)
    if goes_on and round.pushes and line.vendor.objects[object.name].can_write and not is_half_read(object):
        goes_on = push_object(round, object)
    return goes_on


def is_half_read(object: SyncObject) -> bool:
    """Whether somebody paused the first reading: who is there already is not known, and would be made a second time."""
    return is_stopped(object) and SyncObject.objects.filter(pk=object.pk, backfilled_at=None).exists()


def pull_object(round: Round, object: SyncObject) -> bool:
    """The first time everything is read, from then on what changed; the cursor is set before the first page is."""
    line = round.line
    is_due = round.backfills or object.backfilled_at is None or was_deferred(object)
    if is_due and not is_stopped(object):
        if object.cursor_at is None:
            SyncObject.objects.filter(pk=object.pk).update(cursor_at=timezone.now() - SKEW)
        done = round.run(object, RunKind.BACKFILL, lambda run: backfill(line, the_course(object, run), run))
        if not done or run_state(round.runs[-1]) != RunState.DONE:
            return done
    return round.run(object, RunKind.PULL, lambda run: pull_changes(line, the_course(object, run), run))


def was_deferred(object: SyncObject) -> bool:
    """Whether everything was being read when the vendor let us wait."""
    last = SyncRun.objects.filter(object=object, kind=RunKind.BACKFILL).order_by("-pk").values_list("state", flat=True)
    return object.backfill_position is not None and last.first() == RunState.DEFERRED


def pull_changes(line: Line, course: Course, run: SyncRun) -> None:
    graves = graves_window(course.object, window_of(line, course.object))
    pull(line, course, run)
    pull_tombstones(line, course, graves)
    graves_seen(course.object, graves, line.vendor.objects[course.object.name].lookback_seconds)
    sweep_links(line, course)


def the_course(object: SyncObject, run: SyncRun | None = None) -> Course:
    """The course of an object as it is now; the run notes by which mapping it goes."""
    versions = MappingVersion.objects.filter(object=object.pk).select_related("object__connection")
    version = published_among(versions)
    if version is None:
        raise DomainError("There is no mapping in force.", errors={"mapping": ["Publish one first."]})
    course = course_by(version, run)
    if run is not None:
        SyncRun.objects.filter(pk=run.pk).update(mapping=version)
    return course


def push_object(round: Round, object: SyncObject) -> bool:
    """Plan, and apply what needs nobody's approval. A plan that waits is not made twice."""
    line = round.line
    open_plans = SyncRun.objects.filter(object=object, state__in=[RunState.HELD, RunState.APPROVED, RunState.RUNNING])
    if open_plans.filter(kind__in=WRITING).exists():
        take_up_dead(object)
        drop_outdated(object)
        if not apply_approved(round, object, RunKind.UNDO):
            return False
        if open_plans.filter(kind=RunKind.PUSH).exclude(state=RunState.RUNNING).exists():
            return go_on_with_plan(round, object)
    course = the_course(object)
    if nothing_to_plan(line, course):
        return True
    run = new_run(line.connection, RunKind.PUSH, object=object, actor=round.actor, mapping=course.version)
    round.runs.append(run)
    plan_push(line, replace(course, run=run), run)
    if run.state == RunState.HELD and round.is_approved:
        approve_run(run=run, actor=round.actor)
        run.refresh_from_db()
    if run.state == RunState.APPROVED:
        return apply_run(round, run)
    if run.state == RunState.DONE:
        drop_empty(run)
        round.runs = [one for one in round.runs if one.pk != run.pk] if run.plan.get("rows") == 0 else round.runs
    return True


def take_up_dead(object: SyncObject) -> None:
    """A push, or the undoing of one, whose worker died is gone on with: it first reads back what the last call did."""
    writing = SyncRun.objects.filter(object=object, state=RunState.RUNNING, kind__in=WRITING)
    dead = writing.exclude(plan_hash="").filter(beat_at__lt=timezone.now() - LEASE)
    dead.update(state=RunState.APPROVED)


def drop_outdated(object: SyncObject) -> None:
    """A plan that waits since before the mapping was changed may not be applied any more: a new one takes its place."""
    held = SyncRun.objects.filter(object=object, kind=RunKind.PUSH, state=RunState.HELD)
    outdated = held.exclude(mapping=published_among(object.versions.all()))
    said = {"detail": "The mapping was changed since this plan was made; a new plan takes its place."}
    outdated.update(state=RunState.CANCELLED, problem=said, finished_at=timezone.now())


def go_on_with_plan(round: Round, object: SyncObject) -> bool:
    runs = SyncRun.objects.filter(object=object, kind=RunKind.PUSH, state=RunState.HELD)
    if round.is_approved:
        for held in runs:
            approve_run(run=held, actor=round.actor)
    return apply_approved(round, object, RunKind.PUSH)


def apply_approved(round: Round, object: SyncObject, kind: str) -> bool:
    """Apply the approved plans of a kind, oldest first; answers whether the round may go on."""
    goes_on = True
    for run in SyncRun.objects.filter(object=object, kind=kind, state=RunState.APPROVED).order_by("pk"):
        round.runs.append(run)
        goes_on = goes_on and apply_run(round, run)
    return goes_on


def apply_run(round: Round, run: SyncRun) -> bool:
    """Apply an approved plan."""
    line = round.line
    object = SyncObject.objects.get(pk=run.object_id)
    run = SyncRun.objects.get(pk=run.pk)
    line.budget.calls = run.calls
    try:
        return carry_out(run, lambda: apply_push(line, the_course(object, run), run), lambda: line.budget.calls)
    except ConflictError as refused:
        SyncRun.objects.filter(pk=run.pk).update(
            state=RunState.CANCELLED, problem={"detail": refused.detail}, finished_at=timezone.now()
        )
        look_again(run)
        return True


def approve_run(*, run: SyncRun, actor: User | None) -> None:
    """Let a held plan go. Raises ConflictError when it is no longer waiting."""
    changed = SyncRun.objects.filter(pk=run.pk, state__in=[RunState.HELD, RunState.PLANNED]).update(
        state=RunState.APPROVED, approved_by=actor, approved_at=timezone.now()
    )
    if not changed:
        raise ConflictError("This run does not wait for approval any more.")
    be_due([run.connection_id])


def reject_run(*, run: SyncRun, actor: User | None) -> None:
    """Drop a plan; a later one looks at the same changes again."""
    changed = SyncRun.objects.filter(pk=run.pk, state__in=[RunState.HELD, RunState.PLANNED]).update(
        state=RunState.CANCELLED, approved_by=actor, finished_at=timezone.now()
    )
    if not changed:
        raise ConflictError("This run does not wait for approval any more.")
    if run.plan.get("is_first"):
        SyncObject.objects.filter(pk=run.object_id).update(pushed_at=None)  # the next plan is a first one again
    look_again(run)


def work_through(rows: Sequence[SyncWork]) -> None:
    """One claimed round or run. Everything inside commits by itself and may be begun again."""
    on_their_lines(rows, work_on)


def work_on(line: Line, row: SyncWork) -> None:
    if row.run is None:
        do_round(Round(line))
    elif is_elsewhere(row, row.run) and (at := free_at(row.run)):
        postpone([row], until=at)
    else:
        do_requested(Round(line), row.run)


def is_elsewhere(row: SyncWork, run: SyncRun) -> bool:
    """Whether a backfill that is to go on may still be a round's, whose worker has not let go of it: this work is new then."""
    is_claimed_first = run.state == RunState.RUNNING and row.attempts == 1
    return run.kind == RunKind.BACKFILL and (run.state == RunState.WAITING or is_claimed_first)


def do_requested(round: Round, run: SyncRun) -> None:
    """A run that somebody asked for."""
    line, object = round.line, run.object
    if run.state in (RunState.DONE, RunState.CANCELLED, RunState.FAILED, RunState.DEFERRED, RunState.PAUSED):
        return
    tasks: dict[str, Callable[[], None]] = {
        RunKind.BACKFILL: lambda: backfill(line, the_course(object, run), run),  # type: ignore[arg-type]
        RunKind.PULL: lambda: pull_changes(line, the_course(object, run), run),  # type: ignore[arg-type]
        RunKind.COMPARE: lambda: compare(line, the_course(object, run), run),  # type: ignore[arg-type]
    }
    if run.kind in tasks:
        line.budget.calls = run.calls
        carry_out(run, tasks[run.kind], lambda: line.budget.calls)
    elif run.state == RunState.APPROVED:
        apply_run(round, run)
    elif run.kind == RunKind.UNDO and run.state == RunState.WAITING:
        plan_undo(line, run)


SYNC = Kind("sync", SyncWork, work_through, batch=1, lease=LEASE, max_attempts=20, is_atomic=False)
FORGET = timedelta(days=30)


def forget_old() -> None:
    """Echoes that are over, done work, and what waited for somebody who never came."""
    now = timezone.now()
    RemoteRow.objects.filter(due_at__lt=now - FORGET, local_id=None, object__kind__in=WAYS).delete()
    execute("delete from martech_syncecho where expires_at < %s", now)
    SyncWork.objects.filter(Q(state="done"), finished_at__lt=now - FORGET).delete()
