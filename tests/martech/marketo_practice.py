"""A practice Marketo for tests: a held clock, real HTTP, the ways to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from martech.connectors.marketo.connector import MarketoConnector
from martech.connectors.port import Session
from martech.twins.clock import TwinClock
from martech.twins.marketo import MarketoTwin
from martech.twins.marketo.server import CLIENT_ID, CLIENT_SECRET, empty
from martech.twins.serving import serve

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass
class Spending:
    """A budget that only writes down what is asked of it."""

    spent: list[str] = field(default_factory=list)
    observed: dict[str, tuple[int, int]] = field(default_factory=dict)
    barred: dict[str, float] = field(default_factory=dict)

    def spend(self, *policies: str, calls: int = 1) -> None:
        self.spent += list(policies) * calls

    def observe(self, policy: str, *, used: int, limit: int) -> None:
        self.observed[policy] = (used, limit)

    def penalise(self, policy: str, *, seconds: float) -> None:
        self.barred[policy] = seconds


@dataclass
class Practice:
    twin: MarketoTwin
    url: str

    def token(self) -> str:
        said = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        answer = requests.get(f"{self.url}/identity/oauth/token", params=said, timeout=10)
        return str(answer.json()["access_token"])

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token()}", **options.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=10, **options)

    def said(self, method: str, path: str, **options: Any) -> Any:
        return self.raw(method, path, **options).json()

    def control(self, name: str, /, **said: Any) -> Any:
        answer = requests.post(f"{self.url}/__twin__/{name}", json=said, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lead(self, at: datetime = NOON, **values: Any) -> int:
        return self.twin.state.add_lead(values, at)

    def connector(self, budget: Spending | None = None, **settings: Any) -> MarketoConnector:
        secrets = {"client_id": CLIENT_ID, "client_secret": settings.pop("client_secret", CLIENT_SECRET)}
        kept: dict[str, Any] = {}
        timeout = settings.pop("timeout", (2.0, 5.0))
        session = Session(
            settings={"munchkin_id": "123-ABC-456", **settings},
            secrets=secrets,
            budget=budget or Spending(),
            base_url=self.url,
            timeout=timeout,
            keep_token=lambda token, until: kept.update({token: until}),
        )
        return MarketoConnector(session)


@contextmanager
def practice(*, limits: bool = True, lag_seconds: float = 0, at: datetime = NOON) -> Iterator[Practice]:
    twin = empty(clock=TwinClock(at), lag_seconds=lag_seconds, limits=limits)
    running = serve(twin)
    try:
        yield Practice(twin, running.url)
    finally:
        running.stop()


def days_before(days: float) -> datetime:
    return NOON - timedelta(days=days)
