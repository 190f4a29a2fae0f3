"""Publishing and dropping a draft: told in the same words for everything that is a version."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from mops.core.errors import DomainError
from mops.core.pages import toast
from mops.core.refusals import refusal

LONGEST = 9
"""Digits of a revision or version; more are none, and no number that the database knows."""


def number_in(text: str) -> int:
    """The revision or version that was sent; 0, which none has, where it is no number."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else 0


def revision_sent(request: HttpRequest) -> int:
    """The revision of the draft that the page showed."""
    return number_in(request.POST.get("revision", ""))


def say_published(request: HttpRequest, publish: Callable[[int], str]) -> None:
    """Publishes the revision that was seen and says what `publish` answers, or why it was refused."""
    try:
        toast(request, publish(revision_sent(request)))
    except DomainError as error:
        toast(request, refusal(error), "error")


def say_dropped(request: HttpRequest, discard: Callable[..., bool], **of: Any) -> None:
    """Drops the revision that was seen by a service `discard` of a draft, or says why it was refused."""
    try:
        discard(**of, actor=request.user, revision=revision_sent(request))
    except DomainError as error:
        toast(request, refusal(error), "error")
    else:
        toast(request, "The draft is gone; nothing else changed.")
