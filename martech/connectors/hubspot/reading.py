"""Records of the CRM objects: the change feed by search, everything by list, some by id or unique value.

The change feed pages by key, never by offset: each page begins at the last stamp of the page before. So it cannot meet
the end of a query at 10,000 rows, and a record that changes meanwhile (and leaves the window) shifts no other one off
a page boundary. Records that share one millisecond beyond a page are read by their ids within that stamp; a bulk edit
gives one stamp to any number of records.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors.errors import PositionLost
from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.objects import modified_property
from martech.connectors.hubspot.paths import Paths
from martech.connectors.marketing import StageEntered
from martech.connectors.port import Page, Position, RemoteRecord, Window

SEARCH_PAGE, LIST_PAGE, HISTORY_PAGE = 200, 100, 50
LONGEST_QUERY = 6_000
"""Characters of property names in an address; with more of them HubSpot answers 414, so they go into a body."""

MERGED = "hs_merged_object_ids"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
Filter = Mapping[str, str]


def to_ms(at: datetime) -> int:
    return (at - EPOCH) // MILLISECOND


def record_of(row: Mapping[str, Any], fields: Sequence[str]) -> RemoteRecord:
    values = row["properties"]
    merged = values.get(MERGED)
    return RemoteRecord(
        row["id"],
        {name: values.get(name) for name in fields},
        datetime.fromisoformat(row["updatedAt"]),
        datetime.fromisoformat(row["createdAt"]),
        tuple(merged.split(";")) if merged else (),
    )


def records_of(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[RemoteRecord]:
    """A property that does not exist any more is left out of the answer without a word: of it nothing is said, which is
    something else than that it is blank."""
    names = fields
    if rows and any(name not in rows[0]["properties"] for name in fields):
        names = [name for name in fields if any(name in row["properties"] for row in rows)]
    return [record_of(row, names) for row in rows]


class Reading:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def changes(
        self,
        object: str,
        fields: Sequence[str],
        *,
        window: Window,
        position: Position | None = None,
        filters: Sequence[Filter] = (),
    ) -> Iterator[Page]:
        """Positions: `from` (a stamp), `seen` ids of that stamp, and the last `id` read when it is read by ids."""
        at: Position = dict(position or {"from": to_ms(window.since), "seen": []})
        if "from" not in at:
            raise PositionLost("The position is not one of HubSpot's change feed.")
        until = to_ms(window.until)
        while True:
            answer = self.ask(object, fields, at, until, filters)
            page, following = self.turn(answer, fields, at)
            if page is not None:
                yield Page(page, following, max_stamp(page), answer.get("total"))
            if following is None:
                return
            at = following

    def ask(
        self, object: str, fields: Sequence[str], at: Position, until: int, filters: Sequence[Filter]
    ) -> dict[str, Any]:
        name = modified_property(object)
        stamp = str(at["from"])
        if "id" in at:
            within = [
                {"propertyName": name, "operator": "EQ", "value": stamp},
                {"propertyName": "hs_object_id", "operator": "GT", "value": str(at["id"])},
            ]
            sort = "hs_object_id"
        else:
            within = [
                {"propertyName": name, "operator": "GTE", "value": stamp},
                {"propertyName": name, "operator": "LT", "value": str(until)},
            ]
            sort = name
        body = {
            "filterGroups": [{"filters": [*within, *filters]}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [*fields, MERGED],
            "limit": SEARCH_PAGE,
        }
        return self.calls.search(self.paths.objects(object, "/search"), body)

    def turn(
        self, answer: Mapping[str, Any], fields: Sequence[str], at: Position
    ) -> tuple[list[RemoteRecord] | None, Position | None]:
        """The page's records that were not on the one before, and where the next begins."""
        rows = answer["results"]
        has_more = "paging" in answer and bool(rows)
        found = records_of(rows, fields)
        seen = set(at["seen"])
        fresh = [record for record in found if record.id not in seen]
        if "id" in at:
            following: Position = {"from": at["from"] + 1, "seen": []}
            return fresh, {**at, "id": int(found[-1].id)} if has_more else following
        if not has_more:
            return fresh, None
        last = to_ms(found[-1].modified_at or EPOCH)
        if last == at["from"]:
            # A whole page of one stamp: read that stamp by ids, from the first, since its order here means nothing.
            return None, {**at, "id": 0}
        return fresh, {"from": last, "seen": [r.id for r in found if to_ms(r.modified_at or EPOCH) == last]}

    def everything(self, object: str, fields: Sequence[str], *, position: Position | None = None) -> Iterator[Page]:
        after = str((position or {}).get("after", ""))
        names = ",".join((*fields, MERGED))
        is_long = len(names) > LONGEST_QUERY
        while True:
            query = [("limit", str(LIST_PAGE)), ("properties", "hs_object_id" if is_long else names)]
            answer = self.calls.get(self.paths.objects(object), [*query, ("after", after)] if after else query)
            if is_long:
                found = self.read(object, fields, [row["id"] for row in answer["results"]])
            else:
                found = records_of(answer["results"], fields)
            after = after_of(answer)
            yield Page(found, {"after": after} if after else None, max_stamp(found))
            if not after:
                return

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        found: list[RemoteRecord] = []
        for start in range(0, len(ids), LIST_PAGE):
            body: dict[str, Any] = {
                "inputs": [{"id": id} for id in dict.fromkeys(ids[start : start + LIST_PAGE])],
                "properties": [*fields, MERGED],
                "propertiesWithHistory": [],
            }
            if by:
                body["idProperty"] = by
            answer = self.calls.read("POST", self.paths.objects(object, "/batch/read"), body)
            found += records_of(answer.get("results", []), fields)
        return found

    def found_by(self, object: str, fields: Sequence[str], name: str, values: Sequence[str]) -> list[RemoteRecord]:
        """Records by a field that several may share: by search, which shows new ones some moments later."""
        found = []
        for start in range(0, len(values), LIST_PAGE):
            wanted = [value.lower() for value in values[start : start + LIST_PAGE]]
            body = {
                "filterGroups": [{"filters": [{"propertyName": name, "operator": "IN", "values": wanted}]}],
                "properties": [*fields, MERGED],
                "limit": SEARCH_PAGE,
            }
            answer = self.calls.search(self.paths.objects(object, "/search"), body)
            found += records_of(answer["results"], fields)
        return found

    def stages(self, ids: Sequence[str]) -> list[StageEntered]:
        """The stages deals went through, by the history of their property, oldest first."""
        found = [
            StageEntered(id, entry["value"], datetime.fromisoformat(entry["timestamp"]))
            for id, entries in self.histories("deals", "dealstage", ids)
            for entry in entries
            if entry.get("value")
        ]
        return sorted(found, key=lambda one: (one.deal_id, one.at))

    def histories(
        self, object: str, name: str, ids: Sequence[str]
    ) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
        """Of each record what a property was, the newest first."""
        for start in range(0, len(ids), HISTORY_PAGE):
            inputs = [{"id": id} for id in dict.fromkeys(ids[start : start + HISTORY_PAGE])]
            body = {"inputs": inputs, "properties": [], "propertiesWithHistory": [name]}
            answer = self.calls.read("POST", self.paths.objects(object, "/batch/read"), body)
            for row in answer.get("results", []):
                yield row["id"], (row.get("propertiesWithHistory") or {}).get(name, [])


def after_of(answer: Mapping[str, Any]) -> str:
    return str(((answer.get("paging") or {}).get("next") or {}).get("after") or "")


def max_stamp(records: Sequence[RemoteRecord]) -> datetime | None:
    return max((record.modified_at for record in records if record.modified_at), default=None)
