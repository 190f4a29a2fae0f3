"""All rows of a run: what it writes over there, what it changed here, on what two systems differ. Each can be filtered
and taken out as a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from martech.connectors.port import Action
from martech.models import (
    PlannedWrite,
    ProofSide,
    RunKind,
    RunState,
    SyncChange,
    SyncDifference,
    SyncRun,
    WriteState,
)
from martech.selectors import sync_rows
from martech.selectors.sync import run_rows
from martech.selectors.sync_rows import ShownChange
from martech.services.sync.leaving_out import leave_out, put_back
from martech.sync.reasons import DIFFERENCES, WOULD_BE_HELD_BACK
from mops.core.errors import ConflictError
from mops.core.lists import BulkAction, Empty, ListPage, ListTable, PillColumn, Total
from mops.core.pages import Crumb, toast
from mops.core.rights import requires

WRITE_KINDS = {
    WriteState.CREATED: "good",
    WriteState.UPDATED: "good",
    WriteState.DENIED: "warn",
    WriteState.LEFT_OUT: "warn",
    WriteState.STALE: "warn",
    WriteState.UNKNOWN: "warn",
    WriteState.FAILED: "bad",
}
ACTIONS = {Action.UPDATE: "Update", Action.CREATE: "Create", Action.UPSERT: "Create, or update what is there"}


class RowTable(ListTable):
    """Rows of one run; `run`, `masked` and `names` are set by the page."""

    record = tables.Column(
        accessor="record_name", empty_values=(), order_by="record_name", attrs={"td": {"class": "name"}}
    )
    external_id = tables.Column(verbose_name="Id over there")
    change = tables.Column(accessor="pk", orderable=False, attrs={"td": {"class": "wrap"}})

    fixed = ("record",)
    run: SyncRun
    masked: frozenset[str] = frozenset()
    names: Mapping[str, Mapping[str, str]] = {}
    labels: Mapping[str, str] = {}

    def render_record(self, record: Any) -> Any:
        name = self.value_record(record)
        address = sync_rows.record_address(self.run, record.local_id)
        return format_html('<a href="{}">{}</a>', address, name) if address and record.record_name else name

    def value_record(self, record: Any) -> str:
        return record.record_name or ("Not known here" if not record.local_id else f"Our number {record.local_id}")

    def changes(self, record: Any) -> list[ShownChange]:
        return sync_rows.shown_changes(record.before, record.after, self.masked, self.names, self.labels)

    def render_change(self, record: Any) -> SafeString:
        """A line for each field; all in one where a record is made anew, as nothing is to be compared."""
        changes = self.changes(record)
        if not any(one.was for one in changes):
            return format_html_join(" · ", "{}: {}", ((one.field, one.becomes or "nothing") for one in changes))
        return format_html_join(
            "",
            "<div>{}: {}{}</div>",
            (
                (one.field, format_html("<del>{}</del> → ", one.was) if one.was else "", one.becomes or "nothing")
                for one in changes
            ),
        )

    def value_change(self, record: Any) -> str:
        return "; ".join(f"{one.field}: {one.was} → {one.becomes}" for one in self.changes(record))


class WriteTable(RowTable):
    action = tables.Column()
    state = PillColumn(accessor="get_state_display", order_by="state")
    message = tables.Column()

    default_columns = ("record", "external_id", "action", "change", "state", "message")

    class Meta(ListTable.Meta):
        model = PlannedWrite
        fields = ()
        sequence = ("record", "external_id", "action", "change", "state", "message")

    def render_action(self, value: str) -> str:
        return ACTIONS.get(Action(value), value)

    def render_state(self, record: PlannedWrite) -> SafeString:
        kind = WRITE_KINDS.get(WriteState(record.state), "neutral")
        return format_html('<span class="pill pill-{}">{}</span>', kind, record.get_state_display())


class ChangeTable(RowTable):
    why = tables.Column(orderable=False)

    default_columns = ("record", "external_id", "change", "why")

    class Meta(ListTable.Meta):
        model = SyncChange
        fields = ()

    def render_why(self, value: dict[str, str]) -> SafeString:
        return format_html_join("", "<div>{}</div>", ((one,) for one in dict.fromkeys(value.values())))

    def value_why(self, value: dict[str, str]) -> str:
        return "; ".join(dict.fromkeys(value.values()))


class DifferenceTable(RowTable):
    side = tables.Column(accessor="get_side_display", order_by="side")
    reason = tables.Column()
    change = tables.Column(
        accessor="pk", orderable=False, verbose_name="Here · over there", attrs={"td": {"class": "wrap"}}
    )

    default_columns = ("record", "external_id", "side", "reason", "change")

    class Meta(ListTable.Meta):
        model = SyncDifference
        fields = ()
        sequence = ("record", "external_id", "side", "reason", "change")

    def render_reason(self, value: str) -> str:
        return DIFFERENCES.get(value, value)

    def changes(self, record: SyncDifference) -> list[ShownChange]:
        here = {name: pair[0] for name, pair in record.fields.items()}
        there = {name: pair[1] for name, pair in record.fields.items()}
        return sync_rows.shown_changes(here, there, self.masked, self.names, self.labels)

    def render_change(self, record: SyncDifference) -> SafeString:
        rows = ((one.field, one.was or "nothing", one.becomes or "nothing") for one in self.changes(record))
        return format_html_join("", "<div>{}: {} · {}</div>", rows) or SafeString("—")


class WriteFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=WriteState.choices, label="State")
    action = filters.MultipleChoiceFilter(choices=list(ACTIONS.items()), label="Action")
    field = filters.CharFilter(field_name="after", lookup_expr="has_key", label="Writes the field")
    empties = filters.BooleanFilter(method="that_empty", label="Empties a value")
    held_back = filters.BooleanFilter(method="that_are_held_back", label="Would be held back")

    class Meta:
        model = PlannedWrite
        fields: list[str] = []

    def that_empty(self, rows: QuerySet[PlannedWrite], name: str, wanted: bool) -> QuerySet[PlannedWrite]:
        """With `field` those that empty this one."""
        return rows.filter(sync_rows.empties(self.data.get("field", ""))) if wanted else rows

    def that_are_held_back(self, rows: QuerySet[PlannedWrite], name: str, wanted: bool) -> QuerySet[PlannedWrite]:
        return rows.filter(message__startswith=WOULD_BE_HELD_BACK) if wanted else rows


class DifferenceFilter(filters.FilterSet):
    side = filters.MultipleChoiceFilter(choices=ProofSide.choices, label="Side")
    reason = filters.MultipleChoiceFilter(choices=list(DIFFERENCES.items()), label="Reason")

    class Meta:
        model = SyncDifference
        fields: list[str] = []


@dataclass(frozen=True)
class RowAction(BulkAction):
    """One for the rows of a run."""

    pk: int = 0

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=[self.pk])


class RunRows(ListPage):
    """A list of the rows of one run."""

    permission = "martech.view_sync"
    table_class: ClassVar[type[RowTable]]
    search_fields: ClassVar[Sequence[str]] = ("external_id", "record_name")
    empty = Empty("No such row", "This run has none.", "refresh")

    @cached_property
    def run(self) -> SyncRun:
        return get_object_or_404(run_rows().select_related("mapping"), pk=self.kwargs["pk"])

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        return sync_rows.words_in(self.run)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return sync_rows.labels_in(self.run)

    def table_for(self, rows: Any) -> ListTable:
        table: Any = super().table_for(rows)
        table.run, table.masked = self.run, sync_rows.masked_fields(self.run, self.request.user)
        table.names, table.labels = self.names, self.labels
        return table  # type: ignore[no-any-return]

    def lede(self, total: Total) -> str:
        return f"{self.run} of {self.run.connection}."

    def extra_context(self) -> dict[str, Any]:
        return {
            "crumbs": [
                Crumb("Connections", "/martech/sync/"),
                Crumb(str(self.run.connection), self.run.connection.get_absolute_url()),
                Crumb(str(self.run), self.run.get_absolute_url()),
            ]
        }


class WriteList(RunRows):
    model = PlannedWrite
    table_class = WriteTable
    filterset_class = WriteFilter
    title = "Planned records"

    @cached_property
    def bulk_actions(self) -> Sequence[BulkAction]:  # type: ignore[override]
        """While the plan waits records are left out and put back; after it was applied, put into the next one."""
        out = RowAction("Leave out", "martech:leave-out", "x", "martech.approve_sync", pk=self.run.pk)
        back = RowAction("Put back", "martech:put-back", "arrow-back-up", "martech.approve_sync", pk=self.run.pk)
        if self.run.state == RunState.HELD:
            return (out, back)
        has_left = self.run.plan.get("left_out_by") and self.run.state == RunState.DONE
        return (back,) if has_left and self.run.kind == RunKind.PUSH else ()

    def visible(self, user: Any) -> QuerySet[PlannedWrite]:
        return sync_rows.writes_of(self.run, user).order_by("pk")

    def lede(self, total: Total) -> str:
        is_asked = self.run.state == RunState.HELD and self.bulk_buttons
        said = " Leave out what should not be written, then approve the plan." if is_asked else ""
        return f"{super().lede(total)}{said}"


@requires("martech.approve_sync")
@require_POST
def leave_records_out(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SyncRun, pk=pk)
    return told(request, lambda rows: leave_out(run=found, rows=rows, actor=request.user), pk, "left out")


@requires("martech.approve_sync")
@require_POST
def put_records_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SyncRun, pk=pk)
    return told(request, lambda rows: put_back(run=found, rows=rows), pk, "put back")


def told(request: HttpRequest, act: Callable[[Any], int], pk: int, done: str) -> HttpResponse:
    """Do it to the marked rows, and say to how many."""
    try:
        number = act(WriteList.selected(request, pk=pk))
        toast(request, f"{number:,} record{'s were' if number != 1 else ' was'} {done}.")
    except ConflictError as refused:
        toast(request, refused.detail, "error")
    return redirect("martech:sync-run-writes", pk)


class ChangeList(RunRows):
    model = SyncChange
    table_class = ChangeTable
    title = "Changed records"

    def visible(self, user: Any) -> QuerySet[SyncChange]:
        return sync_rows.changes_of(self.run, user).order_by("pk")


class DifferenceList(RunRows):
    model = SyncDifference
    table_class = DifferenceTable
    filterset_class = DifferenceFilter
    title = "Differences"

    def visible(self, user: Any) -> QuerySet[SyncDifference]:
        return sync_rows.differences_of(self.run, user).order_by("pk")
