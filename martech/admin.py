"""Admin pages of routing and the tool inventory: calendars, time off and contracts are edited here, the others read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from martech.models import Contract, PolicyVersion, RoutingDecision, RoutingPolicy, TimeOff, Tool, WorkingCalendar
from martech.selectors.matching import DAYS
from martech.selectors.policies import policies_with_versions, policy_page
from martech.services.calendars import add_calendar, change_calendar
from martech.services.stack import delete_contract, save_contract
from martech.services.time_off import add_time_off, cancel_time_off, change_time_off
from martech.time_off import Away
from mops.core.admin_pages import DocumentField, ReadOnlyAdmin, SeenServiceForm, ServiceAdmin, ServiceForm
from mops.core.calendar_document import parse_calendar
from mops.core.clock import CalendarError
from mops.core.rights import can
from mops.core.versions import VersionState


class CalendarForm(SeenServiceForm):
    document = DocumentField(help_text="Zone, hours by weekday and holidays; the app has the words for them")

    class Meta:
        model = WorkingCalendar
        fields = ("name", "document")

    def clean_document(self) -> dict[str, Any]:
        try:
            return parse_calendar(self.cleaned_data["document"]).as_json()
        except CalendarError as error:
            raise forms.ValidationError(error.detail) from error

    def write(self) -> WorkingCalendar:
        values = {"name": self.cleaned_data["name"], "document": self.cleaned_data["document"], "actor": self.actor}
        if not self.instance.pk:
            return add_calendar(**values)
        calendar = WorkingCalendar.objects.get(pk=self.instance.pk)
        change_calendar(calendar=calendar, seen=self.seen_at, **values)
        calendar.refresh_from_db()
        return calendar


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(ServiceAdmin):
    """Their key is made of the name and stays: policies call them by it."""

    view_right, edit_right = "martech.view_routing", "martech.edit_routing"
    extra_fields = ("seen",)
    form = CalendarForm
    list_display = ("name", "key", "updated_at")
    search_fields = ("name", "key")


class TimeOffForm(SeenServiceForm):
    renamed = {"first": "starts_at", "last": "ends_at"}

    class Meta:
        model = TimeOff
        fields = ("user", "starts_at", "ends_at", "reason")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("starts_at") and values.get("ends_at") and values["ends_at"] <= values["starts_at"]:
            self.add_error("ends_at", "It ends before it begins. Choose a later time.")
        return values

    def write(self) -> TimeOff:
        values = self.cleaned_data
        away = Away(values["starts_at"], values["ends_at"], values["reason"])
        if not self.instance.pk:
            return add_time_off(user=values["user"], away=away, actor=self.actor)
        absence = TimeOff.objects.get(pk=self.instance.pk)
        change_time_off(absence=absence, away=away, seen=self.seen_at, actor=self.actor)
        absence.refresh_from_db()
        return absence


@admin.register(TimeOff)
class TimeOffAdmin(ServiceAdmin):
    """Leads that wait are looked at again, as by the app."""

    view_right, edit_right = "martech.view_routing", "martech.edit_routing"
    extra_fields = ("seen",)
    form = TimeOffForm
    is_deletable = True
    list_display = ("user", "starts_at", "ends_at", "reason")
    list_filter = ("user",)
    list_select_related = ("user",)
    date_hierarchy = "starts_at"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user"] if obj else []

    def delete_one(self, request: HttpRequest, obj: TimeOff) -> None:
        cancel_time_off(absence=obj, seen=obj.updated_at, actor=request.user)  # type: ignore[arg-type]


@admin.register(RoutingPolicy)
class RoutingPolicyAdmin(ReadOnlyAdmin):
    """What a policy says is read here; it is built in the app, where the button leads."""

    view_right = "martech.view_routing"
    list_display = ("name", "key", "in_force")
    change_form_outer_before_template = "martech/admin_policy.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoutingPolicy]:
        return policies_with_versions()

    @admin.display(description="In force")
    def in_force(self, policy: RoutingPolicy) -> str:
        states = {version.state: version.number for version in policy.versions.all()}
        if VersionState.PUBLISHED in states:
            return f"Version {states[VersionState.PUBLISHED]} routes"
        return "A draft" if VersionState.DRAFT in states else "Not in force"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if (policy := kwargs.get("obj")) is not None:
            page = policy_page(policy, request.user)
            context |= {"page": page, "days": DAYS, "may_edit": can(request.user, "martech.edit_routing")}
        return super().render_change_form(request, context, *args, **kwargs)


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
    list_select_related = ("owner",)
    search_fields = ("name", "vendor")


class ContractForm(ServiceForm):
    class Meta:
        model = Contract
        exclude = ("reminded_days", "kept_for", "kept_because", "kept_by", "kept_at")

    def write(self) -> Contract:
        known = Contract.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        values = {name: value for name, value in self.cleaned_data.items() if name != "tool"}
        tool = known.tool if known else self.cleaned_data["tool"]
        return save_contract(tool=tool, contract=known, actor=self.actor, values=values)


@admin.register(Contract)
class ContractAdmin(ServiceAdmin):
    """A new date of renewal is reminded of anew, as by the app."""

    view_right, edit_right = "martech.view_stack", "martech.edit_stack"
    form = ContractForm
    is_deletable = True
    list_display = ("tool", "yearly", "currency", "seats", "renews_on")
    list_filter = ("currency", "is_automatic")
    list_select_related = ("tool",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["tool"] if obj else []

    def delete_one(self, request: HttpRequest, obj: Contract) -> None:
        delete_contract(contract=obj, actor=request.user)  # type: ignore[arg-type]
