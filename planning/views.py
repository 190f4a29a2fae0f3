"""Pages of planning: campaigns, their calendar, the budget."""

from datetime import date
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
from mops.core.lists import (
    DayColumn,
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    MoneyColumn,
    PageAction,
    PillColumn,
    ReadyView,
    Total,
)
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import can, requires
from planning.calendar import all_month, lay_out, neighbour
from planning.forms import (
    CampaignForm,
    ChangeCampaignForm,
    EntryForm,
    LineForm,
    TransferForm,
    add_errors,
    naming_findings,
)
from planning.models import BudgetEntry, BudgetLine, Campaign, CampaignState, Channel, Region
from planning.selectors import budget_totals, campaigns_for, is_overdue, lines_for, months_of
from planning.services import (
    change_campaign,
    create_budget_line,
    create_campaign,
    move_campaign_state,
    post_entry,
    reverse_entry,
    transfer_money,
)
from planning.services.campaigns import TRANSITIONS

STATE_KINDS = {"Live": "good", "Planned": "accent", "Cancelled": "bad"}


MOVES: dict[str, str] = {
    CampaignState.DRAFT: "Back to draft",
    CampaignState.PLANNED: "Plan it",
    CampaignState.LIVE: "Go live",
    CampaignState.DONE: "Close it",
    CampaignState.CANCELLED: "Cancel it",
}
"""What somebody does when they move a campaign to a state."""


class CampaignTable(ListTable):
    name = LinkedColumn(accessor="name")
    code = tables.Column()
    channel = tables.Column(accessor="get_channel_display", order_by="channel")
    region = tables.Column(accessor="get_region_display", order_by="region")
    state = PillColumn(accessor="get_state_display", order_by="state", kinds=STATE_KINDS)
    starts_on = DayColumn(verbose_name="First day")
    ends_on = DayColumn(verbose_name="Last day")
    owner = tables.Column()

    fixed = ("name",)
    default_columns = ("name", "code", "channel", "region", "state", "starts_on", "ends_on", "owner")

    class Meta(ListTable.Meta):
        model = Campaign
        fields = ()


class CampaignFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=CampaignState.choices, label="State")
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label="Channel")
    region = filters.MultipleChoiceFilter(choices=Region.choices, label="Region")
    starts = filters.DateFromToRangeFilter(field_name="starts_on", label="Starts")
    over = filters.BooleanFilter(method="by_end", label="Ended and still live")

    class Meta:
        model = Campaign
        fields: list[str] = []

    def by_end(self, rows: QuerySet[Campaign], _name: str, value: bool) -> QuerySet[Campaign]:
        over = {"state": CampaignState.LIVE, "ends_on__lt": timezone.localdate()}
        return rows.filter(**over) if value else rows.exclude(**over)


class CampaignList(ListPage):
    permission = "planning.view_campaign"
    model = Campaign
    table_class = CampaignTable
    filterset_class = CampaignFilter
    search_fields = ("name", "code")
    title = "Campaigns"
    actions = (
        PageAction("Calendar", "planning:calendar", icon="calendar"),
        PageAction("New campaign", "planning:new-campaign", permission="planning.edit_campaign", is_primary=True),
    )
    ready_views = (
        ReadyView("live", "Live", "state=live&sort=ends_on"),
        ReadyView("planned", "Planned", "state=planned&sort=starts_on"),
        ReadyView("to-close", "To be closed", "over=true&sort=ends_on"),
    )
    empty = Empty(
        "No campaigns yet",
        "A campaign has a code that UTMs, spend, people and deals carry, so that everything adds up.",
        "speakerphone",
        "Create a campaign",
        "planning:new-campaign",
        "planning.edit_campaign",
    )

    def visible(self, user: Any) -> QuerySet[Campaign]:
        return campaigns_for(user)

    def lede(self, total: Total) -> str:
        live = campaigns_for(self.request.user).filter(state=CampaignState.LIVE)
        late = live.filter(ends_on__lt=timezone.localdate()).count()
        tail = f" {late} ended and should be closed." if late else ""
        return f"{live.count()} are live.{tail}"


@requires("planning.view_campaign")
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign and everything that carries its code."""
    found = get_object_or_404(campaigns_for(request.user), code=code)
    moves = [(state, MOVES[state]) for state in TRANSITIONS[found.state]]
    context = {
        "title": found.name,
        "campaign": found,
        "findings": naming_findings(found.name),
        "moves": moves if can(request.user, "planning.edit_campaign") else [],
    }
    return render_page(request, "planning/campaign.html", context)


def campaign_form(request: HttpRequest, form: CampaignForm, title: str, back: str) -> HttpResponse:
    crumbs = [Crumb("Campaigns", reverse("planning:campaigns"))]
    context = {"title": title, "form": form, "back": back, "crumbs": crumbs}
    return render_page(request, "planning/campaign_form.html", context, status=422 if form.errors else 200)


@requires("planning.edit_campaign")
def new_campaign(request: HttpRequest) -> HttpResponse:
    """Create a campaign; `?day=` and `?name=` fill the form in."""
    initial = {"starts_on": request.GET.get("day"), "name": request.GET.get("name"), "owner": request.user.pk}
    form = CampaignForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_campaign(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{made.code} was created.")
            return redirect(made)
    return campaign_form(request, form, "New campaign", reverse("planning:campaigns"))


@requires("planning.edit_campaign")
def edit_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Change name, dates, owner or objective; this is also how a campaign is moved without a mouse."""
    found = get_object_or_404(campaigns_for(request.user), code=code)
    form = ChangeCampaignForm.of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_campaign(campaign=found, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{found.code} was changed.")
            return redirect(found)
    return campaign_form(request, form, f"Edit {found.code}", found.get_absolute_url())


@requires("planning.edit_campaign")
@require_POST
def campaign_state(request: HttpRequest, code: str) -> HttpResponse:
    """Move a campaign along its states."""
    found = get_object_or_404(campaigns_for(request.user), code=code)
    try:
        move_campaign_state(campaign=found, state=request.POST.get("state", ""), actor=request.user)  # type: ignore[arg-type]
        toast(request, f"{found.code} is {found.get_state_display().lower()} now.")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(found)


@requires("planning.edit_campaign")
def check_campaign_name(request: HttpRequest) -> HttpResponse:
    """What the naming rule says about the name being typed."""
    findings = naming_findings(request.GET.get("name", ""))
    return render_page(request, "planning/name_findings.html", {"findings": findings, "name": request.GET.get("name")})


@requires("planning.view_campaign")
def month_calendar(request: HttpRequest) -> HttpResponse:
    """The campaigns of a month (`?month=2026-03`), by channel and region where asked."""
    today = timezone.localdate()
    try:
        month = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        month = today.replace(day=1)
    filterset = CampaignFilter(request.GET, queryset=campaigns_for(request.user))
    rows = filterset.qs.between(month, neighbour(month, 1)).exclude(state=CampaignState.CANCELLED)
    found = list(rows[:300])
    through, rest = all_month(month, found)
    context = {
        "title": "Calendar",
        "month": month,
        "today": today,
        "weeks": lay_out(month, rest),
        "through": through,
        "agenda": sorted(found, key=lambda item: item.starts_on),
        "previous": neighbour(month, -1),
        "next": neighbour(month, 1),
        "channels": Channel.choices,
        "regions": Region.choices,
        "chosen": {"channel": request.GET.getlist("channel"), "region": request.GET.getlist("region")},
    }
    return render_page(request, "planning/calendar.html", context, partial="calendar")


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
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all(), to_field_name="code", label="Campaign")
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
        lines = "1 line is" if overspent == 1 else f"{overspent:,} lines are"
        view = self.ready_views[0].address
        return format_html('<a href="{}">{} overspent</a>: move money to them, or order less.', view, lines)


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
    return line_page(request, line, EntryForm(), TransferForm(line=line))


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
    return line_page(request, line, form, TransferForm(line=line))


@requires("planning.edit_budget")
@require_POST
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move planned money to another line."""
    line = line_of(request, pk)
    form = TransferForm(request.POST, line=line)
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
