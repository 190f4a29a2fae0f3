"""Who lives in a practice server: one company's market in neutral words, which every twin turns into its own objects.

`number` is an id within its kind, the same in each twin; a twin makes its own ids from it. `invented` gives the same
population for the same arguments; the one of the own database is read by `martech.selectors.practice`.
"""

from dataclasses import dataclass
from datetime import date, datetime

STAGES = ("subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "recycled", "disqualified")
"""Lifecycle stages of a person, in our words."""

DEAL_STAGES = ("qualification", "evaluation", "proposal", "negotiation", "won", "lost")


@dataclass(frozen=True, slots=True)
class Owner:
    number: int
    email: str
    first_name: str
    last_name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """`owner` is an Owner's number, as everywhere here."""

    number: int
    name: str
    domain: str
    industry: str
    employees: int | None
    country: str
    city: str
    phone: str
    owner: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """`company` and `campaign` are numbers; `stage` one of STAGES, `country` an ISO 3166-1 alpha-2 code."""

    number: int
    email: str
    first_name: str
    last_name: str
    phone: str
    job_title: str
    company: int | None
    country: str
    city: str
    source: str
    channel: str
    stage: str
    owner: int | None
    campaign: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Deal:
    """`stage` is one of DEAL_STAGES; `amount` in `currency`; the first of `people` is the main contact."""

    number: int
    name: str
    company: int | None
    people: tuple[int, ...]
    amount: float | None
    currency: str
    stage: str
    owner: int | None
    campaign: int | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime

    @property
    def state(self) -> str:
        return self.stage if self.stage in {"won", "lost"} else "open"


@dataclass(frozen=True, slots=True)
class Cost:
    """Money spent on a campaign on one day."""

    name: str
    day: date
    amount: float


@dataclass(frozen=True, slots=True)
class Campaign:
    number: int
    code: str
    name: str
    channel: str
    starts_on: date
    ends_on: date
    budget: float
    currency: str
    costs: tuple[Cost, ...]
    owner: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a campaign; `responded_at` is None for those who did not answer."""

    campaign: int
    person: int
    added_at: datetime
    responded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a person did: `kind` is form, page, email_open, email_click, ad_click or webinar."""

    number: int
    person: int
    kind: str
    at: datetime
    campaign: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What a colleague did: `kind` is call, meeting, email or task."""

    number: int
    kind: str
    person: int
    owner: int
    subject: str
    at: datetime


@dataclass(frozen=True)
class Population:
    owners: tuple[Owner, ...]
    companies: tuple[Company, ...]
    people: tuple[Person, ...]
    deals: tuple[Deal, ...]
    campaigns: tuple[Campaign, ...]
    members: tuple[Member, ...] = ()
    touches: tuple[Touch, ...] = ()
    activities: tuple[Activity, ...] = ()
