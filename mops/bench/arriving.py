"""Leads posted to the API at a steady rate: how long until each has its owner, through web, wake-up, worker and commit."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from governance.models import Scope, User
from governance.services.tokens import create_token
from martech.models import Person, RoutingDecision
from mops.bench import serving

RATE, SECONDS, SENDERS = 200, 20, 8
PATIENCE = timedelta(seconds=60)


def lead(number: int) -> bytes:
    document = {"email": f"arriving{number}@bench.example", "job_title": "Marketing Manager", "company": "Company"}
    return json.dumps({**document, "properties": {"segment": f"s{number % 55}"}}).encode()


def post(port: int, token: str, numbers: range, begin: float) -> tuple[dict[str, float], int]:
    """Post each lead at its moment on a kept connection; answers when each was due, and how many were refused.

    A lead that is sent late because the one before took long counts from when it was due.
    """
    client = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    due, refused = {}, 0
    for number in numbers:
        at = begin + number / RATE
        time.sleep(max(0.0, at - time.time()))
        client.request("POST", "/api/v1/people/", lead(number), headers)
        answer = client.getresponse()
        answer.read()
        refused += answer.status != 201
        due[f"arriving{number}@bench.example"] = at
    client.close()
    return due, refused


def end_to_end() -> dict[str, Any]:
    """Milliseconds from the moment a lead was due until its owner was written. Call with a policy in force."""
    user = User.objects.create_user(email="integration@bench.example", name="Bench", roles=["integration"])
    token = create_token(user=user, actor=None, scope=Scope.WRITE)[1]
    with serving.web(2) as port, serving.worker():
        warm_up(port, token)
        begin, number = time.time() + 0.5, RATE * SECONDS
        with ThreadPoolExecutor(SENDERS) as pool:
            shares = [range(first, number, SENDERS) for first in range(SENDERS)]
            answers = list(pool.map(lambda share: post(port, token, share, begin), shares))
        due = {email: at for share, _refused in answers for email, at in share.items()}
        sent = time.time() - begin
        wait_for_owners()
    waits = waits_of(due)
    return {
        "leads": len(due),
        "offered_per_second": RATE,
        "accepted_per_second": round(len(due) / sent),
        "refused": sum(refused for _share, refused in answers),
        "without_owner": len(due) - len(waits),
        **{f"wait_p{share}_ms": round(waits[len(waits) * share // 100] * 1000) for share in (50, 95, 99)},
    }


def warm_up(port: int, token: str) -> None:
    """Every process has loaded what it needs before the clock runs."""
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda n: post(port, token, range(-8 * n - 8, -8 * n), time.time()), range(SENDERS)))
    wait_for_owners()


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
