"""Campaigns that come from other systems: given codes of ours, brought up to what is said there, planned in the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from governance.models import User
from mops.core.money import quantize
from planning.models import BudgetEntry, BudgetLine, Campaign, CampaignState, Channel, EntryKind, Region
from planning.services.campaigns import TRANSITIONS, code_prefix

_NEXT_NUMBERS = """
INSERT INTO planning_campaigncounter (prefix, last) VALUES (%s, %s)
ON CONFLICT (prefix) DO UPDATE SET last = planning_campaigncounter.last + excluded.last RETURNING last
"""


@dataclass(frozen=True)
class Arrival:
    """A campaign as another system says it is; what it does not say is empty."""

    name: str
    channel: str = ""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    owner: User | None = None


def adopt_campaigns(arrivals: Sequence[Arrival], *, today: date) -> list[Campaign]:
    """Make a campaign of each, in their order. A name against the naming rule stays as it is there."""
    made = [_campaign_of(one, today) for one in arrivals]
    wanted: dict[str, list[Campaign]] = defaultdict(list)
    for campaign in made:
        wanted[code_prefix(campaign.starts_on, campaign.region, campaign.channel)].append(campaign)
    with transaction.atomic():
        for prefix in sorted(wanted):
            with connection.cursor() as cursor:
                cursor.execute(_NEXT_NUMBERS, [prefix, len(wanted[prefix])])
                last = cursor.fetchone()[0]
            for number, campaign in enumerate(wanted[prefix], last - len(wanted[prefix]) + 1):
                campaign.code = f"{prefix}-{number:04d}"
        return Campaign.objects.bulk_create(made)


def _campaign_of(one: Arrival, today: date) -> Campaign:
    first = one.starts_on or today
    last = max(one.ends_on or first, first)
    return Campaign(
        name=" ".join(one.name.split())[:200] or "Without a name",
        channel=one.channel if one.channel in Channel.values else Channel.OTHER,
        region=Region.GLOBAL,
        state=one.state if one.state in CampaignState.values else _state_by_days(first, last, today),
        starts_on=first,
        ends_on=last,
        owner=one.owner,
    )


def _state_by_days(first: date, last: date, today: date) -> str:
    if today < first:
        return CampaignState.PLANNED
    return CampaignState.DONE if today > last else CampaignState.LIVE


def follow_campaign(campaign: Campaign, was: Arrival, now: Arrival) -> bool:
    """Take what changed there where nobody changed it here; answers whether anything did. The code stays.

    A state is taken where it may follow the one we have.
    """
    changes: dict[str, Any] = {}
    for name in ("name", "starts_on", "ends_on"):
        before, after = getattr(was, name), getattr(now, name)
        if after not in (None, "") and after != before and getattr(campaign, name) == before:
            changes[name] = after[:200] if name == "name" else after
    if now.state and now.state != campaign.state and now.state in TRANSITIONS[campaign.state]:
        changes["state"] = now.state
    first, last = changes.get("starts_on", campaign.starts_on), changes.get("ends_on", campaign.ends_on)
    if last < first:
        changes.pop("starts_on", None)
        changes.pop("ends_on", None)
    if changes:
        Campaign.objects.filter(pk=campaign.pk).update(**changes, updated_at=timezone.now())
    return bool(changes)


def plan_budgets(budgets: Mapping[int, tuple[Decimal, str]], *, source: str) -> int:
    """{campaign: (amount, currency)}: what another system plans for campaigns that come from it, on a line of its own.

    What was planned before is reversed and the new amount posted; answers how many lines changed.
    """
    changed = 0
    campaigns = {row.pk: row for row in Campaign.objects.filter(pk__in=budgets).order_by("pk")}
    for pk in sorted(campaigns):
        amount, currency = budgets[pk]
        changed += _plan(campaigns[pk], quantize(amount, currency), currency, source)
    return changed


def _plan(campaign: Campaign, amount: Decimal, currency: str, source: str) -> bool:
    line, _ = BudgetLine.objects.get_or_create(
        campaign=campaign,
        fiscal_year=campaign.starts_on.year,
        currency=currency,
        name=f"Planned in {source}"[:200],
        defaults={"channel": campaign.channel},
    )
    line = BudgetLine.objects.select_for_update().get(pk=line.pk)
    standing = line.entries.filter(kind=EntryKind.PLAN, reversed_by=None, document__startswith=f"{source} ")
    if (standing.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) == amount:
        return False
    number = line.entries.filter(kind=EntryKind.PLAN).count() + 1
    BudgetEntry.objects.bulk_create(
        BudgetEntry(
            line=line, kind=EntryKind.REVERSAL, month=e.month, amount=-e.amount, reverses=e, note=f"Changed in {source}"
        )
        for e in standing
    )
    if amount > 0:
        month, document = campaign.starts_on.replace(day=1), f"{source} {number}"
        BudgetEntry.objects.create(line=line, kind=EntryKind.PLAN, month=month, amount=amount, document=document)
    return True
