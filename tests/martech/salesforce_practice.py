"""A practice Salesforce for tests: held clock, served over real HTTP, spoken to by the vendor's usual client."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from martech.twins.clock import TwinClock
from martech.twins.salesforce.twin import SalesforceTwin, new_store
from martech.twins.serving import serve

NOW = datetime(2026, 9, 1, 12, 0, 0, tzinfo=UTC)


class Rewriting(HTTPAdapter):
    """Sends what is meant for the vendor's host to the practice server, as the client knows https only."""

    def __init__(self, base: str) -> None:
        self.base = urlsplit(base)
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        request.url = urlsplit(request.url)._replace(scheme=self.base.scheme, netloc=self.base.netloc).geturl()
        return super().send(request, **options)


def session_to(url: str) -> requests.Session:
    session = requests.Session()
    session.mount("https://", Rewriting(url))
    return session


@dataclass
class Org:
    """The practice org under test and the ways to it."""

    twin: SalesforceTwin
    url: str

    def client(self, version: str = "59.0") -> Salesforce:
        return Salesforce(
            instance_url="https://practice.my.salesforce.com",
            session_id=self.twin.sign_in.open(),
            version=version,
            session=session_to(self.url),
        )

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.twin.sign_in.open()}", **options.pop("headers", {})}
        return requests.request(method, f"{self.url}/services/data/v59.0{path}", headers=headers, timeout=10, **options)

    def control(self, name: str, /, **said: Any) -> Any:
        answer = requests.post(f"{self.url}/__twin__/{name}", json=said, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fill(self, object: str, count: int, **values: Any) -> list[str]:
        """Records made by others; Leads get a name and an address each."""
        made = []
        for number in range(count):
            own = {
                "LastName": f"Lead {number}",
                "Company": f"Company {number % 50}",
                "Email": f"lead{number}@mail.test",
            }
            defaults = {"OwnerId": self.twin.store.user_id, **(own if object == "Lead" else {})}
            made.append(self.twin.store.insert(object, {**defaults, **values}).id)
        return made


@contextmanager
def practice(*, limits: bool = True) -> Iterator[Org]:
    twin = SalesforceTwin(new_store(TwinClock(NOW)), limits=limits)
    running = serve(twin)
    try:
        yield Org(twin, running.url)
    finally:
        running.stop()
