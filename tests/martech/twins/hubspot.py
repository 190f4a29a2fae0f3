"""A HubSpot practice server for tests, and the vendor's own client that points at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from hubspot import HubSpot

from martech.twins.clock import TwinClock
from martech.twins.hubspot import HubSpotTwin, make
from martech.twins.hubspot.seeds import record
from martech.twins.invention import invented
from martech.twins.serving import serve

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)


@dataclass
class Portal:
    twin: HubSpotTwin
    url: str
    session: requests.Session

    @property
    def token(self) -> str:
        return self.twin.credentials["token"]

    def client(self, token: str = "") -> HubSpot:
        return HubSpot(access_token=token or self.token, host=self.url, base_url=self.url, retry=False)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.session.request(method, self.url + path, json=body, headers=headers, timeout=30, **options)

    def control(self, control: str, /, **said: Any) -> Any:
        answer = self.session.post(f"{self.url}/__twin__/{control}", json=said, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, seconds: float) -> None:
        self.control("clock", advance=seconds)


def crowd(hub: Portal, count: int) -> None:
    """Take in many plain contacts at once, with ids behind those of the population."""
    first = 1_000_000
    hub.twin.store.load(
        "contacts",
        (record("contacts", first + n, {"email": f"c{n}@example.com"}, NOON, NOON) for n in range(count)),
    )


@contextmanager
def portal(people: int = 30, *, limits: bool = False, lag: float = 0, seed: int = 1) -> Iterator[Portal]:
    twin = make(invented(people, seed=seed), clock=TwinClock(NOON), lag_seconds=lag, limits=limits)
    running = serve(twin)
    with requests.Session() as session:
        try:
            yield Portal(twin, running.url, session)
        finally:
            running.stop()
