"""Webhooks v3: collects events, sends them signed in batches, out of order, twice or again when that is asked for."""

import base64
import hashlib
import hmac
import json
import random
import threading
from dataclasses import dataclass
from typing import Any

import requests

from martech.twins.clock import TwinClock
from martech.twins.hubspot.account import APP, CLIENT_SECRET, PORTAL
from martech.twins.hubspot.schema import SINGULAR
from martech.twins.hubspot.store import Event

MOST_EVENTS, MOST_ATTEMPTS, TIMEOUT = 100, 10, 5
FIRST_WAIT_MS, LONGEST_WAIT_MS = 60_000, 4 * 3_600_000


def signature(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """Version 3, over the URI as the receiver's framework decodes it."""
    text = method.encode() + uri.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


@dataclass
class Waiting:
    """An event to be sent, not before `due` (milliseconds) when it was refused."""

    body: dict[str, Any]
    attempt: int = 0
    due: int = 0


class Webhooks:
    """`target` is the address of the one subscriber; `kinds` like contact.creation, all when empty."""

    def __init__(self, clock: TwinClock, secret: str = CLIENT_SECRET) -> None:
        self.clock, self.secret = clock, secret
        self.target, self.kinds = "", set[str]()
        self.waiting: list[Waiting] = []
        self._lock = threading.Lock()
        self._events = 100
        self._random = random.Random(7)  # noqa: S311 (an order, not a secret)

    def hear(self, event: Event) -> None:
        kind = f"{SINGULAR[event.object]}.{event.kind}"
        if not self.target or (self.kinds and kind not in self.kinds):
            return
        with self._lock:
            self._events += 1
            self.waiting.append(Waiting(self.body(event, kind)))

    def body(self, event: Event, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "eventId": self._events,
            "subscriptionId": 1_000 + len(kind),
            "portalId": PORTAL,
            "appId": APP,
            "occurredAt": event.at,
            "subscriptionType": kind,
            "objectId": event.id,
            "changeSource": "CRM",
            **event.more,
        }
        if event.property:
            found |= {"propertyName": event.property, "propertyValue": event.value or ""}
        return found

    def tick(self) -> None:
        """Send what is due; whoever runs the server calls this every second."""
        now = self.clock.milliseconds()
        if any(entry.due <= now for entry in self.waiting):
            self.deliver(until=now)

    def deliver(self, *, reorder: bool = False, duplicate: bool = False, until: int | None = None) -> dict[str, int]:
        """Send what waits, or what is due by `until`. What is not answered with 2xx waits for the next time, longer
        and longer, ten times at most."""
        with self._lock:
            due = [entry for entry in self.waiting if until is None or entry.due <= until]
            self.waiting = [entry for entry in self.waiting if until is not None and entry.due > until]
        if reorder:
            self._random.shuffle(due)
        if duplicate:
            due = [entry for entry in due for _ in range(2)]
        counts = {"sent": 0, "refused": 0, "given_up": 0}
        for start in range(0, len(due), MOST_EVENTS):
            self.send(due[start : start + MOST_EVENTS], counts)
        return counts

    def send(self, batch: list[Waiting], counts: dict[str, int]) -> None:
        body = json.dumps([{**entry.body, "attemptNumber": entry.attempt} for entry in batch]).encode()
        if self.post(body):
            counts["sent"] += len(batch)
            return
        counts["refused"] += len(batch)
        for entry in {id(entry): entry for entry in batch}.values():
            entry.attempt += 1
            wait = min(FIRST_WAIT_MS * 2 ** (entry.attempt - 1), LONGEST_WAIT_MS)
            entry.due = self.clock.milliseconds() + wait
            if entry.attempt > MOST_ATTEMPTS:
                counts["given_up"] += 1
            else:
                with self._lock:
                    self.waiting.append(entry)

    def post(self, body: bytes) -> bool:
        stamp = str(self.clock.milliseconds())
        headers = {
            "Content-Type": "application/json",
            "X-HubSpot-Request-Timestamp": stamp,
            "X-HubSpot-Signature-v3": signature(self.secret, "POST", self.target, body, stamp),
        }
        try:
            answer = requests.post(self.target, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException:
            return False
        return answer.ok
