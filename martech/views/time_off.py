"""Time off: who is away, what that does to routing, and the form of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.conflicts import on_top
from martech.models import TimeOff
from martech.selectors.time_off import changeable_time_off, time_off_lines
from martech.services.time_off import add_time_off, cancel_time_off, change_time_off
from martech.time_off_forms import TimeOffForm
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, requires
from mops.core.seen import SeenForm


@requires("martech.view_time_off")
def time_off(request: HttpRequest) -> HttpResponse:
    """Who is away now or will be, with what routing does meanwhile."""
    context = {
        "title": "Time off",
        "lines": time_off_lines(request.user),
        "is_of_all": can(request.user, "martech.view_absences"),
    }
    return render_page(request, "martech/time_off.html", context)


@requires("martech.take_time_off")
def new_time_off(request: HttpRequest) -> HttpResponse:
    """Say that one is away, or that somebody is."""
    asks_who = can(request.user, "martech.edit_routing")
    form = TimeOffForm(request.POST or None, user=request.user, asks_who=asks_who)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            made = add_time_off(user=form.user, away=form.cleaned_data["away"], actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            return _kept(request, made)
    return _page(request, form, "New time off")


@requires("martech.take_time_off")
def edit_time_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an absence, as it was seen."""
    absence = get_object_or_404(changeable_time_off(request.user), pk=pk)
    form = TimeOffForm(request.POST or None, initial=TimeOffForm.initial_of(absence), user=absence.user, asks_who=False)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            change_time_off(absence=absence, away=values["away"], seen=values["seen"], actor=request.user)  # type: ignore[arg-type]
        except ConflictError as error:
            on_top(form, error, absence, request.user)
        except DomainError as error:
            add_errors(form, error)
        else:
            return _kept(request, absence)
    return _page(request, form, f"Time off of {absence.user}")


@requires("martech.take_time_off")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence back, as it was seen."""
    absence = get_object_or_404(changeable_time_off(request.user), pk=pk)
    form = SeenForm(request.POST)
    form.is_valid()
    try:
        cancel_time_off(absence=absence, seen=form.cleaned_data["seen"], actor=request.user)  # type: ignore[arg-type]
    except ConflictError as error:
        toast(request, f"{error.detail} Look at it and try again.", "error")
    else:
        toast(request, f"The time off of {absence.user} is taken back; they get leads again.")
    return redirect("martech:time-off")


def _kept(request: HttpRequest, absence: TimeOff) -> HttpResponse:
    toast(request, f"The time off of {absence.user} is kept; below is what it does to routing.")
    return redirect("martech:time-off")


def _page(request: HttpRequest, form: TimeOffForm, title: str) -> HttpResponse:
    back = reverse("martech:time-off")
    context: dict[str, Any] = {"title": title, "form": form, "back": back, "submit": "Save"}
    context |= {
        "crumbs": [Crumb("Time off", back)],
        "lede": f"Nobody gets leads while away. Days are those of {form.zone}.",
    }
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)
