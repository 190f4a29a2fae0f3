"""Admin pages of workflow: intake forms and their versions; requests are decided in the app."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from mops.core.admin_pages import DocumentField, ReadOnlyAdmin, ServiceAdmin, ServiceForm
from mops.core.history import recording
from workflow.models import FormVersion, IntakeForm, Request
from workflow.services import change_form, create_form, publish_form_version


class IntakeFormForm(ServiceForm):
    renamed = {"fields": "questions"}
    questions = DocumentField(
        required=False,
        help_text="A change is published as the form’s next version; requests stay on the version they were answered on.",
    )

    class Meta:
        model = IntakeForm
        fields = ("key", "name", "description", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["questions"] = self.published = self._published()

    def _published(self) -> list[Any]:
        version = FormVersion.objects.filter(form=self.instance.pk, state=FormVersion.State.PUBLISHED).first()
        return version.fields if version else []

    def write(self) -> IntakeForm:
        """The form, and its questions as the next version where they differ from those in force."""
        with recording("change_form" if self.instance.pk else "create_form", actor=self.actor):
            return self.write_all(dict(self.cleaned_data))

    def write_all(self, given: dict[str, Any]) -> IntakeForm:
        questions, is_active = given.pop("questions") or [], given.pop("is_active", True)
        if self.instance.pk:
            given.pop("key", None)
            form = change_form(
                form=IntakeForm.objects.get(pk=self.instance.pk), is_active=is_active, actor=self.actor, **given
            )
        else:
            form = create_form(actor=self.actor, **given)
        if questions != self.published:
            publish_form_version(form=form, fields=questions, actor=self.actor)
        return form


@admin.register(IntakeForm)
class IntakeFormAdmin(ServiceAdmin):
    view_right, edit_right = "workflow.view_form", "workflow.edit_form"
    form = IntakeFormForm
    extra_fields = ("questions",)
    list_display = ("name", "key", "is_active", "created_at")
    search_fields = ("name", "key")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ["key", "name", "description", "is_active"] if obj else ["key", "name", "description"]
        return [*shown, "questions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []


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
