"""Everything by Bulk API 2.0: one job, read part by part as CSV; the locator of a part is where a reader goes on."""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from martech.connectors.errors import PositionLost, RetryNow, ScopeMissing, VendorDown
from martech.connectors.port import Page, Position, RemoteRecord
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.reading import highest, record_maker
from martech.connectors.salesforce.shape import Shape, Shapes
from martech.connectors.salesforce.soql import query

PART = 5_000
"""Rows of one part, which is a page."""
POLLS = (0.2, 0.5, 1.0, 2.0, 5.0)
LONGEST_POLL, PATIENCE = 10.0, 3600.0
"""Seconds between looks at a job, and for how long one looks."""


class JobFailed(Exception):
    """The vendor gave up on the job; rows can still be read page by page."""


class BulkReading:
    def __init__(self, line: Line, shapes: Shapes, pause: Callable[[float], None] = time.sleep) -> None:
        self.line, self.shapes, self.pause = line, shapes, pause

    def everything(self, object: str, fields: Sequence[str], position: Position | None) -> Iterator[Page]:
        """Raises JobFailed before the first page, PositionLost when the results of the job are gone."""
        shape = self.shapes.checked(object, tuple(fields))
        columns = list(dict.fromkeys([*shape.basics, *fields]))
        job = str(position["job"]) if position else self._start(query(object, columns, shape.living))
        locator, total = (str(position["locator"]) if position else ""), self._wait(job)
        make = _maker(shape, columns, fields)
        while True:
            rows, locator = self._part(job, locator)
            records = [make(row) for row in rows]
            yield Page(records, {"job": job, "locator": locator} if locator else None, highest(records), total)
            if not locator:
                return

    def _start(self, soql: str) -> str:
        made = self.line.rest("jobs/query", method="POST", json={"operation": "queryAll", "query": soql})
        return str(made["id"])

    def _wait(self, job: str) -> int:
        """Until the job is complete; answers its rows."""
        waited, looks = 0.0, iter(POLLS)
        while True:
            said = self._looked(job)
            if said["state"] == "JobComplete":
                return int(said.get("numberRecordsProcessed") or 0)
            if said["state"] in ("Failed", "Aborted"):
                raise JobFailed(str(said.get("errorMessage", said["state"]))[:200])
            if waited > PATIENCE:
                raise RetryNow("The bulk job takes longer than an hour.", code="BULK_PENDING")
            seconds = next(looks, LONGEST_POLL)
            waited += seconds
            self.pause(seconds)

    def _looked(self, job: str) -> dict[str, Any]:
        try:
            return dict(self.line.rest(f"jobs/query/{job}"))
        except ScopeMissing:
            raise PositionLost("The results of the bulk job are no longer kept.", code="NOT_FOUND") from None

    def _part(self, job: str, locator: str) -> tuple[list[list[str]], str]:
        """Rows of a part without their header, and the locator of the next part or nothing."""
        where = {"locator": locator} if locator else {}
        answer = self.line.fetch(f"jobs/query/{job}/results", maxRecords=str(PART), **where)
        lines = csv.reader(io.StringIO(answer.content.decode("utf-8"), newline=""))
        next(lines, None)
        rows = list(lines)
        following, said = answer.headers.get("Sforce-Locator", ""), answer.headers.get("Sforce-NumberOfRecords")
        if said is None or int(said) != len(rows):
            raise VendorDown(f"A part of the bulk results was cut short ({len(rows)} of {said or 'unknown'} rows).")
        return rows, "" if following == "null" else following


Read = Callable[[str], Any]


def _number(cell: str) -> int | float:
    value = float(cell)
    return int(value) if value.is_integer() and "." not in cell and "E" not in cell.upper() else value


READS: dict[str, Read] = {
    "boolean": lambda cell: cell == "true",
    "int": _number,
    "long": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "datetime": lambda cell: f"{cell[:-1]}+0000" if cell.endswith("Z") else cell,
}
"""Cells as REST would give the same values."""


def _maker(shape: Shape, columns: Sequence[str], fields: Sequence[str]) -> Callable[[list[str]], RemoteRecord]:
    reads = [(place, READS[shape.types[name]]) for place, name in enumerate(columns) if shape.types[name] in READS]
    make = record_maker(shape, fields)

    def made(cells: list[str]) -> RemoteRecord:
        values: list[Any] = [cell or None for cell in cells]
        for place, read in reads:
            if values[place] is not None:
                values[place] = read(values[place])
        return make(dict(zip(columns, values, strict=True)))

    return made
