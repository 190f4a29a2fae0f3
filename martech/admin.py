"""Admin pages of routing: calendars and time off are edited here; policies and decisions are read here."""

from typing import Any

from django import forms
from django.contrib import admin

from martech.models import Contract, PolicyVersion, RoutingDecision, RoutingPolicy, TimeOff, Tool, WorkingCalendar
from mops.core.admin_pages import ReadOnlyAdmin, RightsAdmin
from mops.core.calendar_document import parse_calendar
from mops.core.clock import CalendarError


class CalendarForm(forms.ModelForm):
    class Meta:
        model = WorkingCalendar
        fields = ("key", "name", "document")

    def clean_document(self) -> dict[str, Any]:
        try:
            return parse_calendar(self.cleaned_data["document"]).as_json()
        except CalendarError as error:
            raise forms.ValidationError(error.detail) from error


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(RightsAdmin):
    view_right, edit_right = "martech.view_routing", "martech.edit_routing"
    form = CalendarForm
    list_display = ("name", "key", "updated_at")
    search_fields = ("name", "key")


@admin.register(TimeOff)
class TimeOffAdmin(RightsAdmin):
    view_right, edit_right = "martech.view_routing", "martech.edit_routing"
    is_deletable = True
    list_display = ("user", "starts_at", "ends_at", "reason")
    list_filter = ("user",)
    autocomplete_fields = ()
    date_hierarchy = "starts_at"


@admin.register(RoutingPolicy)
class RoutingPolicyAdmin(ReadOnlyAdmin):
    view_right = "martech.view_routing"
    list_display = ("name", "key")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    view_right = "martech.view_routing"
    list_display = ("policy", "number", "state", "published_at", "published_by")
    list_filter = ("policy", "state")
    list_select_related = ("policy",)


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(ReadOnlyAdmin):
    view_right = "martech.view_routing"
    list_display = ("person", "outcome", "owner", "rule", "pool", "decided_at")
    list_filter = ("outcome",)
    list_select_related = ("person", "owner")
    show_full_result_count = False


@admin.register(Tool)
class ToolAdmin(ReadOnlyAdmin):
    view_right = "martech.view_stack"
    list_display = ("name", "vendor", "area", "state", "owner")
    list_filter = ("area", "state")
    search_fields = ("name", "vendor")


@admin.register(Contract)
class ContractAdmin(RightsAdmin):
    view_right, edit_right = "martech.view_stack", "martech.edit_stack"
    is_deletable = True
    list_display = ("tool", "yearly", "currency", "seats", "renews_on")
    list_filter = ("currency", "is_automatic")
    exclude = ("reminded_days",)
