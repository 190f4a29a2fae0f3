"""Marketo's change feed: pages behind a token, which may be short or empty while there is more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from martech.connectors import errors
from martech.connectors.marketo.client import Client
from martech.connectors.marketo.schema import moment, stamp
from martech.connectors.port import Position

ACTIVITIES = "/rest/v1/activities.json"
CHANGES = "/rest/v1/activities/leadchanges.json"
DELETED = "/rest/v1/activities/deletedleads.json"


@dataclass(frozen=True)
class Batch:
    """Activities of one page inside the window, and where the feed goes on; None at its end."""

    rows: list[dict[str, Any]]
    position: Position | None
    seen_until: datetime | None


def read_feed(
    client: Client, path: str, *, since: datetime, until: datetime, position: Position | None, **more: Any
) -> Iterator[Batch]:
    """Activities dated in the half-open window, page by page. Raises PositionLost for a token that is no longer known."""
    token = position["token"] if position else paging_token(client, since)
    while token:
        envelope = read_page(client, path, token, has_position=position is not None, **more)
        rows = envelope.get("result") or []
        dates = [at for row in rows if (at := moment(row.get("activityDate")))]
        kept = [row for row in rows if since <= (moment(row.get("activityDate")) or since) < until]
        token = envelope.get("nextPageToken") or ""
        is_over = not envelope.get("moreResult") or (bool(dates) and min(dates) >= until)
        yield Batch(kept, None if is_over or not token else {"token": token}, max(dates, default=None))
        if is_over:
            return


def paging_token(client: Client, since: datetime) -> str:
    envelope = client.get("/rest/v1/activities/pagingtoken.json", sinceDatetime=stamp(since))
    return str(envelope["nextPageToken"])


def read_page(client: Client, path: str, token: str, *, has_position: bool, **more: Any) -> dict[str, Any]:
    try:
        return client.get(path, nextPageToken=token, **more)
    except errors.Misconfigured as refused:
        if has_position and "token" in refused.detail.lower():
            raise errors.PositionLost("Marketo no longer knows this place of its feed.") from refused
        raise


def attributes_of(row: dict[str, Any]) -> dict[str, Any]:
    return {one.get("name", ""): one.get("value") for one in row.get("attributes") or ()}
