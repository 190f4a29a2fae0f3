"""Admin pages of planning: campaigns, budget lines with their ledger, exchange rates."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from mops.core.admin_pages import ReadOnlyAdmin, ServiceAdmin, ServiceForm
from planning.models import BudgetEntry, BudgetLine, Campaign, ExchangeRate
from planning.services import (
    change_budget_line,
    change_campaign,
    create_budget_line,
    create_campaign,
    set_exchange_rate,
)

SET_ONCE = ("code", "channel", "region")


class CampaignForm(ServiceForm):
    class Meta:
        model = Campaign
        fields = ("name", "channel", "region", "starts_on", "ends_on", "owner", "objective")

    def write(self) -> Campaign:
        if self.instance.pk:
            return change_campaign(
                campaign=Campaign.objects.get(pk=self.instance.pk), actor=self.actor, **self.cleaned_data
            )
        return create_campaign(actor=self.actor, **self.cleaned_data)


@admin.register(Campaign)
class CampaignAdmin(ServiceAdmin):
    """The code is given once and never changes; the state moves in the app, along its table."""

    view_right, edit_right = "planning.view_campaign", "planning.edit_campaign"
    form = CampaignForm
    list_display = ("code", "name", "channel", "region", "state", "starts_on", "ends_on", "owner")
    list_filter = ("state", "channel", "region")
    list_select_related = ("owner",)
    search_fields = ("code", "name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = list(CampaignForm.Meta.fields)
        return ["code", "state", *names] if obj else names

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*SET_ONCE, "state"] if obj else []


class BudgetLineForm(ServiceForm):
    class Meta:
        model = BudgetLine
        fields = ("name", "campaign", "channel", "fiscal_year", "currency", "owner")

    def write(self) -> BudgetLine:
        if self.instance.pk:
            return change_budget_line(
                line=BudgetLine.objects.get(pk=self.instance.pk), actor=self.actor, **self.cleaned_data
            )
        return create_budget_line(actor=self.actor, **self.cleaned_data)


@admin.register(BudgetLine)
class BudgetLineAdmin(ServiceAdmin):
    """Money is posted in the app; the line's year, currency and campaign are what its postings rest on."""

    view_right, edit_right = "planning.view_budget", "planning.edit_budget"
    form = BudgetLineForm
    list_display = ("name", "campaign", "channel", "fiscal_year", "currency", "owner")
    list_filter = ("fiscal_year", "channel", "currency")
    list_select_related = ("campaign", "owner")
    search_fields = ("name", "campaign__code", "campaign__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["campaign", "fiscal_year", "currency"] if obj else []


@admin.register(BudgetEntry)
class BudgetEntryAdmin(ReadOnlyAdmin):
    """The ledger: entries are added in the app and never changed; a mistake is reversed there."""

    view_right = "planning.view_budget"
    list_display = ("line", "kind", "month", "amount", "document", "actor", "created_at")
    list_filter = ("kind",)
    search_fields = ("document", "note", "line__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BudgetEntry]:
        return super().get_queryset(request).select_related("line", "actor")


class ExchangeRateForm(ServiceForm):
    renamed = {"day": "date"}

    class Meta:
        model = ExchangeRate
        fields = ("currency", "date", "rate")

    def write(self) -> ExchangeRate:
        currency = self.cleaned_data.get("currency") or self.instance.currency
        day = self.cleaned_data.get("date") or self.instance.date
        rate = self.cleaned_data["rate"]
        return set_exchange_rate(currency=currency, day=day, rate=rate, actor=self.actor)[0]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ServiceAdmin):
    view_right, edit_right = "planning.view_budget", "planning.edit_budget"
    form = ExchangeRateForm
    list_display = ("currency", "date", "rate")
    list_filter = ("currency",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["currency", "date"] if obj else []
