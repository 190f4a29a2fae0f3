"""The live board, the outlook, and the answer that an owner gives by a click."""

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from martech.models import Person, Stage
from martech.routing.outlook import DayAhead, HourFound, Outlook
from martech.selectors.board import board as board_now
from martech.selectors.caps import CLOSED_STAGES
from martech.selectors.decisions import headline
from martech.selectors.outlook import WEEKS, outlooks
from martech.selectors.policies import FEW
from martech.selectors.routing import published_version
from martech.services.responses import record_response
from mops.core.pages import render_page, toast
from mops.core.rights import called, requires

DUE_COLUMNS = "sort=answer_due_at&columns=answer_due_at&columns=owner&columns=company&columns=stage"
"""What the list behind a number of answers shows first."""

WAITING_COLUMNS = "sort=waiting_since&columns=waiting_since&columns=company&columns=country&columns=source"


@requires("martech.view_routing")
def board(request: HttpRequest) -> HttpResponse:
    found = board_now(request.user)
    shown = found.shown(request.GET.get("pool", ""))
    context = {
        "title": "Routing board",
        "board": found,
        "shown": shown,
        "is_one": len(shown) < len(found.pools),
        "sparks": [hour.leads for hour in found.hours],
        "latest": [(decision, headline(decision, request.user)) for decision in found.latest],
        "today": timezone.localdate().isoformat(),
        "due_columns": DUE_COLUMNS,
        "waiting_columns": WAITING_COLUMNS,
        "open_stages": "".join(f"&stage={stage}" for stage in Stage.values if stage not in CLOSED_STAGES),
    }
    return render_page(request, "martech/board.html", context)


@requires("martech.view_routing")
def outlook(request: HttpRequest) -> HttpResponse:
    """Next week of every pool by day and hour, and which cap or shift to change; of many pools, those that fit are lines."""
    ahead, version = outlooks(), published_version()
    asked, is_short = request.GET.get("pool", ""), len(ahead.pools) <= FEW
    shown = [one for one in ahead.pools if is_short or one.advice or one.pool == asked]
    context = {
        "title": "Capacity outlook",
        "ahead": ahead,
        "pools": [(one, _by_hour(one)) for one in shown],
        "fitting": [one for one in ahead.pools if one not in shown],
        "late": sum(one.late for one in ahead.pools),
        "capped": sum(one.capped for one in ahead.pools),
        "policy": version.policy if version else None,
        "clock": range(24),
        "weeks": WEEKS,
        "zone": timezone.get_current_timezone_name(),
    }
    return render_page(request, "martech/outlook.html", context)


def _by_hour(one: Outlook) -> list[tuple[DayAhead, list[tuple[HourFound | None, int]]]]:
    """Every day with its 24 hours, None where the week has not begun or has ended, and how busy each is from 0 to 4."""
    most = max((hour.expected for hour in one.hours), default=0) or 1
    rows = []
    for day in one.days:
        by_clock = {hour.start.hour: hour for hour in day.hours}
        cells = [by_clock.get(number) for number in range(24)]
        rows.append((day, [(hour, ceil(4 * hour.expected / most) if hour else 0) for hour in cells]))
    return rows


@requires("martech.edit_person")
@require_POST
def respond(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner says that they answered; the first answer ends the response clock."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    clock = record_response(person=person, how="click", actor=request.user)  # type: ignore[arg-type]
    name = called(request.user, person)
    toast(request, f"Noted: {name} was answered." if clock else f"No response time runs for {name}.")
    return redirect(person)
