"""Campaigns that come from other systems: given codes of ours, brought up to what is said there, planned in the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
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


@dataclass(frozen=True)
class Change:
    """What is to be planned on a line in place of the entries that stand there."""

    line: BudgetLine
    month: date
    amount: Decimal
    standing: Sequence[BudgetEntry]


def plan_budgets(budgets: Mapping[int, tuple[Decimal, str]], *, source: str) -> int:
    """{campaign: (amount, currency)}: what another system plans for campaigns that come from it, on a line of its own.

    What was planned before is reversed and the new amount posted; answers how many lines changed.
    """
    campaigns = Campaign.objects.filter(pk__in=budgets).in_bulk()
    with transaction.atomic():
        lines = _lines_of({campaigns[pk]: currency for pk, (_, currency) in budgets.items() if pk in campaigns}, source)
        standing = _standing(lines, source)
        changed = [
            Change(line, campaign.starts_on.replace(day=1), amount, standing[line.pk])
            for line in lines
            if (campaign := line.campaign) is not None
            and (amount := quantize(budgets[campaign.pk][0], line.currency))
            != sum((entry.amount for entry in standing[line.pk]), Decimal(0))
        ]
        _post(changed, source)
    return len(changed)


def _lines_of(wanted: Mapping[Campaign, str], source: str) -> list[BudgetLine]:
    """The line of each campaign in its currency, made where it is missing, all of them locked."""
    name = f"Planned in {source}"[:200]
    missing = [
        BudgetLine(campaign=one, fiscal_year=one.starts_on.year, currency=currency, name=name, channel=one.channel)
        for one, currency in wanted.items()
    ]
    BudgetLine.objects.bulk_create(missing, ignore_conflicts=True)
    keys = {(one.pk, one.starts_on.year, currency) for one, currency in wanted.items()}
    found = BudgetLine.objects.filter(campaign__in=wanted, name=name).select_related("campaign")
    locked = found.order_by("pk").select_for_update(of=("self",))
    return [line for line in locked if (line.campaign_id, line.fiscal_year, line.currency) in keys]


def _standing(lines: Sequence[BudgetLine], source: str) -> dict[int, list[BudgetEntry]]:
    """What the source plans on each line now."""
    found = BudgetEntry.objects.filter(
        line__in=lines, kind=EntryKind.PLAN, reversed_by=None, document__startswith=f"{source} "
    )
    entries: dict[int, list[BudgetEntry]] = defaultdict(list)
    for entry in found.order_by("pk"):
        entries[entry.line_id].append(entry)
    return entries


def _post(changed: Sequence[Change], source: str) -> None:
    """Reverse what stands on each line and post the new amount."""
    plans = BudgetEntry.objects.filter(line__in=[one.line for one in changed], kind=EntryKind.PLAN).order_by()
    numbers = dict(plans.values("line").annotate(count=Count("pk")).values_list("line", "count"))
    note = f"Changed in {source}"
    BudgetEntry.objects.bulk_create(
        BudgetEntry(line=one.line, kind=EntryKind.REVERSAL, month=e.month, amount=-e.amount, reverses=e, note=note)
        for one in changed
        for e in one.standing
    )
    BudgetEntry.objects.bulk_create(
        BudgetEntry(
            line=one.line,
            kind=EntryKind.PLAN,
            month=one.month,
            amount=one.amount,
            document=f"{source} {numbers.get(one.line.pk, 0) + 1}",
        )
        for one in changed
        if one.amount > 0
    )
