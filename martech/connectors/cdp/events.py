"""Events of a request, each checked for itself: a bad one is refused with its reason, the others are kept."""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from martech.connectors.cdp.bodies import BATCH_EVENTS, EVENT_BYTES, BodyRefused
from martech.connectors.cdp.moments import happened_at, read_time

TYPES = ("identify", "track", "page", "screen", "group", "alias")
SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}
"""The paths of the browser library."""
LONGEST_ID, LONGEST_MESSAGE_ID, LONGEST_NAME = 255, 100, 200


@dataclass(frozen=True, slots=True)
class Event:
    """An accepted event. `at` is by our clock; `previous_id` is set for an alias; `payload` is its JSON text."""

    message_id: str
    type: str
    name: str
    user_id: str
    anonymous_id: str
    at: datetime
    payload: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is not taken; `payload` is what came of it, cut to what may be kept."""

    index: int
    code: str
    detail: str
    type: str
    message_id: str
    payload: str


class EventRefused(ValueError):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def read_request(document: Mapping[str, Any], kind: str, received: datetime) -> Iterator[Event | Refusal]:
    """What a request to `/v1/<kind>` brings. Raises BodyRefused where it is no batch, or one of too many events."""
    if kind != "batch":
        yield read_or_refuse(0, {**document, "type": kind}, {}, received)
        return
    batch = document.get("batch")
    if not isinstance(batch, list):
        raise BodyRefused("no_batch", "A batch has its events in a list called batch.")
    if len(batch) > BATCH_EVENTS:
        raise BodyRefused("too_many_events", f"A batch may have {BATCH_EVENTS:,} events; this one has {len(batch):,}.")
    shared = {name: document.get(name) for name in ("context", "integrations", "sentAt")}
    for index, given in enumerate(batch):
        yield read_or_refuse(index, given, shared, received)


def read_or_refuse(index: int, given: Any, shared: Mapping[str, Any], received: datetime) -> Event | Refusal:
    try:
        return read_event(given, shared, received)
    except EventRefused as refused:
        known = given if isinstance(given, dict) else {}
        kind, message = str(known.get("type", ""))[:20], str(known.get("messageId", ""))[:LONGEST_MESSAGE_ID]
        return Refusal(index, refused.code, refused.detail, storable(kind), storable(message), as_kept(given))


def as_kept(given: Any) -> str:
    try:
        return json.dumps(given)[: EVENT_BYTES // 4]
    except RecursionError:
        return "(nested too deeply)"


def storable(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def read_event(given: Any, shared: Mapping[str, Any], received: datetime) -> Event:
    """Raises EventRefused with what is wrong and what would be right."""
    if not isinstance(given, dict):
        raise EventRefused("no_object", "An event is a JSON object.")
    event = {**given, **{name: merged(shared.get(name), given.get(name)) for name in ("context", "integrations")}}
    event = {name: value for name, value in event.items() if value is not None and name != "writeKey"}
    kind = event.get("type")
    if kind not in TYPES:
        raise EventRefused("unknown_type", f"The type is one of {', '.join(TYPES)}.")
    user_id, anonymous_id = id_of(event, "userId"), id_of(event, "anonymousId")
    if kind == "alias":
        anonymous_id = id_of(event, "previousId")
    name = checked_name(event, str(kind), user_id, anonymous_id)
    original = read_time(event.get("originalTimestamp")) or read_time(event.get("timestamp"))
    sent = read_time(event.get("sentAt") or shared.get("sentAt"))
    at = happened_at(received=received, sent=sent, original=original)
    return Event(message_id_of(event), str(kind), name, user_id, anonymous_id, at, text_of(event))


def merged(shared: Any, own: Any) -> Any:
    """What the batch says for all of them, under what the event says itself."""
    if isinstance(shared, dict) and shared:
        return {**shared, **own} if isinstance(own, dict) else shared
    return own


def id_of(event: Mapping[str, Any], field: str) -> str:
    """An id as text; numbers are taken as they are written."""
    given = event.get(field)
    if given is None or given == "":
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise EventRefused("bad_id", f"{field} is text.")
    text = str(given).strip()
    if len(text) > LONGEST_ID:
        raise EventRefused("bad_id", f"{field} may have {LONGEST_ID} characters.")
    return text


def checked_name(event: Mapping[str, Any], kind: str, user_id: str, anonymous_id: str) -> str:
    """The name of what happened, once the ids that a type needs are there."""
    if kind == "alias" and not (user_id and anonymous_id):
        raise EventRefused("no_ids", "An alias needs userId and previousId.")
    if not (user_id or anonymous_id):
        raise EventRefused("no_user_anon_id", "Send a userId or an anonymousId.")
    if kind == "group" and not id_of(event, "groupId"):
        raise EventRefused("no_group", "A group needs its groupId.")
    name = event.get("event" if kind == "track" else "name", "")
    if kind == "track" and not (isinstance(name, str) and name.strip()):
        raise EventRefused("no_event", "A track call needs the name of its event.")
    text = name.strip() if isinstance(name, str) else ""
    if len(text) > LONGEST_NAME:
        raise EventRefused("name_too_long", f"The name of an event may have {LONGEST_NAME} characters.")
    return text


def message_id_of(event: Mapping[str, Any]) -> str:
    """The sender's id of the message; a new one where it sends none, which then cannot be told from its repetition."""
    given = event.get("messageId")
    if given is None or given == "":
        return str(uuid.uuid4())
    if not isinstance(given, str) or len(given) > LONGEST_MESSAGE_ID:
        raise EventRefused("bad_message_id", f"messageId is text of at most {LONGEST_MESSAGE_ID} characters.")
    return given


def text_of(event: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        size = len(text.encode())
    except (ValueError, RecursionError) as error:
        raise EventRefused("not_storable", "It holds a number or character that cannot be stored.") from error
    if "\\u0000" in text.replace("\\\\", ""):
        raise EventRefused("not_storable", "It holds a NUL character, which cannot be stored.")
    if size > EVENT_BYTES:
        raise EventRefused(
            "event_too_large", f"An event may have {EVENT_BYTES // 1024} KB; this one has {-(-size // 1024)}."
        )
    return text
