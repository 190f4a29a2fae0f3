"""How many events a source may send in a second, counted in Redis for all web processes together."""

import time
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


def seconds_to_wait(source: int, events: int, per_second: int) -> int:
    """0 when the events may come now, else the seconds until the window is over. Without Redis everything may come."""
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    key = f"mops:tracking:{source}:{window}"
    try:
        with counter().pipeline(transaction=False) as calls:
            calls.incrby(key, events)
            calls.expire(key, 2 * WINDOW_SECONDS)
            total = int(calls.execute()[0])
    except (RedisError, OSError):
        return 0
    if total <= per_second * WINDOW_SECONDS or total == events:
        return 0
    return max(1, round((window + 1) * WINDOW_SECONDS - now))
