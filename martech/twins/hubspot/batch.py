"""batch/read, create, update, upsert and archive: up to 100 inputs, mixed outcomes as 207."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.answers import Refused, invalid
from martech.twins.hubspot.objects import MOST, MOST_WITH_HISTORY
from martech.twins.hubspot.rendering import members, text_of
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Record
from martech.twins.serving import Answer, Call

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

Given = dict[str, Any]


class Batch:
    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin, self.store = twin, twin.store

    def routes(self) -> list[tuple[str, str, Any]]:
        one = r"(?P<object>[\w-]+)/batch"
        return [
            ("POST", f"{one}/read", self.read),
            ("POST", f"{one}/create", self.create),
            ("POST", f"{one}/update", self.update),
            ("POST", f"{one}/upsert", self.upsert),
            ("POST", f"{one}/archive", self.archive),
        ]

    def inputs(self, body: Given, most: int = MOST) -> list[Given] | None:
        """None when the body names no inputs, which HubSpot takes for a batch of nothing."""
        given = body.get("inputs")
        if given is None:
            return None
        if len(given) > most:
            raise invalid(
                f"The maximum number of inputs supported in a batch request is {most}, but {len(given)} were sent"
            )
        return list(given)

    def read(self, call: Call, object: str) -> Answer:
        object = self.twin.readable(object)
        body = self.twin.document(call)
        history = body.get("propertiesWithHistory") or []
        inputs = self.inputs(body)
        if history and inputs and len(inputs) > MOST_WITH_HISTORY:
            raise invalid(
                "The maximum number of inputs supported in a batch request for property histories is "
                f"{MOST_WITH_HISTORY}, but {len(inputs)} were sent"
            )
        is_archived = call.is_true("archived")
        found: dict[int, Record] = {}
        missing = []
        for given in inputs or []:
            try:
                record = self.store.get(object, given["id"], by=body.get("idProperty") or "", archived=is_archived)
                found[record.id] = record
            except Refused:
                missing.append(str(given["id"]))
        shape = self.twin.renderer.shape(object, body.get("properties") or ())
        kept = self.twin.without_dropped(object, "read", list(found.values()))
        if history:
            texts = [text_of(r, shape, self.twin.objects.more(object, r, [], history)) for r in kept]
        else:
            texts = self.twin.renderer.texts(object, shape, kept)
        message = (
            f"Could not get some {object.upper()} objects, they may be deleted or not exist. Check that ids are valid."
        )
        refused = Refused(404, "OBJECT_NOT_FOUND", message)
        return self.answer(texts, [refused.in_batch({"ids": missing})] if missing else [])

    def create(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)

        def make(given: Given) -> tuple[Record, Given]:
            return self.twin.objects.made(object, given), {}

        return self.write(call, object, make, 201)

    def update(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)

        def make(given: Given) -> tuple[Record, Given]:
            record = self.store.get(object, given["id"], by=given.get("idProperty") or "")
            return self.store.update(object, record, self.twin.validation.clean(object, given.get("properties"))), {}

        return self.write(call, object, make, 200, is_update=True)

    def upsert(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)

        def make(given: Given) -> tuple[Record, Given]:
            by = given.get("idProperty") or ""
            known = self.store.property(object, by)
            if known is None or not known.is_unique:
                raise invalid(f"idProperty {by or 'is missing and'} must be a unique property")
            values = self.twin.validation.clean(object, {**(given.get("properties") or {}), by: given["id"]})
            number = self.store.number(object, given["id"], by)
            if number is None:
                self.twin.objects.refuse_empty(object, values)
                return self.store.create(object, values), {"new": True}
            return self.store.update(object, self.store.tables[object].records[number], values), {"new": False}

        return self.write(call, object, make, 200)

    def archive(self, call: Call, object: str) -> Answer:
        object = self.twin.writable(object)
        for given in self.inputs(self.twin.document(call)) or []:
            try:
                self.store.archive(object, self.store.get(object, given["id"]))
            except Refused as refused:
                if refused.status != 404:
                    raise
        return Answer(204)

    def write(
        self,
        call: Call,
        object: str,
        make: Callable[[Given], tuple[Record, Given]],
        status: int,
        *,
        is_update: bool = False,
    ) -> Answer:
        inputs = self.inputs(self.twin.document(call))
        if not inputs:
            return self.answer([], [], status=status)
        self.refuse_repeated(inputs)
        traces = [given.get("objectWriteTraceId") for given in inputs]
        is_partial = len(set(filter(None, traces))) == len(inputs) and not self.is_by_email(inputs)
        if not is_partial:
            self.rehearse(object, inputs, is_update=is_update)
        texts, errors = [], []
        for given in inputs:
            try:
                record, more = make(given)
                tail = members(objectWriteTraceId=given.get("objectWriteTraceId"), **more)
                texts.append(text_of(record, tuple(record.properties), tail))
            except Refused as refused:
                if not is_partial:
                    raise
                errors.append(refused.in_batch({"objectWriteTraceId": [given["objectWriteTraceId"]]}))
        return self.answer(texts, errors, status=status)

    def is_by_email(self, inputs: list[Given]) -> bool:
        return any(given.get("idProperty") == "email" for given in inputs)

    def refuse_repeated(self, inputs: list[Given]) -> None:
        counts = Counter(str(given["id"]) for given in inputs if "id" in given)
        if repeated := [id for id, number in counts.items() if number > 1]:
            raise invalid(
                f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique",
                context={"ids": repeated},
            )

    def rehearse(self, object: str, inputs: list[Given], *, is_update: bool) -> None:
        """Without traces one bad row fails all, and nothing is written."""
        seen: set[tuple[str, str]] = set()
        for given in inputs:
            values = self.twin.validation.clean(object, given.get("properties"))
            by, id = given.get("idProperty") or "", given.get("id")
            number = self.store.number(object, id, by) if id is not None else None
            if is_update:
                number = self.store.get(object, str(id), by=by).id
            self.store.refuse_taken(object, values, number)
            for name in self.store.unique_names(object):
                if value := values.get(name):
                    if (name, value.lower()) in seen:
                        raise Refused(409, "CONFLICT", f"Duplicate value for {name} in batch input")
                    seen.add((name, value.lower()))

    def answer(self, texts: list[str], errors: list[Given], *, status: int = 200) -> Answer:
        now = to_text(self.store.clock.milliseconds())
        tail = f',"numErrors":{len(errors)},"errors":{json.dumps(errors)}' if errors else ""
        body = f'{{"status":"COMPLETE","results":[{",".join(texts)}],"startedAt":"{now}","completedAt":"{now}"{tail}}}'
        return Answer(207 if errors else status, body.encode())
