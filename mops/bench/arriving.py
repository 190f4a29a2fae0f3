"""Leads posted to the API at a steady rate: how long until each has its owner, through web, wake-up, worker and commit."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from governance.models import Scope, User
from governance.services.tokens import create_token
from martech.models import Person, RoutingDecision
from mops.bench import serving

SECONDS, SENDERS = 15, 4
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Stream:
    """`rate` leads a second, `size` of them in a call."""

    name: str
    rate: int
    size: int


STREAMS = (Stream("in_bulk", rate=200, size=20), Stream("alone", rate=10, size=1))


def address(stream: Stream, number: int) -> str:
    return f"{stream.name}{number}@bench.example"


def lead(stream: Stream, number: int) -> dict[str, Any]:
    document = {"email": address(stream, number), "job_title": "Marketing Manager", "company": "Company"}
    return {**document, "properties": {"segment": f"s{number % 55}"}}


def body_of(stream: Stream, call: int) -> tuple[str, Any]:
    """The path and document of a call."""
    if stream.size == 1:
        return "/api/v1/people/", lead(stream, call)
    first = call * stream.size
    return "/api/v1/people/bulk/", [lead(stream, number) for number in range(first, first + stream.size)]


def post(port: int, token: str, stream: Stream, calls: Sequence[int], begin: float) -> tuple[dict[str, float], int]:
    """Make each call at its moment on a kept connection; answers when each lead was due, and how many calls were refused.

    A call that is made late because the one before took long counts from when it was due.
    """
    client = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    due, refused = {}, 0
    for call in calls:
        at = begin + call * stream.size / stream.rate
        time.sleep(max(0.0, at - time.time()))
        path, document = body_of(stream, call)
        client.request("POST", path, json.dumps(document), headers)
        answer = client.getresponse()
        answer.read()
        refused += answer.status not in (200, 201)
        due.update({address(stream, call * stream.size + n): at for n in range(stream.size)})
    client.close()
    return due, refused


def end_to_end() -> dict[str, Any]:
    """Milliseconds from the moment a lead was due until its owner was written. Call with a policy in force."""
    user = User.objects.create_user(email="integration@bench.example", name="Bench", roles=["integration"])
    token = create_token(user=user, actor=None, scope=Scope.WRITE)[1]
    with serving.web(2) as port, serving.worker():
        for stream in STREAMS:  # every process loads what it needs before the clock runs
            send(port, token, Stream(f"warm_up_{stream.name}", stream.rate, stream.size), 5 * SENDERS)
        return {one.name: measured(port, token, one) for one in STREAMS}


def send(port: int, token: str, stream: Stream, calls: int) -> tuple[dict[str, float], int]:
    begin = time.time() + 0.2
    with ThreadPoolExecutor(SENDERS) as pool:
        shares = [range(first, calls, SENDERS) for first in range(SENDERS)]
        answers = list(pool.map(lambda share: post(port, token, stream, share, begin), shares))
    wait_for_owners()
    return {email: at for due, _ in answers for email, at in due.items()}, sum(refused for _, refused in answers)


def measured(port: int, token: str, stream: Stream) -> dict[str, Any]:
    due, refused = send(port, token, stream, stream.rate * SECONDS // stream.size)
    waits = waits_of(due)
    return {
        "leads": len(due),
        "offered_per_second": stream.rate,
        "in_a_call": stream.size,
        "refused": refused,
        "without_owner": len(due) - len(waits),
        **{f"wait_p{share}_ms": round(waits[len(waits) * share // 100] * 1000) for share in (50, 95, 99)},
    }


def wait_for_owners() -> None:
    until = datetime.now(UTC) + PATIENCE
    while datetime.now(UTC) < until:
        if not Person.objects.filter(owner=None).exists():
            return
        time.sleep(0.1)


def waits_of(due: dict[str, float]) -> list[float]:
    """Seconds, shortest first."""
    rows = RoutingDecision.objects.filter(owner__isnull=False).values_list("person__email", "written_at")
    return sorted(at.timestamp() - due[email] for email, at in rows if at and email in due)
