"""Single records and lists of them: /crm/v3/objects/{type} and /crm/objects/{date}/{type}."""

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.answers import Refused, invalid
from martech.twins.hubspot.merging import merge
from martech.twins.hubspot.rendering import members, page, text_of
from martech.twins.hubspot.schema import NAMES
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Record
from martech.twins.serving import Answer, Call

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

MOST, MOST_WITH_HISTORY = 100, 50


def names_of(call: Call, key: str) -> list[str]:
    """A list given as repeated or comma-separated parameters."""
    return [name for text in call.query.get(key, []) for name in text.split(",") if name]


class Objects:
    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin, self.store = twin, twin.store

    def routes(self) -> list[tuple[str, str, Any]]:
        one = r"(?P<object>[\w-]+)"
        return [
            ("GET", one, self.listed),
            ("POST", one, self.create),
            ("POST", rf"{one}/merge", self.merge),
            ("POST", rf"{one}/gdpr-delete", self.erase),
            ("GET", rf"{one}/(?P<id>[^/]+)", self.read),
            ("PATCH", rf"{one}/(?P<id>[^/]+)", self.update),
            ("DELETE", rf"{one}/(?P<id>[^/]+)", self.archive),
        ]

    def listed(self, call: Call, object: str) -> Answer:
        object = self.twin.readable(object)
        history = names_of(call, "propertiesWithHistory")
        most = MOST_WITH_HISTORY if history else MOST
        limit = self.limit(call, most)
        table = self.store.tables[object]
        is_archived = call.is_true("archived")
        ids = table.archived if is_archived else table.ids
        start = bisect_right(ids, int(call.first("after", "0") or 0)) if call.first("after") else 0
        chosen = ids[start : start + limit]
        records = self.twin.without_dropped(object, "list", [table.records[id] for id in chosen])
        texts = self.write(call, object, records, history)
        after = str(chosen[-1]) if len(ids) > start + limit else ""
        return page(texts, after=after, link=f"{self.twin.address(call)}{call.path}?after={after}" if after else "")

    def limit(self, call: Call, most: int) -> int:
        text = call.first("limit", "10")
        if not text.isdigit() or int(text) < 1:
            raise invalid("Invalid input JSON: limit must be a positive number")
        if int(text) > most:
            raise invalid(f"limit is {text} but must not be greater than {most}")
        return int(text)

    def write(self, call: Call, object: str, records: list[Record], history: list[str]) -> list[str]:
        shape = self.twin.renderer.shape(object, names_of(call, "properties"))
        to = names_of(call, "associations")
        if not to and not history:
            return self.twin.renderer.texts(object, shape, records)
        return [text_of(record, shape, self.more(object, record, to, history)) for record in records]

    def more(self, object: str, record: Record, to: list[str], history: list[str]) -> str:
        linked = {
            name: {"results": self.twin.associations.short(object, record.id, name)}
            for name in (NAMES[given] for given in to if given in NAMES)
            if self.store.linked(object, record.id, name)
        }
        return members(associations=linked or None, propertiesWithHistory=self.history(object, record, history))

    def history(self, object: str, record: Record, names: list[str]) -> dict[str, Any] | None:
        if not names:
            return None
        kept = self.store.tables[object].history.get(record.id, {})
        return {
            name: [
                {"value": value, "timestamp": to_text(at), **source_of(user)}
                for value, at, user in kept.get(name, [(record.properties.get(name), record.created, None)])
            ]
            for name in names
        }

    def read(self, call: Call, object: str, id: str) -> Answer:
        object = self.twin.readable(object)
        record = self.store.get(object, id, by=call.first("idProperty"), archived=call.is_true("archived"))
        return Answer(200, self.write(call, object, [record], names_of(call, "propertiesWithHistory"))[0].encode())

    def create(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)
        body = self.twin.document(call)
        record = self.made(object, body)
        return self.whole(object, record, 201, trace=body.get("objectWriteTraceId"))

    def made(self, object: str, given: dict[str, Any]) -> Record:
        values = self.twin.validation.clean(object, given.get("properties"))
        self.refuse_empty(object, values)
        record = self.store.create(object, values)
        for wanted in given.get("associations") or []:
            types = [kind["associationTypeId"] for kind in wanted.get("types", [])]
            self.twin.associations.connect(object, record.id, str(wanted["to"]["id"]), types)
        return record

    def refuse_empty(self, object: str, values: dict[str, Any]) -> None:
        if not values:
            raise invalid("Invalid input JSON: properties must not be empty")
        if object == "deals" and not values.get("dealname"):
            raise invalid(
                "Error creating DEAL. Some required properties were not set.", context={"properties": ["dealname"]}
            )

    def whole(self, object: str, record: Record, status: int = 200, *, trace: str | None = None) -> Answer:
        shape = tuple(record.properties)
        return Answer(status, text_of(record, shape, members(objectWriteTraceId=trace)).encode())

    def update(self, call: Call, object: str, id: str) -> Answer:
        object = self.twin.writable(object)
        values = self.twin.validation.clean(object, self.twin.document(call).get("properties"))
        record = self.store.get(object, id, by=call.first("idProperty"))
        return self.whole(object, self.store.update(object, record, values))

    def archive(self, call: Call, object: str, id: str) -> Answer:
        object = self.twin.writable(object)
        try:
            self.store.archive(object, self.store.get(object, id))
        except Refused as refused:
            if refused.status != 404:
                raise
        return Answer(204)

    def merge(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)
        body = self.twin.document(call)
        if not {"primaryObjectId", "objectIdToMerge"} <= body.keys():
            raise invalid("Invalid input JSON: primaryObjectId and objectIdToMerge are required")
        primary = self.store.get(object, str(body["primaryObjectId"]))
        other = self.store.get(object, str(body["objectIdToMerge"]))
        if primary.id == other.id:
            raise invalid("Cannot merge a record with itself")
        return self.whole(object, merge(self.store, object, primary, other, keeps_id=self.twin.merge_keeps_id))

    def erase(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)
        body = self.twin.document(call)
        self.store.erase(object, self.store.get(object, str(body["objectId"]), by=body.get("idProperty", "")))
        return Answer(204)


def source_of(user: int | None) -> dict[str, Any]:
    """Who made an entry of a history: somebody in the product, or an app."""
    if user is None:
        return {"sourceType": "INTEGRATION", "sourceId": "practice"}
    return {"sourceType": "CRM_UI", "sourceId": f"userId:{user}", "updatedByUserId": user}
