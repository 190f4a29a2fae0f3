"""The executive dashboard: everything it shows, from the roll-ups, in a fixed handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache

from mops.core.money import format_money
from mops.core.periods import Period as Dates
from planning.models import Channel
from reporting.metrics import Period, metric_named
from reporting.models import RollupState, StaleDay
from reporting.scope import NONE, Scope
from reporting.selectors.funnel import CohortStep, cohort_steps
from reporting.selectors.links import records_url
from reporting.selectors.measures import Question, total_of
from reporting.selectors.rollups import (
    NOTHING,
    Sums,
    beginning,
    sums_by_channel,
    sums_by_month,
    totals_of,
    unconverted,
)

KEPT_SECONDS = 600
STAGES = [
    ("Lead", "people", "people_created", "people"),
    ("MQL", "mql", "mqls", "people"),
    ("SQL", "sql", "sqls", "people"),
    ("Opportunity", "deals_opened", "deals_opened", "deals"),
    ("Won", "deals_won", "deals_won", "deals"),
]
"""Label, subject, metric and unit of each step; several people may stand on one deal, so units do not divide."""


@dataclass(frozen=True)
class Kpi:
    """A figure with its change against the compared period; `good` is yes, no or empty for no judgement."""

    label: str
    value: str
    url: str
    delta: str = ""
    direction: str = ""
    good: str = ""
    note: str = ""
    spark: Sequence[float] | None = None


@dataclass(frozen=True)
class Step:
    label: str
    value: int
    share: float
    note: str
    url: str


@dataclass(frozen=True)
class ChannelRow:
    """One channel; each count has the address of its rows. `share` is of the best channel's pipeline and revenue."""

    key: str
    label: str
    spend: Decimal
    leads: int
    mqls: int
    deals: int
    won: int
    revenue: Decimal
    share: float
    urls: Mapping[str, str]

    @property
    def cost_per_lead(self) -> Decimal | None:
        return self.spend / self.leads if self.leads and self.spend else None

    @property
    def roas(self) -> Decimal | None:
        return self.revenue / self.spend if self.spend else None


@dataclass(frozen=True)
class MonthRow:
    month: date
    leads: int
    mqls: int
    spend: Decimal
    opened: Decimal
    revenue: Decimal
    urls: Mapping[str, str]


@dataclass(frozen=True)
class Dashboard:
    currency: str
    sentence: str
    kpis: Sequence[Kpi]
    steps: Sequence[Step]
    cohort: Sequence[CohortStep]
    channels: Sequence[ChannelRow]
    months: Sequence[MonthRow]
    unconverted: int
    is_empty: bool


def dashboard(dates: Dates, scope: Scope) -> Dashboard:
    """What the page shows for a period and scope; kept until something is counted again."""
    state = RollupState.objects.using(settings.REPORTING_DATABASE).first()
    asked = [dates.from_, dates.to, dates.compare_from, dates.compare_to, dates.compare, *scope.query.items()]
    key = f"dashboard:{state.revision if state else ''}:{hash_of(asked)}"
    found: Dashboard | None = cache.get(key) if state else None
    if found is None:
        found = count_dashboard(dates, scope)
        if state:
            cache.set(key, found, KEPT_SECONDS)
    return found


def hash_of(parts: Sequence[Any]) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def count_dashboard(dates: Dates, scope: Scope) -> Dashboard:
    """What the page shows for a period, compared with another one where the period names it."""
    start, end = dates.from_, dates.to
    by_channel = sums_by_channel(scope, start, end)
    totals = totals_of(by_channel)
    before: Sums = {}
    first = beginning()
    if dates.compare_from and dates.compare_to and first and dates.compare_from >= first:
        # A period that begins before the data does would make every change look like growth.
        before = totals_of(sums_by_channel(scope, dates.compare_from, dates.compare_to))
    since = min(start, twelve_months_before(end))
    months = sums_by_month(scope, since, end)
    pipeline = total_of(Question(metric_named("pipeline_open"), Period(None, end), scope=scope))
    return Dashboard(
        currency=settings.BASE_CURRENCY,
        sentence=sentence_of(totals, before, dates),
        kpis=kpis_of(totals, before, months, dates, scope, Decimal(str(pipeline or 0))),
        steps=steps_of(totals, dates, scope),
        cohort=cohort_steps(totals.get("mql", NOTHING)[0], dates, scope),
        channels=channels_of(by_channel, dates, scope),
        months=[month_row(month, sums, since, end, scope) for month, sums in months.items()],
        unconverted=unconverted(scope, start, end),
        is_empty=first is None,
    )


def money(value: Decimal | None, *, compact: bool = True) -> str:
    return "—" if value is None else format_money(round(value, 2), settings.BASE_CURRENCY, compact=compact)


def ratio(top: Any, below: Any) -> Decimal | None:
    return Decimal(top) / Decimal(below) if below else None


def change_of(now: Decimal | None, then: Decimal | None) -> float | None:
    """The relative change; None where there was nothing to compare with."""
    return float((now - then) / then) if now is not None and then else None


def kpi(label: str, metric: str, value: str, now: Any, then: Any, dates: Dates, scope: Scope, **more: Any) -> Kpi:
    """A figure with its delta; less is better where the metric says so."""
    spark = more.pop("spark", None)
    url = records_url(metric, dates.from_, dates.to, scope)
    change = change_of(now, then) if dates.is_compared else None
    if change is None:
        return Kpi(label, value, url, note=more.get("note", ""), spark=spark)
    direction = "up" if change > 0.0005 else "down" if change < -0.0005 else ""
    is_good = (change < 0) if metric_named(metric).is_less_better else (change > 0)
    judged = "" if metric == "spend" or not direction else "yes" if is_good else "no"
    return Kpi(label, value, url, f"{abs(change):.0%}", direction, judged, f"vs {dates.compare_label}", spark)


def kpis_of(now: Sums, then: Sums, months: Any, dates: Dates, scope: Scope, pipeline: Decimal) -> list[Kpi]:
    def count(sums: Sums, subject: str) -> Decimal:
        return Decimal(sums.get(subject, NOTHING)[0])

    def value(sums: Sums, subject: str) -> Decimal:
        return Decimal(sums.get(subject, NOTHING)[1])

    def line(subject: str, position: int) -> list[float]:
        return [float(sums.get(subject, NOTHING)[position]) for sums in months.values()]

    cost, cost_then = (
        ratio(value(now, "spend"), count(now, "people")),
        ratio(value(then, "spend"), count(then, "people")),
    )
    people, people_then = count(now, "people"), count(then, "people")
    mqls, mqls_then = count(now, "mql"), count(then, "mql")
    revenue, revenue_then = value(now, "deals_won"), value(then, "deals_won")
    spend, spend_then = value(now, "spend"), value(then, "spend")
    return [
        kpi("Leads", "people_created", f"{people:,.0f}", people, people_then, dates, scope, spark=line("people", 0)),
        kpi("MQLs", "mqls", f"{mqls:,.0f}", mqls, mqls_then, dates, scope, spark=line("mql", 0)),
        kpi(
            "Open pipeline", "pipeline_open", money(pipeline), None, None, dates, scope, note="at the end of the period"
        ),
        kpi(
            "Revenue won",
            "revenue_won",
            money(revenue),
            revenue,
            revenue_then,
            dates,
            scope,
            spark=line("deals_won", 1),
        ),
        kpi("Spend", "spend", money(spend), spend, spend_then, dates, scope, spark=line("spend", 1)),
        kpi("Cost per lead", "cost_per_lead", money(cost, compact=False), cost, cost_then, dates, scope),
    ]


def steps_of(totals: Sums, dates: Dates, scope: Scope) -> list[Step]:
    """Lead to won: what entered each stage in the period, as a share of the step before of the same unit.

    Both are entries of the period, not one cohort: a share may exceed 100 %.
    """
    steps = []
    previous = {"people": 0, "deals": 0}
    largest = max(totals.get(subject, NOTHING)[0] for _label, subject, _metric, _unit in STAGES) or 1
    for label, subject, metric, unit in STAGES:
        value = totals.get(subject, NOTHING)[0]
        note = f"{value / previous[unit]:.1%}" if previous[unit] else "—"
        url = records_url(metric, dates.from_, dates.to, scope)
        steps.append(Step(f"{label} · {unit}", value, value / largest, note, url))
        previous[unit] = value
    return steps


CHANNEL_METRICS = {
    "leads": "people_created",
    "mqls": "mqls",
    "deals": "deals_opened",
    "won": "deals_won",
    "revenue": "revenue_won",
    "spend": "spend",
}


def channels_of(parts: Mapping[tuple[str, str], tuple[int, Decimal]], dates: Dates, scope: Scope) -> list[ChannelRow]:
    """A row a channel that has anything, the one with most revenue first."""
    labels = dict(Channel.choices)
    keys = {channel for _subject, channel in parts}
    largest = max(
        (amount for (subject, _c), (_n, amount) in parts.items() if subject == "deals_won"), default=Decimal(0)
    )

    def row(key: str) -> ChannelRow:
        def of(subject: str) -> tuple[int, Decimal]:
            return parts.get((subject, key), NOTHING)

        urls = {
            n: records_url(m, dates.from_, dates.to, replace(scope, channel=key or NONE))
            for n, m in CHANNEL_METRICS.items()
        }
        revenue = of("deals_won")[1]
        return ChannelRow(
            key=key,
            label=labels.get(key, "No channel"),
            spend=of("spend")[1],
            leads=of("people")[0],
            mqls=of("mql")[0],
            deals=of("deals_opened")[0],
            won=of("deals_won")[0],
            revenue=revenue,
            share=float(revenue / largest) if largest else 0.0,
            urls=urls,
        )

    return sorted((row(key) for key in keys), key=lambda found: (-found.revenue, -found.leads, found.label))


def twelve_months_before(end: date) -> date:
    """The first day of the month eleven months before the one that holds the period's last day."""
    last = end - timedelta(days=1)
    index = last.year * 12 + last.month - 12
    return date(index // 12, index % 12 + 1, 1)


def month_row(month: date, sums: Sums, since: date, until: date, scope: Scope) -> MonthRow:
    """A calendar month, cut to the days from `since` until before `until` that its sums cover."""
    following = date(month.year + (month.month == 12), month.month % 12 + 1, 1)
    start, end = max(month, since), min(following, until)
    names = {
        "leads": "people_created",
        "mqls": "mqls",
        "spend": "spend",
        "opened": "pipeline_created",
        "revenue": "revenue_won",
    }
    return MonthRow(
        month=month,
        leads=sums.get("people", NOTHING)[0],
        mqls=sums.get("mql", NOTHING)[0],
        spend=sums.get("spend", NOTHING)[1],
        opened=sums.get("deals_opened", NOTHING)[1],
        revenue=sums.get("deals_won", NOTHING)[1],
        urls={name: records_url(metric, start, end, scope) for name, metric in names.items()},
    )


def sentence_of(now: Sums, then: Sums, dates: Dates) -> str:
    """What is so, in one or two sentences of plain words."""
    leads, revenue = now.get("people", NOTHING)[0], now.get("deals_won", NOTHING)[1]
    spend = now.get("spend", NOTHING)[1]
    said = f"{leads:,} leads came in and deals worth {money(revenue)} were won"
    change = change_of(revenue, then.get("deals_won", NOTHING)[1])
    if change is not None:
        said += f", {abs(change):.0%} {'more' if change >= 0 else 'less'} than in the {dates.compare_label}"
    cost = ratio(spend, leads)
    return f"{said}. A lead cost {money(cost, compact=False)}." if cost else f"{said}."


def facts_of(found: Dashboard) -> list[tuple[str, str]]:
    """How fresh and how complete the numbers are."""
    database = settings.REPORTING_DATABASE  # a replica may lag: its own state says how fresh its sums are
    states = RollupState.objects.using(database).values_list("refreshed_at", flat=True)
    refreshed: datetime | None = states.first()
    waiting = StaleDay.objects.using(database).exists()
    fresh = "not counted yet" if refreshed is None else f"{refreshed:%Y-%m-%d %H:%M} UTC"
    return [
        ("Counted", f"{fresh}{', newer changes are being counted' if waiting else ''}"),
        ("Currency", f"{found.currency}, at the rate of each amount’s day"),
        ("Without a rate", f"{found.unconverted} amounts, listed with their metric"),
    ]
