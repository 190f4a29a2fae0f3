"""What campaigns cost over there, as spend; a campaign's money comes from one system only, so that nothing counts twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from martech.connectors.marketing import RemoteSpend
from martech.models import RemoteRow, Spend
from martech.services.sync.settling import Settled, Stage
from mops.core.sql import fetch
from planning.models import Campaign

KEEP = """
insert into martech_spend (date, channel, campaign_id, campaign_name, amount, currency, impressions, clicks, conversions,
  revenue, source, key, properties, created_at, updated_at)
select s.day, c.channel, c.id, s.name, s.amount, s.currency, 0, 0, 0, 0, %s, s.key,
  jsonb_build_object('campaign', s.theirs), %s, %s
from unnest(%s::text[], %s::bigint[], %s::text[], %s::date[], %s::numeric[], %s::text[], %s::text[])
  as s(key, campaign, name, day, amount, currency, theirs)
join planning_campaign c on c.id = s.campaign
on conflict (key) do update set date = excluded.date, channel = excluded.channel, campaign_id = excluded.campaign_id,
  campaign_name = excluded.campaign_name, amount = {amount}, currency = excluded.currency,
  updated_at = excluded.updated_at
returning key, id, xmax = 0
"""
KEEP_ITEM, KEEP_MORE = (
    KEEP.format(amount="excluded.amount"),
    KEEP.format(amount="martech_spend.amount + excluded.amount"),
)


@dataclass(frozen=True)
class Line:
    """One row of spend. `theirs` is the campaign's id over there."""

    key: str
    campaign: int
    name: str
    day: date
    amount: Decimal
    currency: str
    theirs: str


@dataclass(frozen=True)
class Total:
    """What a campaign of ours cost so far, and the day that news of it is dated by."""

    campaign: int
    name: str
    amount: Decimal
    currency: str
    day: date


def settle(stage: Stage, said: Mapping[str, RemoteSpend], before: Mapping[str, RemoteSpend]) -> dict[str, Settled]:
    """Keep each item as a row of spend; one of a campaign not known yet waits."""
    campaigns = stage.found(one.campaign for one in said.values())
    ids = {id: campaigns[one.campaign] for id, one in said.items() if one.campaign in campaigns}
    elsewhere = paid_elsewhere(stage, ids.values())
    lines = [
        Line(stage.key(id), ids[id], one.name[:200], one.day, one.amount, currency_of(one.currency), one.campaign[1])
        for id, one in said.items()
        if id in ids and ids[id] not in elsewhere
    ]
    kept = keep_lines(stage, lines, KEEP_ITEM)
    settled = {}
    for id in said:
        if (row := kept.get(stage.key(id))) is not None:
            settled[id] = Settled(row[0], "created" if row[1] else "updated")
        else:
            settled[id] = Settled(None, "skipped", waits=id not in ids)
    return settled


def currency_of(said: str) -> str:
    return said.upper() if len(said) == 3 and said.isascii() and said.isalpha() else settings.BASE_CURRENCY


def paid_elsewhere(stage: Stage, campaigns: Iterable[int]) -> set[int]:
    """Campaigns whose spend another source brought: an import, or another connection. Who came first is right."""
    ids = sorted(set(campaigns))
    list(Campaign.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    rows = Spend.objects.filter(campaign__in=ids).exclude(source=stage.system)
    return set(rows.order_by().values_list("campaign", flat=True).distinct())


def keep_lines(stage: Stage, lines: Sequence[Line], statement: str) -> dict[str, tuple[int, bool]]:
    """{key: (our id, whether it is new)}"""
    if not lines:
        return {}
    ordered = sorted(lines, key=lambda line: line.key)
    columns = (
        [line.key for line in ordered],
        [line.campaign for line in ordered],
        [line.name for line in ordered],
        [line.day for line in ordered],
        [line.amount for line in ordered],
        [line.currency for line in ordered],
        [line.theirs for line in ordered],
    )
    rows = fetch(statement, stage.system, stage.now, stage.now, *columns)
    return {key: (pk, is_new) for key, pk, is_new in rows}


def keep_totals(stage: Stage, totals: Mapping[str, Total]) -> None:
    """Bring what we know of each campaign's cost up to the sum over there; the difference is spend of its day."""
    if not totals:
        return
    elsewhere = paid_elsewhere(stage, [one.campaign for one in totals.values()])
    rows = Spend.objects.filter(source=stage.system, properties__campaign__in=list(totals))
    known = dict(rows.order_by().values_list("properties__campaign").annotate(sum=Sum("amount")))
    lines = [
        Line(stage.key(f"{id}:{one.day}"), one.campaign, one.name[:200], one.day, news, one.currency, id)
        for id, one in totals.items()
        if one.campaign not in elsewhere and (news := one.amount - (known.get(id) or Decimal(0)))
    ]
    keep_lines(stage, lines, KEEP_MORE)


def remove(stage: Stage, rows: Sequence[RemoteRow]) -> None:
    """Items that were deleted over there were no cost."""
    Spend.objects.filter(pk__in=[row.local_id for row in rows if row.local_id], source=stage.system).delete()
    RemoteRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
