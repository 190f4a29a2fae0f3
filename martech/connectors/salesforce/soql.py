"""Queries written safely, and values of rows read."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from simple_salesforce.format import format_soql

Place = tuple[str, str]
"""(stamp as read, id): where a reader by keyset is."""


def at(moment: datetime) -> str:
    """A moment as SOQL writes it, to the millisecond."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def text(value: str) -> str:
    """A quoted literal."""
    return str(format_soql("{}", value))


def texts(values: Iterable[str]) -> str:
    return f"({','.join(text(value) for value in values)})"


def query(object: str, fields: Iterable[str], conditions: Sequence[str], order: str = "") -> str:
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    columns, tail = ",".join(dict.fromkeys(fields)), f" ORDER BY {order}" if order else ""
    return f"SELECT {columns} FROM {object}{where}{tail}"  # noqa: S608 - SOQL; values are quoted by text()


def behind(stamp: str, place: Place) -> list[str]:
    """Rows behind a place in the order of (stamp, Id); the first part is what an index can use."""
    moment = at(parsed(place[0]) or datetime.now(UTC))
    return [f"{stamp} >= {moment}", f"({stamp} > {moment} OR Id > {text(place[1])})"]


@lru_cache(maxsize=4096)
def parsed(value: str | None) -> datetime | None:
    """A moment or date as the vendor writes it."""
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
