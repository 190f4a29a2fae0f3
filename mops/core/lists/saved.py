"""Saved views of a list: kept by whatever store an app registered, none when no app did."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from mops.core import registry
from mops.core.pages import toast
from mops.core.registry import SavedView


def views(user: Any, page: str) -> list[SavedView]:
    store = registry.saved_view_store()
    return store.list(user, page) if store else []


def default_view(user: Any, page: str) -> SavedView | None:
    """The user's own default before a shared one."""
    defaults = [view for view in views(user, page) if view.is_default]
    return min(defaults, key=lambda view: not view.is_mine, default=None)


def handle(request: HttpRequest, page: str) -> HttpResponse:
    """`intent=save-view` keeps the address under `name`; `intent=delete-view` forgets the view `pk`."""
    store = registry.saved_view_store()
    intent = request.POST.get("intent")
    if store is None or intent not in ("save-view", "delete-view"):
        return HttpResponse("intent is save-view or delete-view", status=422)
    if intent == "delete-view":
        store.delete(request.user, page, int(request.POST.get("pk", "0") or 0))
        toast(request, "View deleted")
        return redirect(f"{request.path}?view=all")
    return _save(request, store, page)


def _save(request: HttpRequest, store: registry.SavedViewStore, page: str) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:80]
    query = clean(request.POST.get("querystring", ""))
    if not name:
        toast(request, "Give the view a name", "error")
        return redirect(f"{request.path}?{query or 'view=all'}")
    flags = {key: request.POST.get(key) == "1" for key in ("is_shared", "is_default")}
    view = store.save(request.user, page, name, query, flags["is_shared"], flags["is_default"])
    toast(request, f"View “{view.name}” saved")
    return redirect(f"{request.path}?{view.querystring}&view={view.pk}")


def clean(querystring: str) -> str:
    """What of an address belongs to a view: not the page, not which view it was."""
    query = QueryDict(querystring.lstrip("?")[:4_000], mutable=True)
    for name in ("page", "view", "export"):
        query.pop(name, None)
    return query.urlencode()
