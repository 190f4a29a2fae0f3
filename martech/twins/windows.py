"""Counting calls as the vendors do: so many in a window, and a window that begins anew at a moment of the day."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class RollingWindow:
    """At most `limit` calls in any `seconds`."""

    limit: int
    seconds: float
    _calls: deque[datetime] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: datetime) -> bool:
        """Count a call made now, unless the window is full."""
        with self._lock:
            self._forget(now)
            if len(self._calls) >= self.limit:
                return False
            self._calls.append(now)
            return True

    def remaining(self, now: datetime) -> int:
        with self._lock:
            self._forget(now)
            return self.limit - len(self._calls)

    def _forget(self, now: datetime) -> None:
        edge = now - timedelta(seconds=self.seconds)
        while self._calls and self._calls[0] <= edge:
            self._calls.popleft()


@dataclass
class DailyQuota:
    """At most `limit` calls from one local midnight to the next."""

    limit: int
    zone: object
    used: int = 0
    _day: object = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: datetime, calls: int = 1) -> bool:
        with self._lock:
            self._turn(now)
            if self.used + calls > self.limit:
                return False
            self.used += calls
            return True

    def remaining(self, now: datetime) -> int:
        with self._lock:
            self._turn(now)
            return self.limit - self.used

    def _turn(self, now: datetime) -> None:
        today = now.astimezone(self.zone).date()  # type: ignore[arg-type]
        if today != self._day:
            self._day, self.used = today, 0
