"""Pages of planning: campaigns and their calendar."""

from datetime import date
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mops.core.errors import DomainError
from mops.core.inputs import DayRangeFilter
from mops.core.lists import (
    DayColumn,
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    PageAction,
    PillColumn,
    ReadyView,
    Total,
)
from mops.core.lists.options import options
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, requires
from planning.calendar import all_month, lay_out, neighbour
from planning.forms import (
    CampaignForm,
    ChangeCampaignForm,
    naming_findings,
)
from planning.models import Campaign, CampaignState, Channel, Region
from planning.selectors import campaigns_for
from planning.services import (
    change_campaign,
    create_campaign,
    move_campaign_state,
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
    starts = DayRangeFilter(field_name="starts_on", label="Starts")
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
def campaign_options(request: HttpRequest) -> HttpResponse:
    """Campaigns for a select, while somebody types."""
    return options(request, campaigns_for(request.user), "name", "code", value="code")


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
