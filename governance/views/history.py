"""The history page of any object."""

from django.http import Http404, HttpRequest, HttpResponse

from governance.selectors.history import events_of, history_of, tracked_object
from mops.core.pages import render_page
from mops.core.rights import called, requires

PAGE = 100


@requires("governance.view_history")
def history(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """Everything that was recorded about one object: who, when, what, from what to what."""
    obj = tracked_object(request.user, label, pk)  # type: ignore[arg-type]
    rows, before = events_of(obj), request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            raise Http404
        rows = rows.filter(pgh_id__lt=int(before))
    changes = history_of(request.user, obj, PAGE + 1, rows=rows)
    url = obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else ""
    context = {
        "title": f"History of {called(request.user, obj)}",
        "object": obj,
        "object_url": url,
        "noun": obj._meta.verbose_name,
        "changes": changes[:PAGE],
        "next": changes[PAGE - 1].id if len(changes) > PAGE else None,
        "is_first": not before,
    }
    return render_page(request, "governance/history.html", context)
