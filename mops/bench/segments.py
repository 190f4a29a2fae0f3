"""A segment of five conditions counted over everybody, and ten live ones kept up while people change."""

import threading
import time
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from martech.models import ChangedPerson, Segment, Touch
from martech.selectors.segments import matching, room_to_count
from martech.services.refreshing import refresh_batch
from martech.services.segment_refresh import prove_one, rule_of, versions_in_force
from martech.services.segments import create_segment
from mops.bench import machine
from mops.bench.market import make_market
from mops.bench.scratch import scratch_database
from mops.core.conditions import get_catalogue, parse

CHANGES_A_SECOND = 1_000
SECONDS = 30
AT_A_TIME = 100


def leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def did(kind: str, times: int, days: int, op: str = "gte") -> dict[str, Any]:
    return leaf("person.touches", op, {"times": times, "days": days, "where": leaf("touch.kind", "eq", kind)})


FIVE = {
    "all": [
        leaf("person.country", "in", ["DE", "FR"]),
        leaf("person.lifecycle_stage", "eq", "mql"),
        leaf("person.created_at", "in_last_days", 365),
        did("form", 1, 180),
        did("email_open", 2, 365),
    ]
}
LIVE = [
    FIVE,
    {"all": [leaf("person.country", "eq", "US"), did("page", 1, 30)]},
    {"all": [leaf("person.lifecycle_stage", "eq", "mql"), leaf("person.country", "eq", "GB")]},
    {"all": [did("form", 2, 90)]},
    {"all": [leaf("person.country", "eq", "BR"), did("form", 0, 90, "eq")]},
    {"all": [leaf("person.job_title", "contains", "marketing"), leaf("person.country", "eq", "FR")]},
    {"all": [leaf("person.created_at", "in_last_days", 30)]},
    {"all": [leaf("person.city", "eq", "Berlin")]},
    {"all": [leaf("person.segment", "eq", "live-2"), leaf("person.country", "eq", "GB")]},
    {"all": [leaf("person.segment", "eq", "live-3"), did("email_open", 1, 60)]},
]


def run(people: int) -> dict[str, Any]:
    """Seconds of a count of five conditions (the fastest and the slowest of five), and how far live segments lag."""
    with scratch_database("segments"):
        make_market(people)
        quiet()
        found = {"name": "segments", "people": people, "touches": Touch.objects.count()}
        found |= counted()
        found |= live(people)
    return {**found, "machine": machine()}


def quiet() -> None:
    """What the making of the market left to be looked at is not part of the bench."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE martech_changedperson")


def counted() -> dict[str, Any]:
    node, times, number = parse(FIVE, get_catalogue("segment")), [], 0
    for _try in range(5):
        started = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            room_to_count(cursor, 60)
            number = matching(node, now=timezone.now()).count()
        times.append(time.monotonic() - started)
    return {
        "five_conditions_count": number,
        "five_conditions_seconds": round(min(times), 3),
        "five_conditions_seconds_worst": round(max(times), 3),
    }


def live(people: int) -> dict[str, Any]:
    """Ten live segments while people change: how fast changes are taken, how old the oldest waiting one gets."""
    for number, condition in enumerate(LIVE):
        create_segment(name=f"Live {number}", condition=condition, actor=None)
    quiet()
    changed = [0]
    writer = threading.Thread(target=write_changes, args=(people, changed))
    writer.start()
    lags, taken, started = [], 0, time.monotonic()
    while writer.is_alive() or ChangedPerson.objects.exists():
        begun = time.monotonic()
        taken += refresh_batch()
        lags.append(time.monotonic() - begun)
        time.sleep(0.05)
    took = time.monotonic() - started
    return {
        "live_segments": len(LIVE),
        "changes": changed[0],
        "changes_a_second": round(changed[0] / SECONDS),
        "taken_a_second": round(taken / took),
        "worst_lag_seconds": round(max(lags), 2),
        "caught_up_after_seconds": round(max(took - SECONDS, 0), 2),
        "differing": proved(),
    }


TOUCH = """
INSERT INTO martech_touch (person_id, at, kind, channel, source, medium, url, properties, recorded_at)
SELECT 1 + mod(n * 7919, %s), now(), (ARRAY['page', 'email_open', 'form'])[1 + mod(n, 3)::int], 'web', '', '', '', '{}', now()
FROM generate_series(%s::bigint, %s) AS n
"""
MOVE = """
UPDATE martech_person SET country = (ARRAY['DE', 'FR', 'US', 'GB', 'BR'])[1 + mod(id + %s, 5)::int], updated_at = now()
WHERE id IN (SELECT 1 + mod(n * 104729, %s) FROM generate_series(%s::bigint, %s) AS n)
"""


def write_changes(people: int, changed: list[int]) -> None:
    """Half touches, half changed countries, a hundred at a time, a thousand a second."""
    try:
        begun, step = time.monotonic(), 0
        while time.monotonic() - begun < SECONDS:
            first, last = step * AT_A_TIME, (step + 1) * AT_A_TIME - 1
            with connection.cursor() as cursor:
                if step % 2:
                    cursor.execute(TOUCH, [people, first, last])
                else:
                    cursor.execute(MOVE, [step, people, first, last])
                changed[0] += cursor.rowcount
            step += 1
            time.sleep(max(0.0, begun + step * AT_A_TIME / CHANGES_A_SECOND - time.monotonic()))
    finally:
        connections.close_all()


def proved() -> int:
    """How many members of all live segments a full count finds differing."""
    now, differing = timezone.now(), 0
    for segment in Segment.objects.live():
        with transaction.atomic():
            differing += prove_one(segment, rule_of(versions_in_force([segment])[segment.pk]), now)
    return differing
