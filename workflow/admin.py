"""Admin pages of workflow: read there; forms are built and requests decided in the app."""

from django.contrib import admin

from mops.core.admin_pages import ReadOnlyAdmin
from workflow.models import FormVersion, IntakeForm, Request


@admin.register(IntakeForm)
class IntakeFormAdmin(ReadOnlyAdmin):
    view_right = "workflow.view_form"
    list_display = ("name", "key", "is_active", "created_at")
    search_fields = ("name", "key")


@admin.register(FormVersion)
class FormVersionAdmin(ReadOnlyAdmin):
    """What was published never changes."""

    view_right = "workflow.view_form"
    list_display = ("form", "number", "state", "published_at")
    list_filter = ("form", "state")
    list_select_related = ("form",)


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    view_right = "workflow.view_request"
    list_display = ("reference", "title", "state", "requester", "created_at")
    list_filter = ("state",)
    list_select_related = ("requester",)
    search_fields = ("title",)
