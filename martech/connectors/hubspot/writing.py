"""Batches of writes, and what became of every row: nothing is taken for done that the answer does not name."""

from collections.abc import Mapping, Sequence
from typing import Any

from martech.connectors.errors import OutcomeUnknown, Reason
from martech.connectors.hubspot.calls import Calls, Refusal
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.refusals import row_fault
from martech.connectors.port import Action, Outcome, Write, WriteResult

VERBS = {Action.CREATE: "create", Action.UPDATE: "update", Action.UPSERT: "upsert", Action.DELETE: "archive"}
DONE = {Action.CREATE: Outcome.CREATED, Action.UPDATE: Outcome.UPDATED}
RETRYABLE = {Reason.LOCKED}


class Writing:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        """Raises Misconfigured when a batch of several is refused as a whole: nothing of it was written then."""
        if not rows:
            return []
        action = rows[0].action
        path = self.paths.objects(object, f"/batch/{VERBS[action]}")
        try:
            _status, answer = self.calls.write("POST", path, {"inputs": [input_of(row) for row in rows]})
        except OutcomeUnknown as error:
            return [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=error.detail) for row in rows]
        except Refusal as refusal:
            if len(rows) > 1:
                raise
            return [failed(rows[0], refusal.said)]
        if action is Action.DELETE:
            return [WriteResult(row.key, Outcome.DELETED, row.id) for row in rows]
        return reconciled(rows, answer)


def input_of(row: Write) -> dict[str, Any]:
    if row.action is Action.DELETE:
        return {"id": row.id}
    found: dict[str, Any] = {"properties": dict(row.values), "objectWriteTraceId": row.key}
    if row.action is Action.UPDATE:
        found["id"] = row.id
    elif row.action is Action.UPSERT and row.match:
        found |= {"idProperty": row.match[0], "id": row.match[1]}
    return found


def reconciled(rows: Sequence[Write], answer: Mapping[str, Any]) -> list[WriteResult]:
    """One result a row: by its trace, else by its id or the value it was matched by, else unknown."""
    left = {row.key: row for row in rows}
    results = []
    for found in answer.get("results") or []:
        if (row := owner_of(found, left)) is not None:
            results.append(WriteResult(row.key, outcome_of(row, found), str(found["id"])))
            del left[row.key]
    for error in answer.get("errors") or []:
        for row in rows_of(error, left):
            results.append(failed(row, error))
            del left[row.key]
    message = "HubSpot's answer does not say what became of this row."
    return results + [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=message) for row in left.values()]


def owner_of(found: Mapping[str, Any], left: Mapping[str, Write]) -> Write | None:
    """The row an answered record belongs to."""
    if (trace := found.get("objectWriteTraceId")) is not None:
        return left.get(trace)
    properties = found.get("properties") or {}
    for row in left.values():
        if row.action is Action.UPDATE and row.id == str(found.get("id")):
            return row
        if row.match and same(properties.get(row.match[0]), row.match[1]):
            return row
        if (
            row.action is Action.CREATE
            and row.values.get("email")
            and same(properties.get("email"), row.values["email"])
        ):
            return row
    return None


def same(first: Any, second: Any) -> bool:
    return str(first or "").strip().lower() == str(second or "").strip().lower() != ""


def outcome_of(row: Write, found: Mapping[str, Any]) -> Outcome:
    if row.action is Action.UPSERT:
        return Outcome.CREATED if found.get("new") else Outcome.UPDATED
    return DONE[row.action]


def rows_of(error: Mapping[str, Any], left: Mapping[str, Write]) -> list[Write]:
    context = error.get("context") or {}
    traces = context.get("objectWriteTraceId") or []
    ids = {str(id) for name in ("ids", "id") for id in context.get(name) or []}
    return [row for key, row in left.items() if key in traces or (row.id and row.id in ids)]


def failed(row: Write, error: Mapping[str, Any]) -> WriteResult:
    said = row_fault(error)
    return WriteResult(
        row.key,
        Outcome.FAILED,
        row.id,
        reason=said.reason,
        field=said.field,
        message=said.message,
        existing_id=said.existing_id,
        is_retryable=said.reason in RETRYABLE,
    )
