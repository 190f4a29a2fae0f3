"""Bulk extracts: a job per month, its file read by ranges, so that a backfill of any size needs one chunk of memory."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors import errors
from martech.connectors.marketo.classify import EXPORT_QUEUE
from martech.connectors.marketo.client import Client
from martech.connectors.marketo.schema import from_cell, moment, stamp
from martech.connectors.port import Page, Position, RemoteField, RemoteRecord

SPAN = timedelta(days=31)
CHUNK = 2**20
STATUS_SECONDS = 60.0
PROBED = 3_000
LOST = 3
"""How often the file of one month may be lost before the extract is given up."""
BEGINNING = datetime(2008, 1, 1, tzinfo=UTC)
"""Before any lead of Marketo's: where ids of leads begin high, nothing cheaper says when the first one was made."""


def first_day(client: Client, settings: Mapping[str, Any]) -> datetime:
    """Where a backfill begins: as set, else when the lead with the lowest id that is left was created."""
    if given := moment(str(settings.get("backfill_from") or "")):
        return given
    for start in range(1, PROBED, 300):
        ids = ",".join(map(str, range(start, start + 300)))
        rows = client.get("/rest/v1/leads.json", filterType="id", filterValues=ids, fields="createdAt")["result"]
        dates = [at for row in rows if (at := moment(row.get("createdAt")))]
        if dates:
            return min(dates).replace(hour=0, minute=0, second=0)
    return BEGINNING


def extract_leads(
    client: Client, fields: Mapping[str, RemoteField], names: Sequence[str], position: Position | None
) -> Iterator[Page]:
    """All leads by the month of their creation. Behind every page a later run goes on, inside a file too.

    While Marketo makes a file, Throttled asks to come again; the position before it holds the job. A file that is lost or
    damaged is asked for again, the month before its months are not.
    """
    now = datetime.now(UTC)
    place = dict(position or {})
    start = moment(place.get("from")) or first_day(client, client.session.settings)
    end_of_all = moment(place.get("until")) or now
    while start < end_of_all:
        end = min(start + SPAN, end_of_all)
        lost = int(place.get("lost", 0))
        fixed = {"from": stamp(start), "until": stamp(end_of_all), "lost": lost}
        job = place.get("job") or begin(client, names, start, end)
        if not place.get("job"):
            yield Page([], {**fixed, "job": job, "at": 0})
        try:
            wait_for(client, job)
            for records, offset in read_file(client, job, fields, int(place.get("at", 0))):
                yield Page(records, {**fixed, "job": job, "at": offset}, seen_until=highest(records))
        except errors.PositionLost:
            place = {"lost": lost + 1}
            if lost + 1 >= LOST:
                raise
            yield Page([], {**fixed, **place})
            continue
        place, start = {}, end
        yield Page([], {"from": stamp(start), "until": stamp(end_of_all)} if start < end_of_all else None)


def highest(records: Sequence[RemoteRecord]) -> datetime | None:
    return max((one.modified_at for one in records if one.modified_at), default=None)


def begin(client: Client, names: Sequence[str], start: datetime, end: datetime) -> str:
    """Create and enqueue a job. A job that cannot be enqueued is given up, so that none is left behind."""
    until = end - timedelta(seconds=1)  # both ends count
    document = {
        "fields": list(names),
        "format": "CSV",
        "filter": {"createdAt": {"startAt": stamp(start), "endAt": stamp(max(start, until))}},
    }
    job = str(client.post("/bulk/v1/leads/export/create.json", document, is_write=False)["result"][0]["exportId"])
    try:
        client.call("POST", f"/bulk/v1/leads/export/{job}/enqueue.json", is_write=False)
    except errors.VendorError:
        client.call("POST", f"/bulk/v1/leads/export/{job}/cancel.json", is_write=False)
        raise
    return job


def wait_for(client: Client, job: str) -> None:
    """Raises Throttled until the file is there, PositionLost when there will be none."""
    try:
        told = client.get(f"/bulk/v1/leads/export/{job}/status.json")["result"][0]
    except errors.Misconfigured as refused:
        raise errors.PositionLost("Marketo no longer has this extract.") from refused
    if told["status"] == "Completed":
        return
    if told["status"] in ("Created", "Queued", "Processing"):
        raise errors.Throttled("Marketo is writing the extract.", policy=EXPORT_QUEUE, seconds=STATUS_SECONDS)
    raise errors.PositionLost(f"Marketo ended the extract: {told['status']}.")


def read_file(
    client: Client, job: str, fields: Mapping[str, RemoteField], offset: int
) -> Iterator[tuple[list[RemoteRecord], int]]:
    """Records of the file from a byte on, each time with the byte behind the last whole one."""
    told = client.get(f"/bulk/v1/leads/export/{job}/status.json")["result"][0]
    size, digest = int(told.get("fileSize") or 0), hashlib.sha256()
    head, start = header(client, job), offset
    rest = b""
    while offset + len(rest) < size:
        got = read_range(client, job, offset + len(rest), size)
        digest.update(got if start == 0 else b"")
        whole, rest = split_records(rest + got, is_last=offset + len(rest) + len(got) >= size)
        records = list(csv.reader(io.StringIO(whole.decode("utf-8"))))
        if offset == 0:
            records = records[1:]
        offset += len(whole)
        if any(row and len(row) != len(head) for row in records):
            raise errors.PositionLost("A row of the extract has more or fewer cells than it has fields.")
        yield [record_of(head, row, fields) for row in records if row], offset
    said = str(told.get("fileChecksum") or "").removeprefix("sha256:")
    if start == 0 and size and said and said != digest.hexdigest():
        raise errors.PositionLost("The extract was damaged on its way.")


def header(client: Client, job: str) -> list[str]:
    """The column names; a file without any lead has nothing else."""
    first = read_range(client, job, 0, 64 * 1024)
    return next(csv.reader(io.StringIO(first.decode("utf-8", "ignore"))), [])


def read_range(client: Client, job: str, start: int, size: int) -> bytes:
    end = min(start + CHUNK, size) - 1
    try:
        answer = client.part_of_file(f"/bulk/v1/leads/export/{job}/file.json", start, end)
    except errors.Misconfigured as refused:
        raise errors.PositionLost("Marketo no longer has this extract's file.") from refused
    content = answer.content
    if answer.status_code == 200:  # the whole file, where ranges are not answered
        content = content[start : end + 1]
    return content


def split_records(content: bytes, *, is_last: bool) -> tuple[bytes, bytes]:
    """Whole records and the beginning of the next: a line ends one where its quotes are closed."""
    if is_last:
        return content, b""
    end, is_open, at = 0, False, 0
    while (line := content.find(b"\n", at)) >= 0:
        is_open ^= content.count(b'"', at, line) % 2 == 1
        at = line + 1
        end = at if not is_open else end
    return content[:end], content[end:]


def record_of(head: Sequence[str], row: Sequence[str], fields: Mapping[str, RemoteField]) -> RemoteRecord:
    values = {name: from_cell(text, fields.get(name)) for name, text in zip(head, row, strict=True)}
    return RemoteRecord(
        str(values.get("id") or ""), values, moment(values.get("updatedAt")), moment(values.get("createdAt"))
    )
