"""The own market as a practice server is seeded with it, so that a change is rehearsed on what is really there."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import QuerySet

from governance.models import User
from martech.models import Account, Deal, DealPerson, Person, Spend, Touch
from martech.twins import population as practice
from planning.models import BudgetEntry, BudgetLine, Campaign

OPEN_STAGES = {
    "discovery": "qualification",
    "solution fit": "evaluation",
    "proposal": "proposal",
    "negotiation": "negotiation",
}
TOUCH_KINDS = {"form", "page", "email_open", "email_click", "ad_click", "webinar"}


def own_population(*, people: int | None = None, touches: int = 20_000) -> practice.Population:
    """The newest `people` (all when None) with their companies, deals and newest `touches`; every campaign and owner.

    Numbers are our primary keys. E-mail addresses are the real ones: a practice server stays on this machine.
    """
    chosen = Person.objects.living().order_by("-created_at", "-id")
    found = list(chosen[:people] if people else chosen)
    numbers = {person.pk for person in found}
    return practice.Population(
        owners=tuple(read_owners()),
        companies=tuple(map(as_company, companies_of(found))),
        people=tuple(as_person(person) for person in sorted(found, key=lambda person: person.pk)),
        deals=tuple(read_deals(numbers)),
        campaigns=tuple(read_campaigns()),
        members=tuple(
            practice.Member(person.campaign_id, person.pk, whole(person.created_at), whole(person.created_at))
            for person in found
            if person.campaign_id
        ),
        touches=tuple(read_touches(numbers, touches)),
    )


def whole(at: datetime) -> datetime:
    """Vendors keep milliseconds."""
    return at - timedelta(microseconds=at.microsecond % 1000)


def read_owners() -> list[practice.Owner]:
    made = []
    for user in User.objects.order_by("pk"):
        first, _, last = (user.name or user.email.partition("@")[0]).partition(" ")
        made.append(practice.Owner(user.pk, user.email, first, last, user.is_active))
    return made


def companies_of(people: list[Person]) -> QuerySet[Account]:
    return Account.objects.filter(pk__in={person.account_id for person in people if person.account_id}).order_by("pk")


def as_company(account: Account) -> practice.Company:
    return practice.Company(
        number=account.pk,
        name=account.name,
        domain=account.domain,
        industry=account.industry,
        employees=account.employees,
        country=account.country,
        city="",
        phone="",
        owner=account.owner_id,
        created_at=whole(account.created_at),
        updated_at=whole(account.updated_at),
    )


def as_person(person: Person) -> practice.Person:
    return practice.Person(
        number=person.pk,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        job_title=person.job_title,
        company=person.account_id,
        country=person.country,
        city=person.city,
        source=person.source,
        channel=person.channel,
        stage=person.lifecycle_stage,
        owner=person.owner_id,
        campaign=person.campaign_id,
        created_at=whole(person.created_at),
        updated_at=whole(person.updated_at),
    )


def read_deals(people: set[int]) -> list[practice.Deal]:
    on_deals: dict[int, list[int]] = defaultdict(list)
    for deal, person in DealPerson.objects.order_by("pk").values_list("deal_id", "person_id"):
        if person in people:
            on_deals[deal].append(person)
    deals = Deal.objects.filter(pk__in=on_deals).order_by("pk")
    return [as_deal(deal, tuple(on_deals[deal.pk])) for deal in deals.iterator()]


def as_deal(deal: Deal, people: tuple[int, ...]) -> practice.Deal:
    is_open = deal.state == "open"
    return practice.Deal(
        number=deal.pk,
        name=deal.name,
        company=deal.account_id,
        people=people,
        amount=None if deal.amount is None else float(deal.amount),
        currency=deal.currency,
        stage=OPEN_STAGES.get(deal.stage.lower(), "qualification") if is_open else deal.state,
        owner=deal.owner_id,
        campaign=deal.campaign_id,
        opened_at=whole(deal.opened_at or deal.created_at),
        closed_at=whole(deal.closed_at) if deal.closed_at else None,
        updated_at=whole(deal.updated_at),
    )


def read_campaigns() -> list[practice.Campaign]:
    plans: dict[int, float] = defaultdict(float)
    planned = BudgetEntry.objects.filter(kind="plan", line__campaign__isnull=False)
    for campaign, amount in planned.values_list("line__campaign", "amount"):
        plans[campaign] += float(amount)
    currencies = dict(BudgetLine.objects.exclude(campaign=None).values_list("campaign", "currency"))
    costs: dict[int, dict[tuple[int, int], float]] = defaultdict(lambda: defaultdict(float))
    for row, day, amount in Spend.objects.exclude(campaign=None).values_list("campaign", "date", "amount"):
        costs[row][day.year, day.month] += float(amount or 0)
    return [
        as_campaign(campaign, plans[campaign.pk], currencies.get(campaign.pk, "EUR"), costs[campaign.pk])
        for campaign in Campaign.objects.order_by("pk")
    ]


def as_campaign(
    campaign: Campaign, budget: float, currency: str, costs: dict[tuple[int, int], float]
) -> practice.Campaign:
    """Spend is summed by month: other systems keep invoices, not days."""
    items = tuple(
        practice.Cost(
            f"{year}-{month:02d}", campaign.starts_on.replace(year=year, month=month, day=1), round(amount, 2)
        )
        for (year, month), amount in sorted(costs.items())
    )
    return practice.Campaign(
        number=campaign.pk,
        code=campaign.code,
        name=campaign.name,
        channel=campaign.channel,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        budget=budget,
        currency=currency,
        costs=items,
        owner=campaign.owner_id,
        created_at=whole(campaign.created_at),
    )


def read_touches(people: set[int], newest: int) -> list[practice.Touch]:
    rows = Touch.objects.filter(kind__in=TOUCH_KINDS, person__in=people).order_by("-at", "-id")[:newest]
    return [
        practice.Touch(touch.pk, touch.person_id, touch.kind, whole(touch.at), touch.campaign_id, touch.url)
        for touch in reversed(rows)
    ]
