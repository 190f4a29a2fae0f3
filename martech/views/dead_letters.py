"""Dead letters: which record, why it did not go through, what to do, and who looks after it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from governance.models import User
from martech.models import Connection, DeadLetter
from martech.selectors.sync import reason_lines
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_letters import letter_address, letter_name, letter_rows
from martech.services.sync.dead_letters import drop_letters, look_after, retry_letters
from martech.sync.reasons import NEXT_STEPS, REASONS
from mops.core.lists import (
    BulkAction,
    Empty,
    ListPage,
    ListTable,
    NumberColumn,
    PageAction,
    ReadyView,
    Total,
    WhenColumn,
)
from mops.core.pages import toast
from mops.core.rights import requires


class LetterTable(ListTable):
    reason = tables.Column(attrs={"td": {"class": "name wrap"}})
    record = tables.Column(accessor="record_name", empty_values=())
    external_id = tables.Column(verbose_name="Id over there")
    object = tables.Column(accessor="object__name")
    connection = tables.Column(accessor="object__connection__name")
    direction = tables.Column(accessor="get_direction_display", order_by="direction")
    field = tables.Column()
    message = tables.Column(attrs={"td": {"class": "wrap"}})
    owner = tables.Column(verbose_name="Looked after by", accessor="owner__name")
    attempts = NumberColumn()
    first_at = WhenColumn(verbose_name="Since")
    last_at = WhenColumn(verbose_name="Last tried")

    fixed = ("reason",)
    says_steps = True
    """Not where all are of one reason: the page says it once."""
    default_columns = ("reason", "record", "object", "field", "message", "owner", "first_at")

    class Meta(ListTable.Meta):
        model = DeadLetter
        fields = ()

    def render_reason(self, value: str) -> str:
        step = NEXT_STEPS.get(value, "") if self.says_steps else ""
        return format_html('{}<div class="m">{}</div>' if step else "{}", REASONS.get(value, value), step)

    def value_reason(self, value: str) -> str:
        return REASONS.get(value, value)

    def render_record(self, record: Any) -> str:
        name, address = self.value_record(record), letter_address(record)
        return format_html('<a href="{}">{}</a>', address, name) if address else name

    def value_record(self, record: Any) -> str:
        return letter_name(record)

    def render_object(self, record: DeadLetter) -> str:
        way = "to" if record.direction == "push" else "from"
        return format_html('{}<div class="m">{} {}</div>', self.value_object(record), way, record.object.connection)

    def value_object(self, record: DeadLetter) -> str:
        return object_label(record.object.connection, record.object.name)


class LetterFilter(filters.FilterSet):
    reason = filters.MultipleChoiceFilter(choices=list(REASONS.items()), label="Reason")
    connection = filters.ModelChoiceFilter(
        field_name="object__connection", queryset=Connection.objects.all(), to_field_name="name", label="Connection"
    )
    direction = filters.ChoiceFilter(choices=[("pull", "From there"), ("push", "To there")], label="Direction")
    owner = filters.ModelChoiceFilter(
        queryset=User.objects.filter(is_active=True), label="Looked after by", null_label="Nobody"
    )

    class Meta:
        model = DeadLetter
        fields: list[str] = []


class LetterList(ListPage):
    permission = "martech.view_sync"
    model = DeadLetter
    table_class = LetterTable
    filterset_class = LetterFilter
    search_fields = ("external_id", "field", "message")
    title = "Dead letters"
    empty = Empty("Nothing waits", "Every record went through.", "mail-check")
    actions = (PageAction("Corrections", "martech:sync-corrections", "wand", "martech.edit_sync"),)
    bulk_actions = (
        BulkAction("Try again", "martech:retry-letters", "refresh", "martech.edit_sync"),
        BulkAction("I look after them", "martech:look-after-letters", "user-check", "martech.edit_sync"),
        BulkAction(
            "Drop",
            "martech:drop-letters",
            "trash",
            "martech.edit_sync",
            confirm="Drop these letters? The records stay.",
        ),
    )

    def visible(self, user: Any) -> QuerySet[DeadLetter]:
        return letter_rows(user).filter(resolved_at=None)

    @cached_property
    def ready_views(self) -> Sequence[ReadyView]:  # type: ignore[override]
        """A tab for each reason that letters have, the commonest first."""
        lines = reason_lines()
        return [ReadyView(one.reason, f"{one.label} {one.number:,}", f"reason={one.reason}") for one in lines]

    @property
    def only_reason(self) -> str:
        asked = self.request.GET.getlist("reason")
        return asked[0] if len(asked) == 1 else ""

    def table_for(self, rows: Any) -> ListTable:
        table: Any = super().table_for(rows)
        table.says_steps = not self.only_reason
        return table  # type: ignore[no-any-return]

    def lede(self, total: Total) -> str:
        if step := NEXT_STEPS.get(self.only_reason):
            return f"{step} What was put right is tried again when you say so."
        return (
            "Records that could not be taken in or written, until they go through. Where one correction helps many, "
            "Corrections proposes it; what was put right by hand is tried again when you say so."
        )


@requires("martech.edit_sync")
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    number = retry_letters(LetterList.selected(request))
    toast(request, f"{number:,} are tried again with the next round.")
    return redirect("martech:dead-letters")


@requires("martech.edit_sync")
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Say that one looks after the marked letters."""
    user: Any = request.user
    number = look_after(LetterList.selected(request), user=user)
    toast(request, f"You look after {number:,} of them.")
    return redirect("martech:dead-letters")


@requires("martech.edit_sync")
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    number = drop_letters(LetterList.selected(request), actor=request.user)
    toast(request, f"{number:,} letters were dropped.")
    return redirect("martech:dead-letters")
