"""Owners: the active ones and, for tombstones, those who left."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.reading import LIST_PAGE, after_of, max_stamp
from martech.connectors.port import Fate, Page, Position, RemoteRecord, Tombstone, TombstonePage, Window


class Owners:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def pages(self, fields: Sequence[str], *, window: Window | None, position: Position | None) -> Iterator[Page]:
        """They are few and cannot be asked for by time: all are read, and those outside the window left out. Without a
        window those who left come behind the others: records may still name them."""
        start, is_left = str((position or {}).get("after", "")), bool((position or {}).get("left"))
        for archived in [True] if is_left else [False] if window else [False, True]:
            for rows, after in self.lists(start, archived=archived):
                found = [owner_of(row, fields) for row in rows]
                kept = [owner for owner in found if window is None or is_within(owner, window)]
                is_last = not after and (archived or window is not None)
                yield Page(kept, None if is_last else {"after": after, "left": archived or not after}, max_stamp(kept))
            start = ""

    def lists(self, after: str, *, archived: bool) -> Iterator[tuple[list[dict[str, Any]], str]]:
        while True:
            query = [("limit", str(LIST_PAGE)), ("archived", str(archived).lower())]
            answer = self.calls.get(self.paths.owners(), [*query, ("after", after)] if after else query)
            after = after_of(answer)
            yield answer["results"], after
            if not after:
                return

    def tombstones(self, position: Position | None) -> Iterator[TombstonePage]:
        """Everybody who left, whenever: HubSpot does not say when."""
        for rows, after in self.lists(str((position or {}).get("after", "")), archived=True):
            yield TombstonePage(
                [Tombstone(row["id"], Fate.DELETED, None) for row in rows], {"after": after} if after else None
            )

    def read(self, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        wanted = {id.lower() for id in ids}
        found = []
        for rows, _after in self.lists("", archived=False):
            found += [owner_of(row, fields) for row in rows if str(row.get(by or "id", "")).lower() in wanted]
        return found


def owner_of(row: dict[str, Any], fields: Sequence[str]) -> RemoteRecord:
    stamps = (datetime.fromisoformat(row["updatedAt"]), datetime.fromisoformat(row["createdAt"]))
    user = row.get("userId") or row.get("userIdIncludingInactive") or ""
    known = {**row, "name": full_name(row), "is_active": not row.get("archived"), "user_key": str(user)}
    return RemoteRecord(row["id"], {name: known.get(name) for name in fields}, *stamps)


def full_name(row: dict[str, Any]) -> str:
    return " ".join(part for part in (row.get("firstName"), row.get("lastName")) if part)


def is_within(owner: RemoteRecord, window: Window) -> bool:
    return owner.modified_at is not None and window.since <= owner.modified_at < window.until
