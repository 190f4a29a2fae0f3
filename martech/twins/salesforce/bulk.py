"""Bulk API 2.0: jobs that are made, fed, closed, waited for and read."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from martech.twins.salesforce.conditions import Compiler
from martech.twins.salesforce.evaluation import columns, select, table_for
from martech.twins.salesforce.refusals import Refusal, not_found
from martech.twins.salesforce.rendering import Renderer
from martech.twins.salesforce.resources import body_of
from martech.twins.salesforce.soql import parse
from martech.twins.salesforce.store import Row, Store, Table
from martech.twins.salesforce.writing import Ambiguous, Writer
from martech.twins.serving import Answer, Call, answer_json

DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
ENDS = {"LF": "\n", "CRLF": "\r\n"}
CSV = "text/csv;charset=UTF-8"


@dataclass
class Job:
    id: str
    operation: str
    object: str
    created: str
    state: str = "Open"
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    key: str = ""
    query: str = ""
    data: bytes = b""
    rows: list[Row] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    done: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    error: str = ""
    polls: int = 0


class Bulk:
    """`polls` is how often a job says it is under way before it is complete; a job armed to fail says Failed."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self.store, self.writer = store, writer
        self.jobs: dict[str, Job] = {}
        self.polls = 1
        self.to_fail = 0

    def answer(self, call: Call, version: str, kind: str, rest: list[str]) -> Answer:
        """/jobs/{kind}/… with `rest` the parts behind. Raises Refusal."""
        if not rest:
            return self._make(call, version, kind)
        job = self.jobs.get(rest[0])
        if job is None:
            raise not_found()
        match call.method, rest[1:]:
            case "GET", []:
                return answer_json(self._info(self._advance(job), version))
            case "PATCH", []:
                return self._close(job, str(body_of(call).get("state")), call, version)
            case "DELETE", []:
                del self.jobs[job.id]
                return Answer(204)
            case "PUT", ["batches"]:
                job.data = call.body
                return Answer(201)
            case "GET", ["results"]:
                return self._results(call, job, version)
            case "GET", [("successfulResults" | "failedResults" | "unprocessedrecords") as part]:
                return self._outcome(job, part)
        raise Refusal("METHOD_NOT_ALLOWED", "HTTP Method not allowed", status=405)

    def _make(self, call: Call, version: str, kind: str) -> Answer:
        said = body_of(call)
        made = Job(
            f"750{len(self.jobs) + 1:012d}AAA",
            str(said.get("operation")),
            str(said.get("object", "")),
            self.store.now(),
        )
        made.delimiter, made.line_ending = said.get("columnDelimiter", "COMMA"), said.get("lineEnding", "LF")
        if kind == "query":
            self._ask(made, str(said.get("query", "")))
        else:
            table_for(self.store, made.object)
            made.key = str(said.get("externalIdFieldName", ""))
        self.jobs[made.id] = made
        return answer_json(self._info(made, version))

    def _ask(self, job: Job, text: str) -> None:
        """The rows are what they are when the job begins."""
        query = parse(text)
        if query.is_count or query.aggregates or query.groups or query.offset:
            raise Refusal("API_ERROR", "Aggregate Relationships not supported in Bulk V2 Query")
        table = table_for(self.store, query.object)
        job.query, job.object, job.state = text, table.type.name, "UploadComplete"
        job.fields = columns(table, query, Compiler(self.store, table, text))
        job.rows = select(self.store, table, query, text, deleted_too=job.operation == "queryAll")

    def _close(self, job: Job, state: str, call: Call, version: str) -> Answer:
        if state not in ("UploadComplete", "Aborted") or job.state not in ("Open", "UploadComplete", "InProgress"):
            raise Refusal("INVALIDJOBSTATE", f"job is already {job.state}")
        job.state = state
        if state == "UploadComplete":
            self._apply(job, call.headers)
        return answer_json(self._info(job, version))

    def _advance(self, job: Job) -> Job:
        if job.state in ("UploadComplete", "InProgress"):
            job.polls += 1
            job.state = "InProgress" if job.polls <= self.polls else "JobComplete"
            if job.state == "JobComplete" and self.to_fail > 0:
                self.to_fail -= 1
                job.state, job.error = "Failed", "InternalServerError : Retried more than fifteen times"
        return job

    def _info(self, job: Job, version: str) -> dict[str, Any]:
        is_query = bool(job.query)
        url = f"services/data/{version}/jobs/ingest/{job.id}/batches"
        return {
            "id": job.id,
            "operation": job.operation,
            "object": job.object,
            "createdById": self.store.user_id,
            "createdDate": job.created,
            "state": job.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(version.removeprefix("v")),
            "lineEnding": job.line_ending,
            "columnDelimiter": job.delimiter,
            "numberRecordsProcessed": len(job.rows) if is_query else len(job.done) + len(job.failed),
            **({} if is_query else {"numberRecordsFailed": len(job.failed), "contentUrl": url}),
            **({"externalIdFieldName": job.key} if job.key else {}),
            **({"errorMessage": job.error} if job.error else {}),
        }

    def _results(self, call: Call, job: Job, version: str) -> Answer:
        """A part of the rows as CSV; the header names the locator of the next, and says null at the end."""
        if job.state != "JobComplete":
            raise Refusal("INVALIDJOBSTATE", "The results are not ready")
        start = int(call.first("locator") or 0)
        size = int(call.first("maxRecords") or 50_000)
        part = job.rows[start : start + size]
        renderer = Renderer(self.store, self.store.tables[job.object], job.fields, version)
        following = str(start + size) if start + size < len(job.rows) else "null"
        body = self._csv(job, job.fields, (renderer.cells(row) for row in part))
        return Answer(200, body, CSV, {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(part))})

    def _csv(self, job: Job, header: list[str], rows: Iterator[list[str]]) -> bytes:
        out = io.StringIO()
        delimiter, end = DELIMITERS[job.delimiter], ENDS[job.line_ending]
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows(rows)
        return out.getvalue().encode()

    def _outcome(self, job: Job, part: str) -> Answer:
        found = {"successfulResults": job.done, "failedResults": job.failed}.get(part, [])
        header = list(found[0]) if found else ["sf__Id", "sf__Created" if part == "successfulResults" else "sf__Error"]
        return Answer(200, self._csv(job, header, ([one.get(name, "") for name in header] for one in found)), CSV)

    def _apply(self, job: Job, headers: Mapping[str, str]) -> None:
        table = table_for(self.store, job.object)
        lines = csv.DictReader(
            io.StringIO(job.data.decode("utf-8-sig"), newline=""), delimiter=DELIMITERS[job.delimiter]
        )
        for line in lines:
            given: dict[str, Any] = {}
            for name, cell in line.items():
                if cell != "":
                    given[name] = None if cell == "#N/A" else cell
            try:
                row, is_new = self._write(job, table, given, headers)
                job.done.append({"sf__Id": row, "sf__Created": str(is_new).lower(), **line})
            except Ambiguous as several:
                job.failed.append(_refused(several.refusal(), line))
            except Refusal as refusal:
                job.failed.append(_refused(refusal, line))

    def _write(self, job: Job, table: Table, given: dict[str, Any], headers: Mapping[str, str]) -> tuple[str, bool]:
        writes: dict[str, Callable[[], tuple[str, bool]]] = {
            "insert": lambda: (self.writer.create(table, given, headers).id, True),
            "update": lambda: (self.writer.update(table, given.pop("Id", ""), given, headers).id, False),
            "upsert": lambda: self._upsert(job, table, given, headers),
            "delete": lambda: self._delete(table, given.get("Id", ""), for_good=False),
            "hardDelete": lambda: self._delete(table, given.get("Id", ""), for_good=True),
        }
        return writes[job.operation]()

    def _upsert(self, job: Job, table: Table, given: dict[str, Any], headers: Mapping[str, str]) -> tuple[str, bool]:
        row, is_new = self.writer.upsert(table, job.key, given.pop(job.key, None), given, headers)
        return row.id, is_new

    def _delete(self, table: Table, id: str, *, for_good: bool) -> tuple[str, bool]:
        self.writer.delete(table, id)
        if for_good and id in table.rows:
            table.remove(id)
        return id, False


def _refused(refusal: Refusal, line: Mapping[str, str]) -> dict[str, str]:
    return {"sf__Id": "", "sf__Error": f"{refusal.code}:{refusal.message}:{' '.join(refusal.fields)} --", **line}
