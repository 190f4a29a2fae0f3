"""The portal's records. A record is never changed, only replaced, so that the search index may keep an older one."""

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from martech.twins.clock import TwinClock
from martech.twins.hubspot.answers import Refused, not_found
from martech.twins.hubspot.index import SearchIndex
from martech.twins.hubspot.schema import BACK, CREATED, MODIFIED, TYPE_IDS, Property, schemas
from martech.twins.hubspot.stamps import from_text, to_text

Values = Mapping[str, str | None]
Entry = tuple[str | None, int, int | None]
"""Of a property's history: the value, since when (milliseconds), and the user who typed it, None for a program."""


@dataclass(frozen=True, slots=True)
class Record:
    """`properties` hold text or None; `created`, `modified` and `archived` are milliseconds."""

    id: int
    properties: dict[str, str | None]
    created: int
    modified: int
    archived: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What a webhook or journal tells; `property` and `value` only of a change of one."""

    kind: str
    object: str
    id: int
    at: int
    property: str = ""
    value: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


class Table:
    """Records of one object; `ids` of the living and `archived` ones ascend."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: dict[int, Record] = {}
        self.ids: list[int] = []
        self.archived: list[int] = []
        self.aliases: dict[int, int] = {}
        self.unique: dict[str, dict[str, int]] = {}
        self.history: dict[int, dict[str, list[Entry]]] = {}
        self.index = SearchIndex()
        self.last = 1000

    def resolve(self, id: int) -> int:
        """The record an id stands for now, through every merge."""
        while id in self.aliases:
            id = self.aliases[id]
        return id

    def next_id(self) -> int:
        self.last = max(self.last, self.ids[-1] if self.ids else 0, self.archived[-1] if self.archived else 0) + 1
        return self.last


def key_of(value: str) -> str:
    return value.strip().lower()


class Store:
    """Every table, and the one way to write: stamps, unique values, history, search index and events in step."""

    def __init__(self, clock: TwinClock, *, lag_seconds: float = 0) -> None:
        self.clock, self.lag = clock, lag_seconds
        self.lock = threading.RLock()
        self.schemas = schemas()
        self.tables = {name: Table(name) for name in TYPE_IDS}
        self.links: dict[tuple[str, str], dict[int, dict[int, tuple[int, ...]]]] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self.on_change: Callable[[str, int], None] = lambda object, id: None

    def property(self, object: str, name: str) -> Property | None:
        found = self.schemas[object].get(name)
        return None if found is None or found.is_archived else found

    def unique_names(self, object: str) -> list[str]:
        return [found.name for found in self.schemas[object].values() if found.is_unique and not found.is_archived]

    def load(self, object: str, rows: Iterable[Record]) -> None:
        """Take records as they are, in the order of their ids, visible at once and without events."""
        table = self.tables[object]
        unique = {name: table.unique.setdefault(name, {}) for name in self.unique_names(object)}
        for record in rows:
            table.records[record.id] = record
            (table.ids if record.archived is None else table.archived).append(record.id)
            for name, known in unique.items():
                if value := record.properties.get(name):
                    known[key_of(value)] = record.id
        table.ids.sort()
        table.archived.sort()
        table.index.load(table.records[id] for id in table.ids)

    def reload(self, object: str) -> None:
        """Order, unique values and index anew from the records."""
        table = self.tables[object]
        records, table.records = table.records, {}
        table.ids, table.archived, table.unique = [], [], {}
        self.load(object, (records[id] for id in sorted(records)))

    def get(self, object: str, id: str | int, *, by: str = "", archived: bool = False) -> Record:
        """The record with this id, or with this value of the unique property `by`. Raises Refused (404)."""
        table = self.tables[object]
        number = self.number(object, id, by)
        record = table.records.get(table.resolve(number)) if number is not None else None
        if record is None or (record.archived is not None) != archived:
            raise not_found()
        return record

    def number(self, object: str, id: str | int, by: str) -> int | None:
        if by and by != "hs_object_id":
            return self.tables[object].unique.get(by, {}).get(key_of(str(id)))
        return int(id) if str(id).isdigit() else None

    def create(self, object: str, values: Values) -> Record:
        self.refuse_taken(object, values, None)
        table, now = self.tables[object], self.clock.milliseconds()
        id = table.next_id()
        own = {name: value for name, value in values.items() if value not in (None, "")}
        created = from_text(str(own[CREATED[object]])) if CREATED[object] in own else now
        properties: dict[str, str | None] = {
            **own,
            "hs_object_id": str(id),
            CREATED[object]: to_text(created),
            MODIFIED[object]: to_text(now),
        }
        record = Record(id, properties, created, now)
        insort(table.ids, id)
        self.keep(object, record, None)
        self.tell(Event("creation", object, id, now))
        return record

    def update(
        self, object: str, record: Record, values: Values, *, at: int | None = None, user: int | None = None
    ) -> Record:
        """Every write moves the stamp, even one that changes nothing. `user` is the person who made it in the product."""
        self.refuse_taken(object, values, record.id)
        now = self.clock.milliseconds() if at is None else at
        changed = {
            name: value or None for name, value in values.items() if (value or None) != record.properties.get(name)
        }
        properties = {**record.properties, **changed, MODIFIED[object]: to_text(now)}
        made = replace(record, properties=properties, modified=now)
        self.remember(object, record, changed, now, user)
        self.keep(object, made, record)
        for name, value in changed.items():
            self.tell(Event("propertyChange", object, record.id, now, name, value))
        return made

    def remember(self, object: str, record: Record, changed: Values, now: int, user: int | None) -> None:
        kept = self.tables[object].history.setdefault(record.id, {})
        for name, value in changed.items():
            entries = kept.setdefault(name, [(record.properties.get(name), record.created, None)])
            entries.insert(0, (value, now, user))

    def archive(self, object: str, record: Record) -> None:
        table, now = self.tables[object], self.clock.milliseconds()
        made = replace(record, archived=now)
        remove(table.ids, record.id)
        insort(table.archived, record.id)
        self.forget_unique(object, record)
        table.records[record.id] = made
        self.see(table, record.id, None, now)
        self.unlink_all(object, record.id)
        self.tell(Event("deletion", object, record.id, now))
        self.on_change(object, record.id)

    def erase(self, object: str, record: Record) -> None:
        """Gone for good: neither listed as archived nor found by its id."""
        self.archive(object, record)
        table = self.tables[object]
        remove(table.archived, record.id)
        table.history.pop(record.id, None)
        del table.records[record.id]
        self.on_change(object, record.id)

    def keep(self, object: str, record: Record, before: Record | None) -> None:
        table = self.tables[object]
        if before is not None:
            self.forget_unique(object, before)
        for name in self.unique_names(object):
            if value := record.properties.get(name):
                table.unique.setdefault(name, {})[key_of(value)] = record.id
        table.records[record.id] = record
        self.see(table, record.id, record, self.clock.milliseconds())
        self.on_change(object, record.id)

    def see(self, table: Table, id: int, record: Record | None, now: int) -> None:
        table.index.note(now + round(self.lag * 1000), id, record)

    def forget_unique(self, object: str, record: Record) -> None:
        for name, known in self.tables[object].unique.items():
            if (value := record.properties.get(name)) and known.get(key_of(value)) == record.id:
                del known[key_of(value)]

    def refuse_taken(self, object: str, values: Values, id: int | None) -> None:
        for name in self.unique_names(object):
            value = values.get(name)
            taken = self.tables[object].unique.get(name, {}).get(key_of(value)) if value else None
            if taken is not None and taken != id:
                what = {"contacts": "Contact", "companies": "Company", "deals": "Deal"}.get(object, "Object")
                if name == "email":
                    raise Refused(409, "CONFLICT", f"{what} already exists. Existing ID: {taken}")
                raise Refused(409, "CONFLICT", f"{what} with {name} {value} already exists. Existing ID: {taken}")

    def link(self, first: str, from_id: int, second: str, to_id: int, types: Iterable[int]) -> None:
        """Both directions at once; the stamps of the records stay."""
        given = set(types)
        back = {BACK.get(number, number) for number in given}
        for one, other, a, b, new in ((first, second, from_id, to_id, given), (second, first, to_id, from_id, back)):
            known = self.links.setdefault((one, other), {}).setdefault(a, {})
            known[b] = tuple(sorted(new.union(known.get(b, ()))))
            self.on_change(one, a)

    def unlink(self, first: str, from_id: int, second: str, to_id: int, types: Iterable[int] = ()) -> None:
        """Take the given types away, or all of them."""
        given = set(types)
        back = {BACK.get(number, number) for number in given}
        for one, other, a, b, gone in ((first, second, from_id, to_id, given), (second, first, to_id, from_id, back)):
            known = self.links.get((one, other), {}).get(a, {})
            left = tuple(number for number in known.get(b, ()) if gone and number not in gone)
            known.pop(b, None)
            if left:
                known[b] = left
            self.on_change(one, a)

    def unlink_all(self, object: str, id: int) -> None:
        for (first, second), known in list(self.links.items()):
            if first == object:
                for to_id in list(known.get(id, {})):
                    self.unlink(first, id, second, to_id)

    def linked(self, object: str, id: int, to: str) -> dict[int, tuple[int, ...]]:
        return self.links.get((object, to), {}).get(id, {})

    def tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def remove(ids: list[int], id: int) -> None:
    place = bisect_left(ids, id)
    if place < len(ids) and ids[place] == id:
        del ids[place]
