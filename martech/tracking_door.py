"""The way of events past everything that only pages and people need: sessions, sign-in, CSRF, messages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from martech.views.tracking_intake import KINDS, receive

PREFIX = "/cdp/v1/"


class TrackingMiddleware:
    """Answers the tracking endpoint at once: it has a key of its own, and thousands of calls a second."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(PREFIX) and (kind := path[len(PREFIX) :]) in KINDS:
            return receive(request, kind)
        return self.get_response(request)
