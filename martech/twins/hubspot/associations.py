"""Associations v4: read, make, label and break them, singly and in batches."""

import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.answers import Refused, invalid
from martech.twins.hubspot.schema import DEFAULT_LINKS, LINK_LABELS, NAMES, PRIMARY, SINGULAR
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Event
from martech.twins.serving import Answer, Call, answer_json

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

MOST_LISTED, MOST_READ, MOST_WRITTEN = 500, 1000, 2000
Given = dict[str, Any]


class Associations:
    """`limits` are the admin's: at most so many associations of a record from one object to another."""

    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin, self.store = twin, twin.store
        self.limits: dict[tuple[str, str], int] = {}

    def record_routes(self) -> list[tuple[str, str, Any]]:
        """Below the address of a record."""
        pair = r"(?P<object>[\w-]+)/(?P<id>\d+)/associations"
        return [
            ("GET", rf"{pair}/(?P<to>[\w-]+)", self.listed),
            ("PUT", rf"{pair}/default/(?P<to>[\w-]+)/(?P<to_id>\d+)", self.connect_default),
            ("PUT", rf"{pair}/(?P<to>[\w-]+)/(?P<to_id>\d+)", self.label),
            ("DELETE", rf"{pair}/(?P<to>[\w-]+)/(?P<to_id>\d+)", self.disconnect),
        ]

    def batch_routes(self) -> list[tuple[str, str, Any]]:
        pair = r"(?P<object>[\w-]+)/(?P<to>[\w-]+)"
        return [
            ("GET", rf"{pair}/labels", self.labels),
            ("POST", rf"{pair}/batch/read", self.batch_read),
            ("POST", rf"{pair}/batch/create", self.batch_create),
            ("POST", rf"{pair}/batch/archive", self.batch_archive),
            ("POST", rf"{pair}/batch/associate/default", self.batch_default),
            ("POST", rf"{pair}/batch/labels/archive", self.batch_unlabel),
        ]

    def name(self, given: str) -> str:
        if given not in NAMES:
            raise invalid(f"Unable to infer object type from: {given}")
        return NAMES[given]

    def kinds(self, types: tuple[int, ...]) -> list[Given]:
        return [{"category": "HUBSPOT_DEFINED", "typeId": t, "label": LINK_LABELS.get(t)} for t in types]

    def short(self, object: str, id: int, to: str) -> list[Given]:
        """As a record's own answer shows them: one entry for every type."""
        found = []
        for to_id, types in sorted(self.store.linked(object, id, to).items()):
            for number in types:
                suffix = "_unlabeled" if (object, to) in PRIMARY and number not in LINK_LABELS else ""
                name = f"{SINGULAR[object]}_to_{SINGULAR[to]}{suffix}"
                found.append({"id": str(to_id), "type": name})
        return found

    def page(self, object: str, id: int, to: str, after: str, limit: int) -> tuple[list[Given], Given | None]:
        known = self.store.linked(object, id, to)
        ids = sorted(known)
        start = bisect_right(ids, int(after)) if after else 0
        chosen = ids[start : start + limit]
        results = [{"toObjectId": to_id, "associationTypes": self.kinds(known[to_id])} for to_id in chosen]
        more = {"next": {"after": str(chosen[-1])}} if len(ids) > start + limit else None
        return results, more

    def listed(self, call: Call, object: str, id: str, to: str) -> Answer:
        object, to = self.twin.readable(object), self.name(to)
        limit = int(call.first("limit", str(MOST_LISTED)))
        if limit > MOST_LISTED:
            raise invalid(f"limit must not be greater than {MOST_LISTED}")
        results, more = self.page(object, self.store.get(object, id).id, to, call.first("after"), limit)
        return answer_json({"results": results, **({"paging": more} if more else {})})

    def connect(self, object: str, id: int, to_id: str, types: list[int], to: str = "") -> None:
        """A labelled association brings the unlabelled one; a primary one takes the label from the one before."""
        to = to or next(
            (pair[1] for pair, t in (*DEFAULT_LINKS.items(), *PRIMARY.items()) if pair[0] == object and t in types), ""
        )
        default = DEFAULT_LINKS.get((object, to))
        if default is None or any(t not in {default, PRIMARY.get((object, to))} for t in types):
            raise invalid(
                f"One or more association types are not valid between {object} and {to or 'anything'}: {types}"
            )
        other = self.store.get(to, to_id)
        known = self.store.linked(object, id, to)
        limit = self.limits.get((object, to))
        if limit is not None and other.id not in known and len(known) >= limit:
            raise invalid(
                f"Association limit of {limit} reached from {object} to {to}", subCategory="crm.associations.LIMIT"
            )
        wanted = {*types, default}
        primary = PRIMARY.get((object, to))
        if object != "companies" and primary and (primary in types or not known):
            wanted.add(primary)
            for held, held_types in list(known.items()):
                if primary in held_types and held != other.id:
                    self.store.unlink(object, id, to, held, [primary])
        self.store.link(object, id, to, other.id, wanted)
        self.tell(object, id, to, other.id, is_removed=False)

    def tell(self, object: str, id: int, to: str, to_id: int, *, is_removed: bool) -> None:
        kind = f"{SINGULAR[object].upper()}_TO_{SINGULAR[to].upper()}"
        more = {"fromObjectId": id, "toObjectId": to_id, "associationType": kind, "associationRemoved": is_removed}
        self.store.tell(Event("associationChange", object, id, self.store.clock.milliseconds(), more=more))

    def connect_default(self, call: Call, object: str, id: str, to: str, to_id: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        self.connect(object, self.store.get(object, id).id, to_id, [], to)
        return self.done([self.made(object, id, to, to_id)])

    def made(self, object: str, id: str, to: str, to_id: str) -> Given:
        spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": DEFAULT_LINKS[object, to]}
        return {"from": {"id": str(id)}, "to": {"id": str(to_id)}, "associationSpec": spec}

    def label(self, call: Call, object: str, id: str, to: str, to_id: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        types = [kind["associationTypeId"] for kind in self.twin.document(call, list) or []]
        self.connect(object, self.store.get(object, id).id, to_id, types, to)
        ids = {"fromObjectTypeId": object, "fromObjectId": int(id), "toObjectTypeId": to, "toObjectId": int(to_id)}
        return answer_json({**ids, "labels": [LINK_LABELS[t] for t in types if t in LINK_LABELS]}, 201)

    def disconnect(self, call: Call, object: str, id: str, to: str, to_id: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        self.store.unlink(object, int(id), to, int(to_id))
        self.tell(object, int(id), to, int(to_id), is_removed=True)
        return Answer(204)

    def labels(self, call: Call, object: str, to: str) -> Answer:
        object, to = self.twin.readable(object), self.name(to)
        types = [found for found in (DEFAULT_LINKS.get((object, to)), PRIMARY.get((object, to))) if found]
        return answer_json({"results": self.kinds(tuple(types))})

    def inputs(self, call: Call, most: int) -> list[Given]:
        found = self.twin.document(call).get("inputs") or []
        if len(found) > most:
            raise invalid(f"The maximum number of inputs is {most}, but {len(found)} were sent")
        return list(found)

    def batch_read(self, call: Call, object: str, to: str) -> Answer:
        object, to = self.twin.readable(object), self.name(to)
        results, missing = [], []
        for given in self.inputs(call, MOST_READ):
            found, more = self.page(object, int(given["id"]), to, str(given.get("after") or ""), MOST_LISTED)
            if found:
                results.append({"from": {"id": str(given["id"])}, "to": found, **({"paging": more} if more else {})})
            else:
                missing.append(str(given["id"]))
        return self.done(results, [self.nothing(object, to, id) for id in missing])

    def nothing(self, object: str, to: str, id: str) -> Given:
        message = f"No {to} is associated with {object} {id}."
        refused = Refused(404, "OBJECT_NOT_FOUND", message, context={"fromObjectId": [id]})
        return {**refused.in_batch({}), "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}

    def batch_create(self, call: Call, object: str, to: str) -> Answer:
        return self.batch_connect(call, object, to)

    def batch_default(self, call: Call, object: str, to: str) -> Answer:
        return self.batch_connect(call, object, to)

    def batch_connect(self, call: Call, object: str, to: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        results, errors = [], []
        for given in self.inputs(call, MOST_WRITTEN):
            id, to_id = str(given["from"]["id"]), str(given["to"]["id"])
            types = [kind["associationTypeId"] for kind in given.get("types", [])]
            try:
                self.connect(object, self.store.get(object, id).id, to_id, types, to)
                results.append(self.made(object, id, to, to_id))
            except Refused as refused:
                errors.append(refused.in_batch({"fromObjectId": [id], "toObjectId": [to_id]}))
        return self.done(results, errors, status=201)

    def batch_archive(self, call: Call, object: str, to: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        for given in self.inputs(call, MOST_WRITTEN):
            for other in given["to"]:
                self.store.unlink(object, int(given["from"]["id"]), to, int(other["id"]))
                self.tell(object, int(given["from"]["id"]), to, int(other["id"]), is_removed=True)
        return Answer(204)

    def batch_unlabel(self, call: Call, object: str, to: str) -> Answer:
        object, to = self.twin.writable(object), self.name(to)
        for given in self.inputs(call, MOST_WRITTEN):
            types = [kind["associationTypeId"] for kind in given["types"]]
            self.store.unlink(object, int(given["from"]["id"]), to, int(given["to"]["id"]), types)
        return Answer(204)

    def done(self, results: list[Given], errors: list[Given] | None = None, *, status: int = 200) -> Answer:
        now = to_text(self.store.clock.milliseconds())
        body: Given = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return Answer(207 if errors else status, json.dumps(body).encode())
