"""What is changed by API names the state it was read in: its ETag, sent back as `If-Match`, makes a change in between a 409."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from mops.core.errors import DomainError

State = TypeVar("State")

IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; a change in between is 409 `stale`"
)
"""For the schema of a call that `seen_by` or `seen_state` reads."""


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
    etag = request.headers.get("If-Match")
    if etag is None or etag.strip() == "*":
        return None
    try:
        return read(etag.strip().removeprefix("W/").strip('"'))
    except ValueError as error:
        reason = "Send the ETag as GET answered it."
        raise DomainError("Nothing was changed.", errors={"If-Match": [reason]}) from error
