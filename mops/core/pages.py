"""Rendering a page or the part of it that htmx asked for, the frame around every page, toasts and error pages."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mops.core import registry, rights
from mops.core.problems import KINDS, MEDIA_TYPE, problem_body
from mops.core.registry import NavItem
from mops.core.templatetags.mops import slug

THEMES = ("light", "dark", "system")
DENSITIES = ("comfortable", "compact")
API = "/api/v1/"
FOLDED = "mops-folded"
"""Cookie with the parts of the sidebar that somebody folded, or unfolded, against their habit; written by app.js."""
LONG_SIDEBAR = 18
"""More entries than this do not fit a screen of 900 pixels beside the headings."""
TOAST_KINDS = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "error"}


@dataclass(frozen=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True)
class NavLink:
    label: str
    url: str
    icon: str
    is_active: bool
    count: int | None
    is_late: bool
    is_everyday: bool = True

    @property
    def stands_out(self) -> bool:
        """Never folded under More: everyday pages, the one that is open, and whatever waits for somebody."""
        return self.is_everyday or self.is_active or bool(self.count)


@dataclass(frozen=True)
class NavGroup:
    """An area of the sidebar. Somebody may fold it away; the area of the page that is open never is."""

    label: str
    links: Sequence[NavLink]
    more: Sequence[NavLink] = ()
    is_open: bool = True
    is_more_open: bool = False

    @property
    def waiting(self) -> int:
        """What waits in all of it, shown when it is folded."""
        return sum(link.count or 0 for link in self.links)


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or only `template#partial` when htmx asks for the element whose id is `partial`.

    Without `partial`, the target of the htmx request is not looked at and the whole page is answered.
    Use status 422 for a form with errors; htmx swaps it as any other answer.
    """
    if partial and is_htmx(request) and _wants(request, partial):
        template = f"{template}#{partial}"
    response = render(request, template, dict(context or {}), status=status)
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response


def _wants(request: HttpRequest, partial: str) -> bool:
    headers = request.headers
    if "true" in (headers.get("HX-Boosted"), headers.get("HX-History-Restore-Request")):
        return False
    return headers.get("HX-Target", "") in ("", partial)


def toast(request: HttpRequest, text: str, kind: str = "success") -> None:
    """A short message for the user: shown on the next page, or at once after an htmx request.

    `kind` is success, info, warning or error.
    """
    levels = {"info": messages.INFO, "warning": messages.WARNING, "error": messages.ERROR}
    messages.add_message(request, levels.get(kind, messages.SUCCESS), text)


class ToastMiddleware:
    """Hands Django's messages to htmx in the HX-Trigger header, as toasts that need no page load."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        leaves = "HX-Redirect" in response or "HX-Refresh" in response or 300 <= response.status_code < 400
        if is_htmx(request) and request.headers.get("HX-Boosted") != "true" and not leaves:
            self._add_toasts(request, response)
        return response

    def _add_toasts(self, request: HttpRequest, response: HttpResponse) -> None:
        waiting = [
            {"text": str(m), "kind": TOAST_KINDS.get(m.level_tag, "info")} for m in messages.get_messages(request)
        ]
        if not waiting:
            return
        header = response.get("HX-Trigger", "{}")
        triggers = json.loads(header) if header.startswith("{") else {name.strip(): None for name in header.split(",")}
        response["HX-Trigger"] = json.dumps({**triggers, "toasts": waiting})


class Shell:
    """The frame of a page; everything in it is computed when the template asks for it, once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.company = settings.COMPANY_NAME

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @cached_property
    def theme(self) -> str:
        """light or dark when somebody chose it, else system: the browser decides before the first paint."""
        return _chosen(self.request, "theme", THEMES, "system")

    @cached_property
    def density(self) -> str:
        return _chosen(self.request, "density", DENSITIES, "comfortable")

    @cached_property
    def items(self) -> list[NavItem]:
        return [
            item for item in registry.nav_items() if item.permission is None or rights.can(self.user, item.permission)
        ]

    @cached_property
    def addresses(self) -> dict[str, str]:
        return {item.url_name: _address(item.url_name) for item in self.items}

    @cached_property
    def active(self) -> NavItem | None:
        """The entry whose address is the longest beginning of this page's address."""
        path = self.request.path
        found = [
            (len(url), item) for item in self.items if (url := self.addresses[item.url_name]) and _is_below(path, url)
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    @cached_property
    def groups(self) -> list[NavGroup]:
        if self.user is None or not self.user.is_authenticated:
            return []
        groups = [self._group(area, len(self.items) > LONG_SIDEBAR) for area in registry.areas()]
        return [group for group in groups if group.links or group.more]

    def _group(self, area: registry.Area, is_long: bool) -> NavGroup:
        """An area with what stands out in it; the rest goes under More where the sidebar would not fit a screen."""
        links = [self._link(item) for item in self.items if item.area == area.key and self.addresses[item.url_name]]
        more = [link for link in links if is_long and not link.stands_out]
        more = more if len(more) > 1 else []
        shown = [link for link in links if link not in more]
        turned, name = unquote(self.request.COOKIES.get(FOLDED, "")).split(","), slug(area.label)
        is_open = name not in turned or any(link.is_active for link in shown)
        return NavGroup(area.label, shown, more, is_open, f"{name}-more" in turned)

    def _link(self, item: NavItem) -> NavLink:
        number, is_late = (item.count(self.user) if item.count else None) or (None, False)
        url, is_active = self.addresses[item.url_name], item is self.active
        return NavLink(item.label, url, item.icon, is_active, number or None, is_late, item.is_everyday)

    @cached_property
    def crumbs(self) -> list[Crumb]:
        """Area and entry of the sidebar; the page adds its own title after them."""
        if self.active is None:
            return []
        label = next((area.label for area in registry.areas() if area.key == self.active.area), "")
        here = Crumb(self.active.label, self.addresses[self.active.url_name])
        return [Crumb(label), here] if label else [here]


def way_to(path: str, title: str, crumbs: Sequence[Crumb]) -> list[Crumb]:
    """The crumbs that lead to a page: each place once, and not the page itself, whose title comes after them."""
    way: list[Crumb] = []
    for crumb in crumbs:
        is_here = crumb.label == title or crumb.url == path
        if not is_here and not any(crumb.label == one.label or (crumb.url and crumb.url == one.url) for one in way):
            way.append(crumb)
    return way


def _is_below(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else url + "/"))


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _chosen(request: HttpRequest, name: str, allowed: Sequence[str], fallback: str) -> str:
    candidates = (getattr(getattr(request, "user", None), name, None), request.COOKIES.get(f"mops-{name}"))
    return next((value for value in candidates if value in allowed), fallback)


def shell_context(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}


@rights.requires(rights.SIGNED_IN)
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen theme and density with the user, and in a cookie for the sign-in page."""
    chosen = {
        "theme": request.POST.get("theme", _chosen(request, "theme", THEMES, "system")),
        "density": request.POST.get("density", _chosen(request, "density", DENSITIES, "comfortable")),
    }
    if chosen["theme"] not in THEMES or chosen["density"] not in DENSITIES:
        return HttpResponse("theme is light, dark or system; density is comfortable or compact", status=422)
    if save := registry.preference_saver():
        save(user=request.user, **chosen)
    response = redirect(_back_from(request))
    for name, value in chosen.items():
        response.set_cookie(
            f"mops-{name}", value, max_age=365 * 86_400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _back_from(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else "/"


# --- pages for when something is wrong ------------------------------------------------------------------------------


def problem(request: HttpRequest, status: int, exception: Exception | None = None) -> HttpResponse:
    """The page for one HTTP status. `exception`'s text is shown when it was written for people."""
    detail = str(exception) if exception and exception.args and isinstance(exception.args[0], str) else ""
    context = {"detail": detail, "path": request.path, "request_id": getattr(request, "id", "")}
    return render(request, f"{status}.html", context, status=status)


def api_problem(kind: str, detail: str) -> HttpResponse:
    """problem+json where no view of the API is there to answer it."""
    body = problem_body(KINDS[kind], detail)
    return JsonResponse(body, status=body["status"], content_type=MEDIA_TYPE)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return api_problem("malformed", "The call cannot be read; its address or its headers are not as HTTP has them.")
    return problem(request, 400)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that does not exist; below the API it is problem+json as everything there."""
    if request.path.startswith(API):
        detail = f"There is no such address; {API}docs/ lists every one."
        return api_problem("no-such-address", detail)
    return problem(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """Uses nothing that may be what just broke: no database, no session, no context processors."""
    from django.template.loader import render_to_string

    if request.path.startswith(API):
        number = getattr(request, "id", "")
        return api_problem(
            "internal-error", f"Something broke on our side, under the number {number}; repeat the call."
        )
    theme = request.COOKIES.get("mops-theme", "")
    context = {
        "request_id": getattr(request, "id", ""),
        "nonce": str(getattr(request, "csp_nonce", "")),
        "theme": theme if theme in ("light", "dark") else "",
    }
    return HttpResponse(render_to_string("500.html", context), status=500)
