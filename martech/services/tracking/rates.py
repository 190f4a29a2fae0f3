"""How many events a source may send in a second, counted in Redis for all web processes together."""

import threading
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

WINDOW_SECONDS = 5


@cache
def counter() -> Redis:
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=retry)


@dataclass
class _Lease:
    """What this process may still let in of a source's window without asking again."""

    window: int
    left: int


_leases: dict[int, _Lease] = {}
_guard = threading.Lock()
SHARES = 50
"""A process takes a fiftieth of a window at a time, so that most requests ask nobody."""


def seconds_to_wait(source: int, events: int, per_second: int) -> int:
    """0 when the events may come now, else the seconds until the window is over. Without Redis everything may come."""
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    limit = per_second * WINDOW_SECONDS
    with _guard:
        held = _leases.get(source)
        if held is not None and held.window == window and held.left >= events:
            held.left -= events
            return 0
    wanted = max(events, limit // SHARES)
    total = taken(f"mops:tracking:{source}:{window}", wanted)
    before = total - wanted
    if before + events > limit and before > 0:
        return max(1, round((window + 1) * WINDOW_SECONDS - now))
    with _guard:
        _leases[source] = _Lease(window, max(0, min(wanted, limit - before) - events))
    return 0


def taken(key: str, events: int) -> int:
    """How many were taken of a window, these included; these alone while Redis is away."""
    try:
        with counter().pipeline(transaction=False) as calls:
            calls.incrby(key, events)
            calls.expire(key, 2 * WINDOW_SECONDS)
            return int(calls.execute()[0])
    except (RedisError, OSError):
        return events
