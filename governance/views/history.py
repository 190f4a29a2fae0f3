"""The history page of any object."""

from django.http import HttpRequest, HttpResponse

from governance.selectors.history import history_of, tracked_object
from mops.core.pages import render_page
from mops.core.rights import requires


@requires("governance.view_history")
def history(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """Everything that was recorded about one object: who, when, what, from what to what."""
    obj = tracked_object(request.user, label, pk)  # type: ignore[arg-type]
    changes = history_of(request.user, obj)
    url = obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else ""
    context = {
        "title": f"History of {obj}",
        "object": obj,
        "object_url": url,
        "noun": obj._meta.verbose_name,
        "changes": changes,
    }
    return render_page(request, "governance/history.html", context)
