"""The webhooks journal, for those who cannot be reached from outside: events in files that are fetched in order."""

import uuid
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.account import PORTAL
from martech.twins.hubspot.answers import not_found
from martech.twins.hubspot.schema import TYPE_IDS
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Event
from martech.twins.serving import Answer, Call, answer_json

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

DAYS_KEPT = 3
DAY_MS = 86_400_000
ACTIONS = {"creation": "CREATE", "deletion": "DELETE", "propertyChange": "UPDATE", "merge": "MERGE"}


class Journal:
    """A file for every event here; the real one gathers more of them in a file."""

    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin = twin
        self.files: list[tuple[str, int, dict[str, Any]]] = []

    def routes(self) -> list[tuple[str, str, Any]]:
        offset = r"offset/(?P<offset>[0-9a-f-]{36})/next"
        batch = r"batch/(?P<offset>[0-9a-f-]{36})/next/(?P<count>\d+)"
        return [
            ("GET", "(?P<place>earliest|latest)", self.first),
            ("GET", offset, self.next),
            ("GET", r"batch/(?P<place>earliest|latest)/(?P<count>\d+)", self.first_batch),
            ("GET", batch, self.next_batch),
        ]

    def hear(self, event: Event) -> None:
        action = ACTIONS.get(event.kind, "ASSOCIATION")
        entry: dict[str, Any] = {
            "type": "crmObject",
            "portalId": PORTAL,
            "occurredAt": to_text(event.at),
            "action": action,
            "objectTypeId": TYPE_IDS[event.object],
            "objectId": event.id,
            "propertyChanges": {event.property: event.value} if event.property else {},
            **event.more,
        }
        self.files.append((str(uuid.UUID(int=len(self.files) + 1)), self.twin.store.clock.milliseconds(), entry))

    def kept(self) -> list[tuple[str, int, dict[str, Any]]]:
        edge = self.twin.store.clock.milliseconds() - DAYS_KEPT * DAY_MS
        return [file for file in self.files if file[1] >= edge]

    def shown(self, call: Call, file: tuple[str, int, dict[str, Any]]) -> dict[str, Any]:
        offset, at, _entry = file
        url = f"{self.twin.address(call)}/webhooks-journal/files/{offset}"
        return {
            "url": url,
            "currentOffset": offset,
            "publishedAt": to_text(at),
            "expiresAt": to_text(at + DAYS_KEPT * DAY_MS),
        }

    def behind(self, offset: str) -> list[tuple[str, int, dict[str, Any]]]:
        offsets = [file[0] for file in self.kept()]
        if offset not in offsets:
            raise not_found("Offset not found")
        return self.kept()[offsets.index(offset) + 1 :]

    def first(self, call: Call, place: str) -> Answer:
        files = self.kept()
        return answer_json(self.shown(call, files[0 if place == "earliest" else -1])) if files else Answer(204)

    def next(self, call: Call, offset: str) -> Answer:
        files = self.behind(offset)
        return answer_json(self.shown(call, files[0])) if files else Answer(204)

    def first_batch(self, call: Call, place: str, count: str) -> Answer:
        files = self.kept()
        chosen = files[: int(count)] if place == "earliest" else files[-int(count) :]
        return answer_json({"results": [self.shown(call, file) for file in chosen]})

    def next_batch(self, call: Call, offset: str, count: str) -> Answer:
        return answer_json({"results": [self.shown(call, file) for file in self.behind(offset)[: int(count)]]})

    def file(self, call: Call, offset: str) -> Answer:
        """The file that an answer's `url` leads to; needs no token, as a signed address does not."""
        for known, at, entry in self.kept():
            if known == offset:
                return answer_json({"offset": known, "publishedAt": to_text(at), "journalEvents": [entry]})
        raise not_found()
