"""/deleted and /updated: ids by time, as long as the org's log reaches back."""

from datetime import datetime, timedelta
from typing import Any

from martech.twins.salesforce.conditions import moment
from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.store import Store, Table, stamp
from martech.twins.serving import Answer, Call, answer_json

REACH = {"deleted": timedelta(days=15), "updated": timedelta(days=30)}
MOST_IDS = 600_000


class Feeds:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.earliest: dict[str, str] = {}
        """Since when the delete log of an object is complete, where it was purged."""

    def purge(self, object: str) -> None:
        """The delete log was full: everything until now is gone from it."""
        self.store.tables[object].delete_log.clear()
        self.earliest[object] = self.store.now()
        self.store.tables[object].noted("")

    def answer(self, call: Call, table: Table, feed: str) -> Answer:
        """Both edges are seconds, the later one is not part of it. Raises Refusal."""
        start, end = self._edges(call, feed)
        if feed == "deleted":
            return answer_json(self._deleted(table, start, end))
        rows = table.seen(self.store.clock.now())
        ids = [row.id for row in rows if start <= row.values["SystemModstamp"] < end and not row.is_deleted]
        _limit(ids)
        return answer_json({"ids": ids, "latestDateCovered": end})

    def _edges(self, call: Call, feed: str) -> tuple[str, str]:
        try:
            start, end = (moment(call.first(name).replace(" ", "+")) for name in ("start", "end"))
        except ValueError:
            raise Refusal("INVALID_REPLICATION_DATE", "startDate and endDate must be ISO 8601 date-times") from None
        if datetime.fromisoformat(end) - datetime.fromisoformat(start) < timedelta(minutes=1):
            message = "the start date must be at least one minute before the end date"
            raise Refusal("INVALID_REPLICATION_DATE", message)
        if start < stamp(self.store.clock.now() - REACH[feed]):
            days = REACH[feed].days
            message = (
                f"startDate cannot be more than {days} days ago" if feed == "deleted" else "startDate before org reach"
            )
            raise Refusal("INVALID_REPLICATION_DATE", message)
        return start, end

    def _deleted(self, table: Table, start: str, end: str) -> dict[str, Any]:
        found = [(id, at) for id, at in table.delete_log if start <= at < end]
        _limit(found)
        earliest = self.earliest.get(table.type.name, stamp(self.store.clock.now() - timedelta(days=90)))
        return {
            "deletedRecords": [{"id": id, "deletedDate": at} for id, at in found],
            "earliestDateAvailable": earliest,
            "latestDateCovered": end,
        }


def _limit(found: list[Any]) -> None:
    if len(found) > MOST_IDS:
        raise Refusal("EXCEEDED_ID_LIMIT", f"exceeded {MOST_IDS} ids")
