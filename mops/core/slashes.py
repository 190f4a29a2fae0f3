"""An address without its last slash leads to the one with it, and what was sent goes along."""

from functools import partial

from django.http import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware


class SlashMiddleware(CommonMiddleware):
    """Answer 308 instead of Django's 301, after which clients repeat a POST as a GET and take its answer for success."""

    response_redirect_class = partial(HttpResponsePermanentRedirect, preserve_request=True)  # type: ignore[assignment]
