"""The tracking endpoint on one web worker as `up` starts it, then the events applied, in a database of its own."""

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

from martech.models import Person, SourceEvent, Touch
from martech.services.tracking import create_source
from mops.bench import machine, serving
from mops.bench.scratch import scratch_database
from mops.core import work

BATCH = 100
SENDERS = 4
USERS = 1_000


def event(number: int) -> dict[str, Any]:
    """The first of each user is an identify, the others are page views with an address and a campaign."""
    user, stamp = f"u{number % USERS}", f"2026-03-02T12:{number % 60:02}:00Z"
    shared = {"userId": user, "messageId": f"message-{number}", "timestamp": stamp}
    if number < USERS:
        return {**shared, "type": "identify", "traits": {"email": f"{user}@acme.example", "plan": "pro"}}
    page = {"url": f"https://acme.example/p{number % 40}?utm_source=google&utm_medium=cpc", "title": "A page"}
    return {**shared, "type": "page", "context": {"page": page, "library": {"name": "bench", "version": "1"}}}


def deliver(port: int, key: str, path: str, bodies: list[bytes]) -> int:
    """Send the bodies one after the other on a kept connection; answers the events accepted."""
    client = HTTPConnection("127.0.0.1", port)
    credential = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credential}", "Content-Type": "application/json"}
    accepted = 0
    for body in bodies:
        client.request("POST", path, body, headers)
        answer = json.loads(client.getresponse().read())
        accepted += answer.get("accepted", 0)
    client.close()
    return accepted


def measure(port: int, key: str, path: str, bodies: list[bytes]) -> tuple[int, float]:
    shares = [bodies[start::SENDERS] for start in range(SENDERS)]
    started = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as pool:
        accepted = sum(pool.map(lambda share: deliver(port, key, path, share), shares))
    return accepted, time.monotonic() - started


def run(people: int) -> dict[str, Any]:
    """Events accepted a second in batches of 100 and alone, and applied a second by one worker; `people` is the events."""
    with scratch_database("tracking"):
        _source, key = create_source(name="Bench", actor=None, events_per_second=1_000_000)
        events = [event(number) for number in range(people)]
        batches = [json.dumps({"batch": events[n : n + BATCH]}).encode() for n in range(0, people, BATCH)]
        singles = [json.dumps(event(people + number)).encode() for number in range(max(people // 20, 100))]
        with serving.web() as port:
            deliver(port, key, "/cdp/v1/page", [b'{"anonymousId": "warm-up"}'])
            batched, batch_seconds = measure(port, key, "/cdp/v1/batch", batches)
            alone, single_seconds = measure(port, key, "/cdp/v1/page", singles)
        started = time.monotonic()
        work.run_due("tracking")
        apply_seconds = time.monotonic() - started
        applied = SourceEvent.objects.filter(state="applied").count()
        stored = {"people": Person.objects.count(), "touches": Touch.objects.count()}
    return {
        "name": "cdp",
        "events": people + len(singles),
        "accepted": batched + alone,
        "applied": applied,
        **stored,
        "batched_per_second": round(batched / batch_seconds),
        "alone_per_second": round(alone / single_seconds),
        "applied_per_second": round(applied / apply_seconds),
        "machine": machine(),
    }
