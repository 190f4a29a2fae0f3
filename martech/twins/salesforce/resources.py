"""/sobjects/{Type}: one record at a time, by id or by an external id."""

from collections.abc import Mapping
from typing import Any

from martech.twins.salesforce.evaluation import table_for
from martech.twins.salesforce.refusals import Refusal, not_found
from martech.twins.salesforce.rendering import Renderer
from martech.twins.salesforce.store import Row, Store, Table
from martech.twins.salesforce.writing import Writer
from martech.twins.serving import Answer, Call, answer_json


class Resources:
    def __init__(self, store: Store, writer: Writer) -> None:
        self.store, self.writer = store, writer

    def table(self, name: str) -> Table:
        """Raises Refusal NOT_FOUND for an object the user does not see."""
        try:
            return table_for(self.store, name)
        except Refusal:
            raise not_found() from None

    def create(self, call: Call, object: str) -> Answer:
        row = self.writer.create(self.table(object), body_of(call), call.headers)
        return answer_json({"id": row.id, "success": True, "errors": []}, 201)

    def one(self, call: Call, version: str, object: str, id: str) -> Answer:
        """GET, PATCH and DELETE by id."""
        table = self.table(object)
        if call.method == "GET":
            row = table.get(id)
            if row is None or row.is_deleted:
                raise not_found() if row is None else Refusal("ENTITY_IS_DELETED", "entity is deleted", status=404)
            return self._shown(call, version, table, row)
        try:
            if call.method == "DELETE":
                self.writer.delete(table, id)
            else:
                self.writer.update(table, id, body_of(call), call.headers)
        except Refusal as refusal:
            if refusal.code == "INVALID_CROSS_REFERENCE_KEY" and not refusal.fields:
                raise not_found() from None
            raise
        return Answer(204)

    def by_key(self, call: Call, version: str, object: str, field: str, value: str) -> Answer:
        """GET, PATCH (upsert) and DELETE by an external id; 300 with the addresses when several have it."""
        table = self.table(object)
        found = self.writer.matching(table, field, value)
        if len(found) > 1:
            base = f"/services/data/{version}/sobjects/{table.type.name}"
            return answer_json([f"{base}/{row.id}" for row in found], 300)
        if call.method == "PATCH":
            given = {name: said for name, said in body_of(call).items() if name.lower() != "id"}
            row, is_new = self.writer.upsert(table, field, value, given, call.headers)
            document = {"id": row.id, "success": True, "errors": [], "created": is_new}
            return answer_json(document, 201 if is_new else 200)
        if not found:
            raise not_found()
        if call.method == "DELETE":
            self.writer.delete(table, found[0].id)
            return Answer(204)
        return self._shown(call, version, table, found[0])

    def _shown(self, call: Call, version: str, table: Table, row: Row) -> Answer:
        asked = [name for name in call.first("fields").split(",") if name]
        fields = [named(table, name) for name in asked] or list(table.type.fields)
        return answer_json(Renderer(self.store, table, fields, version).document(row))


def body_of(call: Call) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refusal JSON_PARSER_ERROR."""
    try:
        said = call.json
    except ValueError:
        said = None
    if not isinstance(said, Mapping):
        raise Refusal("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
    return dict(said)


def named(table: Table, name: str) -> str:
    field = table.type.named(name.strip())
    if field is None:
        raise Refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {table.type.name}")
    return field.name
