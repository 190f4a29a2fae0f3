"""The suppression list."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_filters import ChoiceFilter, FilterSet

from governance.consent_forms import LiftForm, SuppressForm
from governance.models import SuppressedKind, Suppression, SuppressionReason
from governance.services.suppression import ListOutcome, Scope, lift, suppress_list
from mops.core.errors import DomainError
from mops.core.lists import Empty, LinkedColumn, ListPage, ListTable, PageAction, Total, WhenColumn
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires

SHOWN = 20
HERE = Crumb("Suppression list", "/governance/suppression/")


class SuppressionFilter(FilterSet):
    kind = ChoiceFilter(choices=SuppressedKind.choices, label="Kind")
    reason = ChoiceFilter(choices=SuppressionReason.choices, label="Reason")
    lifted = ChoiceFilter(
        choices=[("no", "In force"), ("yes", "Lifted")], label="State", method="by_state", empty_label="Any"
    )

    class Meta:
        model = Suppression
        fields = ("kind", "reason")

    def by_state(self, rows: QuerySet[Suppression], _name: str, value: str) -> QuerySet[Suppression]:
        return rows.filter(lifted_at__isnull=value == "no")


class SuppressionTable(ListTable):
    subject = LinkedColumn(verbose_name="Entry", orderable=False, linkify=("governance:lift", {"pk": tables.A("pk")}))
    scope = tables.Column(accessor="scope_in_words", verbose_name="For", orderable=False)
    reason = tables.Column()
    note = tables.Column()
    added_at = WhenColumn(verbose_name="Added")
    added_by = tables.Column(verbose_name="By", orderable=False)
    lifted_at = WhenColumn(verbose_name="Lifted")

    class Meta(ListTable.Meta):
        model = Suppression
        fields = ("subject", "scope", "reason", "note", "added_at", "added_by", "lifted_at")

    def render_subject(self, record: Suppression) -> str:
        return str(record)

    value_subject = render_subject


class SuppressionList(ListPage):
    permission = "governance.view_consent"
    model = Suppression
    table_class = SuppressionTable
    filterset_class = SuppressionFilter
    title = "Suppression list"
    empty = Empty(
        "Nobody is suppressed",
        "Add addresses and numbers that must not be contacted; every export and push obeys the list.",
        "ban",
        "Add to the list",
        "governance:suppress",
        "governance.edit_suppression",
    )
    actions = (
        PageAction("Add to the list", "governance:suppress", permission="governance.edit_suppression", is_primary=True),
    )

    def visible(self, user: Any) -> QuerySet[Suppression]:
        return Suppression.objects.select_related("added_by")

    def lede(self, total: Total) -> str:
        return "Kept as keyed hashes, so that an entry outlives the person's erasure. To find one, look up its address under Consent."


@requires("governance.edit_suppression")
def add(request: HttpRequest) -> HttpResponse:
    """Put addresses on the list; lines that are none are shown with their reasons."""
    form = SuppressForm(request.POST or None, request.FILES or None)
    outcome: ListOutcome | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        outcome = suppress_list(
            lines=form.lines_read,
            reason=given["reason"],
            scope=Scope(given["purpose"], given["channel"]),
            note=given["note"],
            source=given["file"].name if given["file"] else "page",
            actor=request.user,  # type: ignore[arg-type]
        )
        if not outcome.refused:
            toast(request, f"{outcome.added:,} were added; {outcome.known:,} were on the list already.")
            return redirect("governance:suppressions")
        lines = form.lines_read
        left = "\n".join(lines[number - 1] for number, _reason in outcome.refused[:SHOWN])
        form = SuppressForm(initial={**given, "addresses": left})
    context = {
        "title": "Add to the list",
        "form": form,
        "outcome": outcome,
        "refused": outcome.refused[:SHOWN] if outcome else [],
        "crumbs": [HERE],
    }
    return render_page(request, "governance/suppress.html", context, status=422 if form.errors else 200)


@requires("governance.view_consent")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry; a POST lifts it, for those who may change the list."""
    found = get_object_or_404(Suppression.objects.select_related("added_by", "lifted_by"), pk=pk)
    return render_page(request, "governance/suppression.html", entry_context(found, LiftForm()))


def entry_context(found: Suppression, form: LiftForm) -> dict[str, Any]:
    return {"title": str(found), "entry": found, "form": form, "crumbs": [HERE]}


@requires("governance.edit_suppression")
@require_POST
def lift_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift an entry with a reason."""
    found = get_object_or_404(Suppression, pk=pk)
    form = LiftForm(request.POST)
    if form.is_valid():
        try:
            lift(suppression=found, reason=form.cleaned_data["lift_reason"], actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            toast(request, error.detail, "error")
        else:
            toast(request, "It was lifted; the reason stays on record.")
        return redirect(reverse("governance:lift", args=[pk]))
    return render_page(request, "governance/suppression.html", entry_context(found, form), status=422)
