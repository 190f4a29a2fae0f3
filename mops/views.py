"""The front door: everybody lands where their role has its work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mops.core.registry import home_for
from mops.core.rights import SIGNED_IN, requires, roles_of


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the home of the user's role; without one, to their inbox."""
    return redirect(home_for(roles_of(request.user)) or "governance:inbox")
