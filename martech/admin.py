"""Admin pages of routing: calendars and time off are edited here; policies and decisions are read here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from martech.models import PolicyVersion, RoutingDecision, RoutingPolicy, TimeOff, WorkingCalendar
from mops.core.calendar_document import parse_calendar
from mops.core.clock import CalendarError


class ReadOnly(ModelAdmin):
    """What is written by services only."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
class WorkingCalendarAdmin(ModelAdmin):
    form = CalendarForm
    list_display = ("name", "key", "updated_at")
    search_fields = ("name", "key")


@admin.register(TimeOff)
class TimeOffAdmin(ModelAdmin):
    list_display = ("user", "starts_at", "ends_at", "reason")
    list_filter = ("user",)
    autocomplete_fields = ()
    date_hierarchy = "starts_at"


@admin.register(RoutingPolicy)
class RoutingPolicyAdmin(ReadOnly):
    list_display = ("name", "key", "builder")

    @admin.display(description="Builder")
    def builder(self, policy: RoutingPolicy) -> str:
        return format_html('<a href="{}">Open in the app</a>', policy.get_absolute_url())


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly):
    list_display = ("policy", "number", "state", "published_at", "published_by")
    list_filter = ("policy", "state")


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(ReadOnly):
    list_display = ("person", "outcome", "owner", "rule", "pool", "decided_at")
    list_filter = ("outcome",)
    list_select_related = ("person", "owner")
    show_full_result_count = False
