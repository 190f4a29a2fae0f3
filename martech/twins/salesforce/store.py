"""What the org holds. A row is never changed, only replaced: answers under way keep what they saw."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.twins.clock import TwinClock
from martech.twins.salesforce.ids import mint, to_18
from martech.twins.salesforce.schema import ObjectType, objects

Values = dict[str, Any]


def stamp(moment: datetime) -> str:
    """As the API writes moments: UTC, and to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Row:
    """A version of a record. `values` holds only what is not null; `text` keeps the JSON of one list of fields."""

    __slots__ = ("id", "key", "text", "values")

    def __init__(self, values: Values) -> None:
        self.values = values
        self.id: str = values["Id"]
        self.key: object = None
        self.text = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.values["SystemModstamp"], self.id

    @property
    def is_deleted(self) -> bool:
        return bool(self.values.get("IsDeleted"))


class Table:
    """The records of one object, in the order of (SystemModstamp, Id), found by the values of some fields."""

    def __init__(self, type: ObjectType) -> None:
        self.type = type
        self.rows: dict[str, Row] = {}
        self.indexed = {f.name for f in type.fields.values() if f.is_external or f.refers_to or f.type == "email"}
        self.index: dict[str, dict[Any, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.late: dict[str, tuple[datetime, Row | None]] = {}
        """Rows that queries do not see as they are before a moment, with what they see until then."""
        self.dropped: set[str] = set()
        """Rows that answers leave out without a word."""
        self.delete_log: list[tuple[str, str]] = []
        """(id, when deleted), purged by the org as it pleases."""
        self._sorted_rows: list[Row] | None = None
        self.made = 0
        self.noted: Callable[[str], None] = lambda id: None
        """Called with the id of a row that changed, without one when the delete log did; `keeping` hooks in here."""

    def mint(self) -> str:
        self.made += 1
        return mint(self.type.prefix, self.made)

    def put(self, row: Row) -> None:
        """Store a version in place of the one before."""
        if (old := self.rows.get(row.id)) is not None:
            self._unindex(old)
        self.rows[row.id] = row
        for name in self.indexed:
            if (value := row.values.get(name)) is not None:
                self.index[name][_folded(value)].add(row.id)
        self._sorted_rows = None
        self.noted(row.id)

    def remove(self, id: str) -> None:
        """Destroy a record as if it had never been."""
        self._unindex(self.rows.pop(id))
        self.late.pop(id, None)
        self._sorted_rows = None
        self.noted(id)

    def log(self, id: str, at: str) -> None:
        """Enter a deletion in the log that getDeleted reads."""
        self.delete_log.append((id, at))
        self.noted("")

    def _unindex(self, row: Row) -> None:
        for name in self.indexed:
            if (value := row.values.get(name)) is not None:
                self.index[name][_folded(value)].discard(row.id)

    def find(self, field: str, value: Any) -> list[Row]:
        """Living records whose indexed field has a value, in the order they were made."""
        rows = (self.rows[id] for id in sorted(self.index[field].get(_folded(value), ())))
        return [row for row in rows if not row.is_deleted]

    def get(self, id: str) -> Row | None:
        return self.rows.get(to_18(id))

    def seen(self, now: datetime) -> list[Row]:
        """What queries see now, in the order of (SystemModstamp, Id)."""
        for id in [id for id, (until, _before) in self.late.items() if until <= now]:
            del self.late[id]
            self._sorted_rows = None
        if self._sorted_rows is None:
            hidden = self.late.keys() | self.dropped
            rows = [row for id, row in self.rows.items() if id not in hidden]
            rows += [before for id, (_until, before) in self.late.items() if before and id not in self.dropped]
            rows.sort(key=lambda row: row.place)
            self._sorted_rows = rows
        return self._sorted_rows

    def changed(self) -> None:
        """Forget what was sorted, because what is hidden changed."""
        self._sorted_rows = None


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def first_at(rows: list[Row], place: tuple[str, str]) -> int:
    """Where in rows sorted by place the first one at or behind it is."""
    return bisect_left(rows, place, key=lambda row: row.place)


class Store:
    """All tables, the clock, and how long a change stays unseen by queries."""

    def __init__(self, clock: TwinClock) -> None:
        self.clock, self.lag_seconds = clock, 0.0
        self.types = objects()
        self.tables = {name: Table(type) for name, type in self.types.items()}
        self.by_prefix = {type.prefix: self.tables[name] for name, type in self.types.items()}
        self.user_id = ""

    def now(self) -> str:
        return stamp(self.clock.now())

    def table_of(self, id: Any) -> Table | None:
        """The table that the key prefix of an id belongs to."""
        return self.by_prefix.get(str(id)[:3])

    def insert(self, object: str, values: Values, *, at: str | None = None) -> Row:
        """A new record with the system's fields; `at` dates it, e.g. when an org is filled."""
        table, at = self.tables[object], at or self.now()
        system: Values = {"Id": table.mint(), "CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at}
        if "IsDeleted" in table.type.fields:
            system["IsDeleted"] = False
        if self.user_id:
            system["CreatedById"] = system["LastModifiedById"] = self.user_id
        row = Row({**system, **{name: value for name, value in values.items() if value is not None}})
        self._see_later(table, row, None)
        table.put(row)
        return row

    def replace(self, object: str, row: Row, changes: Values, *, at: str | None = None, quietly: bool = False) -> Row:
        """A new version; `quietly` moves no stamp, as formulas and roll-ups do not."""
        table = self.tables[object]
        values = {**row.values, **changes}
        if not quietly:
            values["SystemModstamp"] = values["LastModifiedDate"] = at or self.now()
            if self.user_id:
                values["LastModifiedById"] = self.user_id
        new = Row({name: value for name, value in values.items() if value is not None})
        self._see_later(table, new, row)
        table.put(new)
        return new

    def _see_later(self, table: Table, row: Row, before: Row | None) -> None:
        if self.lag_seconds:
            _until, seen = table.late.get(row.id, (None, before))
            table.late[row.id] = (self.clock.now() + timedelta(seconds=self.lag_seconds), seen)

    def delete(self, object: str, row: Row, *, into: str | None = None, at: str | None = None) -> None:
        """Move a record to the recycle bin; objects that know no bin lose it at once."""
        table, at = self.tables[object], at or self.now()
        if object in HARD_DELETED:
            table.log(row.id, at)
            table.remove(row.id)
            return
        self.replace(object, row, {"IsDeleted": True, "MasterRecordId": into}, at=at)
        table.log(row.id, at)

    def children(self, id: str) -> Iterator[tuple[str, str, Row]]:
        """Living records that refer to a record: (object, field, row)."""
        for name, table in self.tables.items():
            for one in list(table.type.fields.values()):
                if one.refers_to and not one.name.startswith(("Converted", "Master")) and one.name not in STAMPED:
                    for row in table.find(one.name, id):
                        yield name, one.name, row


HARD_DELETED = frozenset({"CampaignMember", "CampaignMemberStatus"})
STAMPED = frozenset({"CreatedById", "LastModifiedById"})
