"""Writing leads: at most 300 in a call, a result for each, and an honest “unknown” where no answer came."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from martech.connectors import errors
from martech.connectors.errors import Reason
from martech.connectors.marketo.classify import field_of, reason_of
from martech.connectors.marketo.client import Client
from martech.connectors.port import Action, FieldType, Outcome, RemoteField, Value, Write, WriteResult

ACTIONS = {Action.CREATE: "createOnly", Action.UPDATE: "updateOnly", Action.UPSERT: "createOrUpdate"}
DONE = {"created": Outcome.CREATED, "updated": Outcome.UPDATED, "deleted": Outcome.DELETED}
PASSING = frozenset({"1021", "1022", "713", "604"})


def write_leads(client: Client, rows: Sequence[Write]) -> list[WriteResult]:
    """Write a batch of one action; upserts are sent per field that they match by."""
    results: list[WriteResult] = []
    groups: dict[str, list[Write]] = {}
    for row in rows:
        lookup = row.match[0] if row.match else "email" if row.action == Action.CREATE else "id"
        if row.action == Action.CREATE and not row.values.get(lookup):
            results.append(refused(row, Reason.REQUIRED_FIELD, "A new lead needs an e-mail address.", field=lookup))
        else:
            groups.setdefault(lookup, []).append(row)
    is_sent = False
    for lookup, group in groups.items():
        try:
            results += send(client, lookup, group)
        except errors.VendorError as error:
            raise errors.CutShort(results, error) if is_sent else error from error
        is_sent = True
    return results


def send(client: Client, lookup: str, rows: Sequence[Write]) -> list[WriteResult]:
    action = rows[0].action
    try:
        if action == Action.DELETE:
            envelope = client.post("/rest/v1/leads/delete.json", {"input": [{"id": int(row.id or 0)} for row in rows]})
        else:
            document = {"action": ACTIONS[action], "lookupField": lookup, "input": [body_of(row) for row in rows]}
            envelope = client.post("/rest/v1/leads.json", document)
    except errors.OutcomeUnknown as unknown:
        return [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=unknown.detail) for row in rows]
    told = envelope.get("result") or []
    results = [result_of(row, said) for row, said in zip(rows, told, strict=False)]
    silent = "Marketo said nothing of this row."
    return results + [WriteResult(row.key, Outcome.UNKNOWN, row.id, message=silent) for row in rows[len(told) :]]


def body_of(row: Write) -> dict[str, Value]:
    values = dict(row.values)
    if row.id:
        values["id"] = int(row.id)
    if row.match:
        values[row.match[0]] = row.match[1]
    return values


def result_of(row: Write, said: Mapping[str, Any]) -> WriteResult:
    number = str(said["id"]) if said.get("id") else row.id
    if (outcome := DONE.get(str(said.get("status")))) is not None:
        return WriteResult(row.key, outcome, number)
    reason = (said.get("reasons") or [{}])[0]
    code, message = str(reason.get("code", "")), str(reason.get("message", ""))[:300]
    return WriteResult(
        row.key,
        Outcome.FAILED,
        row.id,
        reason=reason_of(code, message),
        field=field_of(message),
        message=f"{message} ({code})",
        existing_id=number if code == "1005" else None,
        is_retryable=code in PASSING,
    )


def refused(row: Write, reason: Reason, message: str, *, field: str = "") -> WriteResult:
    return WriteResult(row.key, Outcome.FAILED, row.id, reason=reason, field=field, message=message)


def encoded(field: RemoteField, value: Value) -> Value:
    """Our canonical value as Marketo takes it. Raises errors.RowRefused."""
    if not field.is_writable:
        raise errors.RowRefused(f"{field.label} cannot be written.", reason=Reason.READ_ONLY_FIELD, field=field.name)
    if value is None or value == "" or value == []:
        return None
    text = ";".join(value) if isinstance(value, list) else str(value)
    match field.type:
        case FieldType.NUMBER:
            return number(field, text)
        case FieldType.BOOLEAN:
            return value if isinstance(value, bool) else text.strip().lower() in ("true", "1", "yes")
        case FieldType.DATE | FieldType.DATETIME:
            return dated(field, text)
    if field.longest and len(text) > field.longest:
        said = f"{field.label} takes {field.longest} characters; this has {len(text)}."
        raise errors.RowRefused(said, reason=Reason.TOO_LONG, field=field.name)
    return text


def number(field: RemoteField, text: str) -> Value:
    try:
        found = float(text)
    except ValueError:
        raise errors.RowRefused(
            f"{field.label} takes a number.", reason=Reason.INVALID_VALUE, field=field.name
        ) from None
    return int(found) if found == int(found) else found


def dated(field: RemoteField, text: str) -> str:
    try:
        if field.type == FieldType.DATE:
            return date.fromisoformat(text[:10]).isoformat()
        found = datetime.fromisoformat(text)
    except ValueError:
        raise errors.RowRefused(f"{field.label} takes a date.", reason=Reason.INVALID_VALUE, field=field.name) from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")
