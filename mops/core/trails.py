"""Pages of a trail: what happened to an object from many sources, merged, newest first, however long it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model, QuerySet

SHOWN_AT_FIRST = 12
"""Of the first page; the rest of it unfolds."""


@dataclass(frozen=True)
class TrailEntry:
    """One thing that happened to an object. `kind`, of its source, names the tab it also stands under."""

    at: datetime
    icon: str
    title: str
    detail: str = ""
    url: str = ""
    kind: str = ""


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


@dataclass(frozen=True)
class TrailSource:
    """Where entries of one kind come from."""

    kind: str
    make: TrailMaker

    def entries(self, user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
        return [replace(entry, kind=self.kind) for entry in self.make(user, obj, asked)]


class CursorRefused(ValueError):
    """What was sent is no place in a trail, or no kind of its entries."""


@dataclass(frozen=True)
class TrailPage:
    """Entries, newest first; `next` is the place where the older ones begin, empty where there are none.

    `kind` is the only one that was asked for, "" for all; `tabs` are the kinds there are.
    """

    entries: Sequence[TrailEntry] = field(default_factory=list)
    next: str = ""
    is_first: bool = True
    kind: str = ""
    tabs: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        """Whether there is no entry but those of this page."""
        return self.is_first and not self.next and not self.kind

    @property
    def latest(self) -> Sequence[TrailEntry]:
        return self.entries[:SHOWN_AT_FIRST]

    @property
    def earlier(self) -> Sequence[TrailEntry]:
        return self.entries[SHOWN_AT_FIRST:]


def page_of(
    sources: Sequence[TrailSource], user: Any, obj: Model, cursor: str, limit: int, kind: str = ""
) -> TrailPage:
    """The page that begins at a place of the trail ("" for the top), of one kind or all. Raises CursorRefused.

    A place is the moment of the last entry shown and how many of that very moment were: sources answer in one order, so
    that these come first again.
    """
    before, seen = read_cursor(cursor)
    wanted = [source for source in sources if kind in ("", source.kind)]
    if kind and not wanted:
        raise CursorRefused(kind)
    asked = Newest(limit + seen + 1, before)
    found = [entry for source in wanted for entry in source.entries(user, obj, asked)]
    if before is not None:
        found = [entry for entry in found if entry.at <= before]
    merged = sorted(found, key=lambda entry: entry.at, reverse=True)[seen : asked.limit]
    shown = merged[:limit]
    following = cursor_after(shown, before, seen) if len(merged) > limit else ""
    return TrailPage(shown, following, is_first=not cursor, kind=kind)


def with_tabs(page: TrailPage, sources: Iterable[TrailSource], user: Any, obj: Model) -> TrailPage:
    """The page with the kinds the whole trail has entries of, however old, in one order on every page."""
    kinds = {entry.kind for entry in page.entries} | ({page.kind} - {""})
    for source in () if page.is_whole else sources:
        if source.kind not in kinds and source.make(user, obj, Newest(1)):
            kinds.add(source.kind)
    return replace(page, tabs=sorted(kinds))


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
