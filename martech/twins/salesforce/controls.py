"""What a rehearsal may do to the practice org: edits by others, merges, losses, and a look at the truth."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from martech.twins.faults import Break
from martech.twins.salesforce import fates
from martech.twins.salesforce.store import Table

if TYPE_CHECKING:
    from martech.twins.salesforce.twin import SalesforceTwin


def _error(status: int, code: str, message: str, **rest: Any) -> Break:
    text = f'[{{"message":"{message}","errorCode":"{code}"}}]'
    return Break("status", status, text, **rest)


FAULTS = {
    "total_limit": _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    "concurrent_limit": _error(
        403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    ),
    "query_timeout": _error(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
    "server_unavailable": _error(503, "SERVER_UNAVAILABLE", "Server is busy, please try again later"),
    "unknown_exception": _error(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
    "session_expired": _error(401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "value_of_wrong_type": _error(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of double from VALUE_STRING"),
    "lost_cursor": _error(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    "no_access": _error(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"),
    "api_disabled": _error(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."),
}


class OrgControls:
    """Bound to one twin; each takes the posted document."""

    def __init__(self, twin: "SalesforceTwin") -> None:
        self.twin, self.store = twin, twin.store

    def actions(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "edit": self.edit,
            "insert": self.insert,
            "merge": lambda said: fates.merge(self.store, said["object"], said["master"], said["losers"]),
            "convert": lambda said: fates.convert(
                self.store, said["id"], account=said.get("account", ""), opportunity=said.get("opportunity", "")
            ),
            "delete": self.delete,
            "restore": lambda said: {"id": fates.restore(self.store, said["object"], said["id"]).id},
            "drop": self.drop,
            "lag": lambda said: setattr(self.store, "lag_seconds", float(said["seconds"])),
            "sessions/expire": lambda said: self.twin.sign_in.expire(),
            "sessions/revoke": self.revoke,
            "cursors/expire": lambda said: self.twin.queries.expire(),
            "delete_log/purge": lambda said: self.twin.feeds.purge(said["object"]),
            "permissions": self.take_away,
            "picklist": self.set_picklist,
            "unfilterable": lambda said: self.store.types[said["object"]].change(said["field"], is_filterable=False),
            "lock": lambda said: self.twin.writer.locks.update({said["parent"]: int(said.get("times", 1))}),
            "assignment": lambda said: setattr(self.twin.writer, "assignment_owner", said.get("owner", "")),
            "bulk": self.bulk,
            "limit": lambda said: setattr(self.twin.daily, "limit", int(said["daily"])),
            "calls": lambda said: {"total": sum(self.twin.calls.values()), "by": dict(self.twin.calls)},
            "calls/clear": lambda said: self.twin.calls.clear(),
            "truth": self.truth,
        }

    def _table(self, said: dict[str, Any]) -> Table:
        return self.store.tables[said["object"]]

    def edit(self, said: dict[str, Any]) -> dict[str, Any]:
        """Change many records in one second: `ids` or `count` of them, or all. `visible_after` seconds they show."""
        table = self._table(said)
        ids = said.get("ids") or [id for id, row in table.rows.items() if not row.is_deleted][: said.get("count")]
        lag, at = self.store.lag_seconds, self.store.now()
        self.store.lag_seconds = float(said.get("visible_after", lag))
        try:
            for id in ids:
                self.store.replace(said["object"], table.rows[id], said["values"], at=at)
        finally:
            self.store.lag_seconds = lag
        return {"edited": len(ids), "stamp": at}

    def insert(self, said: dict[str, Any]) -> dict[str, Any]:
        """Records made by others, without the rules of the API: `records`, seen after `visible_after` seconds."""
        lag = self.store.lag_seconds
        self.store.lag_seconds = float(said.get("visible_after", lag))
        try:
            return {"ids": [self.store.insert(said["object"], values).id for values in said["records"]]}
        finally:
            self.store.lag_seconds = lag

    def delete(self, said: dict[str, Any]) -> None:
        """`hard` leaves no tombstone."""
        if said.get("hard"):
            fates.destroy(self.store, said["object"], said["id"])
        else:
            self.store.delete(said["object"], self._table(said).rows[said["id"]])

    def drop(self, said: dict[str, Any]) -> None:
        """Leave a record out of every answer from now on, without a word; `undo` shows it again."""
        table = self._table(said)
        (table.dropped.discard if said.get("undo") else table.dropped.add)(said["id"])
        table.changed()

    def revoke(self, said: dict[str, Any]) -> None:
        self.twin.sign_in.revoked = not said.get("undo")
        self.twin.sign_in.expire()

    def take_away(self, said: dict[str, Any]) -> None:
        """The user no longer sees a field, or a whole object where no field is named."""
        type = self.store.types[said["object"]]
        if said.get("field"):
            type.hide(said["field"])
        else:
            type.is_hidden = not said.get("undo")

    def set_picklist(self, said: dict[str, Any]) -> None:
        """The options of a picklist from now on, and whether others are refused. Records keep what they have."""
        changes = {"options": tuple(said["options"]), "is_restricted": bool(said.get("restricted", True))}
        self.store.types[said["object"]].change(said["field"], **changes)

    def bulk(self, said: dict[str, Any]) -> None:
        self.twin.bulk.polls = int(said.get("polls", self.twin.bulk.polls))
        self.twin.bulk.to_fail = int(said.get("fail", 0))
        if said.get("forget"):
            self.twin.bulk.jobs.clear()

    def truth(self, said: dict[str, Any]) -> dict[str, Any]:
        """What is really there, whatever queries show: by id the wanted fields, deleted ones apart."""
        names, rows = said.get("fields", ["SystemModstamp"]), self._table(said).rows.values()
        living = {row.id: {name: row.values.get(name) for name in names} for row in rows if not row.is_deleted}
        deleted = {row.id: row.values.get("MasterRecordId") for row in rows if row.is_deleted}
        return {"living": living, "deleted": deleted}
