"""Runs with their plans and proofs."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from governance.selectors.holders import who_may
from martech.models import Connection, RunKind, RunState, SyncRun
from martech.selectors import sync as selectors
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_missed import read_since
from martech.selectors.sync_proofs import proof_of, question_of_run
from martech.selectors.sync_runs import count_lines, plan_of, planned_rows, taken_rows, title_of
from martech.services.sync.connections import MAPPED
from martech.services.sync.rounds import approve_run, reject_run
from martech.services.sync.stopping import cancel_run, free_at, pause_run, resume_run
from martech.services.sync.undoing import request_undo
from martech.sync.reasons import READ_AGAIN
from mops.core.errors import ConflictError, DomainError
from mops.core.lists import (
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    NumberColumn,
    PillColumn,
    ReadyView,
    Total,
    WhenColumn,
)
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires

STATE_KINDS = {
    RunState.DONE.label: "good",
    RunState.RUNNING.label: "accent",
    RunState.HELD.label: "warn",
    RunState.DEFERRED.label: "warn",
    RunState.FAILED.label: "bad",
}


class RunTable(ListTable):
    run = LinkedColumn(accessor="get_kind_display", order_by="kind")
    connection = tables.Column(accessor="connection__name")
    object = tables.Column(accessor="object__name")
    state = PillColumn(accessor="get_state_display", order_by="state", kinds=STATE_KINDS)
    read = NumberColumn(verbose_name="Records")
    created = NumberColumn()
    updated = NumberColumn()
    conflicted = NumberColumn(verbose_name="Conflicts")
    failed = NumberColumn()
    unknown = NumberColumn()
    calls = NumberColumn()
    created_at = WhenColumn(verbose_name="Asked for")

    fixed = ("run",)
    default_columns = (
        *("run", "connection", "object", "state", "read", "created", "updated", "conflicted", "failed", "created_at"),
    )

    class Meta(ListTable.Meta):
        model = SyncRun
        fields = ()

    def render_object(self, record: SyncRun) -> str:
        return object_label(record.connection, record.object.name) if record.object else "—"

    def value_object(self, record: SyncRun) -> str:
        return object_label(record.connection, record.object.name) if record.object else ""


class RunFilter(filters.FilterSet):
    connection = filters.ModelChoiceFilter(queryset=Connection.objects.all(), to_field_name="name", label="Connection")
    kind = filters.MultipleChoiceFilter(choices=RunKind.choices, label="Kind")
    state = filters.MultipleChoiceFilter(choices=RunState.choices, label="State")

    class Meta:
        model = SyncRun
        fields: list[str] = []


class RunList(ListPage):
    permission = "martech.view_sync"
    model = SyncRun
    table_class = RunTable
    filterset_class = RunFilter
    title = "Sync runs"
    ready_views = (
        ReadyView("to-approve", "To approve", "state=held"),
        ReadyView("failed", "Failed", "state=failed"),
    )
    empty = Empty("No run yet", "Connect a system; every run is kept here with what it did.", "refresh")

    def visible(self, user: Any) -> QuerySet[SyncRun]:
        return selectors.run_rows()

    def lede(self, total: Total) -> str:
        return "What each run read and wrote. The counts of a run add up to the records it looked at."


@requires("martech.view_sync")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its counts, its plan or proof, and what can be done about it."""
    found = get_object_or_404(selectors.run_rows().select_related("reverts", "approved_by", "mapping"), pk=pk)
    context = {
        "title": title_of(found),
        "run": found,
        "counts": count_lines(found),
        "plan": plan_of(found, request.user),
        "planned": planned_rows(found, request.user),
        "taken": taken_rows(found, request.user),
        "proof": proof_of(found, read_since(found)),
        "reread": READ_AGAIN,
        "asked": question_of_run(found),
        "undone_by": found.undone_by.exclude(state=RunState.CANCELLED).first(),
        "can_undo": can_undo(found),
        "stops": stops_of(found),
        "approvers": who_may("martech.approve_sync") if found.state == RunState.HELD else "",
        "goes_on_at": free_at(found) if found.kind == RunKind.BACKFILL and found.state == RunState.WAITING else None,
        "crumbs": [
            Crumb("Connections", "/martech/sync/"),
            Crumb(str(found.connection), found.connection.get_absolute_url()),
        ],
    }
    return render_page(request, "martech/sync_run.html", context, partial="state")


def stops_of(run: SyncRun) -> list[str]:
    """What can be asked of a backfill that is not over."""
    if run.kind != RunKind.BACKFILL or run.state not in (RunState.WAITING, RunState.RUNNING, RunState.PAUSED):
        return []
    is_again = run.object is not None and run.object.backfilled_at is not None
    return ["resume" if run.state == RunState.PAUSED else "pause", *(["cancel"] if is_again else [])]


UNDONE = (RunKind.PULL, RunKind.PUSH, RunKind.BACKFILL, RunKind.TAKEOVER, RunKind.DECISION, RunKind.UNDO)


def can_undo(run: SyncRun) -> bool:
    """Whether there is something to take back. An undo can be taken back; the undo of an undo is the run itself again."""
    is_over = run.state in (RunState.DONE, RunState.FAILED, RunState.DEFERRED)
    is_mapped = bool(run.object and run.object.kind in MAPPED)
    is_third = run.reverts is not None and run.reverts.kind == RunKind.UNDO
    did = bool(run.updated or run.created)
    return is_over and is_mapped and did and run.kind in UNDONE and not is_third


@requires("martech.approve_sync")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, reject or undo a run."""
    found = get_object_or_404(SyncRun, pk=pk)
    user: Any = request.user
    try:
        match request.POST.get("do"):
            case "approve":
                approve_run(run=found, actor=user)
                toast(request, "Approved; it is written with the next round.")
            case "reject":
                reject_run(run=found, actor=user)
                toast(request, "Rejected; nothing was written.")
            case "undo":
                undo = request_undo(run=found, actor=user)
                toast(request, "The undoing is being planned.")
                return redirect(undo)
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(found)


STOPS = {
    "pause": (pause_run, "It stops behind the records that it is taking in."),
    "resume": (resume_run, "It goes on from where it stopped."),
    "cancel": (cancel_run, "Cancelled; what was read stays."),
}
GOES_ON_LATER = "It goes on as soon as the worker that it had lets go of it."


@requires("martech.edit_sync")
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a backfill, go on with it, or cancel it."""
    found = get_object_or_404(SyncRun, pk=pk, kind=RunKind.BACKFILL)
    user: Any = request.user
    if (wish := request.POST.get("do", "")) not in STOPS:
        raise Http404
    act, said = STOPS[wish]
    try:
        waits_until = act(run=found, actor=user)
        toast(request, GOES_ON_LATER if waits_until else said)
    except ConflictError as error:
        toast(request, error.detail, "error")
    return redirect(found)
