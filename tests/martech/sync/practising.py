"""A connection to a practice server over HTTP, as a user makes it: with the real connector and the real engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import requests

from martech.models import Connection
from martech.services.sync.budget import SharedBudget
from martech.services.sync.connections import check_connection, save_connection
from martech.twins.clock import TwinClock
from martech.twins.invention import invented
from martech.twins.making import make_twin
from martech.twins.population import Population
from martech.twins.serving import serve
from tests.emptying import may_rest
from tests.martech.sync.conftest import Desk
from tests.martech.sync.kept import Kept, filled_tables, keep


class Practice(Desk):
    """The vendor's account (`twin`), and the connection to it once `connect` was called."""

    def __init__(self, vendor: str, twin: Any, url: str, session: requests.Session) -> None:
        self.vendor, self.twin, self.url, self.session = vendor, twin, url, session

    def connect(self) -> None:
        given: Mapping[str, str] = dict(self.twin.credentials)
        self.connection, _ = save_connection(
            vendor=self.vendor, name=self.vendor, given=given, base_url=self.url, actor=None, is_practice=True
        )
        self.steps = list(check_connection(self.connection))
        wrong = [step for step in self.steps if not step.is_ok]
        assert not wrong, wrong

    def go_on(self, steps: Any) -> None:
        """With the connection that is there, to an account that moved."""
        self.connection, self.steps = Connection.objects.get(), steps
        self.connection.base_url = self.url
        self.connection.save(update_fields=["base_url"])

    def control(self, control: str, /, **said: Any) -> Any:
        answer = self.session.post(f"{self.url}/__twin__/{control}", json=said, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def document(self, object: str) -> dict[str, Any]:
        """The mapping in force."""
        version = self.object(object).versions.get(state="published")
        return dict(version.document)


MONTHS = 3
"""Of the story the account tells. Each month has five campaigns, and the first round plans the budget of each."""

P = TypeVar("P", bound=Practice)


KEPT: dict[tuple[Any, ...], Kept] = {}


@contextmanager
def connected(
    kind: type[P], vendor: str, monkeypatch: Any, *, people: int = 20, is_synced: bool = False
) -> Iterator[P]:
    """A practice account as the tests of a vendor know it, connected and, if wanted, read once."""
    kept = KEPT.get((vendor, people, is_synced))
    with practising(vendor, monkeypatch, people=people, twin=kept and kept.copy()) as practice:
        known = kind(vendor, practice.twin, practice.url, practice.session)
        if kept is not None:
            kept.put_back()
            known.go_on(kept.more)
        else:
            before = filled_tables()
            known.connect()
            if is_synced:
                known.sync()
            if may_rest("default"):
                KEPT[vendor, people, is_synced] = keep(practice.twin, before, known.steps)
        yield known


@contextmanager
def practising(
    vendor: str, monkeypatch: Any, *, people: int = 20, population: Population | None = None, twin: Any = None
) -> Iterator[Practice]:
    """The budget lets everything through: the twin is not limited, and budgets have their own tests."""
    monkeypatch.setattr("martech.services.sync.patience.pause", lambda seconds: None)
    monkeypatch.setattr(SharedBudget, "_take", lambda *given: None)
    if twin is None:
        population = population or invented(people, seed=1, months=MONTHS)
        twin = make_twin(vendor, population, clock=TwinClock(), limits=False)
    running = serve(twin)
    try:
        with requests.Session() as session:
            yield Practice(vendor, twin, running.url, session)
    finally:
        running.stop()
