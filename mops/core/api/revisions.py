"""What is changed by API names the state it was read in: its ETag, sent back as `If-Match`, makes a change in between a 409.

A view says in `reads_if_match` which of its methods ask that, and in `tells_etag` which answer the ETag: the schema names
both there. A method that reads `If-Match` undeclared is an error of the programmer; a call that sends it to one that does
not read it is refused, for its caller would rely on what nobody compares.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from django.core.exceptions import ImproperlyConfigured
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from mops.core.errors import DomainError

State = TypeVar("State")

IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; a change in between is 409 `stale`"
)
ETAG: Final = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="Names the state; send it as `If-Match`"
)


def revision_parameters(view: Any, method: str) -> list[OpenApiParameter]:
    """For the schema: the headers by which a method of the view names states."""
    asked = [IF_MATCH] if method in getattr(view, "reads_if_match", ()) else []
    return [*asked, *([ETAG] if method in getattr(view, "tells_etag", ()) else [])]


def refuse_unread_state(request: Request, view: Any) -> None:
    """Raises DomainError where `If-Match` is sent to a method that changes something and does not read it."""
    if _asked(request) is not None and request.method not in getattr(view, "reads_if_match", ()):
        reason = "This call compares no state; leave it out."
        raise DomainError("Nothing was changed.", errors={"If-Match": [reason]})


def etag_of(moment: datetime) -> str:
    """The ETag of a record that was last changed at `moment`."""
    return f'"{moment.isoformat()}"'


def seen_by(request: Request) -> datetime | None:
    """When the record had changed last that the caller read; None where the call does not say.

    Raises DomainError for what is no ETag of ours.
    """
    return seen_state(request, datetime.fromisoformat)


def seen_state(request: Request, read: Callable[[str], State]) -> State | None:
    """What `read` makes of the state the caller read, from the text of its ETag; None where the call does not say.

    Raises DomainError for what is no ETag of ours: where `read` raises ValueError.
    """
    view = (request.parser_context or {}).get("view")
    if request.method not in getattr(view, "reads_if_match", ()):
        raise ImproperlyConfigured(f"{view} reads If-Match of {request.method} without saying so in reads_if_match")
    etag = _asked(request)
    if etag is None:
        return None
    try:
        return read(etag.removeprefix("W/").strip('"'))
    except ValueError as error:
        reason = "Send the ETag as GET answered it."
        raise DomainError("Nothing was changed.", errors={"If-Match": [reason]}) from error


def _asked(request: Request) -> str | None:
    """The `If-Match` of a call; None without one, and for `*`, which any state is."""
    etag = request.headers.get("If-Match", "*").strip()
    return None if etag == "*" else etag
