"""The people behind a figure of data quality, and the findings with their owners."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.filters import FindingFilter
from martech.models import Monitor, MonitorVersion, Person, QualityFinding
from martech.quality_forms import AcceptForm, FindingForm
from martech.selectors.quality import failing_of, findings_for, question, rule_of
from martech.services.quality.findings import accept_finding, assign_finding
from martech.tables import FindingTable
from martech.views.people import PersonList
from martech.views.quality import crumbs
from mops.core.errors import DomainError
from mops.core.lists import Empty, ListPage, ReadyView, Total
from mops.core.pages import render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires


class FailingPeople(PersonList):
    """Who fails a monitor now; for drift the newcomers of one value."""

    key = "martech:failing-people"
    actions = ()
    ready_views = ()
    bulk_actions = ()

    @cached_property
    def version(self) -> MonitorVersion:
        monitor = get_object_or_404(Monitor, key=self.kwargs["key"])
        return get_object_or_404(monitor.versions.select_related("monitor"), state="published")

    @property
    def bucket(self) -> str:
        """The value of a drift monitor, by its place on the monitor's page."""
        place = self.kwargs.get("bucket")
        if place is None:
            return ""
        snapshot = self.version.monitor.snapshots.filter(version=self.version).first()
        rows = snapshot.detail.get("buckets", []) if snapshot else []
        if place >= len(rows):
            raise Http404
        return str(rows[place]["name"])

    def visible(self, user: Any) -> QuerySet[Person]:
        rows = failing_of(self.version, user, self.bucket)
        return rows.select_related("account", "owner", "campaign")

    def lede(self, total: Total) -> str:
        rule = rule_of(self.version)
        if rule.kind == "drift":
            return f"Newcomers of the last {rule.drift.window_days if rule.drift else 0} days{self.words()}."
        return f"Who fails “{rule.name}”: {question(rule)}."

    def words(self) -> str:
        return f" whose value is {self.bucket}" if self.bucket else ""

    def extra_context(self) -> dict[str, Any]:
        return {"crumbs": crumbs(self.version.monitor)}


class FindingList(ListPage):
    permission = "martech.view_quality"
    model = QualityFinding
    table_class = FindingTable
    filterset_class = FindingFilter
    search_fields = ("monitor__name", "note")
    title = "Findings"
    ready_views = (
        ReadyView("open", "Open", "state=open"),
        ReadyView("accepted", "Accepted", "state=accepted"),
        ReadyView("resolved", "Resolved", "state=resolved"),
    )
    empty = Empty(
        "Nothing to put right",
        "When a monitor falls below its target, a finding opens here with an owner and a due date.",
        "clipboard-check",
        "Data quality",
        "martech:quality",
    )

    def visible(self, user: Any) -> QuerySet[QualityFinding]:
        return findings_for(user)

    def lede(self, total: Total) -> str:
        return "What monitors found below target, who puts it right, and until when."

    def extra_context(self) -> dict[str, Any]:
        return {"crumbs": crumbs()}


@requires("martech.view_quality")
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: assign it, or live with it until a day."""
    found = get_object_or_404(findings_for(request.user), pk=pk)
    form = FindingForm(initial={"owner": found.owner_id, "due_on": found.due_on})
    return page_of(request, found, form, AcceptForm())


def page_of(
    request: HttpRequest, found: QualityFinding, form: FindingForm, accept: AcceptForm, status: int = 200
) -> HttpResponse:
    title = f"Finding: {found.monitor.name}"
    context = {"title": title, "finding": found, "form": form, "accept_form": accept, "crumbs": crumbs(found.monitor)}
    return render_page(request, "martech/finding.html", context, status=status)


@requires("martech.edit_quality")
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(findings_for(request.user), pk=pk)
    form = FindingForm(request.POST)
    if form.is_valid():
        try:
            assign_finding(finding=found, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "Saved; a new owner is told.")
            return redirect(found)
    return page_of(request, found, form, AcceptForm(), 422)


@requires("martech.edit_quality")
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(findings_for(request.user), pk=pk)
    form = AcceptForm(request.POST)
    if form.is_valid():
        try:
            accept_finding(finding=found, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"Accepted until {found.accepted_until:%d %b %Y}.")
            return redirect(found)
    return page_of(request, found, FindingForm(initial={"owner": found.owner_id, "due_on": found.due_on}), form, 422)
