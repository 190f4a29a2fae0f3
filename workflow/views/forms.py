"""Pages of intake forms: which there are, the builder of one, its versions."""

from typing import Any, cast

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html

from governance.conflicts import on_top
from governance.models import User
from mops.core.errors import ConflictError, DomainError
from mops.core.lists import (
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    NumberColumn,
    PageAction,
    PillColumn,
    Total,
    WhenColumn,
)
from mops.core.pages import Crumb, is_htmx, render_page, toast
from mops.core.rights import can, require, requires
from workflow.form_builder import Builder, previewed
from workflow.form_design import changes_between
from workflow.models import FormVersion, IntakeForm
from workflow.questions import read_questions
from workflow.selectors import RECENT_DAYS, forms_for, recent_since, version_in_force, versions_for
from workflow.services import build_form, change_form

PARTS = ("form-builder", "form-preview")


class FormTable(ListTable):
    title = LinkedColumn(accessor="name", verbose_name="Form")
    state = PillColumn(accessor="is_active", kinds={True: "good", False: "neutral"}, verbose_name="State")
    questions = NumberColumn()
    version = tables.Column(verbose_name="In force")
    recent = NumberColumn(verbose_name=f"Requests, {RECENT_DAYS} days")
    published_at = WhenColumn(verbose_name="Published")
    description = tables.Column()

    fixed = ("title",)
    default_columns = ("title", "state", "questions", "version", "recent", "published_at", "description")

    class Meta(ListTable.Meta):
        model = IntakeForm
        fields = ()

    def render_state(self, value: bool) -> str:
        kind, word = ("good", "Open") if value else ("neutral", "Closed")
        return format_html('<span class="pill pill-{}">{}</span>', kind, word)

    def value_state(self, value: bool) -> str:
        return "open" if value else "closed"

    def render_version(self, value: int) -> str:
        return f"Version {value}"

    def render_recent(self, value: int, record: IntakeForm) -> str:
        rows = f"{reverse('workflow:requests')}?form={record.key}&asked_after={recent_since():%Y-%m-%d}"
        return format_html('<a href="{}">{}</a>', rows, value) if value else "0"


class FormFilter(filters.FilterSet):
    is_active = filters.BooleanFilter(label="Open")

    class Meta:
        model = IntakeForm
        fields: list[str] = []


class FormList(ListPage):
    permission = "workflow.view_form"
    model = IntakeForm
    table_class = FormTable
    filterset_class = FormFilter
    search_fields = ("name", "description")
    title = "Intake forms"
    actions = (PageAction("New form", "workflow:new-form", permission="workflow.edit_form", is_primary=True),)
    empty = Empty(
        "No intake form yet",
        "A form says what people can ask marketing for, and asks what you need to know.",
        "forms",
        "New form",
        "workflow:new-form",
        "workflow.edit_form",
    )

    def visible(self, user: Any) -> QuerySet[IntakeForm]:
        return forms_for(user)

    def lede(self, total: Total) -> str:
        number = IntakeForm.objects.filter(is_active=True).count()
        return f"{number} {'is' if number == 1 else 'are'} open. A request stays on the version it was answered on."


@requires("workflow.edit_form")
def new_form(request: HttpRequest) -> HttpResponse:
    """Build a form, from nothing or `?from=` another."""
    copied = IntakeForm.objects.filter(key=request.GET.get("from", "")).first()
    return build(request, Builder(None, request.POST or None, copied))


@requires("workflow.view_form")
def form(request: HttpRequest, key: str) -> HttpResponse:
    """The builder of a form; who may not change it sees the version in force."""
    found = get_object_or_404(IntakeForm, key=key)
    if request.method == "POST" or can(request.user, "workflow.edit_form"):
        require(request.user, "workflow.edit_form")
        return build(request, Builder(found, request.POST or None))
    return version_page(request, found, version_in_force(found))


@requires("workflow.view_form")
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version of a form, as it was or is asked."""
    shown = get_object_or_404(FormVersion.objects.select_related("form", "published_by"), form__key=key, number=number)
    return version_page(request, shown.form, shown)


def build(request: HttpRequest, builder: Builder) -> HttpResponse:
    """Publish what was built, or show it as it stands now."""
    if builder.is_publishing and builder.is_valid() and (saved := publish(request, builder)):
        return redirect(saved)
    found = builder.found
    context: dict[str, Any] = {
        "title": found.name if found else "New form",
        "form": found,
        "builder": builder,
        "versions": versions_for(request.user, found)[:5] if found else [],
        "crumbs": [Crumb("Intake forms", reverse("workflow:forms"))],
    }
    target = request.headers.get("HX-Target", "") if is_htmx(request) else ""
    partial = target if target in PARTS else None
    context["is_preview_alone"] = partial == "form-preview"
    return render_page(
        request, "workflow/form_builder.html", context, partial, status=422 if builder.is_publishing else 200
    )


def publish(request: HttpRequest, builder: Builder) -> IntakeForm | None:
    """The saved form; a refusal stands at its fields, and what was filled in stays there."""
    found, actor = builder.found, cast(User, request.user)
    try:
        if found is None:
            made = build_form(**builder.values, actor=actor)
            toast(
                request,
                f"{made.name} is published{' and open' if made.is_active else '; it is closed until you open it'}.",
            )
            return made
        published = change_form(form=found, **builder.values, seen=builder.head.cleaned_data["seen"], actor=actor)
    except ConflictError as error:
        overtaken(request, builder, error)
        return None
    except DomainError as error:
        for path, reasons in error.errors.items():
            builder.refuse(path, reasons)
        return None
    in_force = f"Version {published.number} is in force; earlier requests stay on theirs." if published else ""
    toast(request, in_force or "The form was saved; its questions are the same as before.")
    return found


def overtaken(request: HttpRequest, builder: Builder, error: ConflictError) -> None:
    """Somebody published meanwhile: say who, and what publishing this again would change about theirs."""
    if builder.found is None:
        builder.head.add_error(None, error.detail)
        return
    on_top(builder.head, error, builder.found, request.user)
    builder.compare_again()


def version_page(request: HttpRequest, found: IntakeForm, shown: FormVersion | None) -> HttpResponse:
    versions = list(versions_for(request.user, found))
    earlier = next((row for row in versions if shown and row.number < shown.number), None)
    questions = read_questions(shown.fields)[0] if shown else []
    changes = changes_between(read_questions(earlier.fields)[0], questions) if earlier else []
    context = {
        "title": f"{found.name}, version {shown.number}" if shown else found.name,
        "form": found,
        "shown": shown,
        "earlier": earlier,
        "changes": changes,
        "preview": previewed(questions),
        "versions": versions,
        "crumbs": [Crumb("Intake forms", reverse("workflow:forms")), Crumb(found.name, found.get_absolute_url())],
    }
    return render_page(request, "workflow/form_version.html", context)
