"""Ids of people who were merged away keep answering: the same call, at the survivor's address."""

from typing import Any

from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from martech.models import Person


class PermanentRedirect(HttpResponsePermanentRedirect):
    """308: repeat the same call, with its method and body, at the survivor's address."""

    status_code = 308


class MergedAway(Exception):
    """The id in the address was merged into `survivor`."""

    def __init__(self, survivor: int) -> None:
        self.survivor = survivor


class PersonAPIView(APIView):
    """A view below `people/<pk>/`: for an id that was merged away, every method answers 308 to the survivor's."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Looks after sign-in and rights were checked, and only among people the caller may see."""
        super().initial(request, *args, **kwargs)
        rows = Person.objects.visible_to(request.user).filter(merged__pk=kwargs["pk"])
        if survivor := rows.values_list("pk", flat=True).first():
            raise MergedAway(survivor)

    def handle_exception(self, exc: Exception) -> Any:
        if not isinstance(exc, MergedAway):
            return super().handle_exception(exc)
        return self.redirect_to(exc.survivor)

    def redirect_to(self, survivor: int) -> HttpResponseBase:
        match = self.request.resolver_match
        assert match is not None  # noqa: S101 - narrows: a view runs because an address was matched
        address = reverse(match.view_name, kwargs={**match.kwargs, "pk": survivor})
        query = self.request.META.get("QUERY_STRING", "")
        return PermanentRedirect(f"{address}?{query}" if query else address)
