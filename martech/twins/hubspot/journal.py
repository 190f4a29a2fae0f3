"""The webhooks journal, for those who cannot be reached from outside: events in files that are fetched in order."""

import uuid
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.account import APP, PORTAL
from martech.twins.hubspot.answers import invalid, not_found
from martech.twins.hubspot.schema import NAMES, TYPE_IDS
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Event
from martech.twins.serving import Answer, Call, answer_json

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

DAYS_KEPT = 3
DAY_MS = 86_400_000
ACTIONS = {
    "creation": "CREATE",
    "deletion": "DELETE",
    "propertyChange": "UPDATE",
    "merge": "MERGE",
    "restore": "RESTORE",
}
READ, LISTED, CHANGED = (
    f"developer.webhooks_journal.{s}" for s in ("read", "subscriptions.read", "subscriptions.write")
)
Kept = tuple[str, int, dict[str, Any]]


class Journal:
    """A file for every event here; the real one gathers more of them in a file."""

    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin = twin
        self.files: list[Kept] = []
        self.subscriptions: dict[int, dict[str, Any]] = {}

    def routes(self) -> list[tuple[str, str, Any]]:
        offset = r"offset/(?P<offset>[0-9a-f-]{36})/next"
        batch = r"batch/(?P<offset>[0-9a-f-]{36})/next/(?P<count>\d+)"
        return [
            ("GET", "(?P<place>earliest|latest)", self.first),
            ("GET", offset, self.next),
            ("GET", r"batch/(?P<place>earliest|latest)/(?P<count>\d+)", self.first_batch),
            ("GET", batch, self.next_batch),
        ]

    def list_subscriptions(self, call: Call) -> Answer:
        self.twin.account.need(LISTED)
        return answer_json({"results": list(self.subscriptions.values())})

    def subscribe(self, call: Call) -> Answer:
        """One for each kind and object: a second one takes the place of the first."""
        self.twin.account.need(CHANGED)
        said = self.twin.document(call)
        kind, object, portal = said["subscriptionType"], said["objectTypeId"], said["portalId"]
        if kind not in {"OBJECT", "ASSOCIATION"} or object not in NAMES or portal != PORTAL or not said["actions"]:
            raise invalid("Invalid subscription")
        same = (
            row
            for row in self.subscriptions.values()
            if (row["subscriptionType"], row["objectTypeId"]) == (kind, object)
        )
        id = next((row["id"] for row in same), len(self.subscriptions) + 1)
        now = to_text(self.twin.store.clock.milliseconds())
        self.subscriptions[id] = {**said, "id": id, "appId": APP, "createdAt": now, "updatedAt": now}
        self.twin.note_account()
        return answer_json(self.subscriptions[id], 201)

    def hear(self, event: Event) -> None:
        entry = self.entry(event)
        if any(is_about(row, entry) for row in self.subscriptions.values()):
            self.files.append((str(uuid.uuid4()), self.twin.store.clock.milliseconds(), entry))

    def entry(self, event: Event) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": "crmObject",
            "portalId": PORTAL,
            "occurredAt": to_text(event.at),
            "objectTypeId": TYPE_IDS[event.object],
            "objectId": event.id,
        }
        if event.kind == "associationChange":
            to = str(event.more["associationType"]).rpartition("_TO_")[2].lower()
            return {
                **found,
                "type": "association",
                "action": "ASSOCIATION_REMOVED" if event.more["associationRemoved"] else "ASSOCIATION_ADDED",
                "associatedObjectTypeId": TYPE_IDS[NAMES[to]],
                "associatedObjectId": event.more["toObjectId"],
            }
        changes = {event.property: event.value} if event.property else {}
        return {**found, "action": ACTIONS[event.kind], "propertyChanges": changes, **event.more}

    def kept(self, call: Call) -> list[Kept]:
        """What is not older than three days, of the portal that is asked for; one that is not ours has nothing."""
        self.twin.account.need(READ)
        if call.first("installPortalId", str(PORTAL)) != str(PORTAL):
            return []
        edge = self.twin.store.clock.milliseconds() - DAYS_KEPT * DAY_MS
        return [file for file in self.files if file[1] >= edge]

    def shown(self, call: Call, file: Kept) -> dict[str, Any]:
        offset, at, _entry = file
        url = f"{self.twin.address(call)}/webhooks-journal/files/{offset}"
        return {"url": url, "currentOffset": offset, "expiresAt": to_text(at + DAYS_KEPT * DAY_MS)}

    def behind(self, call: Call, offset: str) -> list[Kept]:
        files = self.kept(call)
        offsets = [file[0] for file in files]
        if offset not in offsets:
            raise not_found("Offset not found")
        return files[offsets.index(offset) + 1 :]

    def first(self, call: Call, place: str) -> Answer:
        files = self.kept(call)
        return answer_json(self.shown(call, files[0 if place == "earliest" else -1])) if files else Answer(204)

    def next(self, call: Call, offset: str) -> Answer:
        files = self.behind(call, offset)
        return answer_json(self.shown(call, files[0])) if files else Answer(204)

    def first_batch(self, call: Call, place: str, count: str) -> Answer:
        files = self.kept(call)
        return self.batch(call, files[: int(count)] if place == "earliest" else files[-int(count) :])

    def next_batch(self, call: Call, offset: str, count: str) -> Answer:
        return self.batch(call, self.behind(call, offset)[: int(count)])

    def batch(self, call: Call, files: list[Kept]) -> Answer:
        now = to_text(self.twin.store.clock.milliseconds())
        results = [self.shown(call, file) for file in files]
        return answer_json({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})

    def file(self, call: Call, offset: str) -> Answer:
        """The file that an answer's `url` leads to; needs no token, as a signed address does not."""
        edge = self.twin.store.clock.milliseconds() - DAYS_KEPT * DAY_MS
        for known, at, entry in self.files:
            if known == offset and at >= edge:
                return answer_json({"offset": known, "publishedAt": to_text(at), "journalEvents": [entry]})
        raise not_found()


def is_about(subscription: dict[str, Any], entry: dict[str, Any]) -> bool:
    if entry["objectTypeId"] != subscription["objectTypeId"] or entry["action"] not in subscription["actions"]:
        return False
    if entry["type"] == "association":
        return entry["associatedObjectTypeId"] in subscription.get("associatedObjectTypeIds", ())
    asked = set(subscription.get("properties") or entry.get("propertyChanges", ()))
    return entry["action"] != "UPDATE" or bool(asked & set(entry["propertyChanges"]))
