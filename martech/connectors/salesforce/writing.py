"""Rows written in collections: each with its own result, whatever becomes of the call."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from simple_salesforce.exceptions import SalesforceError

from martech.connectors.errors import CutShort, OutcomeUnknown, Reason, VendorError
from martech.connectors.port import Action, Outcome, Write, WriteResult
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.refusals import CallRefused, reason_of, said_by
from martech.connectors.salesforce.settings import Settings

BATCH = 200
LOOK_UPS = 25
"""Refused duplicates of a batch that are asked about one by one, for the record they are like."""
PARENTS = ("AccountId", "CampaignId", "OpportunityId", "WhatId", "WhoId")
ID = re.compile(r"\b[a-zA-Z0-9]{18}\b")


class Writing:
    def __init__(self, line: Line, settings: Settings) -> None:
        self.line, self.settings = line, settings

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        """One batch of one action. A call refused as a whole is cut in half until the row at fault stands alone."""
        if len(rows) > BATCH or len({row.action for row in rows}) > 1:
            raise ValueError(f"a batch is at most {BATCH} rows of one action")
        fields = dict.fromkeys(row.match[0] if row.match else "" for row in rows)
        todo = [[row for row in rows if (row.match[0] if row.match else "") == field] for field in fields]
        results: list[WriteResult] = []
        while todo:
            part = sorted(todo.pop(0), key=_parent)
            try:
                results += self._settled(object, part)
            except CallRefused as refused:
                if len(part) == 1:
                    reason = reason_of(refused.code, "", ())
                    results.append(WriteResult(part[0].key, Outcome.FAILED, part[0].id, reason, message=refused.detail))
                    continue
                middle = len(part) // 2
                todo[:0] = [part[:middle], part[middle:]]
            except VendorError as error:
                raise CutShort(results, error) if results else error from error
        return results

    def _settled(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        """What became of the rows of one call. Raises CallRefused when it was refused as a whole."""
        try:
            answers = self._send(object, rows)
        except OutcomeUnknown as unknown:
            return [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=unknown.detail) for row in rows]
        if len(answers) != len(rows):
            text = f"Salesforce answered for {len(answers)} of {len(rows)} rows."
            return [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=text) for row in rows]
        results = [self._result(object, row, said) for row, said in zip(rows, answers, strict=True)]
        return self._with_duplicates(object, rows, results)

    def _send(self, object: str, rows: Sequence[Write]) -> list[dict[str, Any]]:
        action, headers = rows[0].action, self._headers(rows)
        if action is Action.DELETE:
            params = {"ids": ",".join(str(row.id) for row in rows), "allOrNone": "false"}
            path, body = "composite/sobjects", {"params": params}
            return self.line.rest(path, method="DELETE", is_write=True, headers=headers, **body) or []
        records = [{"attributes": {"type": object}, **_body(row)} for row in rows]
        path, method = "composite/sobjects", "POST" if action is Action.CREATE else "PATCH"
        if action is Action.UPSERT and rows[0].match:
            path = f"{path}/{object}/{rows[0].match[0]}"
        said = {"allOrNone": False, "records": records}
        return self.line.rest(path, method=method, is_write=True, headers=headers, json=said) or []

    def _headers(self, rows: Sequence[Write]) -> dict[str, str]:
        """Assignment rules would give every written lead a new owner; only a new one without owner is theirs."""
        headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"} if self.settings.passes_duplicates else {}
        if rows[0].action is not Action.CREATE or any("OwnerId" in row.values for row in rows):
            headers["Sforce-Auto-Assign"] = "FALSE"
        return headers

    def _result(self, object: str, row: Write, said: Mapping[str, Any]) -> WriteResult:
        if said.get("success"):
            created = said.get("created", row.action is Action.CREATE)
            outcome = (
                Outcome.DELETED if row.action is Action.DELETE else Outcome.CREATED if created else Outcome.UPDATED
            )
            return WriteResult(row.key, outcome, said.get("id") or row.id)
        error: dict[str, Any] = next(iter(said.get("errors") or []), {})
        return failed(object, row, str(error.get("statusCode", "")), str(error.get("message", "")), error)

    def _with_duplicates(self, object: str, rows: Sequence[Write], results: Sequence[WriteResult]) -> list[WriteResult]:
        """Collections do not name the record that a duplicate rule found: such rows are sent once more, alone."""
        left, settled = LOOK_UPS, []
        for row, result in zip(rows, results, strict=True):
            is_nameless = result.reason == Reason.DUPLICATE and not result.existing_id and not result.field
            if is_nameless and row.action is not Action.DELETE and left:
                left -= 1
                result = self._alone(object, row) or result
            settled.append(result)
        return settled

    def _alone(self, object: str, row: Write) -> WriteResult | None:
        """The row as a single call: refused with the record's id, or taken because the duplicate is gone meanwhile."""
        name = row.id or ("/".join((row.match[0], quote(row.match[1], safe=""))) if row.match else "")
        method, body = ("PATCH" if name else "POST"), dict(row.values)
        try:
            said = self.line.ask(
                lambda client: _single(client, f"sobjects/{object}/{name}", method, body, self._headers([row])),
                is_write=True,
            )
        except OutcomeUnknown as unknown:
            return WriteResult(row.key, Outcome.UNKNOWN, row.id, message=unknown.detail)
        except VendorError:
            return None
        if isinstance(said, SalesforceError):
            told = said_by(said)
            return failed(object, row, told.code, told.message, {**(told.extra or {}), "fields": told.fields})
        id = (said if isinstance(said, dict) else {}).get("id") or row.id
        outcome = Outcome.UPDATED if row.id else Outcome.CREATED
        return WriteResult(row.key, outcome if id else Outcome.UNKNOWN, id)


def _single(client: Any, path: str, method: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    try:
        return client.restful(path, method=method, json=body, headers=headers)
    except SalesforceError as error:
        if said_by(error).code in ("DUPLICATES_DETECTED", "DUPLICATE_VALUE"):
            return error
        raise


def failed(object: str, row: Write, code: str, message: str, error: Mapping[str, Any]) -> WriteResult:
    """A row's refusal, without the values that Salesforce repeats in its texts."""
    fields = tuple(error.get("fields") or ())
    reason = reason_of(code, message, fields)
    existing, elsewhere = _existing(object, error, message if reason == Reason.DUPLICATE else "")
    text = _without_values(message, row) + (f" ({elsewhere})" if elsewhere else "")
    is_retryable = reason == Reason.LOCKED
    return WriteResult(
        row.key,
        Outcome.FAILED,
        row.id,
        reason,
        fields[0] if fields else "",
        f"{code}: {text}"[:500],
        existing,
        is_retryable,
    )


def _existing(object: str, error: Mapping[str, Any], message: str) -> tuple[str | None, str]:
    """The record already there when it is of the same object, else a word about the one that is not."""
    matches = [
        one["record"]
        for result in (error.get("duplicateResult") or {}).get("matchResults") or ()
        for one in result.get("matchRecords") or ()
    ]
    same = [one["Id"] for one in matches if one.get("attributes", {}).get("type", object) == object]
    if same:
        return same[0], ""
    if matches:
        return None, f"like {matches[0]['attributes']['type']} {matches[0]['Id']}"
    found = ID.search(message)
    return (found[0], "") if found else (None, "")


def _without_values(message: str, row: Write) -> str:
    given = [
        str(value) for value in (*row.values.values(), *(row.match or ())) if isinstance(value, str) and len(value) > 2
    ]
    for value in sorted(given, key=len, reverse=True):
        message = message.replace(value, "…")
    return message


def _body(row: Write) -> dict[str, Any]:
    match row.action:
        case Action.UPDATE:
            return {**row.values, "Id": row.id}
        case Action.UPSERT if row.match:
            return {**row.values, row.match[0]: row.match[1]}
    return dict(row.values)


def _parent(row: Write) -> tuple[str, ...]:
    """Rows of one parent stand together, so that fewer locks meet."""
    return tuple(str(row.values.get(name) or "") for name in PARENTS)
