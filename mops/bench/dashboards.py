"""The executive dashboard through the whole stack of middleware, views and templates, over a market of its own."""

import statistics
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from governance.models import User
from governance.policies import Role
from martech.models import Deal, Person, Touch
from mops.bench import machine
from mops.bench.market import make_market
from mops.bench.scratch import scratch_database
from reporting.services import refresh_rollups

RUNS = 60
CHANGED = 1_000


def run(people: int) -> dict[str, Any]:
    """Milliseconds of server time for the page over changing ranges; seconds to build and to refresh the roll-ups."""
    # Pages name their files by what was collected.
    call_command("collectstatic", verbosity=0, interactive=False)
    with scratch_database("dashboard"):
        made = _seconds(lambda: make_market(people))
        build = _seconds(refresh_rollups)
        pages = page_times()
        _change(CHANGED)
        return {
            "name": "dashboard",
            "people": Person.objects.count(),
            "touches": Touch.objects.count(),
            "deals": Deal.objects.count(),
            **spread(pages[""]),
            "narrowed": {name: spread(times) for name, times in pages.items() if name},
            "made_seconds": round(made, 1),
            "build_seconds": round(build, 1),
            "refresh_seconds": round(_seconds(refresh_rollups), 2),
            "machine": machine(),
        }


def _seconds(job: Any) -> float:
    started = time.monotonic()
    job()
    return time.monotonic() - started


def spread(times: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 1),
    }


SCOPES: dict[str, dict[str, str]] = {
    "": {},
    "channel": {"channel": "email"},
    "region": {"region": "EMEA"},
    "owner": {"owner": "rep7@bench.example"},
}


def page_times() -> dict[str, list[float]]:
    """By what the page is narrowed to. A different range each time, so that no answer can be one that was kept; the first
    two warm up.
    """
    user = User.objects.create(email="bench@localhost", roles=[Role.LEADER.value])
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    today = timezone.localdate()
    times: dict[str, list[float]] = {name: [] for name in SCOPES}
    for name, scope in SCOPES.items():
        for number in range(RUNS + 2):
            start = today - timedelta(days=20 + number * 11)
            asked = {"from": start.isoformat(), "to": today.isoformat(), "compare": "previous", **scope}
            started = time.monotonic()
            answer = client.get("/reporting/", asked, secure=settings.IS_HTTPS)
            times[name].append((time.monotonic() - started) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"the dashboard answered {answer.status_code}")
    return {name: found[2:] for name, found in times.items()}


def _change(people: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE martech_person SET channel = 'referral' WHERE id IN (SELECT id FROM martech_person ORDER BY id DESC LIMIT %s)",
            [people],
        )
