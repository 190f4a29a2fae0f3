"""Controls of this server below /__twin__/, each a POST with a JSON document."""

from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.schema import NAMES, Property, altered
from martech.twins.hubspot.stamps import from_text
from martech.twins.hubspot.store import Event, insort, remove, replace

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

Said = dict[str, Any]


class HubSpotControls:
    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin, self.store = twin, twin.store
        twin.controls.actions |= {
            "bulk-edit": self.bulk_edit,
            "drop": self.drop,
            "late": self.late,
            "lag": self.lag,
            "revoke": lambda said: twin.account.revoke(said.get("tokens", ())),
            "renew": lambda said: twin.account.renew(said.get("tokens", ())),
            "scope/remove": lambda said: self.scopes(said).discard(said["scope"]),
            "scope/add": lambda said: self.scopes(said).add(said["scope"]),
            "property": self.property,
            "property/remove": self.remove_property,
            "counts": self.counts,
            "truth": self.truth,
            "merge": self.merge,
            "restore": self.restore,
            "owner/remove": self.remove_owner,
            "link-limit": self.link_limit,
            "limits": self.limits,
            "webhooks": self.webhooks,
            "webhooks/deliver": self.deliver,
        }

    def scopes(self, said: Said) -> set[str]:
        """Those of the account's tokens, or of the app's own."""
        account = self.twin.account
        return account.app_scopes if said["scope"].startswith("developer.") else account.scopes

    def bulk_edit(self, said: Said) -> Said:
        """`properties` on every record of `object` (or `ids`, or the first `count`), all with one stamp,
        by the person `user` where one is named."""
        object = NAMES[said["object"]]
        table = self.store.tables[object]
        ids = [int(id) for id in said.get("ids", ())] or list(table.ids[: said.get("count") or None])
        at = from_text(str(said["at"])) if "at" in said else self.store.clock.milliseconds()
        for id in ids:
            self.store.update(object, table.records[id], said.get("properties", {}), at=at, user=said.get("user"))
        return {"edited": len(ids), "at": at}

    def drop(self, said: Said) -> None:
        """Leave the records `ids` out of the next `times` answers of `where` (search, list, read)."""
        for id in said["ids"]:
            self.twin.dropped[NAMES[said["object"]], said.get("where", "search"), int(id)] = said.get("times", 1)

    def late(self, said: Said) -> None:
        """From now on changes of `object` become visible to search `seconds` later still; 0 ends it."""
        self.store.tables[NAMES[said["object"]]].index.late_ms = round(float(said["seconds"]) * 1000)

    def lag(self, said: Said) -> None:
        self.store.lag = float(said["seconds"])

    def property(self, said: Said) -> None:
        """Make or change the property `name`; what is said otherwise is in the vendor's words."""
        schema = self.store.schemas[NAMES[said["object"]]]
        known = schema.get(said["name"]) or Property(said["name"], said["name"], is_custom=True)
        schema[said["name"]] = altered(known, said)
        self.twin.note_schema(NAMES[said["object"]])

    def remove_property(self, said: Said) -> None:
        del self.store.schemas[NAMES[said["object"]]][said["name"]]
        self.twin.note_schema(NAMES[said["object"]])

    def counts(self, said: Said) -> Said:
        """Calls let through and refused, by policy."""
        account = self.twin.account
        found = {"calls": dict(account.calls), "refused": dict(account.refused), "daily": account.daily.used}
        if said.get("reset"):
            account.calls.clear()
            account.refused.clear()
        return found

    def truth(self, said: Said) -> Said:
        """Every record as it is: what a test compares a mirror with."""
        object = NAMES[said["object"]]
        table = self.store.tables[object]
        records = {
            str(id): {**table.records[id].properties, "modified": table.records[id].modified} for id in table.ids
        }
        links = {
            to: {str(id): sorted(map(str, known)) for id, known in found.items() if known}
            for (first, to), found in self.store.links.items()
            if first == object
        }
        aliases = {str(old): str(table.resolve(old)) for old in table.aliases}
        return {"records": records, "archived": [str(id) for id in table.archived], "aliases": aliases, "links": links}

    def merge(self, said: Said) -> None:
        """`keeps_id`: merges of the beta, which keep the primary's id."""
        self.twin.merge_keeps_id = bool(said["keeps_id"])

    def restore(self, said: Said) -> None:
        """Bring an archived record back, as people do in the product."""
        object, id = NAMES[said["object"]], int(said["id"])
        table, now = self.store.tables[object], self.store.clock.milliseconds()
        record = replace(table.records[id], archived=None)
        remove(table.archived, id)
        insort(table.ids, id)
        self.store.update(object, record, {})
        self.store.tell(Event("restore", object, id, now))

    def remove_owner(self, said: Said) -> None:
        for owner in self.twin.portal.owners:
            if owner["id"] == str(said["id"]):
                owner["archived"] = True

    def link_limit(self, said: Said) -> None:
        self.twin.associations.limits[NAMES[said["object"]], NAMES[said["to"]]] = int(said["limit"])

    def limits(self, said: Said) -> None:
        """`on`, and the limits `daily`, `search` (a second) and `calls` (ten seconds)."""
        account = self.twin.account
        account.is_limited = bool(said.get("on", account.is_limited))
        account.daily.limit = int(said.get("daily", account.daily.limit))
        account.searches.limit = int(said.get("search", account.searches.limit))
        for grant in account.grants.values():
            grant.window.limit = int(said.get("calls", grant.window.limit))

    def webhooks(self, said: Said) -> None:
        """Send events to `target`, only those of `kinds` when given."""
        self.twin.webhooks.target, self.twin.webhooks.kinds = said["target"], set(said.get("kinds", ()))

    def deliver(self, said: Said) -> Said:
        return dict(
            self.twin.webhooks.deliver(reorder=said.get("reorder", False), duplicate=said.get("duplicate", False))
        )
