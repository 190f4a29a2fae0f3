"""Every API view declares its right; without one nobody gets an answer."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from mops.core.api.revisions import refuse_unread_state
from mops.core.rights import can

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class HasRight(BasePermission):
    """The view names its right in `right`: one permission, or one per HTTP method. No right, no answer."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method not in view.allowed_methods:
            taken = ", ".join(method for method in view.allowed_methods if method not in {"HEAD", "OPTIONS"})
            raise MethodNotAllowed(request.method or "", f"This address takes {taken}, not {request.method}.")
        right = getattr(view, "right", None)
        if isinstance(right, dict):
            right = right.get(request.method or "", right.get("GET") if request.method in {"HEAD", "OPTIONS"} else None)
        if right is None:
            return False
        scope = getattr(request.auth, "scope", "write")
        if request.method not in SAFE_METHODS and scope != "write":
            raise PermissionDenied("This token may only read; make one with the scope write.", code="read-only-token")
        if not can(request.user, right):
            return False
        if request.method not in SAFE_METHODS:
            refuse_unread_state(request, view)
        return True
