"""A vendor in memory that obeys to the letter what the port promises, for tests of the engine alone.

Vendors' own behaviour is tested against their practice servers.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors.answers import CheckStep, Setter
from martech.connectors.marketing import StageEntered
from martech.connectors.port import (
    Action,
    FieldType,
    Hint,
    JournalPage,
    Kind,
    Link,
    ObjectCapability,
    Outcome,
    Page,
    Position,
    RemoteField,
    RemoteRecord,
    RemoteSchema,
    Session,
    TombstonePage,
    Value,
    Vendor,
    Window,
    Write,
    WriteResult,
)


@dataclass
class Stored:
    values: dict[str, Any]
    modified_at: datetime
    created_at: datetime


@dataclass
class Account:
    """What the other system holds. `now` is its clock, which moves a second with every write."""

    objects: dict[str, dict[str, Stored]] = field(
        default_factory=lambda: {"contacts": {}, "companies": {}, "deals": {}}
    )
    schema: dict[str, dict[str, RemoteField]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    tombstones: list[Any] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    writes: list[Write] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)
    stages: list[StageEntered] = field(default_factory=list)
    journal: list[Hint] = field(default_factory=list)
    """Entries of the journal, two a page; the first `forgotten` are no longer told."""
    forgotten: int = 0
    asked_for_journal: int = 0
    page_size: int = 3
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def tick(self) -> datetime:
        self.now = max(self.now + timedelta(seconds=1), datetime.now(UTC))
        return self.now

    def put(self, object: str, values: Mapping[str, Any], id: str | None = None) -> str:
        id = id or str(next(self.ids))
        stored = self.objects[object].get(id)
        at = self.tick()
        if stored:
            stored.values.update(values)
            stored.modified_at = at
        else:
            self.objects[object][id] = Stored(dict(values), at, at)
        return id

    def record(self, object: str, id: str, fields: Sequence[str]) -> RemoteRecord:
        stored = self.objects[object][id]
        values = {name: stored.values.get(name) for name in fields}
        return RemoteRecord(id, values, stored.modified_at, stored.created_at)


TEXT_FIELDS = ("email", "firstname", "lastname", "phone", "company", "jobtitle", "country", "stage", "owner", "score")
CONTACTS = {name: RemoteField(name, name, FieldType.TEXT) for name in TEXT_FIELDS}
COMPANIES = {name: RemoteField(name, name, FieldType.TEXT) for name in ("name", "domain", "industry")}
DEALS = {
    "dealname": RemoteField("dealname", "Name", FieldType.TEXT),
    "amount": RemoteField("amount", "Amount", FieldType.NUMBER),
    "dealstage": RemoteField("dealstage", "Stage", FieldType.TEXT),
    "company": RemoteField("company", "Company", FieldType.REFERENCE, refers_to=("companies",)),
}


class ScriptedConnector:
    def __init__(self, session: Session, account: Account) -> None:
        self.session, self.account = session, account

    def check(self) -> Iterator[CheckStep]:
        self.session.budget.spend("calls")
        yield CheckStep("Signed in", True)

    def told_settings(self) -> Mapping[str, str]:
        return {}

    def account_id(self) -> str:
        return f"scripted-{id(self.account)}"

    def describe(self, object: str) -> RemoteSchema:
        known = {"contacts": CONTACTS, "companies": COMPANIES, "deals": DEALS}[object]
        return RemoteSchema(object, object, tuple(self.account.schema.get(object, known).values()))

    def _pages(self, object: str, fields: Sequence[str], ids: list[str], start: int) -> Iterator[Page]:
        for at in range(start, max(len(ids), 1), self.account.page_size):
            self.fail("read")
            part = ids[at : at + self.account.page_size]
            records = [self.account.record(object, one, fields) for one in part]
            after = at + self.account.page_size
            position = {"at": after} if after < len(ids) else None
            seen = max((r.modified_at for r in records if r.modified_at), default=None)
            yield Page(records, position, seen)

    def changes(self, object: str, fields: Sequence[str], *, window: Window, position: Any = None) -> Iterator[Page]:
        rows = self.account.objects[object]
        ids = [one for one in rows if rows[one].modified_at >= window.since]
        ids.sort(key=lambda one: (rows[one].modified_at, one))
        yield from self._pages(object, fields, ids, (position or {"at": 0})["at"])

    def everything(self, object: str, fields: Sequence[str], *, position: Any = None) -> Iterator[Page]:
        if object == "owners":
            records = [
                RemoteRecord(one, {"email": mail, "name": mail, "is_active": True}, None)
                for one, mail in self.account.owners.items()
            ]
            yield Page(records, None)
            return
        ids = sorted(self.account.objects[object], key=int)
        yield from self._pages(object, fields, ids, (position or {"at": 0})["at"])

    def tombstones(self, object: str, *, window: Window, position: Any = None) -> Iterator[TombstonePage]:
        yield TombstonePage([t for o, t in self.account.tombstones if o == object], None)

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        self.session.budget.spend("calls")
        self.fail("read")
        rows = self.account.objects[object]
        if by:
            wanted = {value.lower() for value in ids}
            ids = [one for one, row in rows.items() if str(row.values.get(by) or "").lower() in wanted]
        return [self.account.record(object, one, fields) for one in ids if one in rows]

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        wanted = set(ids)
        return [
            link
            for link in self.account.links
            if link.from_object == object and link.to_object == to_object and link.from_id in wanted
        ]

    def fail(self, kind: str) -> None:
        """Raise the next scripted fault of a kind."""
        for index, (of, error) in enumerate(self.account.faults):
            if of == kind:
                del self.account.faults[index]
                raise error

    def stages(self, object: str, ids: Sequence[str]) -> list[StageEntered]:
        return [one for one in self.account.stages if one.deal_id in ids]

    def setters(self, object: str, field: str, ids: Sequence[str]) -> dict[str, Setter]:
        return {}

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        self.session.budget.spend("calls")
        self.fail("write")
        results = [self._write(object, row) for row in rows]
        for index, (of, _error) in enumerate(self.account.faults):
            if of == "after write":
                del self.account.faults[index]
                return [WriteResult(row.key, Outcome.UNKNOWN) for row in rows]
        return results

    def _write(self, object: str, row: Write) -> WriteResult:
        if "poison" in row.values.values():
            return WriteResult(row.key, Outcome.FAILED, reason="validation_rule", field="jobtitle", message="poison")
        self.account.writes.append(row)
        values = dict(row.values)
        if row.action is Action.UPDATE:
            self.account.put(object, values, row.id)
            return WriteResult(row.key, Outcome.UPDATED, id=row.id)
        if row.match:
            values[row.match[0]] = row.match[1]
        return WriteResult(row.key, Outcome.CREATED, id=self.account.put(object, values))

    def encode(self, field: RemoteField, value: Value) -> Value:
        return value

    def journal(self, position: Position) -> Iterator[JournalPage]:
        account, at = self.account, int(position.get("at", 0))
        account.asked_for_journal += 1
        is_gap = at < account.forgotten and bool(position)
        at = max(at, account.forgotten)
        while at < len(account.journal) or is_gap:
            self.fail("journal")
            hints = account.journal[at : at + 2]
            at += len(hints)
            yield JournalPage(hints, {"at": at}, is_gap)
            is_gap = False

    def hints(self, **given: Any) -> list[Any]:
        return []

    def close(self) -> None:
        pass


def scripted_vendor(accounts: Mapping[str, Account]) -> Vendor:
    """A vendor whose connections lead to the accounts by their setting `account`."""
    return Vendor(
        key="hubspot",
        label="Scripted",
        open=lambda session: ScriptedConnector(session, accounts[session.settings.get("account", "main")]),  # type: ignore[arg-type, return-value]
        settings=(),
        objects={
            "owners": ObjectCapability(Kind.OWNER, "Owners"),
            "companies": ObjectCapability(Kind.ACCOUNT, "Companies", can_write=True, lookback_seconds=0),
            "contacts": ObjectCapability(
                Kind.PERSON,
                "Contacts",
                can_write=True,
                can_create=True,
                has_tombstones=True,
                link_objects=("companies",),
                match_fields=("email",),
                lookback_seconds=0,
                batch=4,
            ),
            "deals": ObjectCapability(Kind.DEAL, "Deals", link_objects=("contacts", "companies"), lookback_seconds=0),
        },
        policies=lambda settings: (),
        signs_webhooks_with="client_secret",
        has_journal=True,
        reads_journal=lambda settings: settings.get("journal") == "on",
    )


@contextmanager
def scripted(monkeypatch: Any, **accounts: Account) -> Iterator[None]:
    vendor = scripted_vendor(accounts)
    for module in ("course", "connections", "journal"):
        monkeypatch.setattr(f"martech.services.sync.{module}.vendor_of", lambda key: vendor)
    yield
