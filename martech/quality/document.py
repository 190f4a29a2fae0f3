"""What a monitor asks of people: one document, six kinds of question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mops.core.conditions import Node

KINDS = {
    "completeness": "Completeness",
    "validity": "Validity",
    "uniqueness": "Uniqueness",
    "consistency": "Consistency",
    "freshness": "Freshness",
    "drift": "Drift",
}
KIND_HELP = {
    "completeness": "The field is filled",
    "validity": "The value has a form, or meets a condition",
    "uniqueness": "Nobody else has the same value",
    "consistency": "Two fields agree, or a condition holds for them",
    "freshness": "The moment is not too long ago",
    "drift": "The values of newcomers are spread as they were in a fixed window",
}
FORMATS = {
    "email": "an e-mail address",
    "phone": "a phone number as E.164 (+49301234567)",
    "country": "an ISO 3166-1 country code",
    "website": "a web address or domain",
    "name": "a name: no digits, no @, no brackets",
    "tidy": "without outer or double spaces",
    "cased": "neither all capitals nor all small letters",
}
STATISTICS = {"psi": "Population stability index", "js": "Jensen–Shannon divergence"}
LONGEST = 3_650
MOST_WEIGHT = 10


@dataclass(frozen=True)
class Drift:
    """How newcomers are compared: those of the last `window_days` with those who came in the pinned baseline window
    (both days included). Fewer than `minimum` people on either side give no answer."""

    statistic: str
    window_days: int
    first_day: date
    last_day: date
    threshold: float
    minimum: int


@dataclass(frozen=True)
class MonitorRule:
    """`target` is the share of one that has to pass; `weight` counts in the scores of fields and sources."""

    name: str
    kind: str
    field: str
    scope: Node | None
    must: Node | None = None
    format: str = ""
    same_as: str = ""
    together: Sequence[str] = ()
    days: int = 0
    drift: Drift | None = None
    target: float = 0.95
    weight: int = 1
    due_days: int = 14

    @property
    def is_by_row(self) -> bool:
        """Whether each person passes or fails alone, so that all such monitors are counted in one reading."""
        return self.kind not in ("uniqueness", "drift")
