"""A full run of the twelve proposed monitors over everybody, and a fix counted and applied, on a database of its own."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from governance.models import User
from martech.models import QualityFix, QualitySnapshot
from martech.quality.standard import standard_monitors
from martech.services.quality.fixes import count_fix, start_fix, write_fix
from martech.services.quality.monitors import add_standard_monitors
from martech.services.quality.running import run_monitors
from mops.bench import machine
from mops.bench.market import make_people
from mops.bench.scratch import scratch_database

# A tenth has its city in capitals: the fix has something to do.
_SHOUT = (
    "UPDATE martech_person SET city = CASE WHEN mod(id, 10) = 0 THEN 'BERLIN' ELSE 'Berlin' END WHERE mod(id, 2) = 0"
)


def run(people: int) -> dict[str, Any]:
    """Seconds of a run of twelve monitors, and of a fix that changes a twentieth of everybody."""
    with scratch_database("quality"):
        make_people(people)
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
            cursor.execute(_SHOUT)
            cursor.execute("ANALYZE martech_person")
        user = User.objects.create_user(email="bench@example.org", name="Bench", roles=["ops_manager"])
        now = timezone.now()
        add_standard_monitors(documents=standard_monitors(now.date()), actor=user)
        seconds = timed(run_monitors)
        fix = start_fix(kind="case", field="city", options={}, actor=user)
        counted = timed(lambda: count_fix(fix))
        QualityFix.objects.filter(pk=fix.pk).update(state="applying")
        applied = timed(lambda: write_fix(QualityFix.objects.get(pk=fix.pk)))
        found = {
            "monitors": QualitySnapshot.objects.count(),
            "failing": sum(QualitySnapshot.objects.values_list("failing", flat=True)),
            "fixed": QualityFix.objects.get(pk=fix.pk).changed,
        }
    times = {"run_seconds": seconds, "count_fix_seconds": counted, "apply_fix_seconds": applied}
    return {"name": "quality", "people": people, **found, **{k: round(v, 1) for k, v in times.items()}} | {
        "machine": machine()
    }


def timed(step: Callable[[], Any]) -> float:
    started = time.monotonic()
    step()
    return time.monotonic() - started
