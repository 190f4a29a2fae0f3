"""When something happened, by our clock, however wrong the sender's is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def read_time(value: Any) -> datetime | None:
    """An ISO 8601 time, UTC where it names no offset; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def happened_at(*, received: datetime, sent: datetime | None, original: datetime | None) -> datetime:
    """`received - (sent - original)`: how long before the sending it happened is right even where the clock is not.

    Without `sent` the sender's time is taken as it is. Nothing happens after we received it, nor before 2000.
    Formula: Segment, "HTTP API source", section on timestamps.
    """
    if original is None:
        return received
    try:
        moment = original if sent is None else received - (sent - original)
    except OverflowError:
        return received
    return received if moment > received or moment < EARLIEST else moment


def doubt_of(payload: Mapping[str, Any]) -> str:
    """What is said of an event's time that nobody can read; empty where it is right, or none was sent."""
    wrong = [
        name
        for name in ("originalTimestamp", "timestamp", "sentAt")
        if payload.get(name) and not read_time(payload[name])
    ]
    return f"{' and '.join(wrong)} cannot be read; send it like 2026-01-31T12:00:00Z." if wrong else ""
