"""The front door: everybody lands where their role has its work."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from mops.core import work
from mops.core.pages import render_page, toast
from mops.core.registry import dues_for, home_for
from mops.core.rights import SIGNED_IN, requires, roles_of
from mops.work_health import late_work, quarantined_work


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the home of the user's role; without one, to their inbox."""
    return redirect(home_for(roles_of(request.user)) or "governance:inbox")


@requires("governance.view_due")
def due(request: HttpRequest) -> HttpResponse:
    """What is broken or due in every app, each with its count, its age and the page that lists it."""
    context = {
        "title": "What is due",
        "dues": dues_for(request.user),
        "quarantined": quarantined_work(),
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
