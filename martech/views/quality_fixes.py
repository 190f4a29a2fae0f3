"""Fixes in bulk: started, seen, applied, undone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.models import Monitor, QualityFix
from martech.quality.fixing import FIXES
from martech.quality_forms import FixForm
from martech.selectors.quality_fixes import fix_preview, given_up, recent_fixes
from martech.services.quality.fixes import apply_fix, choose_values, retry_fix, start_fix, undo_fix
from martech.views.quality import crumbs
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors, refusal
from mops.core.rights import requires

WORKING = ("counting", "applying", "undoing")
LATEST = 50


@requires("martech.edit_quality")
def fixes(request: HttpRequest) -> HttpResponse:
    """The latest fixes, and the way to a new one."""
    rows = [(fix, FIXES.get(fix.kind, fix.kind)) for fix in recent_fixes()[:LATEST]]
    context = {"title": "Fixes", "rows": rows, "crumbs": crumbs()}
    return render_page(request, "martech/quality_fixes.html", context)


@requires("martech.edit_quality")
def new_fix(request: HttpRequest) -> HttpResponse:
    """What is corrected, and in which field; it is counted first and changes nothing."""
    first = {name: request.GET[name] for name in ("kind", "field", "monitor") if name in request.GET}
    form = FixForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            fix = start_fix(
                kind=values["kind"],
                field=values["field"],
                options={name: values[name] for name in ("default_country", "property")},
                actor=request.user,  # type: ignore[arg-type]
                monitor=Monitor.objects.filter(key=values["monitor"]).first(),
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            return redirect(fix)
    context = {
        "title": "New fix",
        "form": form,
        "crumbs": crumbs(),
        "back": crumbs()[-1].url,
        "submit": "See the effect",
    }
    context["lede"] = "Counted first; nothing is changed before you have seen it."
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_quality")
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Before and after of every value, then applying it, then taking it back."""
    found = get_object_or_404(recent_fixes(), pk=pk)
    failed = given_up(found)
    context = {
        "title": FIXES.get(found.kind, found.kind),
        "fix": found,
        "is_working": found.state in WORKING and failed is None,
        "failed": failed,
        "preview": fix_preview(found),
        "crumbs": [*crumbs(found.monitor), Crumb("Fixes")],
    }
    return render_page(request, "martech/quality_fix.html", context, partial="fix")


def told(request: HttpRequest, found: QualityFix, step: Callable[[], None]) -> HttpResponse:
    try:
        step()
    except DomainError as error:
        toast(request, refusal(error), "error")
    return redirect(found)


@requires("martech.edit_quality")
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what is ticked, and writes it."""
    found = get_object_or_404(QualityFix, pk=pk)
    numbers = {name: [int(n) for n in request.POST.getlist(name) if n.isdigit()] for name in ("shown", "chosen")}

    def step() -> None:
        choose_values(fix=found, **numbers)
        if request.POST.get("intent") == "apply":
            apply_fix(fix=found, actor=request.user)  # type: ignore[arg-type]

    return told(request, found, step)


@requires("martech.edit_quality")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the whole fix back, except where somebody changed the value since."""
    found = get_object_or_404(QualityFix, pk=pk)
    return told(request, found, lambda: undo_fix(fix=found, actor=request.user))  # type: ignore[arg-type]


@requires("martech.edit_quality")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Tries the step again that failed for good."""
    found = get_object_or_404(QualityFix, pk=pk)
    return told(request, found, lambda: retry_fix(fix=found, actor=request.user))  # type: ignore[arg-type]
