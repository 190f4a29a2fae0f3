"""Data quality: how good the data is, the monitors that say so, and who puts right what they found."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from martech.models import Monitor
from martech.quality.document import KIND_HELP, KINDS
from martech.quality.standard import standard_monitors
from martech.quality_forms import MonitorForm, MonitorOwnerForm, NewMonitorForm, monitor_initial
from martech.selectors.quality import count_now, quality_page, question, read_document
from martech.selectors.quality_fixes import suggested_fixes
from martech.selectors.quality_page import monitor_page
from martech.services.quality.monitors import (
    add_standard_monitors,
    change_monitor,
    create_monitor,
    discard_monitor_draft,
    publish_monitor,
    save_monitor_draft,
)
from martech.services.quality.running import enqueue_run
from martech.views.drafts import say_dropped, say_published
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from mops.core.versions import newest_among

SAVED_IN = "Saved in the draft; nobody is asked by it before you publish."


@requires("martech.view_quality")
def quality(request: HttpRequest) -> HttpResponse:
    """Scores and their trend, by monitor, field and source."""
    page = quality_page()
    proposed = [] if page.rows else list(standard_monitors(timezone.now().date()).values())
    context = {
        "title": "Data quality",
        "page": page,
        "proposed": [(KINDS[one["kind"]], one["name"]) for one in proposed],
        "is_waiting": any(row.latest is None and row.monitor.is_active and not row.has_draft for row in page.rows),
    }
    return render_page(request, "martech/quality.html", context)


@requires("martech.edit_quality")
@require_POST
def add_standard(request: HttpRequest) -> HttpResponse:
    """Adds the proposed monitors and asks them for the first time."""
    documents = standard_monitors(timezone.now().date())
    added = add_standard_monitors(documents=documents, actor=request.user)  # type: ignore[arg-type]
    enqueue_run(actor=request.user)
    toast(request, f"{added} monitors were added; they are being asked for the first time.")
    return redirect("martech:quality")


@requires("martech.edit_quality")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Asks all monitors now, in the background."""
    is_queued = enqueue_run(actor=request.user)
    toast(request, "All monitors are being asked; the figures follow." if is_queued else "A run is on its way already.")
    return redirect("martech:quality")


def crumbs(monitor: Monitor | None = None) -> list[Crumb]:
    own = [Crumb(monitor.name, monitor.get_absolute_url())] if monitor else []
    return [Crumb("Data quality", reverse("martech:quality")), *own]


@requires("martech.view_quality")
def monitor(request: HttpRequest, key: str) -> HttpResponse:
    """One monitor: its question, its trend, where failing values come from, its finding, its versions."""
    found = get_object_or_404(Monitor.objects.select_related("owner"), key=key)
    page = monitor_page(found)
    context = {
        "title": found.name,
        "monitor": found,
        "page": page,
        "suggestions": suggested_fixes(page.rule),
        "owner_form": MonitorOwnerForm(initial={"owner": found.owner_id}),
        "crumbs": crumbs(),
    }
    return render_page(request, "martech/monitor.html", context)


@requires("martech.edit_quality")
def new_monitor(request: HttpRequest) -> HttpResponse:
    """First the kind, then what it asks."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        kinds = [(key, label, KIND_HELP[key]) for key, label in KINDS.items()]
        context = {"title": "New monitor", "kinds": kinds, "crumbs": crumbs()}
        return render_page(request, "martech/monitor_kinds.html", context)
    form = NewMonitorForm(request.POST or None, kind=kind, initial={"scope": {"all": []}})
    if request.method == "POST" and form.is_valid():
        try:
            made = create_monitor(document=form.document(), actor=request.user, owner=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "It is a draft. Publish it, and it is asked every day.")
            return redirect(made)
    return form_page(request, f"New monitor: {KINDS[kind].lower()}", form, crumbs())


@requires("martech.edit_quality")
def edit_monitor(request: HttpRequest, key: str) -> HttpResponse:
    """Changes the draft."""
    found = get_object_or_404(Monitor, key=key)
    version = newest_among(found.versions.all())
    if version is None or version.document.get("kind") not in KINDS:
        raise Http404
    initial = {**monitor_initial(version.document), "revision": version.revision}
    form = MonitorForm(request.POST or None, kind=version.document["kind"], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_monitor_draft(
                monitor=found,
                document=form.document(),
                actor=request.user,  # type: ignore[arg-type]
                revision=form.cleaned_data["revision"],
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            return redirect(found)
    return form_page(request, f"Edit {found.name}", form, crumbs(found))


def form_page(request: HttpRequest, title: str, form: MonitorForm, trail: list[Crumb]) -> HttpResponse:
    context = {"title": title, "form": form, "back": trail[-1].url, "crumbs": trail, "lede": SAVED_IN}
    context["help"] = KIND_HELP[form.kind]
    return render_page(request, "martech/monitor_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_quality")
@require_POST
def count(request: HttpRequest, kind: str) -> HttpResponse:
    """What the monitor being written would find now."""
    if kind not in KINDS:
        raise Http404
    form = NewMonitorForm(request.POST, kind=kind)
    context: dict[str, Any] = {}
    if form.is_valid():
        reading = read_document(form.document())
        context = {"findings": reading.findings, "rule": reading.rule}
        if reading.rule is not None:
            context |= {"found": count_now(reading.rule), "question": question(reading.rule)}
    return render_page(request, "martech/monitor_count.html", context)


@requires("martech.edit_quality")
@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Puts the draft that was seen into force, and asks it at once."""
    found = get_object_or_404(Monitor, key=key)

    def put(revision: int) -> str:
        version = publish_monitor(monitor=found, actor=request.user, revision=revision)  # type: ignore[arg-type]
        enqueue_run(actor=request.user)
        return f"Version {version.number} is in force; it is being asked for the first time."

    say_published(request, put)
    return redirect(found)


@requires("martech.edit_quality")
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Drops the draft."""
    found = get_object_or_404(Monitor, key=key)
    say_dropped(request, discard_monitor_draft, monitor=found)
    return redirect(found)


@requires("martech.edit_quality")
@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Another owner, or paused and woken."""
    found = get_object_or_404(Monitor, key=key)
    if "is_active" in request.POST:
        changes: dict[str, Any] = {"is_active": request.POST["is_active"] == "1"}
    else:
        form = MonitorOwnerForm(request.POST)
        if not form.is_valid():
            raise Http404
        changes = {"owner": form.cleaned_data["owner"]}
    change_monitor(monitor=found, actor=request.user, **changes)  # type: ignore[arg-type]
    toast(request, "Saved.")
    return redirect(found)
