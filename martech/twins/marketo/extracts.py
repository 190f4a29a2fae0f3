"""Bulk extracts of leads and activities: jobs with a queue, a status that is renewed once a minute, a file with ranges."""

import csv
import hashlib
import io
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.twins.marketo.asking import check_fields, document
from martech.twins.marketo.envelope import Refused, succeeded
from martech.twins.marketo.gate import CENTRAL
from martech.twins.marketo.state import State, iso
from martech.twins.serving import Answer, Call

RUNNING, WAITING = 2, 10
DAY_BYTES = 500 * 10**6
LONGEST = timedelta(days=31)
REFRESH = timedelta(seconds=60)
FILTERS = ("createdAt", "updatedAt", "staticListId")
ACTIVITY_COLUMNS = ("marketoGUID", "leadId", "activityDate", "activityTypeId", "primaryAttributeValueId")


@dataclass
class Job:
    """`told` and `told_at` are the status as last renewed."""

    id: str
    kind: str
    fields: list[str]
    filter: dict[str, Any]
    created_at: datetime
    types: set[int] = field(default_factory=set)
    status: str = "Created"
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    content: bytes = b""
    rows: int = 0
    told: str = "Created"
    told_at: datetime | None = None


class Extracts:
    """`seconds` is how long a job runs; with 0 it is done when it is enqueued and its status is told at once."""

    def __init__(self, state: State, *, seconds: float = 90) -> None:
        self.state, self.seconds = state, seconds
        self.jobs: dict[str, Job] = {}
        self.bytes_by_day: dict[str, int] = {}

    def create(self, call: Call, kind: str) -> Answer:
        said = document(call)
        filters = said.get("filter") or {}
        dates = [name for name in filters if name in FILTERS]
        if len(dates) != 1:
            raise Refused("1003", "Specify exactly one filter")
        if dates[0] == "updatedAt" and not self.state.has_updated_filter:
            raise Refused("1035", "Unsupported filter type for target subscription: updatedAt")
        if isinstance(filters[dates[0]], dict):
            check_range(filters[dates[0]])
        fields = list(said.get("fields") or (ACTIVITY_COLUMNS if kind == "activities" else []))
        if kind == "leads":
            if not fields:
                raise Refused("1003", "fields is required")
            check_fields(fields)
        types = {int(one) for one in filters.get("activityTypeIds") or ()}
        job = Job(str(uuid.uuid4()), kind, fields, filters, self.state.clock.now(), types)
        with self.state.lock:
            self.jobs[job.id] = job
        return succeeded([as_json(job)])

    def enqueue(self, call: Call, number: str) -> Answer:
        with self.state.lock:
            job, now = self._job(number), self.state.clock.now()
            self._advance(now)
            if sum(one.status in ("Queued", "Processing") for one in self.jobs.values()) >= WAITING + RUNNING:
                raise Refused("1029", "Too many jobs in queue")
            if self.bytes_by_day.get(day_of(now), 0) >= DAY_BYTES:
                raise Refused("1029", "Export daily quota exceeded")
            job.status, job.queued_at = "Queued", now
            self._advance(now)
            job.told, job.told_at = job.status if not self.seconds else "Queued", now
            return succeeded([as_json(job)])

    def status(self, call: Call, number: str) -> Answer:
        with self.state.lock:
            job, now = self._job(number), self.state.clock.now()
            self._advance(now)
            if job.told_at is None or now - job.told_at >= REFRESH or not self.seconds:
                job.told, job.told_at = job.status, now
            return succeeded([as_json(job)])

    def cancel(self, call: Call, number: str) -> Answer:
        with self.state.lock:
            job = self._job(number)
            job.status = job.told = "Cancelled"
            return succeeded([as_json(job)])

    def file(self, call: Call, number: str) -> Answer:
        with self.state.lock:
            job = self._job(number)
            if job.told != "Completed":
                raise Refused("1003", "The job has not completed")
            content = job.content
        return ranged(content, call.headers.get("range", ""))

    def _job(self, number: str) -> Job:
        job = self.jobs.get(number)
        if job is None:
            raise Refused("610")
        return job

    def _advance(self, now: datetime) -> None:
        """Start waiting jobs while fewer than two run; finish those whose time is over."""
        for job in self.jobs.values():
            if (
                job.status == "Processing"
                and job.started_at
                and now >= job.started_at + timedelta(seconds=self.seconds)
            ):
                self._finish(job, now)
        for job in sorted(self.jobs.values(), key=lambda one: one.queued_at or now):
            running = sum(one.status == "Processing" for one in self.jobs.values())
            if job.status == "Queued" and running < RUNNING:
                job.status, job.started_at = "Processing", now
                if not self.seconds:
                    self._finish(job, now)

    def _finish(self, job: Job, now: datetime) -> None:
        job.content, job.rows = (
            write_leads(self.state, job) if job.kind == "leads" else write_activities(self.state, job)
        )
        job.status, job.finished_at = "Completed", now
        self.bytes_by_day[day_of(now)] = self.bytes_by_day.get(day_of(now), 0) + len(job.content)


def day_of(now: datetime) -> str:
    return now.astimezone(CENTRAL).date().isoformat()


def check_range(said: dict[str, str]) -> None:
    try:
        start, end = (datetime.fromisoformat(said[name]) for name in ("startAt", "endAt"))
    except (KeyError, ValueError):
        raise Refused("1003", "Invalid date range") from None
    if end - start > LONGEST:
        raise Refused("1003", "The date range must be 31 days or fewer")


def as_json(job: Job) -> dict[str, Any]:
    said: dict[str, Any] = {
        "exportId": job.id,
        "format": "CSV",
        "status": job.told,
        "createdAt": iso(job.created_at),
    }
    if job.queued_at:
        said["queuedAt"] = iso(job.queued_at)
    if job.told == "Completed" and job.finished_at and job.started_at:
        digest = hashlib.sha256(job.content).hexdigest()
        said |= {"startedAt": iso(job.started_at), "finishedAt": iso(job.finished_at), "numberOfRecords": job.rows}
        said |= {"fileSize": len(job.content), "fileChecksum": f"sha256:{digest}"}
    return said


def cell(value: Any) -> str:
    if value is None or value == "":
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_leads(state: State, job: Job) -> tuple[bytes, int]:
    if "staticListId" in job.filter:
        members = state.lists[int(job.filter["staticListId"])].members
        chosen = [state.leads[number] for number in sorted(members) if number in state.leads]
    else:
        [name] = [name for name in job.filter if name in FILTERS]
        start, end = bounds(job.filter[name])
        chosen = [lead for lead in state.leads.values() if start <= lead[name] <= end]
    return as_csv(job.fields, ([cell(lead.get(name)) for name in job.fields] for lead in chosen))


def write_activities(state: State, job: Job) -> tuple[bytes, int]:
    start, end = bounds(job.filter["createdAt"])
    rows = (one.as_json() for one in state.happenings if not job.types or one.type in job.types)
    chosen = (row for row in rows if start <= row["activityDate"] <= end)
    return as_csv(job.fields, ([cell(row.get(name)) for name in job.fields] for row in chosen))


def bounds(said: dict[str, str]) -> tuple[str, str]:
    start, end = (iso(datetime.fromisoformat(said[name]).astimezone(UTC)) for name in ("startAt", "endAt"))
    return start, end


def as_csv(head: list[str], rows: Any) -> tuple[bytes, int]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 - the last number is the count
        writer.writerow(row)
    return text.getvalue().encode(), number


def ranged(content: bytes, asked: str) -> Answer:
    """The file, or with `bytes=from-to` the part of it as 206."""
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.strip())
    if not found:
        return Answer(200, content, "text/csv", {"Accept-Ranges": "bytes"})
    start, end = int(found[1]), min(int(found[2]) if found[2] else len(content) - 1, len(content) - 1)
    if start >= len(content):
        return Answer(416, b"", "text/csv", {"Content-Range": f"bytes */{len(content)}"})
    part = content[start : end + 1]
    return Answer(206, part, "text/csv", {"Content-Range": f"bytes {start}-{end}/{len(content)}"})
