"""What search sees: records as they were when the index last took them in, in the order of their stamps."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from martech.twins.hubspot.store import Record

MANY = 64


class SearchIndex:
    """`keys` are (stamp, id), ascending; a change waits in a heap until the moment it becomes visible."""

    def __init__(self) -> None:
        self.seen: dict[int, Record] = {}
        self.keys: list[tuple[int, int]] = []
        self.late_ms = 0
        self._waiting: list[tuple[int, int, int, Record | None]] = []
        self._order = 0

    def load(self, records: Iterable[Record]) -> None:
        self.seen = {record.id: record for record in records}
        self.keys = sorted((record.modified, record.id) for record in self.seen.values())

    def note(self, visible_at: int, id: int, record: Record | None) -> None:
        """A record as it is now, or None for one that is gone; `late_ms` holds it back further."""
        self._order += 1
        heappush(self._waiting, (visible_at + self.late_ms, self._order, id, record))

    def settle(self, now: int) -> None:
        """Take in whatever is visible by now."""
        due: dict[int, Record | None] = {}
        while self._waiting and self._waiting[0][0] <= now:
            _at, _order, id, record = heappop(self._waiting)
            due[id] = record
        if len(due) > MANY:
            self.take_in_many(due)
        else:
            for id, record in due.items():
                self.take_in(id, record)

    def take_in(self, id: int, record: Record | None) -> None:
        before = self.seen.pop(id, None)
        if before is not None:
            del self.keys[bisect_left(self.keys, (before.modified, id))]
        if record is not None:
            self.seen[id] = record
            insort(self.keys, (record.modified, id))

    def take_in_many(self, due: dict[int, Record | None]) -> None:
        for id, record in due.items():
            if record is None:
                self.seen.pop(id, None)
            else:
                self.seen[id] = record
        self.keys = sorted((record.modified, record.id) for record in self.seen.values())
