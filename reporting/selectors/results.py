"""What one campaign brought: the same rows its records pages list, beside its channel in the same days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode

from mops.core.templatetags.mops import money, money_compact, number, percent
from planning.models import Campaign
from reporting.metrics import Period
from reporting.scope import Scope
from reporting.selectors.conversion import converted, with_rate
from reporting.selectors.kpis import Kpi, cost_of
from reporting.selectors.rollups import NOTHING, Sums, sums_by_channel, totals_of
from reporting.selectors.subjects import SUBJECTS

SUBJECTS_SHOWN = ("people", "mql", "deals_opened", "deals_won", "spend")
WITH_AMOUNT = ("deals_opened", "deals_won", "spend")


@dataclass(frozen=True)
class Results:
    """Sums of a campaign over all time, and of its channel over the campaign's days."""

    campaign: Campaign
    own: Sums
    channel: Sums

    @property
    def is_empty(self) -> bool:
        return not any(rows for rows, _amount in self.own.values())

    def tiles(self) -> list[Kpi]:
        """Leads to revenue, each with its rows; costs and returns beside those of the channel."""
        leads, mqls = self.own["people"][0], self.own["mql"][0]
        opened, won, spend = (self.own[name] for name in WITH_AMOUNT)
        rate, usual = percent(share(self.own)), percent(share(self.channel))
        return [
            Kpi("Leads", number(leads), self.url("people_created"), note=self.part_of_channel()),
            Kpi(
                "Cost per lead", money(cost_of(self.own)), self.url("cost_per_lead"), note=beside(cost_of, self, money)
            ),
            Kpi("MQLs", number(mqls), self.url("mqls"), note=f"{rate} of leads; channel {usual}"),
            Kpi("Pipeline", money_compact(opened[1]), self.url("pipeline_created"), note=deals(opened[0])),
            Kpi("Revenue won", money_compact(won[1]), self.url("revenue_won"), note=deals(won[0])),
            Kpi("Spend", money_compact(spend[1]), self.url("spend"), note=self.returned()),
        ]

    def part_of_channel(self) -> str:
        leads = self.channel.get("people", NOTHING)[0]
        return f"{percent(self.own['people'][0] / leads)} of its channel’s" if leads else ""

    def returned(self) -> str:
        own = roas(self.own)
        return f"{times(own)} came back; {beside(roas, self, times)}" if own is not None else ""

    def url(self, metric: str) -> str:
        query = urlencode({"metric": metric, "by": "campaign", "value": self.campaign.code})
        return f"{reverse('reporting:records')}?{query}"


def results_of(campaign: Campaign) -> Results:
    """Six statements, whatever the campaign's size."""
    own = {subject: sums_of(subject, campaign) for subject in SUBJECTS_SHOWN}
    days = campaign.starts_on, campaign.ends_on + timedelta(days=1)
    channel = totals_of(sums_by_channel(Scope(channel=campaign.channel), *days))
    return Results(campaign, own, channel)


def sums_of(subject: str, campaign: Campaign) -> tuple[int, Decimal]:
    """Rows and their amount in the base currency."""
    mine = Q(campaign=campaign)
    if subject == "spend":
        mine |= Q(campaign=None, campaign_name=campaign.code)
    rows = SUBJECTS[subject](Period()).using(settings.REPORTING_DATABASE).filter(mine).order_by()
    if subject not in WITH_AMOUNT:
        return rows.count(), Decimal(0)
    base = settings.BASE_CURRENCY
    found = with_rate(rows, base).aggregate(rows=Count("pk"), amount=Sum(converted("amount", base)))
    return found["rows"], found["amount"] or Decimal(0)


def share(sums: Sums) -> float | None:
    leads, mqls = sums.get("people", NOTHING)[0], sums.get("mql", NOTHING)[0]
    return mqls / leads if leads else None


def roas(sums: Sums) -> Decimal | None:
    spend, won = sums.get("spend", NOTHING)[1], sums.get("deals_won", NOTHING)[1]
    return won / spend if spend else None


def times(value: Decimal | None) -> str:
    return "—" if value is None else f"{number(value, 1)}×"


def beside(ratio: Callable[[Sums], Decimal | None], results: Results, shown: Callable[[Decimal | None], str]) -> str:
    return f"channel {shown(ratio(results.channel))}"


def deals(count: int) -> str:
    return "1 deal" if count == 1 else f"{count:,} deals"
