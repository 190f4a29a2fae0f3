"""At the door: who sends, is it well-formed, is it new; then it is in the database and the sender has its answer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.cdp.bodies import BODY_BYTES, BodyRefused, basic_key, opened, read_json
from martech.connectors.cdp.events import Event, Refusal, read_request, storable
from martech.models import EventSource, RefusedEvent, WriteKey
from martech.services.tracking.rates import seconds_to_wait
from martech.services.tracking.sources import known_key, revoked_key
from martech.services.tracking.together import Together
from mops.core.sql import array, fetch, texts
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
    found_key = valid_key(key, delivery) if key else None
    source = found_key.source if found_key else None
    try:
        document = read_json(opened(delivery.body, delivery.encoding))
        found_key = found_key or valid_key(document.get("writeKey"), delivery)
        source = found_key.source
        check_origin(source, delivery)
        found = list(read_request(document, delivery.kind, delivery.received_at))
    except BodyRefused as refused:
        if source is None:
            raise IntakeRefused(401, "no_key", "Send the write key by Basic authentication.") from refused
        keep_body(source, delivery, refused)
        raise IntakeRefused(400, refused.code, refused.detail) from refused
    if wait := seconds_to_wait(source.pk, len(found), source.events_per_second):
        detail = f"This source may send {source.events_per_second:,} events a second."
        raise IntakeRefused(429, "too_fast", detail, retry_after=wait)
    return keep(found_key, delivery, found)


def valid_key(text: Any, delivery: Delivery) -> WriteKey:
    key = known_key(text) if isinstance(text, str) else None
    if key is None:
        if isinstance(text, str) and (revoked := revoked_key(text)):
            said = f"The key {revoked.prefix}… was revoked; give whoever sends this a valid one."
            keep_now_and_then(revoked.source, delivery, BodyRefused("revoked_key", said))
        raise IntakeRefused(401, "bad_key", "The write key is missing, unknown or revoked.")
    return key


def check_origin(source: EventSource, delivery: Delivery) -> None:
    """A browser names the page's origin; servers and apps name none. What is refused shows on the source's page."""
    if not delivery.origin or {"*", delivery.origin.lower()} & set(source.origins):
        return
    said = f"Pages of {delivery.origin[:100]} may not send to this source; add the origin to it."
    keep_now_and_then(source, delivery, BodyRefused("bad_origin", said))
    raise IntakeRefused(403, "bad_origin", said)


def keep(key: WriteKey, delivery: Delivery, found: Sequence[Event | Refusal]) -> Receipt:
    """Commit the events, together with those of other requests that come at this moment."""
    source = key.source
    events = [one for one in found if isinstance(one, Event)]
    refused = [one for one in found if isinstance(one, Refusal)]
    accepted = 0
    if events:
        accepted = together.add(Brought(key, delivery.received_at, events))
        if not accepted and not WriteKey.objects.filter(pk=key.pk, revoked_at=None).exists():
            raise IntakeRefused(401, "bad_key", "The write key is missing, unknown or revoked.")
    if refused:
        RefusedEvent.objects.bulk_create(refusal_row(source, delivery.received_at, one) for one in refused)
    if accepted:
        wake_soon()
    return Receipt(source, accepted, len(events) - accepted, refused)


@dataclass(frozen=True)
class Brought:
    """Good events of one request."""

    key: WriteKey
    received_at: datetime
    events: Sequence[Event]


# What a key that was revoked a moment ago brings is not kept, whatever a process still believes of the key.
INSERT = """
WITH event AS (
    SELECT e.*, key.source_id FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::timestamptz[], %s::jsonb[])
        AS e(key_id, received_at, message_id, type, name, user_id, anonymous_id, at, payload)
    JOIN martech_writekey key ON key.id = e.key_id AND key.revoked_at IS NULL
), work AS (
    INSERT INTO martech_eventintake (state, attempts, run_after, last_error, created_at)
    SELECT 'pending', 0, %s, '', %s WHERE EXISTS (SELECT 1 FROM event) RETURNING id
)
INSERT INTO martech_sourceevent
    (source_id, intake_id, message_id, type, name, user_id, anonymous_id, at, received_at, payload, state, note)
SELECT source_id, work.id, message_id, type, name, user_id, anonymous_id, at, received_at, payload, 'waiting', ''
FROM work, event ORDER BY source_id, message_id
ON CONFLICT (source_id, message_id) DO NOTHING RETURNING source_id, message_id
"""


def insert_brought(requests: Sequence[Brought]) -> list[int]:
    """One statement for the events of some requests and the work they wait as, in the order of their ids so that two
    statements with the same events cannot block each other. Answers how many of each request are new."""
    rows = [(one, event) for one in requests for event in one.events]
    received = requests[0].received_at
    new = set(
        fetch(
            INSERT,
            array(one.key.pk for one, _event in rows),
            texts(one.received_at.isoformat() for one, _event in rows),
            texts(event.message_id for _one, event in rows),
            texts(event.type for _one, event in rows),
            texts(event.name for _one, event in rows),
            texts(event.user_id for _one, event in rows),
            texts(event.anonymous_id for _one, event in rows),
            texts(event.at.isoformat() for _one, event in rows),
            texts(event.payload for _one, event in rows),
            received,
            received,
        )
    )
    return [count_of(one, new) for one in requests]


def count_of(one: Brought, new: set[tuple[Any, ...]]) -> int:
    """How many of a request's messages are among the new ones, which it takes out: the next one repeats them."""
    mine = {(one.key.source_id, event.message_id) for event in one.events} & new
    new -= mine
    return len(mine)


together = Together(insert_brought)


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


def keep_now_and_then(source: EventSource, delivery: Delivery, refused: BodyRefused) -> None:
    """Keep a body whose sender is refused as such, once a minute for each reason: all that they send is, and it may be
    a whole website. A few more, kept at the same moment by several processes, do no harm."""
    same = RefusedEvent.objects.filter(source=source, code=refused.code, detail=refused.detail)
    if not same.filter(received_at__gt=delivery.received_at - timedelta(minutes=1)).exists():
        keep_body(source, delivery, refused)


def refuse_length(delivery: Delivery, length: int) -> None:
    """Refuse a body that says itself that it is too large, before it is read. Raises IntakeRefused."""
    if length <= BODY_BYTES:
        return
    refused = BodyRefused("body_too_large", f"A request may have {BODY_BYTES // 1024} KB; send smaller batches.")
    if key := known_key(basic_key(delivery.authorization)):
        keep_body(key.source, delivery, refused)
    raise IntakeRefused(400, refused.code, refused.detail)


_woken = 0.0


def wake_soon() -> None:
    """At most one message a second from this process; the sweep finds what a skipped one would have told."""
    global _woken
    if time.monotonic() - _woken >= 1:
        _woken = time.monotonic()
        send("tracking")
