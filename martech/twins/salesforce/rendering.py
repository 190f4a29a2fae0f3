"""Rows written as the API writes them. A row keeps its text for the list of fields it was last asked for."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from martech.twins.salesforce.store import Row, Store, Table

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Renderer:
    """Writes rows of one table with the given fields; paths like `Owner.Email` become objects inside."""

    def __init__(self, store: Store, table: Table, fields: Sequence[str], version: str) -> None:
        self.store, self.table, self.fields, self.version = store, table, tuple(fields), version
        self.plain = tuple(name for name in fields if "." not in name)
        self.paths = tuple(name for name in fields if "." in name)
        self.key = (version, self.plain)
        self.booleans = {one.name for one in table.type.fields.values() if one.type == "boolean"}

    def text(self, row: Row) -> str:
        if row.key == self.key and not self.paths:
            return row.text
        text = _encode(self.document(row))
        if not self.paths:
            row.key, row.text = self.key, text
        return text

    def document(self, row: Row) -> dict[str, Any]:
        values, document = row.values, self._attributes(self.table, row)
        for name in self.plain:
            document[name] = values.get(name, False if name in self.booleans else None)
        for path in self.paths:
            self._follow(document, self.table, row, path.split("."))
        return document

    def _attributes(self, table: Table, row: Row) -> dict[str, Any]:
        name = table.type.name
        return {"attributes": {"type": name, "url": f"/services/data/{self.version}/sobjects/{name}/{row.id}"}}

    def _follow(self, document: dict[str, Any], table: Table, row: Row, steps: list[str]) -> None:
        """Put the value at the end of a path into nested objects; a reference to nothing is null."""
        if steps[0].lower() == table.type.name.lower():
            steps = steps[1:]
        if len(steps) == 1:
            field = table.type.named(steps[0])
            document[field.name if field else steps[0]] = row.values.get(field.name) if field else None
            return
        link = table.type.by_relationship(steps[0])
        id = row.values.get(link.name) if link else None
        target = self.store.table_of(id) if id else None
        other = target.get(id) if target and id else None
        if target is None or other is None:
            document[steps[0]] = None
            return
        inner = document.get(steps[0]) or self._attributes(target, other)
        document[steps[0]] = inner
        self._follow(inner, target, other, steps[1:])

    def records(self, rows: Iterable[Row]) -> str:
        return ",".join([self.text(row) for row in rows])

    def cells(self, row: Row) -> list[str]:
        """The row as Bulk 2.0 writes it: text only, nothing where there is nothing, moments that end in Z."""
        values = row.values
        return [_cell(values.get(name, False if name in self.booleans else None)) for name in self.plain]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value[:-5] + "Z" if len(value) == 28 and value.endswith("+0000") else value
    return repr(value)
