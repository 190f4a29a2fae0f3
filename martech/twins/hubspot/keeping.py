"""Keeps a portal over restarts: the records, schemas, campaigns and account that differ from the population."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.account import Grant
from martech.twins.hubspot.schema import Property
from martech.twins.hubspot.store import Record
from martech.twins.shelf import Shelf
from martech.twins.windows import RollingWindow

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin


class Keeping:
    """Webhook events that wait and the journal's files are not kept; nor are armed faults."""

    def __init__(self, twin: "HubSpotTwin", shelf: Shelf) -> None:
        self.twin, self.store, self.shelf = twin, twin.store, shelf
        self.restore()
        shelf.reader = self.document
        self.store.on_change = lambda object, id: shelf.changed(f"record:{object}", str(id))
        twin.note_schema = lambda object: shelf.changed("schema", object)  # type: ignore[method-assign]
        twin.note_campaign = lambda id: shelf.changed("campaign", id)  # type: ignore[method-assign]
        twin.note_account = lambda: shelf.changed("account")  # type: ignore[method-assign]

    def document(self, kind: str, key: str) -> Any:
        with self.store.lock:
            if kind.startswith("record:"):
                return self.record(kind.removeprefix("record:"), int(key))
            if kind == "schema":
                return [{**asdict(found), "more": {}} for found in self.store.schemas[key].values()]
            if kind == "campaign":
                return self.twin.campaigns.rows.get(key)
            return self.account()

    def record(self, object: str, id: int) -> dict[str, Any]:
        """A record with its associations and history, or what it was merged into; neither when it is gone."""
        table = self.store.tables[object]
        found: dict[str, Any] = {"alias": table.aliases.get(id)}
        if (record := table.records.get(id)) is not None:
            found |= {"properties": record.properties, "stamps": [record.created, record.modified, record.archived]}
            found["history"] = table.history.get(id, {})
        found["links"] = {
            to: {str(other): types for other, types in known[id].items()}
            for (first, to), known in self.store.links.items()
            if first == object and id in known
        }
        return found

    def account(self) -> dict[str, Any]:
        account = self.twin.account
        return {
            "scopes": sorted(account.scopes),
            "grants": {
                token: [grant.expires, grant.is_oauth, *(grant.scopes or ())] for token, grant in account.grants.items()
            },
            "owners": self.twin.portal.owners,
            "merge_keeps_id": self.twin.merge_keeps_id,
            "webhooks": [self.twin.webhooks.target, sorted(self.twin.webhooks.kinds)],
            "subscriptions": list(self.twin.journal.subscriptions.values()),
            "shift": self.store.clock.shifted,
            "lag": self.store.lag,
            "last": {name: table.last for name, table in self.store.tables.items()},
        }

    def restore(self) -> None:
        touched = set()
        for kind, key, found in self.shelf.documents():
            if kind.startswith("record:"):
                object = kind.removeprefix("record:")
                self.put_record(object, int(key), found)
                touched.add(object)
            elif kind == "schema":
                self.store.schemas[key] = {row["name"]: property_of(row) for row in found}
            elif kind == "campaign":
                self.put_campaign(key, found)
            else:
                self.put_account(found)
        for object in touched:
            self.store.reload(object)

    def put_record(self, object: str, id: int, found: dict[str, Any]) -> None:
        table = self.store.tables[object]
        table.records.pop(id, None)
        if "stamps" in found:
            created, modified, archived = found["stamps"]
            table.records[id] = Record(id, found["properties"], created, modified, archived)
            table.history[id] = {
                name: [(value, at, next(iter(user), None)) for value, at, *user in entries]
                for name, entries in found["history"].items()
            }
        if found["alias"] is not None:
            table.aliases[id] = found["alias"]
        table.last = max(table.last, id)
        for (first, _to), known in self.store.links.items():
            if first == object:
                known.pop(id, None)
        for to, known in found["links"].items():
            kept = {int(other): tuple(types) for other, types in known.items()}
            self.store.links.setdefault((object, to), {})[id] = kept

    def put_campaign(self, id: str, found: dict[str, Any] | None) -> None:
        if found is None:
            self.twin.campaigns.rows.pop(id, None)
        else:
            self.twin.campaigns.rows[id] = found

    def put_account(self, found: dict[str, Any]) -> None:
        account = self.twin.account
        account.scopes = set(found["scopes"])
        account.grants = {
            token: Grant(expires, is_oauth, frozenset(scopes) or None, RollingWindow(110 if is_oauth else 190, 10))
            for token, (expires, is_oauth, *scopes) in found["grants"].items()
        }
        self.twin.portal.owners[:] = found["owners"]
        self.twin.merge_keeps_id = found["merge_keeps_id"]
        self.twin.webhooks.target, self.twin.webhooks.kinds = found["webhooks"][0], set(found["webhooks"][1])
        self.twin.journal.subscriptions = {row["id"]: row for row in found.get("subscriptions", ())}
        self.store.clock.advance(found["shift"] - self.store.clock.shifted)
        self.store.lag = found["lag"]
        for name, last in found["last"].items():
            self.store.tables[name].last = max(last, self.store.tables[name].last)


def property_of(row: dict[str, Any]) -> Property:
    return Property(**{**row, "options": tuple((value, label) for value, label in row["options"])})
