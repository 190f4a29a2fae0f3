"""The clock of a practice server: the real one, moved or held by whoever rehearses."""

import threading
from datetime import UTC, datetime, timedelta


class TwinClock:
    def __init__(self, at: datetime | None = None) -> None:
        """With `at` the clock stands still there until it is moved."""
        self._held = at
        self._shift = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return (self._held or datetime.now(UTC)) + self._shift

    def advance(self, seconds: float) -> datetime:
        with self._lock:
            self._shift += timedelta(seconds=seconds)
        return self.now()

    @property
    def shifted(self) -> float:
        """By how many seconds it was moved."""
        with self._lock:
            return self._shift.total_seconds()

    def milliseconds(self) -> int:
        return int(self.now().timestamp() * 1000)
