"""What the page of a run says: its plan in figures, its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from martech.connectors.port import RemoteField
from martech.models import Connection, RunKind, RunState, SyncRun, WriteState
from martech.models.sync import COUNTS
from martech.selectors import sync_rows
from martech.selectors.sync import run_rows
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_rows import ShownChange
from martech.services.sync.leaving_out import count_left_out
from martech.sync.drift import from_json

SHOWN_ROWS = 25
LAST = 12
FIRST = (WriteState.FAILED, WriteState.UNKNOWN, WriteState.STALE, WriteState.DENIED)


@dataclass(frozen=True)
class FieldLine:
    """A field of theirs that a plan changes: in how many records, how many of those it empties, and its commonest steps as
    (from, to, how often)."""

    name: str
    label: str
    number: int
    emptied: int
    moves: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class PlanLines:
    """A plan in figures. `share` is the part of all linked records, in per cent, or None where none are linked."""

    rows: int
    creates: int
    updates: int
    blank_outs: int
    denied: int
    denied_for: Sequence[tuple[str, int]]
    share: int | None
    linked: int
    stays: int
    left_out: int
    left_out_by: str
    fields: Sequence[FieldLine]

    @property
    def goes(self) -> int:
        """What is written once it is approved."""
        return self.rows - self.left_out


def title_of(run: SyncRun) -> str:
    """A run as people call it: “Pull: Contacts”."""
    kind = str(run.get_kind_display())
    return f"{kind}: {object_label(run.connection, run.object.name)}" if run.object else kind


@dataclass(frozen=True)
class CountLine:
    """One of the counts of a run, with the address of the rows it counts where there is one."""

    label: str
    number: int
    url: str


WRITTEN: Mapping[str, Sequence[str]] = {
    "created": [WriteState.CREATED],
    "updated": [WriteState.UPDATED],
    "skipped": [WriteState.DENIED, WriteState.SKIPPED, WriteState.LEFT_OUT],
    "conflicted": [WriteState.STALE],
    "failed": [WriteState.FAILED],
    "unknown": [WriteState.UNKNOWN],
}
"""By count of a push the states of the records it counts."""
CALLED: Mapping[str, str] = {
    "conflicted": "Changed over there meanwhile",
    "skipped": "Held back, left out or nothing left to do",
}


def count_lines(run: SyncRun) -> list[CountLine]:
    """Those that are not nought, in the words of what the run is."""
    names = [name for name in COUNTS if name == "read" or getattr(run, name)]
    return [CountLine(count_label(run, name), getattr(run, name), count_address(run, name)) for name in names]


def count_label(run: SyncRun, name: str) -> str:
    if run.kind == RunKind.COMPARE:
        return {"unchanged": "The same", "conflicted": "Different"}.get(name, name.capitalize())
    return (CALLED if run.plan_hash else {}).get(name, name.capitalize())


def count_address(run: SyncRun, name: str) -> str:
    if run.plan_hash and (states := WRITTEN.get(name)):
        query = urlencode({"state": states}, doseq=True)
        return f"{reverse('martech:sync-run-writes', args=[run.pk])}?{query}"
    if run.kind == RunKind.COMPARE and name == "conflicted":
        return reverse("martech:sync-run-differences", args=[run.pk])
    if not run.plan_hash and name == "updated":
        return reverse("martech:sync-run-changes", args=[run.pk])
    return ""


@dataclass(frozen=True)
class LastRuns:
    """The newest runs that did something, each with its title; the `looks` of a day that found nothing new are counted."""

    shown: Sequence[tuple[SyncRun, str]]
    looks: int
    looked_at: datetime | None


NOTHING_NEW = Q(kind=RunKind.PULL, state=RunState.DONE, created=0, updated=0, conflicted=0, failed=0, unknown=0)
DAY = timedelta(days=1)


def last_runs(connection: Connection | None = None) -> LastRuns:
    """Of one connection or of all."""
    rows = run_rows() if connection is None else run_rows().filter(connection=connection)
    shown = rows.exclude(NOTHING_NEW).exclude(read=0, state=RunState.DONE)
    idle = rows.filter(NOTHING_NEW, created_at__gte=timezone.now() - DAY).order_by()
    counted = idle.aggregate(number=Count("pk"), last=Max("created_at"))
    return LastRuns([(run, title_of(run)) for run in shown[:LAST]], counted["number"], counted["last"])


def plan_of(run: SyncRun, user: Any) -> PlanLines | None:
    plan = run.plan or {}
    if "rows" not in plan or not run.plan_hash:
        return None
    linked, updates = plan.get("linked", 0), plan.get("updates", 0)
    return PlanLines(
        rows=plan["rows"],
        creates=plan.get("creates", 0),
        updates=updates,
        blank_outs=plan.get("blank_outs", 0),
        denied=plan.get("denied", 0),
        denied_for=sorted(plan.get("denied_for", {}).items(), key=lambda pair: -pair[1]),
        share=round(100 * updates / linked) if linked else None,
        linked=linked,
        stays=plan.get("stays", 0),
        left_out=count_left_out(run) if plan.get("left_out_by") else 0,
        left_out_by=", ".join(plan.get("left_out_by", [])),
        fields=field_lines(run, user),
    )


def field_lines(run: SyncRun, user: Any) -> list[FieldLine]:
    schema = from_json(run.object.schema) if run.object else {}
    masked, names = sync_rows.masked_fields(run, user), sync_rows.words_in(run)
    moves = {
        name: [(names.get(name, {}).get(was, was), names.get(name, {}).get(now, now), n) for was, now, n in steps]
        for name, steps in run.plan.get("moves", {}).items()
    }
    by_field = sorted(run.plan.get("by_field", {}).items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        FieldLine(
            name,
            label_of(schema.get(name), name),
            number,
            run.plan.get("emptied", {}).get(name, 0),
            [] if name in masked else moves.get(name, []),
        )
        for name, number in by_field
    ]


def label_of(remote: RemoteField | None, name: str) -> str:
    return remote.label if remote and remote.label else name


@dataclass(frozen=True)
class RowLine:
    """One row of a run: whose record it is, with the address of its page, and what changes."""

    row: Any
    name: str
    url: str
    changes: Sequence[ShownChange]

    @property
    def is_new(self) -> bool:
        """Whether nothing was there: its fields are told in one line, as nothing is to be compared."""
        return not any(one.was for one in self.changes)


def planned_rows(run: SyncRun, user: Any) -> list[RowLine]:
    """The first rows of a plan; after it was applied those first that somebody has to look at."""
    rank = [When(state=state, then=Value(at)) for at, state in enumerate(FIRST)]
    left_out = When(state=WriteState.LEFT_OUT, then=Value(9))
    would_be_denied = When(Q(state=WriteState.PLANNED) & ~Q(message=""), then=Value(len(FIRST)))
    rows = sync_rows.writes_of(run, user).annotate(
        rank=Case(*rank, would_be_denied, left_out, default=Value(8), output_field=IntegerField())
    )
    return row_lines(rows.order_by("rank", "pk"), run, user)


def taken_rows(run: SyncRun, user: Any) -> list[RowLine]:
    return row_lines(sync_rows.changes_of(run, user).order_by("pk"), run, user)


def row_lines(rows: QuerySet[Any], run: SyncRun, user: Any) -> list[RowLine]:
    masked, names = sync_rows.masked_fields(run, user), sync_rows.words_in(run)
    labels = sync_rows.labels_in(run)
    return [
        RowLine(
            row,
            row.record_name,
            sync_rows.record_address(run, row.local_id),
            sync_rows.shown_changes(row.before, row.after, masked, names, labels),
        )
        for row in rows[:SHOWN_ROWS]
    ]
