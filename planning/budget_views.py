"""Pages of budgets: the list of lines, one line with its months and entries, and what posts to it."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from mops.core.errors import DomainError
from mops.core.inputs import FoundInput
from mops.core.lists import (
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    MoneyColumn,
    PageAction,
    ReadyView,
    Total,
)
from mops.core.lists.options import options
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from planning.forms import (
    EntryForm,
    LineForm,
    TransferForm,
)
from planning.models import BudgetEntry, BudgetLine, Campaign, Channel
from planning.selectors import budget_totals, is_overdue, lines_for, months_of, targets_of
from planning.services import (
    create_budget_line,
    post_entry,
    reverse_entry,
    transfer_money,
)


class LineTable(ListTable):
    name = LinkedColumn(accessor="name")
    campaign = tables.Column(accessor="campaign__code", order_by="campaign__code")
    fiscal_year = tables.Column(verbose_name="Year")
    plan = MoneyColumn(currency="currency")
    committed = MoneyColumn(currency="currency")
    actual = MoneyColumn(currency="currency")
    remaining = MoneyColumn(currency="currency")
    owner = tables.Column()

    fixed = ("name",)
    default_columns = ("name", "campaign", "fiscal_year", "plan", "committed", "actual", "remaining")

    class Meta(ListTable.Meta):
        model = BudgetLine
        fields = ()


class LineFilter(filters.FilterSet):
    fiscal_year = filters.NumberFilter(label="Year")
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label="Channel")
    campaign = filters.ModelChoiceFilter(
        queryset=Campaign.objects.all(),
        to_field_name="code",
        label="Campaign",
        widget=FoundInput("planning:campaign-options"),
    )
    overspent = filters.BooleanFilter(method="by_remainder", label="Overspent")
    overdue = filters.BooleanFilter(method="by_commitment", label="Committed after the campaign ended")

    class Meta:
        model = BudgetLine
        fields: list[str] = []

    def by_remainder(self, rows: QuerySet[BudgetLine], _name: str, value: bool) -> QuerySet[BudgetLine]:
        return rows.filter(remaining__lt=0) if value else rows.filter(remaining__gte=0)

    def by_commitment(self, rows: QuerySet[BudgetLine], _name: str, value: bool) -> QuerySet[BudgetLine]:
        return rows.filter(is_overdue()) if value else rows.exclude(is_overdue())


class BudgetList(ListPage):
    permission = "planning.view_budget"
    model = BudgetLine
    table_class = LineTable
    filterset_class = LineFilter
    search_fields = ("name", "campaign__code", "campaign__name")
    title = "Budget"
    template_name = "planning/budget.html"
    actions = (PageAction("New line", "planning:new-line", permission="planning.edit_budget", is_primary=True),)
    ready_views = (
        ReadyView("overspent", "Overspent", "overspent=true&sort=remaining"),
        ReadyView("overdue", "Overdue", "overdue=true"),
    )
    empty = Empty(
        "No budget yet",
        "Open a line for a campaign, plan it by month, and see what is left while costs come in.",
        "coins",
        "Open a budget line",
        "planning:new-line",
        "planning.edit_budget",
    )

    def visible(self, user: Any) -> QuerySet[BudgetLine]:
        return lines_for(user)

    def extra_context(self) -> dict[str, Any]:
        return {"totals": budget_totals(self.matching)}

    def lede(self, total: Total) -> str:
        overspent = lines_for(self.request.user).filter(remaining__lt=0).count()
        if not overspent:
            return "No line is overspent. Entries are never changed; a mistake is reversed, and both stay to be read."
        lines = f"{overspent:,} lines are" if overspent > 1 else "1 line is"
        text = '<a href="{}">{} overspent</a>: move money to them, or order less.'
        return format_html(text, self.ready_views[0].address, lines)


def line_of(request: HttpRequest, pk: int) -> BudgetLine:
    return get_object_or_404(lines_for(request.user), pk=pk)


def line_page(request: HttpRequest, line: BudgetLine, entry: EntryForm, transfer: TransferForm) -> HttpResponse:
    has_errors = bool(entry.errors or transfer.errors)
    context = {
        "title": line.name,
        "line": line,
        "months": months_of(line),
        "entries": list(line.entries.select_related("actor", "reversed_by").order_by("-created_at", "-id")[:200]),
        "entry_form": entry,
        "transfer_form": transfer,
        "has_errors": has_errors,
        "crumbs": [Crumb("Budget", reverse("planning:budget"))],
    }
    return render_page(request, "planning/budget_line.html", context, status=422 if has_errors else 200)


@requires("planning.view_budget")
def budget_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: its months, its entries, and the forms that add to them."""
    line = line_of(request, pk)
    return line_page(request, line, EntryForm(), TransferForm(line=line, auto_id="transfer_%s"))


@requires("planning.edit_budget")
def new_line(request: HttpRequest) -> HttpResponse:
    """Open a budget line."""
    campaign_code = request.GET.get("campaign")
    chosen = Campaign.objects.filter(code=campaign_code).first() if campaign_code else None
    form = LineForm(request.POST or None, initial={"fiscal_year": timezone.localdate().year, "campaign": chosen})
    if request.method == "POST" and form.is_valid():
        try:
            line = create_budget_line(**form.cleaned_data, owner=request.user, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{line} is open; plan it by month.")
            return redirect(line)
    context = {"title": "New budget line", "form": form, "back": reverse("planning:budget")}
    context["crumbs"] = [Crumb("Budget", reverse("planning:budget"))]
    return render_page(request, "planning/line_form.html", context, status=422 if form.errors else 200)


@requires("planning.edit_budget")
@require_POST
def add_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Append an entry to a line."""
    line = line_of(request, pk)
    form = EntryForm(request.POST)
    if form.is_valid():
        try:
            post_entry(line=line, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
            form.add_error(None, error.detail)
        else:
            toast(request, "The entry was posted.")
            return redirect(line)
    return line_page(request, line, form, TransferForm(line=line, auto_id="transfer_%s"))


@requires("planning.edit_budget")
@require_POST
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move planned money to another line."""
    line = line_of(request, pk)
    form = TransferForm(request.POST, line=line, auto_id="transfer_%s")
    if form.is_valid():
        try:
            transfer_money(source=line, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
            form.add_error(None, error.detail)
        else:
            toast(request, f"{form.cleaned_data['amount']} {line.currency} moved to {form.cleaned_data['target']}.")
            return redirect(line)
    return line_page(request, line, EntryForm(), form)


@requires("planning.edit_budget")
def transfer_options(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines that money of this one can go to, for a select, while somebody types."""
    return options(request, targets_of(line_of(request, pk)), "name", "campaign__code")


@requires("planning.edit_budget")
@require_POST
def undo_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Reverse an entry of a line."""
    line = line_of(request, pk)
    found = get_object_or_404(BudgetEntry, pk=entry, line=line)
    try:
        reverse_entry(entry=found, actor=request.user)  # type: ignore[arg-type]
        toast(request, "The entry was reversed.")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(line)
