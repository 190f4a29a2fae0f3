"""Pages of records: what changed in a window by keyset, everything by id, and records asked for by name."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.errors import PositionLost
from martech.connectors.port import Page, Position, RemoteRecord, Window
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.refusals import QueryTooLong
from martech.connectors.salesforce.shape import Shape, Shapes
from martech.connectors.salesforce.soql import Place, at, behind, parsed, query, text, texts

SHORTEST_SLICE = timedelta(minutes=1)
READ_BY_ID, READ_BY_VALUE = 2000, 200
"""Rows of one call: collections take 2,000 ids, and an address of 200 values stays short enough for any proxy."""

Row = dict[str, Any]


class Reading:
    def __init__(self, line: Line, shapes: Shapes) -> None:
        self.line, self.shapes = line, shapes

    def changes(
        self, object: str, fields: Sequence[str], *, window: Window, position: Position | None = None
    ) -> Iterator[Page]:
        """Living records by (stamp, Id). Converted leads are left out: they are what they became, say tombstones."""
        shape = self.shapes.checked(object, tuple(fields))
        make = record_maker(shape, fields)
        rows = self.by_stamp(object, [*shape.basics, *fields], shape.living, window=window, place=place_of(position))
        for page, total, is_last in rows:
            if not page and not is_last:
                continue
            last = page[-1] if page else None
            following = {"at": last[shape.stamp], "id": last["Id"]} if last and not is_last else None
            records = [make(row) for row in page]
            yield Page(records, following, parsed(last[shape.stamp]) if last else None, total)

    def by_stamp(
        self, object: str, fields: Sequence[str], conditions: Sequence[str], *, window: Window, place: Place | None
    ) -> Iterator[tuple[list[Row], int | None, bool]]:
        """Pages of rows in the order of (stamp, Id), with the count of their query and whether nothing follows.

        A cursor that the vendor lost is opened anew behind the last row; a query that takes too long is cut in half.
        """
        stamp = self.shapes.of(object).stamp
        slices = [(window.since, window.until)]
        while slices:
            since, until = slices.pop(0)
            edges = [f"{stamp} >= {at(since)}", f"{stamp} < {at(until)}"]

            def ask(place: Place | None, edges: list[str] = edges) -> str:
                later = [*behind(stamp, place), edges[1]] if place else edges
                return query(object, fields, [*later, *conditions], f"{stamp}, Id")

            try:
                for rows, total, is_last in self._pages(ask, place, lambda row: (row[stamp], row["Id"])):
                    place = (rows[-1][stamp], rows[-1]["Id"]) if rows else place
                    yield rows, total if not slices else None, is_last and not slices
            except QueryTooLong:
                since = max(since, parsed(place[0]) or since) if place else since
                slices[:0] = halved(since, until)

    def by_id(
        self, object: str, fields: Sequence[str], conditions: Sequence[str], *, after: str
    ) -> Iterator[tuple[list[Row], int | None, bool]]:
        """Pages of rows in the order of Id."""

        def ask(place: Place | None) -> str:
            later = [f"Id > {text(place[1])}"] if place else []
            return query(object, fields, [*later, *conditions], "Id")

        yield from self._pages(ask, ("", after) if after else None, lambda row: ("", row["Id"]))

    def _pages(
        self, ask: Callable[[Place | None], str], place: Place | None, place_of: Callable[[Row], Place]
    ) -> Iterator[tuple[list[Row], int | None, bool]]:
        said = self.line.query(ask(place), deleted_too=True)
        total = said["totalSize"]
        while True:
            rows, is_last = said["records"], said["done"]
            place = place_of(rows[-1]) if rows else place
            yield rows, total, is_last
            if is_last:
                return
            try:
                said = self.line.more(said["nextRecordsUrl"])
            except PositionLost:
                said = self.line.query(ask(place), deleted_too=True)

    def everything(self, object: str, fields: Sequence[str], *, after: str = "") -> Iterator[Page]:
        shape = self.shapes.checked(object, tuple(fields))
        make = record_maker(shape, fields)
        for rows, total, is_last in self.by_id(object, [*shape.basics, *fields], shape.living, after=after):
            records = [make(row) for row in rows]
            yield Page(records, None if is_last else {"id": rows[-1]["Id"]}, highest(records), total)

    def named(self, object: str, fields: Sequence[str], keys: Sequence[str], *, by: str) -> list[RemoteRecord]:
        """Living records with these ids, or with these values of a field."""
        shape = self.shapes.checked(object, (*fields, *([by] if by else [])))
        columns, found = list(dict.fromkeys([*shape.basics, *fields])), []
        if not by or by == "Id":
            for start in range(0, len(keys), READ_BY_ID):
                body = {"ids": list(keys[start : start + READ_BY_ID]), "fields": columns}
                rows = self.line.rest(f"composite/sobjects/{object}", method="POST", json=body) or []
                found += [row for row in rows if row]
        else:
            for start in range(0, len(keys), READ_BY_VALUE):
                wanted = [f"{by} IN {texts(keys[start : start + READ_BY_VALUE])}", *shape.living]
                found += self.all_rows(query(object, columns, wanted, "Id"))
        make = record_maker(shape, fields)
        return [make(row) for row in found]

    def all_rows(self, soql: str) -> Iterator[Row]:
        """Every row of a small query."""
        said = self.line.query(soql)
        while True:
            yield from said["records"]
            if said["done"]:
                return
            said = self.line.more(said["nextRecordsUrl"])


def record_maker(shape: Shape, fields: Sequence[str]) -> Callable[[Row], RemoteRecord]:
    """Turns rows into records with exactly the wanted fields."""
    wanted, stamp = tuple(dict.fromkeys(fields)), shape.stamp

    def make(row: Row) -> RemoteRecord:
        values = {name: row[name] for name in wanted}
        return RemoteRecord(row["Id"], values, parsed(row[stamp]), parsed(row.get("CreatedDate")))

    return make


def place_of(position: Position | None) -> Place | None:
    return (str(position["at"]), str(position["id"])) if position else None


def highest(records: Sequence[RemoteRecord]) -> datetime | None:
    return max((record.modified_at for record in records if record.modified_at), default=None)


def halved(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Two halves of a slice. Raises QueryTooLong when it is as short as makes sense."""
    if until - since <= SHORTEST_SLICE:
        raise QueryTooLong("Even a minute of changes takes Salesforce too long to list.", code="QUERY_TIMEOUT")
    middle = since + (until - since) / 2
    return [(since, middle), (middle, until)]
