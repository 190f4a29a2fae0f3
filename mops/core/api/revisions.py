"""What is changed by API names the state it was read in: its ETag, sent back as `If-Match`, makes a change in between a 409."""

from datetime import datetime

from rest_framework.request import Request

from mops.core.errors import DomainError


def etag_of(moment: datetime) -> str:
    """The ETag of a record that was last changed at `moment`."""
    return f'"{moment.isoformat()}"'


def seen_by(request: Request) -> datetime | None:
    """When the record had changed last that the caller read; None where the call does not say.

    Raises DomainError for what is no ETag of ours.
    """
    etag = request.headers.get("If-Match")
    if etag is None or etag.strip() == "*":
        return None
    try:
        return datetime.fromisoformat(etag.strip().removeprefix("W/").strip('"'))
    except ValueError as error:
        reason = "Send the ETag as GET answered it."
        raise DomainError("Nothing was changed.", errors={"If-Match": [reason]}) from error
