"""What stands before every call: the token, the short window, the day's quota, calls under way."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from martech.twins.clock import TwinClock
from martech.twins.marketo.envelope import Refused
from martech.twins.serving import Answer, Call, answer_json
from martech.twins.windows import DailyQuota, RollingWindow

CENTRAL = ZoneInfo("America/Chicago")
TOKEN_SECONDS = 3_599


class Gate:
    def __init__(self, clock: TwinClock, *, limits: bool, client_id: str, client_secret: str) -> None:
        self.clock, self.limits = clock, limits
        self.client = (client_id, client_secret)
        self.window = RollingWindow(100, 20)
        self.day = DailyQuota(50_000, CENTRAL)
        self.concurrent = 10
        self.used_by_day: dict[str, int] = {}
        self._token, self._until = "", datetime.min.replace(tzinfo=CENTRAL)
        self._old: set[str] = set()
        self._under_way = 0
        self._lock = threading.Lock()

    def token(self, call: Call) -> Answer:
        """The same token to everybody, with the seconds that it has left."""
        said = {**call.form, **call.query} if call.method == "POST" else call.query
        given = tuple(said.get(name, [""])[0] for name in ("client_id", "client_secret"))
        if said.get("grant_type", [""])[0] != "client_credentials":
            return answer_json({"error": "unsupported_grant_type", "error_description": "Unsupported grant type"}, 400)
        if given != self.client:
            return answer_json({"error": "unauthorized", "error_description": "Bad client credentials"}, 401)
        with self._lock:
            now = self.clock.now()
            if now >= self._until:
                self._renew(now)
            left = int((self._until - now).total_seconds())
            scope = "practice@mops.example"
            return answer_json(
                {"access_token": self._token, "token_type": "bearer", "expires_in": left, "scope": scope}
            )

    def _renew(self, now: datetime) -> None:
        self._old.add(self._token)
        self._token, self._until = f"{secrets.token_hex(16)}:sj", now + timedelta(seconds=TOKEN_SECONDS)

    def expire(self) -> None:
        """End the token that is out there."""
        with self._lock:
            self._until = self.clock.now()

    @contextmanager
    def passing(self, call: Call) -> Iterator[None]:
        """Let a call through and count it. Raises Refused, which counts nothing."""
        self._check_token(call)
        with self._lock:
            if self.limits and self._under_way >= self.concurrent:
                raise Refused("615")
            self._under_way += 1
        try:
            self._count()
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _check_token(self, call: Call) -> None:
        scheme, _, text = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise Refused("600")
        with self._lock:
            if text in self._old or (text == self._token and self.clock.now() >= self._until):
                raise Refused("602")
            if text != self._token:
                raise Refused("601")

    def _count(self) -> None:
        now = self.clock.now()
        if self.limits and self.day.remaining(now) <= 0:
            raise Refused("607")
        if self.limits and not self.window.take(now):
            raise Refused("606")
        self.day.take(now)
        day = now.astimezone(CENTRAL).date().isoformat()
        with self._lock:
            self.used_by_day[day] = self.used_by_day.get(day, 0) + 1
