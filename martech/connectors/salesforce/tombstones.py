"""Evidence of records that are no longer themselves: the recycle bin, conversions, and the org's log of deletions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.errors import Misconfigured
from martech.connectors.port import Fate, Position, Tombstone, TombstonePage, Window
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.reading import READ_BY_VALUE, Reading, Row
from martech.connectors.salesforce.shape import Shape, Shapes
from martech.connectors.salesforce.soql import parsed, query, texts

LOG_REACH = timedelta(days=15) - timedelta(hours=1)
"""How far getDeleted reaches back, with an hour for clocks that differ."""
BIN, CONVERSIONS, LOG = "bin", "conversions", "log"
LOG_PAGE = 1_000
"""Ids of a page of the log, looked up 200 at a time."""
CONVERTED = {"ConvertedContactId": "Contact", "ConvertedAccountId": "Account", "ConvertedOpportunityId": "Opportunity"}


class Tombstones:
    def __init__(self, line: Line, shapes: Shapes, reading: Reading) -> None:
        self.line, self.shapes, self.reading = line, shapes, reading

    def pages(self, object: str, window: Window, position: Position | None) -> Iterator[TombstonePage]:
        """Three sources one after the other, each by its own keyset; an id may come from two of them.

        `is_gap` is said on the page of the log when it does not reach back to the window's start.
        """
        shape = self.shapes.of(object)
        part, place = (str(position["part"]), position) if position else (BIN, None)
        if part == BIN:
            yield from self._bin(object, shape, window, place)
            part, place = CONVERSIONS, None
        if part == CONVERSIONS:
            yield from self._conversions(object, shape, window, place)
            place = None
        yield from self._log(object, shape, window, str(place["id"]) if place and part == LOG else "")

    def _bin(self, object: str, shape: Shape, window: Window, place: Position | None) -> Iterator[TombstonePage]:
        if "IsDeleted" not in shape.names or not shape.can_undelete:
            return
        fields = ["Id", shape.stamp, *(["MasterRecordId"] if "MasterRecordId" in shape.names else [])]
        for rows in self._rows(object, fields, "IsDeleted = true", window, place):
            stones = [_buried(object, row, shape.stamp) for row in rows]
            yield TombstonePage(stones, _behind(BIN, rows, shape))

    def _conversions(
        self, object: str, shape: Shape, window: Window, place: Position | None
    ) -> Iterator[TombstonePage]:
        if "IsConverted" not in shape.names:
            return
        fields = ["Id", shape.stamp, *(name for name in CONVERTED if name in shape.names)]
        condition = "IsConverted = true AND IsDeleted = false"
        for rows in self._rows(object, fields, condition, window, place if place and "at" in place else None):
            stones = [_converted(row, shape.stamp) for row in rows]
            yield TombstonePage(stones, _behind(CONVERSIONS, rows, shape))

    def _rows(
        self, object: str, fields: Sequence[str], condition: str, window: Window, place: Position | None
    ) -> Iterator[list[Row]]:
        start = (str(place["at"]), str(place["id"])) if place else None
        for rows, _total, _is_last in self.reading.by_stamp(object, fields, [condition], window=window, place=start):
            if rows:
                yield rows

    def _log(self, object: str, shape: Shape, window: Window, after: str) -> Iterator[TombstonePage]:
        """Ids the org says were deleted, each looked up: merged, in the bin, back again, or gone without a trace."""
        since, until = _edges(window)
        oldest = until - LOG_REACH
        is_gap = since < oldest
        try:
            said = self._asked(object, max(since, oldest), until)
        except Misconfigured:
            yield TombstonePage([], None, is_gap=True)
            return
        earliest = parsed(said.get("earliestDateAvailable"))
        is_gap = is_gap or bool(earliest and earliest > since)
        deleted = {one["id"]: parsed(one["deletedDate"]) for one in said["deletedRecords"]}
        ids = sorted(id for id in deleted if id > after)
        for start in range(0, len(ids), LOG_PAGE):
            part = ids[start : start + LOG_PAGE]
            is_last = start + LOG_PAGE >= len(ids)
            stones = list(self._looked_up(object, shape, {id: deleted[id] for id in part}))
            yield TombstonePage(stones, None if is_last else {"part": LOG, "id": part[-1]}, is_gap)
        if not ids:
            yield TombstonePage([], None, is_gap)

    def _asked(self, object: str, since: datetime, until: datetime) -> dict[str, Any]:
        params = {"start": since.strftime("%Y-%m-%dT%H:%M:%S+00:00"), "end": until.strftime("%Y-%m-%dT%H:%M:%S+00:00")}
        return dict(self.line.rest(f"sobjects/{object}/deleted/", params=params))

    def _looked_up(self, object: str, shape: Shape, deleted: dict[str, datetime | None]) -> Iterable[Tombstone]:
        """What became of ids in the log, whatever the bin still knows of them."""
        wanted, ids = [name for name in ("IsDeleted", "MasterRecordId") if name in shape.names], list(deleted)
        found: dict[str, Row] = {}
        for start in range(0, len(ids), READ_BY_VALUE):
            part = [f"Id IN {texts(ids[start : start + READ_BY_VALUE])}"]
            said = self.line.query(query(object, ["Id", shape.stamp, *wanted], part), deleted_too=True)
            found.update({row["Id"]: row for row in said["records"]})
        for id, moment in deleted.items():
            row = found.get(id)
            if row is None:
                yield Tombstone(id, Fate.DELETED, moment)
            elif row.get("IsDeleted"):
                yield _buried(object, row, shape.stamp)
            else:
                yield Tombstone(id, Fate.RESTORED, parsed(row[shape.stamp]))


def _edges(window: Window) -> tuple[datetime, datetime]:
    """Whole seconds, and at least two minutes, as the log wants them."""
    until = window.until.replace(microsecond=0) + timedelta(seconds=1)
    return min(window.since.replace(microsecond=0), until - timedelta(minutes=2)), until


def _buried(object: str, row: Row, stamp: str) -> Tombstone:
    master = row.get("MasterRecordId")
    fate = Fate.MERGED if master else Fate.DELETED
    return Tombstone(row["Id"], fate, parsed(row[stamp]), ((object, master),) if master else ())


def _converted(row: Row, stamp: str) -> Tombstone:
    into = tuple((object, row[name]) for name, object in CONVERTED.items() if row.get(name))
    return Tombstone(row["Id"], Fate.CONVERTED, parsed(row[stamp]), into)


def _behind(part: str, rows: Sequence[Row], shape: Shape) -> Position:
    return {"part": part, "at": rows[-1][shape.stamp], "id": rows[-1]["Id"]}
