"""A cache that may be away: what it would have remembered is worked out again."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

REST_SECONDS = 5.0
LOG_EVERY_SECONDS = 60.0


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, with every failure counted as a miss.

    After a failure the server is left alone for five seconds, so that a page pays one time-out and not one per look-up.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # redis-py would try three times with a growing pause; a cache is not worth waiting for.
        params["OPTIONS"] = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, params)
        self._resting_until = 0.0
        self._logged_at = -LOG_EVERY_SECONDS

    def _forgive(self, missed: Any, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self._resting_until:
            return missed
        try:
            return call(*args, **kwargs)
        except (RedisError, OSError) as error:
            self._rest(error)
            return missed

    def _rest(self, error: Exception) -> None:
        now = time.monotonic()
        self._resting_until = now + REST_SECONDS
        if now - self._logged_at >= LOG_EVERY_SECONDS:
            self._logged_at = now
            log.warning("cache is away", error=type(error).__name__)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._forgive(False, super().add, key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._forgive(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._forgive(None, super().set, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._forgive(False, super().touch, key, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._forgive(False, super().delete, key, version))

    def has_key(self, key: Any, version: Any = None) -> bool:
        return bool(self._forgive(False, super().has_key, key, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Raises ValueError for an absent key, and so also when the server is away."""
        value = self._forgive(None, super().incr, key, delta, version)
        if value is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(value)

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._forgive({}, super().get_many, keys, version)
        return found

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """The keys that could not be stored."""
        failed: list[Any] = self._forgive(list(data), super().set_many, data, timeout, version)
        return failed

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        self._forgive(None, super().delete_many, keys, version)

    def clear(self) -> bool:
        return bool(self._forgive(False, super().clear))
