"""A connector to a practice server, and a budget that remembers what was asked of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.errors import BudgetExhausted
from martech.connectors.hubspot import VENDOR
from martech.connectors.hubspot.connector import HubSpotConnector
from martech.connectors.port import Action, Page, RemoteRecord, Session, Window, Write
from tests.martech.twins.hubspot import NOON, Portal, portal

LONG_AGO = NOON - timedelta(days=2000)


@dataclass
class Ledger:
    """Lets everything through, unless a policy is named as exhausted."""

    spent: list[str] = field(default_factory=list)
    observed: dict[str, tuple[int, int]] = field(default_factory=dict)
    penalties: list[tuple[str, float]] = field(default_factory=list)
    exhausted: str = ""

    def spend(self, *policies: str, calls: int = 1) -> None:
        if self.exhausted in policies:
            raise BudgetExhausted("Used up.", policy=self.exhausted, until=NOON)
        self.spent += policies * calls

    def observe(self, policy: str, *, used: int, limit: int) -> None:
        self.observed[policy] = (used, limit)

    def penalise(self, policy: str, *, seconds: float) -> None:
        self.penalties.append((policy, seconds))


@dataclass
class Bench:
    hub: Portal
    connector: HubSpotConnector
    ledger: Ledger
    tokens: list[tuple[str, datetime]]

    def again(self, **settings: Any) -> HubSpotConnector:
        """Another connector for the same connection, as another worker makes it."""
        return opened(self.hub, self.ledger, self.tokens, **settings)

    def truth(self, object: str = "contacts") -> dict[str, Any]:
        return self.hub.control("truth", object=object)

    def change(self, id: str, object: str = "contacts", **properties: str) -> None:
        assert self.hub.call("PATCH", f"/crm/v3/objects/{object}/{id}", {"properties": properties}).ok


def opened(
    hub: Portal,
    ledger: Ledger,
    tokens: list[tuple[str, datetime]],
    *,
    secrets: dict[str, str] | None = None,
    **settings: Any,
) -> HubSpotConnector:
    timeout = settings.pop("timeout", (2.0, 10.0))
    session = Session(
        settings=settings,
        secrets=secrets or dict(hub.twin.credentials),
        budget=ledger,
        base_url=settings.pop("base_url", hub.url),
        timeout=timeout,
        keep_token=lambda token, until: tokens.append((token, until)),
        kept_token=settings.pop("kept_token", ""),
    )
    return VENDOR.open(session)  # type: ignore[return-value]


@contextmanager
def bench(people: int = 30, *, lag: float = 0, limits: bool = False, **settings: Any) -> Iterator[Bench]:
    with portal(people, lag=lag, limits=limits) as hub:
        ledger, tokens = Ledger(), list[tuple[str, datetime]]()
        connector = opened(hub, ledger, tokens, **settings)
        try:
            yield Bench(hub, connector, ledger, tokens)
        finally:
            connector.close()


def until_now(hub: Portal, since: datetime = LONG_AGO) -> Window:
    return Window(since, hub.twin.store.clock.now() + timedelta(milliseconds=1))


def records(pages: Iterator[Page]) -> list[RemoteRecord]:
    return [record for page in pages for record in page.records]


def ids(found: Sequence[RemoteRecord]) -> list[str]:
    return [record.id for record in found]


def update(key: str, id: str, **values: Any) -> Write:
    return Write(key, Action.UPDATE, values, id=id)


def upsert(key: str, match: tuple[str, str], **values: Any) -> Write:
    return Write(key, Action.UPSERT, values, match=match)


def create(key: str, **values: Any) -> Write:
    return Write(key, Action.CREATE, values)
