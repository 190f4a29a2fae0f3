"""Working hours: which there are, their next holidays, and the form of each."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from governance.conflicts import on_top
from governance.models import User
from martech.calendar_forms import DAYS, CalendarForm, calendar_initial, next_days_off, spans_in_words
from martech.models import WorkingCalendar
from martech.selectors.calendars import hours_of
from martech.selectors.routing import faulty_hours
from martech.services.calendars import add_calendar, change_calendar
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires

WEEK = {"hours": {key: [["09:00", "17:00"]] for key in list(DAYS)[:5]}, "zone": settings.TIME_ZONE}


@requires("martech.view_routing")
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar with its week and the next days off."""
    today = timezone.localdate()
    rows = [
        {
            "calendar": calendar,
            "hours": hours,
            "zone": hours.document.zone.replace("_", " "),
            "week": [(DAYS[key], spans_in_words(week.get(key, [])) or "closed") for key in DAYS],
            "off": next_days_off(hours.calendar, today),
        }
        for calendar in WorkingCalendar.objects.all()
        for hours in [hours_of(calendar.key)]
        for week in [hours.document.as_json()["hours"]]
    ]
    kept = {row["calendar"].key for row in rows}
    context = {"title": "Working hours", "rows": rows, "gone": [one for one in faulty_hours() if one.key not in kept]}
    return render_page(request, "martech/calendars.html", context)


@requires("martech.edit_routing")
def calendar(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Add working hours, or change some as they were seen."""
    found = get_object_or_404(WorkingCalendar, key=key) if key else None
    form = CalendarForm(request.POST or None, initial=_initial_of(found))
    if request.method == "POST" and form.is_valid() and _saved(request, form, found):
        toast(request, f"{form.cleaned_data['name']} are kept; pools go by them from the next lead on.")
        return redirect("martech:calendars")
    back = reverse("martech:calendars")
    context: dict[str, Any] = {"title": str(found or "New working hours"), "form": form, "back": back}
    context |= {"submit": "Save", "crumbs": [Crumb("Working hours", back)]}
    context["lede"] = "Pools and response times go by them from the next lead on; deadlines that were given stay."
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


def _initial_of(found: WorkingCalendar | None) -> dict[str, Any]:
    if found is None:
        return calendar_initial("", WEEK)
    return {
        **calendar_initial(found.name, hours_of(found.key).document.as_json()),
        "seen": found.updated_at.isoformat(),
    }


def _saved(request: HttpRequest, form: CalendarForm, found: WorkingCalendar | None) -> bool:
    """Whether it was saved; a refusal stands on the form, and what was filled in stays there."""
    values, actor = form.cleaned_data, cast(User, request.user)
    try:
        if found is None:
            add_calendar(name=values["name"], document=values["document"], actor=actor)
        else:
            change_calendar(
                calendar=found, name=values["name"], document=values["document"], seen=values["seen"], actor=actor
            )
    except ConflictError as error:
        on_top(form, error, cast(WorkingCalendar, found), request.user)
        return False
    except DomainError as error:
        add_errors(form, error)
        return False
    return True
