"""The front door: everybody lands where their role has its work."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from governance.selectors.deliveries import undelivered
from mops.core import work
from mops.core.pages import render_page, toast
from mops.core.registry import Due, dues_for, home_for
from mops.core.rights import SIGNED_IN, can, requires, roles_of
from mops.first_steps import first_steps as find_first_steps
from mops.first_steps import is_set_up
from mops.work_health import late_work, quarantined_work
from workflow.services import create_default_forms


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the home of the user's role; without one, to their inbox. An empty installation has first steps."""
    if can(request.user, "governance.edit_users") and not is_set_up():
        return redirect("first-steps")
    return redirect(home_for(roles_of(request.user)) or "governance:inbox")


@requires("governance.edit_users")
def first_steps(request: HttpRequest) -> HttpResponse:
    """What an empty installation still needs; gone when nothing is missing."""
    if is_set_up():
        return redirect("home")
    steps = find_first_steps()
    needed = [step for step in steps if not step.is_optional]
    context = {
        "title": "First steps",
        "steps": steps,
        "needed": len(needed),
        "done": sum(step.is_done for step in needed),
        "next": next((step for step in needed if not step.is_done), None),
        "form_url": reverse("first-form"),
    }
    return render_page(request, "first_steps.html", context)


@requires("workflow.edit_form")
@require_POST
def first_form(request: HttpRequest) -> HttpResponse:
    """Open the two usual intake forms."""
    create_default_forms(actor=request.user)  # type: ignore[arg-type]
    toast(request, "Colleagues can ask for campaigns and content now.")
    return redirect("first-steps")


def sentence_of(dues: Sequence[Due]) -> str:
    """What is so and where to start, in one or two sentences."""
    broken, waiting = (sum(one.count for one in dues if one.is_broken is flag) for flag in (True, False))
    if not dues:
        return ""
    start = format_html('Start with <a href="{}">{}</a>.', dues[0].url, dues[0].title[:1].lower() + dues[0].title[1:])
    what = format_html("<b>{} broken</b>", f"{broken:,}") if broken else "Nothing is broken"
    things = "thing waits" if waiting == 1 else "things wait"
    return format_html("{}, {} {} for somebody. {}", what, f"{waiting:,}", things, start)


@requires("governance.view_due")
def due(request: HttpRequest) -> HttpResponse:
    """What is broken or due in every app, each with its count, its age and the page that lists it."""
    dues = dues_for(request.user)
    broken = [one for one in dues if one.is_broken]
    context = {
        "title": "What is due",
        "lede": sentence_of(dues),
        "groups": [("Broken", broken), ("Waits for somebody", [one for one in dues if not one.is_broken])],
        "dues": dues,
        "quarantined": quarantined_work(),
        "undelivered": undelivered(),
        "late": late_work(timezone.now()),
    }
    return render_page(request, "due.html", context)


@requires("governance.run_work")
@require_POST
def run_again(request: HttpRequest) -> HttpResponse:
    """Let the work of one kind (`kind`) that gave up run again."""
    kind = request.POST.get("kind", "")
    if kind not in {known.name for known in work.kinds()}:
        raise Http404
    number = work.release_all(kind)
    toast(request, f"{number} {'runs' if number == 1 else 'run'} again." if number else "Nothing waited any more.")
    return redirect("due")
