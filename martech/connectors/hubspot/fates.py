"""What became of records: deleted ones from the archived list, merged ones from their survivors."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.reading import LIST_PAGE, MERGED, Reading, after_of
from martech.connectors.port import Fate, Page, Position, Tombstone, TombstonePage, Window

KEPT_DAYS = 90
HAS_MERGED = {"propertyName": MERGED, "operator": "HAS_PROPERTY"}


class Fates:
    """Archived records cannot be asked for by time: the whole list is read and what lies outside the window left out."""

    def __init__(self, calls: Calls, paths: Paths, reading: Reading) -> None:
        self.calls, self.paths, self.reading = calls, paths, reading

    def tombstones(self, object: str, *, window: Window, position: Position | None = None) -> Iterator[TombstonePage]:
        """First the merged (position `merged`), then the archived (position `archived`)."""
        at: Position = position or {"merged": None}
        is_gap = window.since < datetime.now(UTC) - timedelta(days=KEPT_DAYS)
        if "merged" in at:
            changes = self.reading.changes(object, [], window=window, position=at["merged"], filters=[HAS_MERGED])
            for page in changes:
                following = {"merged": page.position} if page.position else {"archived": ""}
                yield TombstonePage(self.merged(object, page), following, is_gap)
            at = {"archived": ""}
        yield from self.archived(object, window, str(at["archived"]), is_gap=is_gap)

    def merged(self, object: str, page: Page) -> list[Tombstone]:
        return [
            Tombstone(old, Fate.MERGED, record.modified_at, ((object, record.id),))
            for record in page.records
            for old in record.alias_ids
            if old != record.id
        ]

    def archived(self, object: str, window: Window, after: str, *, is_gap: bool) -> Iterator[TombstonePage]:
        while True:
            query = [("limit", str(LIST_PAGE)), ("archived", "true"), ("properties", "hs_object_id")]
            answer = self.calls.get(self.paths.objects(object), [*query, ("after", after)] if after else query)
            found = [(row["id"], datetime.fromisoformat(row["archivedAt"])) for row in answer["results"]]
            kept = [Tombstone(id, Fate.DELETED, at) for id, at in found if window.since <= at < window.until]
            after = after_of(answer)
            yield TombstonePage(kept, {"archived": after} if after else None, is_gap)
            if not after:
                return
