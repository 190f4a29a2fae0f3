"""One Marketo subscription for the sync engine."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors import errors
from martech.connectors.answers import CheckStep, Setter
from martech.connectors.marketing import StageEntered
from martech.connectors.marketo import assets
from martech.connectors.marketo.checking import check_steps
from martech.connectors.marketo.classify import DAY
from martech.connectors.marketo.client import Client
from martech.connectors.marketo.extracting import extract_leads
from martech.connectors.marketo.feeds import ACTIVITIES, CHANGES, DELETED, attributes_of, read_feed
from martech.connectors.marketo.schema import (
    ACTIVITY,
    COST,
    FIXED,
    LEAD,
    LIST_MEMBER,
    PROGRAM,
    fixed_schema,
    lead_schema,
    moment,
)
from martech.connectors.marketo.writing import encoded, write_leads
from martech.connectors.port import (
    Fate,
    Hint,
    JournalPage,
    Link,
    Page,
    Position,
    RemoteField,
    RemoteRecord,
    RemoteSchema,
    Session,
    Tombstone,
    TombstonePage,
    Value,
    Window,
    Write,
    WriteResult,
)

READ_AT_ONCE = 300
KINDS = {1: "page", 2: "form", 3: "click", 6: "email_sent", 10: "email_open", 11: "email_click"}
"""Activity types that are touches, by what we call them; at most ten may be asked for at once."""
MERGED = 32
KEPT_DAYS = 14
"""How far back the feed of deletions reaches: older ones may be pruned."""
STAMPS = ("id", "createdAt", "updatedAt")


class MarketoConnector:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.client = Client(session)
        self._fields: Mapping[str, RemoteField] = {}

    def check(self) -> Iterator[CheckStep]:
        return check_steps(self)

    def told_settings(self) -> Mapping[str, str]:
        return {}

    def account_id(self) -> str:
        return str(self.session.settings.get("munchkin_id", "")).strip().lower()

    def describe(self, object: str) -> RemoteSchema:
        if object in FIXED:
            return fixed_schema(object)
        if object != LEAD:
            raise errors.Misconfigured(f"Marketo has no object {object}.")
        return lead_schema((self.client.get("/rest/v1/leads/describe2.json").get("result") or [{}])[0])

    def lead_fields(self) -> Mapping[str, RemoteField]:
        if not self._fields:
            self._fields = {field.name: field for field in self.describe(LEAD).fields}
        return self._fields

    def observe_usage(self) -> tuple[int, int]:
        """What the whole account has called today, told to the budget."""
        rows = self.client.get("/rest/v1/stats/usage.json").get("result") or [{}]
        used, limit = int(rows[0].get("total") or 0), int(self.session.settings.get("daily_calls") or 50_000)
        self.session.budget.observe(DAY, used=used, limit=limit)
        return used, limit

    def changes(
        self, object: str, fields: Sequence[str], *, window: Window, position: Position | None = None
    ) -> Iterator[Page]:
        if position is None:
            self.observe_usage()
        if object == LEAD:
            return self._changed_leads(fields, window, position)
        if object == ACTIVITY:
            return self._activities(window, position)
        if object in (PROGRAM, COST):
            return assets.programs(self.client, object, position, window=window)
        return assets.changed_members(self.client, object, window, position)

    def _changed_leads(self, fields: Sequence[str], window: Window, position: Position | None) -> Iterator[Page]:
        """Leads that are new or of which one of the fields changed, as they are now."""
        asked = ",".join(dict.fromkeys([*fields, "email"]))
        batches = read_feed(
            self.client,
            CHANGES,
            since=window.since,
            until=window.until,
            position=position,
            fields=asked,
            **self._list(),
        )
        for batch in batches:
            dates = {str(row["leadId"]): moment(row.get("activityDate")) for row in batch.rows}
            records = self.read(LEAD, fields, list(dates))
            dated = [
                RemoteRecord(one.id, one.values, dates[one.id] or one.modified_at, one.created_at) for one in records
            ]
            yield Page(dated, batch.position, batch.seen_until)

    def _list(self) -> dict[str, str]:
        given = str(self.session.settings.get("list_id") or "")
        return {"listId": given} if given else {}

    def _activities(self, window: Window, position: Position | None) -> Iterator[Page]:
        types = ",".join(map(str, KINDS))
        batches = read_feed(
            self.client,
            ACTIVITIES,
            since=window.since,
            until=window.until,
            position=position,
            activityTypeIds=types,
            **self._list(),
        )
        for batch in batches:
            yield Page([activity_of(row) for row in batch.rows], batch.position, batch.seen_until)

    def everything(self, object: str, fields: Sequence[str], *, position: Position | None = None) -> Iterator[Page]:
        if object == LEAD:
            names = list(dict.fromkeys([*fields, *STAMPS]))
            return extract_leads(self.client, self.lead_fields(), names, position)
        if object == ACTIVITY:
            return self._activities(self._history(), position)
        if object in (PROGRAM, COST):
            return assets.programs(self.client, object, position)
        return assets.all_members(self.client, object, position)

    def _history(self) -> Window:
        days = int(self.session.settings.get("activity_days") or 90)
        now = datetime.now(UTC)
        return Window(now - timedelta(days=days), now)

    def tombstones(self, object: str, *, window: Window, position: Position | None = None) -> Iterator[TombstonePage]:
        """Leads that were deleted, then those merged into others. A list member that left is one too."""
        if object == LEAD:
            return self._gone_leads(window, position)
        if object == LIST_MEMBER:
            return assets.left_lists(self.client, window, position)
        return iter([TombstonePage([], None)])

    def _gone_leads(self, window: Window, position: Position | None) -> Iterator[TombstonePage]:
        is_gap = window.since < window.until - timedelta(days=KEPT_DAYS)
        bounds: dict[str, Any] = {"since": window.since, "until": window.until}
        if not position or position.get("feed") == "deleted":
            inner = {"token": position["token"]} if position else None
            for batch in read_feed(self.client, DELETED, position=inner, **bounds):
                following = {"feed": "deleted", **batch.position} if batch.position else {"feed": "merged"}
                yield TombstonePage([deleted(row) for row in batch.rows], following, is_gap)
        inner = (
            {"token": position["token"]}
            if position and position.get("feed") == "merged" and "token" in position
            else None
        )
        for batch in read_feed(self.client, ACTIVITIES, position=inner, activityTypeIds=MERGED, **bounds):
            gone = [one for row in batch.rows for one in merged(row)]
            yield TombstonePage(gone, {"feed": "merged", **batch.position} if batch.position else None, is_gap)

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        if object == PROGRAM:
            rows = [assets.one_program(self.client, int(one)) for one in ids]
            return [assets.program_of(row) for row in rows if row]
        if object != LEAD:
            raise errors.Misconfigured(f"A {object} cannot be read by its id.")
        asked = ",".join(dict.fromkeys([*fields, *STAMPS]))
        records: list[RemoteRecord] = []
        for start in range(0, len(ids), READ_AT_ONCE):
            records += self._read_leads(by or "id", ids[start : start + READ_AT_ONCE], asked)
        return records

    def _read_leads(self, by: str, values: Sequence[str], asked: str) -> list[RemoteRecord]:
        found: list[RemoteRecord] = []
        token = ""
        while True:
            envelope = self.client.get(
                "/rest/v1/leads.json", filterType=by, filterValues=",".join(values), fields=asked, nextPageToken=token
            )
            found += [lead_of(row) for row in envelope.get("result") or ()]
            token = envelope.get("nextPageToken") or ""
            if not token:
                return found

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        return []

    def stages(self, object: str, ids: Sequence[str]) -> list[StageEntered]:
        return []

    def setters(self, object: str, field: str, ids: Sequence[str]) -> dict[str, Setter]:
        return {}

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        if object != LEAD:
            raise errors.Misconfigured(f"A {object} cannot be written.")
        return write_leads(self.client, rows)

    def encode(self, field: RemoteField, value: Value) -> Value:
        return encoded(field, value)

    def hints(
        self, *, method: str, urls: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[Hint]:
        raise errors.Forged("Marketo signs no webhooks, so none is believed.")

    def journal(self, position: Position) -> Iterator[JournalPage]:
        return iter(())

    def close(self) -> None:
        self.client.close()


def lead_of(row: Mapping[str, Any]) -> RemoteRecord:
    values = dict(row)
    return RemoteRecord(str(row["id"]), values, moment(row.get("updatedAt")), moment(row.get("createdAt")))


def activity_of(row: Mapping[str, Any]) -> RemoteRecord:
    """A touch, under its marketoGUID: `id` is no key."""
    key, said, type = str(row["marketoGUID"]), attributes_of(dict(row)), int(row["activityTypeId"])
    values: dict[str, Value] = {
        "leadId": str(row["leadId"]),
        "activityDate": row.get("activityDate"),
        "activityTypeId": type,
        "type": KINDS.get(type, str(type)),
        "kind": KINDS.get(type, str(type)),
        "primaryAttributeValue": row.get("primaryAttributeValue"),
        "url": said.get("Webpage URL") or said.get("Link"),
        "program": said.get("Program"),
    }
    at = moment(row.get("activityDate"))
    return RemoteRecord(key, values, at, at, links=(Link(ACTIVITY, key, LEAD, str(row["leadId"])),))


def deleted(row: Mapping[str, Any]) -> Tombstone:
    return Tombstone(str(row["leadId"]), Fate.DELETED, moment(row.get("activityDate")))


def merged(row: Mapping[str, Any]) -> list[Tombstone]:
    losers = str(attributes_of(dict(row)).get("Merge IDs") or "").replace("[", "").replace("]", "").split(",")
    into, at = ((LEAD, str(row["leadId"])),), moment(row.get("activityDate"))
    return [Tombstone(one.strip(), Fate.MERGED, at, into) for one in losers if one.strip()]
