"""Keeps an org over restarts: the records, logs and sessions that differ from the population it begins with."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from martech.twins.salesforce.store import Row
from martech.twins.shelf import Shelf

if TYPE_CHECKING:
    from martech.twins.salesforce.twin import SalesforceTwin

RECORD, LOG, ORG = "record:", "log:", "org"


class Keeping:
    """Bulk jobs, cursors, armed faults, permissions taken away and what is still unseen are not kept."""

    def __init__(self, twin: "SalesforceTwin", shelf: Shelf) -> None:
        self.twin, self.store, self.shelf = twin, twin.store, shelf
        for kind, key, found in shelf.documents():
            self.restore(kind, key, found)
        shelf.reader = self.document
        for name, table in self.store.tables.items():
            table.noted = self.noter(name)
        twin.noted = lambda: shelf.changed(ORG)  # type: ignore[method-assign]

    def noter(self, object: str) -> Any:
        """Names a record that changed, or the log of an object where no id is given."""

        def note(id: str) -> None:
            self.shelf.changed(*((RECORD + object, id) if id else (LOG + object, "")))
            self.shelf.changed(ORG)

        return note

    def document(self, kind: str, key: str) -> Any:
        with self.twin.lock:
            if kind.startswith(RECORD):
                row = self.store.tables[kind.removeprefix(RECORD)].rows.get(key)
                return row.values if row else None
            if kind.startswith(LOG):
                object = kind.removeprefix(LOG)
                return [self.store.tables[object].delete_log, self.twin.feeds.earliest.get(object)]
            return {
                "sessions": {token: until.isoformat() for token, until in self.twin.sign_in.sessions.items()},
                "signed_in": self.twin.sign_in.made,
                "shift": self.store.clock.shifted,
                "made": {name: table.made for name, table in self.store.tables.items()},
                "assignment": self.twin.writer.assignment_owner,
            }

    def restore(self, kind: str, key: str, found: Any) -> None:
        if kind.startswith(RECORD):
            table = self.store.tables[kind.removeprefix(RECORD)]
            if found is not None:
                table.put(Row(found))
            elif key in table.rows:
                table.remove(key)
        elif kind.startswith(LOG):
            object, (log, earliest) = kind.removeprefix(LOG), found
            self.store.tables[object].delete_log = [(id, at) for id, at in log]
            if earliest:
                self.twin.feeds.earliest[object] = earliest
        else:
            self._restore_org(found)

    def _restore_org(self, found: dict[str, Any]) -> None:
        sign_in = self.twin.sign_in
        sign_in.sessions = {token: datetime.fromisoformat(until) for token, until in found["sessions"].items()}
        sign_in.made, self.twin.writer.assignment_owner = found["signed_in"], found["assignment"]
        self.store.clock.advance(found["shift"] - self.store.clock.shifted)
        for name, made in found["made"].items():
            self.store.tables[name].made = max(made, self.store.tables[name].made)
