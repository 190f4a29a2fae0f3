"""Event sources: their keys, and what they send as it comes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.connectors.cdp.snippets import snippets
from martech.models import EventSource, WriteKey
from martech.selectors.tracking import has_events, newest_events, source_lines
from martech.services.tracking import add_write_key, change_source, create_source, revoke_write_key
from martech.tracking_forms import SourceForm
from mops.core.addresses import public_address
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, requires

OUTCOMES = (("", "All"), ("accepted", "Accepted"), ("refused", "Refused"))


@requires("martech.view_event_source")
def sources(request: HttpRequest) -> HttpResponse:
    """All sources; a POST adds one and answers its page with the first write key, which is shown there once."""
    may_edit = can(request.user, "martech.edit_event_source")
    form = SourceForm(request.POST or None) if may_edit else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made, new_key = create_source(**form.values(), actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            return source_page(request, made, new_key)
    context = {"title": "Event sources", "lines": source_lines(), "form": form}
    return render_page(
        request, "martech/sources.html", context, status=422 if form is not None and form.errors else 200
    )


@requires("martech.view_event_source")
def source(request: HttpRequest, pk: int) -> HttpResponse:
    return source_page(request, get_object_or_404(EventSource, pk=pk))


def source_page(request: HttpRequest, found: EventSource, new_key: str = "") -> HttpResponse:
    outcome, endpoint = request.GET.get("outcome", ""), public_address(request, "/cdp")
    context: dict[str, Any] = {
        "title": found.name,
        "source": found,
        "keys": list(found.keys.all()),
        "new_key": new_key,
        "seen": newest_events(found, outcome),
        "outcome": outcome,
        "outcomes": [
            {"url": f"?outcome={key}", "label": label, "is_active": key == outcome} for key, label in OUTCOMES
        ],
        "endpoint": endpoint,
        "snippets": snippets(endpoint, new_key),
        "is_silent": not has_events(found),
    }
    return render_page(request, "martech/source.html", context, partial="events")


@requires("martech.edit_event_source")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(EventSource, pk=pk)
    form = SourceForm(request.POST or None, initial=SourceForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_source(source=found, actor=request.user, **form.values())  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "The source was changed.")
            return redirect(found)
    context = {
        "title": f"Edit {found.name}",
        "form": form,
        "back": found.get_absolute_url(),
        "crumbs": [Crumb(found.name, found.get_absolute_url())],
    }
    return render_page(request, "martech/person_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_event_source")
@require_POST
def add_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a key beside the present ones; the answer shows it, once."""
    found = get_object_or_404(EventSource, pk=pk)
    return source_page(request, found, add_write_key(source=found, actor=request.user))  # type: ignore[arg-type]


@requires("martech.edit_event_source")
@require_POST
def revoke_key(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    found = get_object_or_404(WriteKey, pk=key, source=pk)
    revoke_write_key(key=found, actor=request.user)  # type: ignore[arg-type]
    toast(request, f"The key {found.prefix}… no longer works.")
    return redirect(reverse("martech:event-source", args=[pk]))
