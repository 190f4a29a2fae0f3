"""Records as JSON, written by hand where it pays: a page of a hundred is one join of a few strings."""

import json
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from martech.twins.hubspot.schema import CREATED, DEFAULT_PROPERTIES, MODIFIED, Property
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Record
from martech.twins.serving import Answer

PREPARED = 4


class Renderer:
    """Keeps the text of records for the property lists asked for last; a record that was replaced is written anew."""

    def __init__(self, schemas: Mapping[str, Mapping[str, Property]]) -> None:
        self.schemas = schemas
        self._kept: dict[tuple[str, tuple[str, ...]], dict[int, tuple[Record, str]]] = {}

    def shape(self, object: str, properties: Sequence[str]) -> tuple[str, ...]:
        known = self.schemas[object]
        asked = [name for name in properties if name in known and not known[name].is_archived]
        asked = asked if properties else list(DEFAULT_PROPERTIES.get(object, ()))
        return tuple(dict.fromkeys((*asked, CREATED[object], MODIFIED[object], "hs_object_id")))

    def texts(self, object: str, shape: tuple[str, ...], records: Iterable[Record]) -> list[str]:
        kept = self._kept.get((object, shape))
        if kept is None:
            if len(self._kept) >= PREPARED:
                self._kept.pop(next(iter(self._kept)))
            kept = self._kept[object, shape] = {}
        found = []
        for record in records:
            known = kept.get(record.id)
            if known is None or known[0] is not record:
                known = kept[record.id] = (record, text_of(record, shape))
            found.append(known[1])
        return found


def quoted(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def text_of(record: Record, shape: tuple[str, ...], more: str = "") -> str:
    """`more` is JSON text of further members, each led by a comma."""
    values = ",".join(f'"{name}":{quoted(record.properties.get(name))}' for name in shape)
    archived = "false" if record.archived is None else f'true,"archivedAt":"{to_text(record.archived)}"'
    return (
        f'{{"id":"{record.id}","properties":{{{values}}},"createdAt":"{to_text(record.created)}",'
        f'"updatedAt":"{to_text(record.modified)}","archived":{archived}{more}}}'
    )


def members(**found: Any) -> str:
    """Further members of a record as JSON text."""
    return "".join(f',"{name}":{json.dumps(value)}' for name, value in found.items() if value is not None)


def page(results: Iterable[str], *, total: int | None = None, after: str = "", link: str = "") -> Answer:
    head = "" if total is None else f'"total":{total},'
    next_page = {"after": after, **({"link": link} if link else {})}
    tail = f',"paging":{{"next":{json.dumps(next_page)}}}' if after else ""
    return Answer(200, f'{{{head}"results":[{",".join(results)}]{tail}}}'.encode())
