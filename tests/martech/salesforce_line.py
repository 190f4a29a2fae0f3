"""Our connector on a practice Salesforce: a budget in memory, and ways to read a whole feed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.port import Page, Position, RemoteRecord, Session, Tombstone, Window
from martech.connectors.salesforce.connector import SalesforceConnector
from tests.martech.salesforce_practice import NOW, Org

SECRETS = {"consumer_key": "practice-key", "consumer_secret": "practice-secret"}
LEAD_FIELDS = ["LastName", "Email", "Company", "Score__c", "IsConverted", "CreatedDate"]


class MemoryBudget:
    """Counts, and waits for nothing."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.observed: dict[str, tuple[int, int]] = {}
        self.barred: dict[str, float] = {}

    def spend(self, *policies: str, calls: int = 1) -> None:
        self.spent.update(dict.fromkeys(policies, calls))

    def observe(self, policy: str, *, used: int, limit: int) -> None:
        self.observed[policy] = (used, limit)

    def penalise(self, policy: str, *, seconds: float) -> None:
        self.barred[policy] = seconds


def connect(org: Org, *, timeout: tuple[float, float] = (2.0, 10.0), **settings: Any) -> SalesforceConnector:
    """A connector on the org, with its budget and the tokens it kept at hand as `budget` and `kept`."""
    kept: list[tuple[str, datetime]] = []
    budget = MemoryBudget()
    secrets = {**SECRETS, **settings.pop("secrets", {})}
    session = Session(
        settings={"domain": "practice.my", "environment": "sandbox", **settings},
        secrets=secrets,
        budget=budget,
        base_url=org.url,
        timeout=timeout,
        keep_token=lambda token, until: kept.append((token, until)),
        kept_token=settings.pop("kept_token", ""),
    )
    connector = SalesforceConnector(session)
    connector.bulk.pause = lambda seconds: None
    connector.budget, connector.kept = budget, kept  # type: ignore[attr-defined]
    return connector


def window(start: float, end: float) -> Window:
    """Seconds after the held clock's beginning."""
    return Window(NOW + timedelta(seconds=start), NOW + timedelta(seconds=end))


def records_of(pages: Iterator[Page]) -> list[RemoteRecord]:
    return [record for page in pages for record in page.records]


def read_in_parts(
    connector: SalesforceConnector, object: str, fields: Sequence[str], when: Window, *, after_each: Any = lambda: None
) -> list[RemoteRecord]:
    """A feed read page by page, each by a new iterator from the position before, as after a crash."""
    found: list[RemoteRecord] = []
    position: Position | None = None
    while True:
        page = next(connector.changes(object, fields, window=when, position=position))
        found += page.records
        if page.position is None:
            return found
        position = page.position
        after_each()


def stones_of(connector: SalesforceConnector, object: str, when: Window) -> tuple[dict[str, Tombstone], bool]:
    """The last word on each id, and whether the log had a gap."""
    pages = list(connector.tombstones(object, window=when))
    return {stone.id: stone for page in pages for stone in page.tombstones}, any(page.is_gap for page in pages)
