"""Who is asking, and may they: history context and the deny-by-default gate in front of every view."""

from collections.abc import Callable
from typing import Any

import pghistory.middleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from mops.core.rights import PUBLIC, require, right_of

SIGN_IN_MODULES = ("allauth.",)
ADMIN_MODULES = ("django.contrib.admin", "unfold.")
STATIC_MODULES = ("django.contrib.staticfiles", "django.views.static", "whitenoise")


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Put the user, the path and the request id into every history row a request writes."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_context(request), "request_id": request.id}  # type: ignore[attr-defined]


class SignInRequiredMiddleware:
    """Let a request through only to a view that declares its right; a view without one is refused to everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        module = getattr(view, "__module__", "")
        if module.startswith(SIGN_IN_MODULES + STATIC_MODULES):
            return None
        right = "governance.use_admin" if self.is_admin(request, module) else right_of(view)
        if right is None:
            raise PermissionDenied("This page declares no right, so nobody may open it.")
        if right == PUBLIC or hasattr(view, "cls"):
            return None  # API classes check by method, after their own authentication
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        require(request.user, str(right))
        return None

    @staticmethod
    def is_admin(request: HttpRequest, module: str) -> bool:
        match = request.resolver_match
        return module.startswith(ADMIN_MODULES) or (match is not None and match.app_name == "admin")
