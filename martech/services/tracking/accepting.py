"""At the door: who sends, is it well-formed, is it new; then it is in the database and the sender has its answer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from martech.connectors.cdp.bodies import BODY_BYTES, BodyRefused, basic_key, opened, read_json
from martech.connectors.cdp.events import Event, Refusal, read_request, storable
from martech.models import EventSource, RefusedEvent
from martech.services.tracking.rates import seconds_to_wait
from martech.services.tracking.sources import source_of
from mops.core.work import send

KEPT_OF_A_BODY = 2_000


class IntakeRefused(Exception):
    """The whole request is refused: `status` is the answer's, `retry_after` in seconds where waiting helps."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after


@dataclass(frozen=True)
class Receipt:
    """What became of a request's events: accepted and new, known already, refused."""

    source: EventSource
    accepted: int
    repeated: int
    refused: Sequence[Refusal]


@dataclass(frozen=True)
class Delivery:
    """A request as it came. `kind` is the last part of its path, `length` what it says of its body's bytes."""

    kind: str
    body: bytes
    received_at: datetime
    authorization: str = ""
    encoding: str = ""
    origin: str = ""

    def with_body(self, body: bytes) -> "Delivery":
        return replace(self, body=body)


def accept_request(delivery: Delivery) -> Receipt:
    """Check and keep the events of a request. Raises IntakeRefused; what is refused of a known source is kept too."""
    key = basic_key(delivery.authorization)
    source = known_source(key) if key else None
    try:
        document = read_json(opened(delivery.body, delivery.encoding))
        source = source or known_source(document.get("writeKey"))
        check_origin(source, delivery.origin)
        found = list(read_request(document, delivery.kind, delivery.received_at))
    except BodyRefused as refused:
        if source is None:
            raise IntakeRefused(401, "no_key", "Send the write key by Basic authentication.") from refused
        keep_body(source, delivery, refused)
        raise IntakeRefused(400, refused.code, refused.detail) from refused
    if wait := seconds_to_wait(source.pk, len(found), source.events_per_second):
        detail = f"This source may send {source.events_per_second:,} events a second."
        raise IntakeRefused(429, "too_fast", detail, retry_after=wait)
    return keep(source, delivery, found)


def known_source(key: Any) -> EventSource:
    source = source_of(key) if isinstance(key, str) else None
    if source is None:
        raise IntakeRefused(401, "bad_key", "The write key is missing, unknown or revoked.")
    return source


def check_origin(source: EventSource, origin: str) -> None:
    """A browser names the page's origin; servers and apps name none."""
    if origin and not {"*", origin.lower()} & set(source.origins):
        raise IntakeRefused(
            403, "bad_origin", f"Pages of {origin[:100]} may not send to this source; add the origin to it."
        )


def keep(source: EventSource, delivery: Delivery, found: Sequence[Event | Refusal]) -> Receipt:
    events = [one for one in found if isinstance(one, Event)]
    refused = [one for one in found if isinstance(one, Refusal)]
    with transaction.atomic():
        accepted = insert_events(source, delivery.received_at, events) if events else 0
        if refused:
            RefusedEvent.objects.bulk_create(refusal_row(source, delivery.received_at, one) for one in refused)
    if accepted:
        wake_soon()
    return Receipt(source, accepted, len(events) - accepted, refused)


INSERT = """
WITH work AS (
    INSERT INTO martech_eventintake (state, attempts, run_after, last_error, created_at)
    VALUES ('pending', 0, %(received)s, '', %(received)s) RETURNING id
)
INSERT INTO martech_sourceevent
    (source_id, intake_id, message_id, type, name, user_id, anonymous_id, at, received_at, payload, state, note)
SELECT %(source)s, work.id, e.message_id, e.type, e.name, e.user_id, e.anonymous_id, e.at, %(received)s,
    e.payload::jsonb, 'waiting', ''
FROM work, unnest(%(message_id)s::text[], %(type)s::text[], %(name)s::text[], %(user_id)s::text[],
    %(anonymous_id)s::text[], %(at)s::timestamptz[], %(payload)s::text[])
    AS e(message_id, type, name, user_id, anonymous_id, at, payload)
ON CONFLICT (source_id, message_id) DO NOTHING
"""
COLUMNS = ("message_id", "type", "name", "user_id", "anonymous_id", "at", "payload")


def insert_events(source: EventSource, received: datetime, events: Sequence[Event]) -> int:
    """One statement for the events and the work they wait as, in the order of their ids so that two requests with
    the same events cannot block each other. Answers how many are new."""
    ordered = sorted(events, key=lambda event: event.message_id)
    values: dict[str, Any] = {name: [getattr(event, name) for event in ordered] for name in COLUMNS}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {**values, "source": source.pk, "received": received})
        return int(cursor.rowcount)


def refusal_row(source: EventSource, received: datetime, one: Refusal) -> RefusedEvent:
    return RefusedEvent(
        source=source,
        received_at=received,
        type=one.type,
        message_id=one.message_id,
        code=one.code,
        detail=one.detail,
        payload=one.payload,
    )


def keep_body(source: EventSource, delivery: Delivery, refused: BodyRefused) -> None:
    """The beginning of a body that nobody can read, so that its sender can be told what it was."""
    text = storable(delivery.body[:KEPT_OF_A_BODY].decode("utf-8", "replace"))
    RefusedEvent.objects.create(
        source=source,
        received_at=delivery.received_at,
        type=delivery.kind,
        code=refused.code,
        detail=refused.detail,
        payload=text,
    )


def refuse_length(delivery: Delivery, length: int) -> None:
    """Refuse a body that says itself that it is too large, before it is read. Raises IntakeRefused."""
    if length <= BODY_BYTES:
        return
    refused = BodyRefused("body_too_large", f"A request may have {BODY_BYTES // 1024} KB; send smaller batches.")
    if source := source_of(basic_key(delivery.authorization)):
        keep_body(source, delivery, refused)
    raise IntakeRefused(400, refused.code, refused.detail)


_woken = 0.0


def wake_soon() -> None:
    """At most one message a second from this process; the sweep finds what a skipped one would have told."""
    global _woken
    if time.monotonic() - _woken >= 1:
        _woken = time.monotonic()
        send("tracking")
