"""Campaigns, what they were planned to cost and what they did cost."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import numpy as np

from governance.models import User
from martech.models import Spend
from mops.core.copying import copy_rows
from mops.demo import story
from mops.demo.market import CampaignIndex, quarter_of
from planning.models import BudgetEntry, BudgetLine, Campaign, CampaignState, Channel, EntryKind, ExchangeRate
from planning.services import create_budget_line, create_campaign

RATES = {"USD": "0.9180", "GBP": "1.1640", "CHF": "1.0450"}
NAMES = {
    "paid_search": "Search always-on",
    "content": "Content programme",
    "email": "Nurture and newsletter",
    "webinar": "Ops webinar series",
    "paid_social": "LinkedIn lead generation",
}
ENTRIES = {entry.channel: entry for entry in story.CHANNELS}
"""How each channel works, by its name."""


def write_rates(start: date, months: int, rng: np.random.Generator) -> None:
    """A rate a month per currency, drifting by about a percent."""
    rows = []
    for currency, text in RATES.items():
        rate = float(text)
        for month in range(months + 2):
            rate *= 1 + float(rng.normal(0, 0.008))
            rows.append(ExchangeRate(currency=currency, date=start + timedelta(days=30 * month), rate=round(rate, 6)))
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True)


def quarters(start: date, end: date) -> list[tuple[date, date]]:
    """First and last day of every quarter that touches the span."""
    found, first = [], date(start.year, 3 * ((start.month - 1) // 3) + 1, 1)
    while first <= end:
        following = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
        found.append((first, following - timedelta(days=1)))
        first = following
    return found


def span_of(channel: str, first: date, last: date, number: int) -> tuple[date, date]:
    """Search and social run all quarter; the others have their weeks in it."""
    if channel in ("paid_search", "paid_social"):
        return first, last
    begins = first + timedelta(days=7 * (number * 5 % 9))
    weeks = {"webinar": 3, "email": 5}.get(channel, 7)
    return begins, min(begins + timedelta(days=7 * weeks - 1), last)


def state_of(first: date, last: date, today: date) -> str:
    if last < today:
        return CampaignState.DONE
    return CampaignState.LIVE if first <= today else CampaignState.PLANNED


def write_campaigns(start: date, today: date, owners: Sequence[User]) -> CampaignIndex:
    """One campaign a quarter, region and channel that has campaigns, through the next quarter."""
    found: dict[tuple[str, str, str], Campaign] = {}
    number = 0
    for first, last in quarters(start, today + timedelta(days=75)):
        for region in story.REGION_SHARES:
            for entry in story.CHANNELS:
                if entry.channel not in story.CAMPAIGNED:
                    continue
                owner = owners[number % len(owners)]
                number += 1
                begins, ends = span_of(entry.channel, first, last, number)
                campaign = create_campaign(
                    name=f"{region} | {NAMES[entry.channel]} | {first:%Y}Q{(first.month - 1) // 3 + 1}",
                    channel=entry.channel,
                    region=region,
                    starts_on=begins,
                    ends_on=ends,
                    owner=owner,
                    objective=f"Qualified demand in {region} at {entry.cost_per_lead:.0f} EUR a lead or less.",
                    actor=owner,
                )
                found[(entry.channel, region, quarter_of(datetime(first.year, first.month, 1)))] = campaign
    for campaign in found.values():
        campaign.state = state_of(campaign.starts_on, campaign.ends_on, today)
    Campaign.objects.bulk_update(found.values(), ["state"])
    return found


SPEND_COLUMNS = (
    *("date", "channel", "campaign_id", "campaign_name", "amount", "currency", "impressions", "clicks"),
    *("conversions", "revenue", "source", "key", "properties", "created_at", "updated_at"),
)


def write_spend(campaigns: CampaignIndex, people: int, months: int, until: datetime, rng: np.random.Generator) -> int:
    """Daily cost of every campaign: its expected leads times the cost of one, with noise, never before it starts."""
    start = (until - timedelta(days=months * 30)).date()
    leads_a_day = people / (months * 30)
    rows = [row for one in campaigns.values() for row in spend_rows(one, leads_a_day, start, until, rng)]
    copy_rows(Spend, SPEND_COLUMNS, rows)
    return len(rows)


def spend_rows(
    campaign: Campaign, leads_a_day: float, start: date, until: datetime, rng: np.random.Generator
) -> Iterator[list[Any]]:
    """A campaign's spend by day, as SPEND_COLUMNS say: less at weekends, and growing since the story's `start`."""
    entry = ENTRIES[campaign.channel]
    base = leads_a_day * entry.share * story.REGION_SHARES[campaign.region] * entry.cost_per_lead
    base *= 91 / ((campaign.ends_on - campaign.starts_on).days + 1)  # the quarter's money in the campaign's days
    day = max(campaign.starts_on, start)
    while day <= min(campaign.ends_on, until.date()):
        weekday = 0.35 if day.weekday() >= 5 else 1.18
        growth = 0.8 * 1.025 ** ((day - start).days / 30)
        amount = round(base * weekday * growth * float(rng.lognormal(0, 0.12)), 2)
        clicks = int(amount / max(entry.cost_per_lead / 22, 0.4))
        key = sha256(f"demo|{campaign.code}|{day}".encode()).hexdigest()
        yield [
            *(day, campaign.channel, campaign.pk, campaign.name, f"{amount:.2f}", "EUR"),
            *(clicks * int(rng.integers(28, 44)), clicks, round(clicks / 22, 2), "0.00"),
            *(entry.source, key, {}, until, until),
        ]
        day += timedelta(days=1)


def write_budgets(campaigns: CampaignIndex, owner: User, today: date, rng: np.random.Generator) -> int:
    """A budget line a campaign: the plan by month, and as actual exactly what was spent."""
    spent: dict[tuple[int, date], Decimal] = {}
    for campaign_id, day, amount in Spend.objects.filter(campaign__in=[c.pk for c in campaigns.values()]).values_list(
        "campaign_id", "date", "amount"
    ):
        month = day.replace(day=1)
        spent[campaign_id, month] = spent.get((campaign_id, month), Decimal(0)) + amount
    entries: list[BudgetEntry] = []
    for campaign in campaigns.values():
        line = create_budget_line(
            name=campaign.name,
            campaign=campaign,
            channel=campaign.channel,
            fiscal_year=campaign.starts_on.year,
            currency="EUR",
            owner=campaign.owner or owner,
            actor=owner,
        )
        entries += entries_of(line, campaign, spent, owner, today, rng)
    BudgetEntry.objects.bulk_create(entries)
    return len(entries)


def entries_of(
    line: BudgetLine,
    campaign: Campaign,
    spent: dict[tuple[int, date], Decimal],
    owner: User,
    today: date,
    rng: np.random.Generator,
) -> list[BudgetEntry]:
    """Plan and actual of the campaign's three months; months to come are planned like the last one spent, some ordered."""
    found: list[BudgetEntry] = []
    known = [amount for (pk, _month), amount in spent.items() if pk == campaign.pk]
    usual = sum(known, Decimal(0)) / len(known) if known else Decimal(4000)
    for offset in range(3):
        month = campaign.starts_on.replace(month=3 * ((campaign.starts_on.month - 1) // 3) + 1 + offset, day=1)
        actual = spent.get((campaign.pk, month))
        factor = Decimal(str(round(float(rng.normal(1.04, 0.08)), 4)))
        planned = ((actual or usual) * factor).quantize(Decimal("100"))
        common = {"line": line, "month": month, "actor": owner}
        found.append(BudgetEntry(kind=EntryKind.PLAN, amount=planned, note="Plan of the year", **common))
        if actual:
            document = f"ads-{month:%Y-%m}"
            found.append(
                BudgetEntry(kind=EntryKind.ACTUAL, amount=actual, document=document, note="Ad platforms", **common)
            )
        elif month > today and campaign.channel in story.ORDERED:
            whom, share = story.ORDERED[Channel(campaign.channel)]
            document = f"PO {month:%y%m}-{line.pk:03}"
            ordered = (planned * share / 100).quantize(Decimal("10"))
            found.append(BudgetEntry(kind=EntryKind.COMMIT, amount=ordered, document=document, note=whom, **common))
    return found
