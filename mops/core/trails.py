"""Pages of a trail: what happened to an object from many sources, merged, newest first, however long it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model, QuerySet

SHOWN_AT_FIRST = 12
"""Of the first page; the rest of it unfolds."""


@dataclass(frozen=True)
class TrailEntry:
    """One thing that happened to an object. `kind` names the tab it also stands under."""

    at: datetime
    icon: str
    title: str
    detail: str = ""
    url: str = ""
    kind: str = "Changes"


@dataclass(frozen=True)
class Newest:
    """Which entries are asked for: the newest `limit` of those not after `before` (None: of all)."""

    limit: int
    before: datetime | None = None

    def of(self, rows: "QuerySet[Any]", at: str) -> "QuerySet[Any]":
        """Those rows, by the moment in the field `at`."""
        if self.before is not None:
            rows = rows.filter(**{f"{at}__lte": self.before})
        return rows.order_by(f"-{at}", "-pk")[: self.limit]


class TrailMaker(Protocol):
    """Answers the newest entries asked for: none that is newer than the oldest of its answer may be left out."""

    def __call__(self, user: Any, obj: Any, asked: Newest, /) -> list[TrailEntry]: ...


class CursorRefused(ValueError):
    """What was sent is no place in a trail."""


@dataclass(frozen=True)
class TrailPage:
    """Entries, newest first; `next` is the place where the older ones begin, empty where there are none."""

    entries: Sequence[TrailEntry] = field(default_factory=list)
    next: str = ""
    is_first: bool = True

    @property
    def latest(self) -> Sequence[TrailEntry]:
        return self.entries[:SHOWN_AT_FIRST]

    @property
    def earlier(self) -> Sequence[TrailEntry]:
        return self.entries[SHOWN_AT_FIRST:]


def page_of(makers: Iterable[TrailMaker], user: Any, obj: Model, cursor: str, limit: int) -> TrailPage:
    """The page that begins at a place of the trail ("" for the top). Raises CursorRefused.

    A place is the moment of the last entry shown and how many of that very moment were: sources answer in one order, so
    that these come first again.
    """
    before, seen = read_cursor(cursor)
    asked = Newest(limit + seen + 1, before)
    found = [entry for make in makers for entry in make(user, obj, asked)]
    if before is not None:
        found = [entry for entry in found if entry.at <= before]
    merged = sorted(found, key=lambda entry: entry.at, reverse=True)[seen : asked.limit]
    shown = merged[:limit]
    following = cursor_after(shown, before, seen) if len(merged) > limit else ""
    return TrailPage(shown, following, is_first=not cursor)


def cursor_after(shown: Sequence[TrailEntry], before: datetime | None, seen: int) -> str:
    last = shown[-1].at
    number = sum(entry.at == last for entry in shown) + (seen if last == before else 0)
    return f"{last.isoformat()}~{number}"


def read_cursor(cursor: str) -> tuple[datetime | None, int]:
    if not cursor:
        return None, 0
    moment, _, number = cursor.partition("~")
    try:
        before = datetime.fromisoformat(moment)
    except ValueError as error:
        raise CursorRefused(cursor) from error
    if before.tzinfo is None or not (number.isascii() and number.isdigit() and len(number) < 7):
        raise CursorRefused(cursor)
    return before, int(number)
