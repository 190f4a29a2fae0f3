"""The executive dashboard through the whole stack of middleware, views and templates, on whatever data is there."""

import statistics
import time
from typing import Any

from django.conf import settings
from django.test import Client

from governance.models import User
from governance.policies import Role
from martech.models import Deal, Person, Touch
from mops.bench import machine
from reporting.services import refresh_rollups

RUNS = 40


def run(people: int) -> dict[str, Any]:
    """Milliseconds of server time for the page, median and 95th percentile. `people` is not used: seed before."""
    del people
    started = time.monotonic()
    refresh_rollups()
    refresh = time.monotonic() - started
    user, is_new = User.objects.get_or_create(email="bench@localhost", defaults={"roles": [Role.LEADER.value]})
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    times = []
    for _ in range(RUNS + 2):
        started = time.monotonic()
        answer = client.get("/reporting/", secure=settings.IS_HTTPS)
        times.append((time.monotonic() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"the dashboard answered {answer.status_code}")
    if is_new:
        user.delete()
    return {
        "name": "dashboard",
        "people": Person.objects.count(),
        "touches": Touch.objects.count(),
        "deals": Deal.objects.count(),
        "p50_ms": round(statistics.median(times[2:]), 1),
        "p95_ms": round(statistics.quantiles(times[2:], n=20)[18], 1),
        "refresh_seconds": round(refresh, 2),
        "machine": machine(),
    }
