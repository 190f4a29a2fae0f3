"""Values that stand against each other since records met, or by a rule that leaves it to people; whose of them counts."""

from typing import Any
from urllib.parse import urlencode

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from martech.models import Connection, HeldValue
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_held import held_lines, held_rows, shown_value
from martech.selectors.sync_links import number_told_otherwise
from martech.services.sync.deciding import decide_held
from martech.services.sync.first_contact import OURS, THEIRS
from martech.sync.fields import our_label
from mops.core.lists import BulkAction, Empty, ListPage, ListTable, Total, WhenColumn
from mops.core.pages import Crumb, toast
from mops.core.rights import requires

MOST = 8
"""Groups that are named above the list."""


class HeldTable(ListTable):
    """`user`, who reads it, is set by the page."""

    user: Any = None
    record = tables.Column(accessor="record_name", empty_values=(), attrs={"td": {"class": "name"}})
    field = tables.Column()
    ours = tables.Column(verbose_name="Here", orderable=False, empty_values=())
    theirs = tables.Column(verbose_name="Over there", orderable=False, empty_values=())
    object = tables.Column(accessor="object__name")
    external_id = tables.Column(verbose_name="Id over there")
    at = WhenColumn(verbose_name="Since")

    fixed = ("record",)
    default_columns = ("record", "field", "ours", "theirs", "object", "at")

    class Meta(ListTable.Meta):
        model = HeldValue
        fields = ()

    def render_record(self, record: Any) -> str:
        address = reverse(f"martech:{record.object.kind}", args=[record.local_id])
        return format_html('<a href="{}">{}</a>', address, self.value_record(record))

    def value_record(self, record: Any) -> str:
        return record.record_name or f"Our number {record.local_id}"

    def render_field(self, record: HeldValue) -> str:
        return our_label(record.object.kind, record.field)

    def render_ours(self, record: HeldValue) -> str:
        return shown_value(record, record.ours, self.user)

    def render_theirs(self, record: HeldValue) -> str:
        return shown_value(record, record.theirs, self.user) or "nothing"

    def render_object(self, record: HeldValue) -> str:
        return format_html('{}<div class="m">{}</div>', self.value_object(record), record.object.connection)

    def value_object(self, record: HeldValue) -> str:
        return object_label(record.object.connection, record.object.name)


class HeldFilter(filters.FilterSet):
    connection = filters.ModelChoiceFilter(
        field_name="object__connection", queryset=Connection.objects.all(), to_field_name="name", label="Connection"
    )
    object = filters.CharFilter(field_name="object__name", label="Object")
    field = filters.CharFilter(field_name="field", label="Field")

    class Meta:
        model = HeldValue
        fields: list[str] = []


class FirstContactList(ListPage):
    permission = "martech.view_sync"
    model = HeldValue
    table_class = HeldTable
    filterset_class = HeldFilter
    search_fields = ("external_id", "record_name")
    title = "To decide"
    empty = Empty(
        "Nothing is to be decided",
        "Both sides say the same, a rule says whose word counts, or somebody chose.",
        "arrows-diff",
    )
    bulk_actions = (
        BulkAction(
            "Take theirs",
            "martech:take-theirs",
            "arrow-down-left",
            "martech.approve_sync",
            confirm="Replace our values by theirs? Sync runs can take it back.",
        ),
        BulkAction(
            "Keep ours",
            "martech:keep-ours",
            "arrow-up-right",
            "martech.approve_sync",
            confirm="Keep our values? The next plan writes them over there, where the mapping writes the field.",
        ),
    )

    def visible(self, user: Any) -> QuerySet[HeldValue]:
        return held_rows(user)

    def table_for(self, rows: Any) -> ListTable:
        table: Any = super().table_for(rows)
        table.user = self.request.user
        return table  # type: ignore[no-any-return]

    def lede(self, total: Total) -> str:
        said = (
            "Records that met for the first time and said different things, and fields of which the mapping says that "
            "somebody decides. Neither side was changed. Mark those you are sure of, or all of a field, and take theirs or "
            "keep ours."
        )
        lines = [
            line
            for one in Connection.objects.filter(sync_objects__held_values__isnull=False).distinct()
            for line in held_lines(one)
        ]
        named = ((one.url, one.connection, one.object, one.field, f"{one.number:,}") for one in lines[:MOST])
        listed = format_html_join(" · ", '<a href="{}">{} {}: {} {}</a>', named)
        return format_html("{} {} {}", said, listed, other_accounts())

    def extra_context(self) -> dict[str, Any]:
        return {"crumbs": [Crumb("Connections", "/martech/sync/")]}


def other_accounts() -> str:
    """Whom a connection's associations put to another account; theirs is chosen on the page of the person."""
    people = reverse("martech:people")
    found = [(one, number_told_otherwise(one)) for one in Connection.objects.order_by("name")]
    named = [
        (f"{people}?{urlencode({'account_said_by': one.name})}", f"{number:,}", one.name)
        for one, number in found
        if number
    ]
    if not named:
        return ""
    links = format_html_join(" · ", '<a href="{}">{} by {}</a>', named)
    return format_html("People who are put to another account over there, and stay with ours: {}.", links)


@requires("martech.approve_sync")
@require_POST
def take_theirs(request: HttpRequest) -> HttpResponse:
    return decided(request, THEIRS)


@requires("martech.approve_sync")
@require_POST
def keep_ours(request: HttpRequest) -> HttpResponse:
    return decided(request, OURS)


def decided(request: HttpRequest, choice: str) -> HttpResponse:
    user: Any = request.user
    found = decide_held(rows=FirstContactList.selected(request), choice=choice, actor=user)
    done = "took their value" if choice == THEIRS else "kept ours"
    said = [f"{found.number:,} {done}."] if found.number or not (found.stayed or found.changed) else []
    if found.stayed:
        said.append(
            f"{found.stayed:,} wait on: their field's rule says that theirs counts; change it in the mapping first."
        )
    if found.changed:
        said.append(f"{found.changed:,} are not what was shown any more, or belong to somebody else by their address.")
    toast(request, " ".join(said), "success" if found.number else "error")
    is_whole = request.POST.get("all") == "1"  # of what was filtered nothing is left
    return redirect(reverse("martech:first-contact") + ("" if is_whole else f"?{request.GET.urlencode()}"))
