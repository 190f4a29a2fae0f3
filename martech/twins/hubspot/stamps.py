"""Moments as HubSpot writes them: milliseconds inside, text with a Z outside."""

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def to_text(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def from_text(text: str) -> int:
    """Milliseconds of a moment or a day, given as text with a zone, as a day, or as milliseconds.

    Raises ValueError.
    """
    if text.lstrip("-").isdigit():
        return int(text)
    if len(text) == 10:
        return to_ms(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
