"""/composite/sobjects: up to 200 records a call, each with its own fate unless all or none is asked for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.rendering import Renderer
from martech.twins.salesforce.resources import Resources, body_of, named
from martech.twins.salesforce.store import Row, Store
from martech.twins.salesforce.writing import Ambiguous, Writer
from martech.twins.serving import Answer, Call, answer_json


class Collections:
    def __init__(self, store: Store, writer: Writer, resources: Resources) -> None:
        self.store, self.writer, self.resources = store, writer, resources

    def write(self, call: Call) -> Answer:
        """POST creates, PATCH updates. Records name their type in `attributes`."""
        body = body_of(call)
        records = _records(body)
        types = [str((one.get("attributes") or {}).get("type", "")) for one in records]
        chunks = sum(1 for at, name in enumerate(types) if at == 0 or types[at - 1] != name)
        if chunks > 10:
            message = (
                "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
            )
            raise Refusal("LIMIT_EXCEEDED", message)
        self._readable(zip(types, records, strict=True))

        def write_one(index: int) -> dict[str, Any]:
            table, record = self.resources.table(types[index]), dict(records[index])
            id = record.pop("id", record.pop("Id", None))
            if call.method == "POST":
                return {"id": self.writer.create(table, record, call.headers).id}
            if not id:
                raise Refusal("MISSING_ARGUMENT", "Id not specified in an update call")
            return {"id": self.writer.update(table, str(id), record, call.headers).id}

        return self._each(len(records), write_one, bool(body.get("allOrNone")))

    def upsert(self, call: Call, object: str, field: str) -> Answer:
        body = body_of(call)
        records, table = _records(body), self.resources.table(object)
        self._readable((object, one) for one in records)

        def write_one(index: int) -> dict[str, Any]:
            record = {name: value for name, value in records[index].items() if name != "attributes"}
            value = record.pop(field, None)
            try:
                row, is_new = self.writer.upsert(table, field, value, record, call.headers)
            except Ambiguous as several:
                raise several.refusal() from None
            return {"id": row.id, "created": is_new}

        return self._each(len(records), write_one, bool(body.get("allOrNone")))

    def delete(self, call: Call) -> Answer:
        ids = [id for id in call.first("ids").split(",") if id]
        _limit(ids)

        def write_one(index: int) -> dict[str, Any]:
            table = self.store.table_of(ids[index])
            if table is None:
                raise Refusal("MALFORMED_ID", f"malformed id {ids[index]}")
            self.writer.delete(table, ids[index])
            return {"id": ids[index]}

        return self._each(len(ids), write_one, call.first("allOrNone").lower() == "true")

    def read(self, call: Call, version: str, object: str) -> Answer:
        """Up to 2,000 records by id, in the order asked; null for one that is not there."""
        table = self.resources.table(object)
        body = body_of(call) if call.method == "POST" else {}
        ids = list(body.get("ids") or call.first("ids").split(","))
        names = list(body.get("fields") or call.first("fields").split(","))
        if len(ids) > 2000:
            raise Refusal(
                "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 2000 records into this call"
            )
        renderer = Renderer(self.store, table, [named(table, name) for name in names], version)
        rows = [table.get(str(id)) for id in ids]
        hidden = table.dropped
        texts = [renderer.text(row) if row and not row.is_deleted and row.id not in hidden else "null" for row in rows]
        return Answer(200, f"[{','.join(texts)}]".encode())

    def _readable(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """What cannot even be read brings down the whole call."""
        for name, record in records:
            table = self.resources.table(name)
            for column in record:
                if column.lower() not in ("attributes", "id") and table.type.named(column) is None:
                    raise Refusal("INVALID_FIELD", f"No such column '{column}' on sobject of type {name}")
            self.writer.readable(table, record)

    def _each(self, count: int, write_one: Callable[[int], dict[str, Any]], all_or_none: bool) -> Answer:
        kept = (
            {name: (dict(table.rows), list(table.delete_log)) for name, table in self.store.tables.items()}
            if all_or_none
            else {}
        )
        results: list[dict[str, Any]] = []
        for index in range(count):
            try:
                results.append({**write_one(index), "success": True, "errors": []})
            except Refusal as refusal:
                results.append({"success": False, "errors": [refusal.in_collection()]})
        if all_or_none and not all(one["success"] for one in results):
            self._undo(kept)
            rolled = Refusal(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "Record rolled back because not all records were valid and the request was using AllOrNone header",
            ).in_collection()
            results = [one if not one["success"] else {"success": False, "errors": [rolled]} for one in results]
        return answer_json(results)

    def _undo(self, kept: Mapping[str, tuple[dict[str, Row], list[tuple[str, str]]]]) -> None:
        for name, (rows, log) in kept.items():
            table = self.store.tables[name]
            for id in [id for id in table.rows if id not in rows]:
                table.remove(id)
            for id, row in rows.items():
                if table.rows.get(id) is not row:
                    table.put(row)
            table.delete_log = log


def _records(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    records = body.get("records")
    if not isinstance(records, list) or not records:
        raise Refusal("MISSING_ARGUMENT", "records not specified")
    _limit(records)
    return records


def _limit(records: list[Any]) -> None:
    if len(records) > 200:
        raise Refusal("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call")
