"""The port, answered by the parts of this folder."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from martech.connectors.answers import CheckStep, Setter
from martech.connectors.errors import Misconfigured
from martech.connectors.marketing import StageEntered
from martech.connectors.port import (
    Hint,
    JournalPage,
    Link,
    Page,
    Position,
    RemoteField,
    RemoteRecord,
    RemoteSchema,
    Session,
    TombstonePage,
    Value,
    Window,
    Write,
    WriteResult,
)
from martech.connectors.salesforce.bulk import BulkReading, JobFailed
from martech.connectors.salesforce.checking import steps
from martech.connectors.salesforce.encoding import encode
from martech.connectors.salesforce.line import Line
from martech.connectors.salesforce.links import Links
from martech.connectors.salesforce.objects import OBJECTS
from martech.connectors.salesforce.owners import OWNERS, owners
from martech.connectors.salesforce.reading import Reading
from martech.connectors.salesforce.settings import read_settings
from martech.connectors.salesforce.shape import Shapes, with_endings
from martech.connectors.salesforce.tombstones import Tombstones
from martech.connectors.salesforce.writing import Writing

BULK_FROM = 2_000
"""Rows from which a bulk job is worth its wait."""
EDITOR = "LastModifiedById"


class SalesforceConnector:
    def __init__(self, session: Session) -> None:
        self.settings = read_settings(session.settings)
        self.line = Line(session, self.settings)
        self.shapes = Shapes(self.line)
        self.reading = Reading(self.line, self.shapes)
        self.bulk = BulkReading(self.line, self.shapes)
        self.graves = Tombstones(self.line, self.shapes, self.reading)
        self.ties = Links(self.reading)
        self.writing = Writing(self.line, self.settings)

    def check(self) -> Iterator[CheckStep]:
        return steps(self.line, self.shapes, OBJECTS)

    def told_settings(self) -> Mapping[str, str]:
        return {}

    def account_id(self) -> str:
        return str(self.line.query("SELECT Id FROM Organization LIMIT 1")["records"][0]["Id"])

    def describe(self, object: str) -> RemoteSchema:
        schema = self.shapes.of(object).schema
        return with_endings(schema, self.line) if object == "Opportunity" else schema

    def changes(
        self, object: str, fields: Sequence[str], *, window: Window, position: Position | None = None
    ) -> Iterator[Page]:
        return self.reading.changes(object, fields, window=window, position=position)

    def everything(self, object: str, fields: Sequence[str], *, position: Position | None = None) -> Iterator[Page]:
        """By a bulk job from 2,000 rows on; by pages below, and where the job fails before its first part."""
        if object == OWNERS:
            yield from owners(self.reading, fields, after=str((position or {}).get("id", "")))
            return
        if (position is None and self._count(object) >= BULK_FROM) or (position is not None and "job" in position):
            try:
                yield from self.bulk.everything(object, fields, position)
                return
            except JobFailed:
                position = None
        yield from self.reading.everything(object, fields, after=str((position or {}).get("id", "")))

    def _count(self, object: str) -> int:
        said = self.line.rest("limits/recordCount", params={"sObjects": object}) or {}
        return next((int(one["count"]) for one in said.get("sObjects", ()) if one["name"] == object), 0)

    def tombstones(self, object: str, *, window: Window, position: Position | None = None) -> Iterator[TombstonePage]:
        return self.graves.pages(object, window, position)

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        return self.reading.named(object, fields, ids, by=by) if ids else []

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        return self.ties.of(object, to_object, ids)

    def stages(self, object: str, ids: Sequence[str]) -> list[StageEntered]:
        return self.ties.stages(ids) if object == "Opportunity" and ids else []

    def setters(self, object: str, field: str, ids: Sequence[str]) -> dict[str, Setter]:
        """A record names its last editor only; asked at once, they are who set the field."""
        editors = {row.id: str(row.values.get(EDITOR) or "") for row in self.read(object, (EDITOR,), ids)}
        return {id: Setter(user=user) for id, user in editors.items() if user}

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        return self.writing.write(object, rows) if rows else []

    def encode(self, field: RemoteField, value: Value) -> Value:
        return encode(field, value)

    def hints(
        self, *, method: str, urls: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[Hint]:
        """Salesforce sends no webhooks of its own; changes come with the next pull."""
        raise Misconfigured("Salesforce sends no webhooks.", remedy="Changes are read with every run.")

    def journal(self, position: Position) -> Iterator[JournalPage]:
        """Salesforce keeps none that is read here."""
        return iter(())

    def close(self) -> None:
        self.line.close()
