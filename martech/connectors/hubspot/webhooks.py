"""Webhooks v3 as hints. The signature is checked here: the vendor's own code takes stamps from the future and leaves
encoded addresses as they are."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors.errors import Forged, Stale
from martech.connectors.port import Hint

TOLERANCE = timedelta(minutes=5)
DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
OBJECTS = {"contact": "contacts", "company": "companies", "deal": "deals"}


def decoded(uri: str) -> str:
    """The address with those characters plain that HubSpot signs plain."""
    for code, plain in DECODED.items():
        uri = uri.replace(code, plain).replace(code.lower(), plain)
    return uri


def check(
    secret: str, *, method: str, urls: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Raises Forged without a right signature, Stale when it was made more than five minutes ago or ahead."""
    given = {name.lower(): value for name, value in headers.items()}
    stamp = given.get("x-hubspot-request-timestamp", "")
    signature = given.get("x-hubspot-signature-v3", "")
    if not secret or not signature or not stamp.isdigit():
        raise Forged("The webhook is not signed, or this connection has no client secret to check it with.")
    signed = False
    for address in {spelled for url in urls for spelled in (url, decoded(url))}:
        text = method.upper().encode() + address.encode() + body + stamp.encode()
        expected = base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
        signed |= hmac.compare_digest(expected.encode(), signature.encode())
    if not signed:
        raise Forged("The webhook's signature does not fit.")
    if abs(now - moment(int(stamp))) > TOLERANCE:
        raise Stale("The webhook was signed more than five minutes ago, or our clocks differ.")


def moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(ms, 253_000_000_000_000))


def hints_of(body: bytes) -> list[Hint]:
    """A hint for each event, in the order of what happened. Raises Forged for what is no list of events."""
    try:
        events = json.loads(body)
        found = [hint for event in events for hint in hints_of_event(event)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Forged("The webhook is no list of events.") from error
    return sorted(found, key=lambda hint: hint.at)


def hints_of_event(event: Mapping[str, Any]) -> list[Hint]:
    """A merge concerns the new record and those that went into it. `eventId` alone is not unique."""
    kind, _, name = str(event["subscriptionType"]).partition(".")
    object = OBJECTS.get(kind)
    if object is None:
        return []
    ids = [event.get("objectId") or event["fromObjectId"]]
    if name == "merge":
        ids = [event.get("newObjectId"), event.get("primaryObjectId"), *event.get("mergedObjectIds", [])]
    at, field = moment(int(event["occurredAt"])), str(event.get("propertyName") or "")
    portal = str(event.get("portalId") or "")
    parts = (event.get("portalId"), event["subscriptionType"], field, event["occurredAt"], event.get("eventId"))
    return [
        Hint(":".join(map(str, (*parts[:2], id, *parts[2:]))), object, id, name, at, field, portal)
        for id in dict.fromkeys(str(id) for id in ids if id)
    ]
