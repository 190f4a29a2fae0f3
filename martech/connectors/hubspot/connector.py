"""HubSpot behind the port: one client, and one part for each thing it can do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from martech.connectors.answers import CheckStep, Setter
from martech.connectors.errors import Misconfigured
from martech.connectors.hubspot import encoding, webhooks
from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.campaigns import Campaigns
from martech.connectors.hubspot.checking import Checking
from martech.connectors.hubspot.describing import Describing
from martech.connectors.hubspot.fates import Fates
from martech.connectors.hubspot.journal import Journal
from martech.connectors.hubspot.linking import Linking
from martech.connectors.hubspot.objects import CAMPAIGNS, OBJECTS, OWNERS, SPEND
from martech.connectors.hubspot.owners import Owners
from martech.connectors.hubspot.paths import VERSIONS, Paths
from martech.connectors.hubspot.reading import Reading
from martech.connectors.hubspot.setters import setters
from martech.connectors.hubspot.writing import Writing
from martech.connectors.marketing import StageEntered
from martech.connectors.offers import is_zone
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


class HubSpotConnector:
    def __init__(self, session: Session) -> None:
        version = str(session.settings.get("api_version") or "v3")
        if version not in VERSIONS:
            raise Misconfigured(f"HubSpot has no version {version}.", remedy=f"Choose one of {', '.join(VERSIONS)}.")
        self.session, self.calls, paths = session, Calls(session), Paths(version)
        self._journal = Journal(self.calls, paths)
        self._checking, self._describing = Checking(self.calls, paths, self._journal), Describing(self.calls, paths)
        self._reading, self._writing = Reading(self.calls, paths), Writing(self.calls, paths)
        self._fates, self._linking = Fates(self.calls, paths, self._reading), Linking(self.calls, paths)
        self._campaigns, self._owners = Campaigns(self.calls, paths), Owners(self.calls, paths)

    def check(self) -> Iterator[CheckStep]:
        return self._checking.steps()

    def account_id(self) -> str:
        return str(self.calls.account()["portalId"])

    def told_settings(self) -> Mapping[str, str]:
        names = {"time_zone": "timeZone", "portal_id": "portalId", "ui_domain": "uiDomain"}
        told = {ours: str(self.calls.told.get(theirs) or "") for ours, theirs in names.items()}
        return {name: value for name, value in told.items() if is_zone(value) or (value and name != "time_zone")}

    def describe(self, object: str) -> RemoteSchema:
        return self._describing.describe(known(object))

    def changes(
        self, object: str, fields: Sequence[str], *, window: Window, position: Position | None = None
    ) -> Iterator[Page]:
        if object == OWNERS:
            return self._owners.pages(fields, window=window, position=position)
        if object in {CAMPAIGNS, SPEND}:
            return self._campaigns.pages(object, fields, window=window, position=position)
        return self._reading.changes(known(object), fields, window=window, position=position)

    def everything(self, object: str, fields: Sequence[str], *, position: Position | None = None) -> Iterator[Page]:
        if object == OWNERS:
            return self._owners.pages(fields, window=None, position=position)
        if object in {CAMPAIGNS, SPEND}:
            return self._campaigns.pages(object, fields, window=None, position=position)
        return self._reading.everything(known(object), fields, position=position)

    def tombstones(self, object: str, *, window: Window, position: Position | None = None) -> Iterator[TombstonePage]:
        if object == OWNERS:
            return self._owners.tombstones(position)
        if not OBJECTS[known(object)].has_tombstones:
            return iter(())
        return self._fates.tombstones(object, window=window, position=position)

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        if object == OWNERS:
            return self._owners.read(fields, ids, by=by)
        if object in {CAMPAIGNS, SPEND}:
            return self._campaigns.read(object, fields, ids)
        if by in OBJECTS[known(object)].lookup_fields:
            return self._reading.found_by(object, fields, by, ids)
        return self._reading.read(object, fields, ids, by=by)

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        if object == SPEND:
            return [Link(SPEND, id, CAMPAIGNS, id.partition(":")[0]) for id in ids]
        return self._linking.links(known(object), known(to_object), ids)

    def stages(self, object: str, ids: Sequence[str]) -> list[StageEntered]:
        return self._reading.stages(ids) if object == "deals" else []

    def setters(self, object: str, field: str, ids: Sequence[str]) -> dict[str, Setter]:
        return setters(self._reading.histories(known(object), field, ids))

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        if not OBJECTS[known(object)].can_write:
            raise Misconfigured(f"{OBJECTS[object].label} cannot be written.", code="read_only")
        return self._campaigns.write(rows) if object == CAMPAIGNS else self._writing.write(object, rows)

    def encode(self, field: RemoteField, value: Value) -> Value:
        return encoding.encode(field, value)

    def hints(
        self, *, method: str, urls: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[Hint]:
        secret = self.session.secrets.get("client_secret", "")
        webhooks.check(secret, method=method, urls=urls, headers=headers, body=body, now=now)
        return webhooks.hints_of(body)

    def journal(self, position: Position) -> Iterator[JournalPage]:
        return self._journal.pages(position)

    def close(self) -> None:
        self._journal.close()
        self.calls.close()


def known(object: str) -> str:
    if object not in OBJECTS:
        raise Misconfigured(f"HubSpot's {object} are not connected.", remedy=f"Choose one of {', '.join(OBJECTS)}.")
    return object
