"""Bulk imports of leads from CSV: a batch with its status, its failures and its warnings."""

import csv
import io
from dataclasses import dataclass, field
from email import message_from_bytes

from martech.twins.marketo.asking import parameters
from martech.twins.marketo.envelope import Refused, succeeded
from martech.twins.marketo.extracts import as_csv
from martech.twins.marketo.leads import written
from martech.twins.marketo.state import State
from martech.twins.serving import Answer, Call

REASON = "Import Failure Reason"


@dataclass
class Batch:
    id: int
    columns: list[str]
    processed: int = 0
    failures: list[list[str]] = field(default_factory=list)


class Imports:
    def __init__(self, state: State) -> None:
        self.state = state
        self.batches: dict[int, Batch] = {}

    def create(self, call: Call) -> Answer:
        """Take the file of a multipart body and import it. Raises Refused."""
        lookup = parameters(call).get("lookupField", "email")
        rows = list(csv.reader(io.StringIO(file_of(call))))
        if len(rows) < 2:
            raise Refused("1003", "Empty file")
        with self.state.lock:
            batch = Batch(1_000 + len(self.batches), rows[0])
            self.batches[batch.id] = batch
            for row in rows[1:]:
                self._import(batch, row, lookup)
        return succeeded([{"batchId": batch.id, "importId": str(batch.id), "status": "Queued"}])

    def _import(self, batch: Batch, row: list[str], lookup: str) -> None:
        values = {name: value for name, value in zip(batch.columns, row, strict=False) if value}
        matches = self.state.find(lookup, values.get(lookup, ""))
        told = written(self.state, values, matches, "createOrUpdate", lookup)
        batch.processed += 1
        if told["status"] == "skipped":
            batch.failures.append([*row, told["reasons"][0]["message"]])

    def status(self, call: Call, number: str) -> Answer:
        batch = self._batch(number)
        failed = len(batch.failures)
        return succeeded(
            [
                {
                    "batchId": batch.id,
                    "importId": str(batch.id),
                    "status": "Complete",
                    "numOfLeadsProcessed": batch.processed - failed,
                    "numOfRowsFailed": failed,
                    "numOfRowsWithWarning": 0,
                    "message": f"Import completed with errors, {batch.processed - failed} records imported"
                    if failed
                    else "Import succeeded",
                }
            ]
        )

    def failures(self, call: Call, number: str) -> Answer:
        batch = self._batch(number)
        content, _rows = as_csv([*batch.columns, REASON], batch.failures)
        return Answer(200, content, "text/csv")

    def warnings(self, call: Call, number: str) -> Answer:
        content, _rows = as_csv([*self._batch(number).columns, "Import Warning Reason"], [])
        return Answer(200, content, "text/csv")

    def _batch(self, number: str) -> Batch:
        batch = self.batches.get(int(number))
        if batch is None:
            raise Refused("610")
        return batch


def file_of(call: Call) -> str:
    """The content of the part called file."""
    kind = call.headers.get("content-type", "")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    parts = message.get_payload() if message.is_multipart() else []
    for part in parts if isinstance(parts, list) else []:
        if part.get_param("name", header="content-disposition") == "file":  # type: ignore[union-attr]
            content = part.get_payload(decode=True)  # type: ignore[union-attr]
            return content.decode() if isinstance(content, bytes) else ""
    raise Refused("1003", "file is required")
