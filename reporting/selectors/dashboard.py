"""The executive dashboard: everything it shows, from the roll-ups, in a fixed handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import format_html

from martech.models import Connection, ConnectionState
from martech.selectors.sync import freshness
from mops.core.periods import Period as Dates
from mops.core.templatetags.mops import ago
from planning.models import Channel
from reporting.metrics import Period, metric_named
from reporting.models import RollupState, StaleDay
from reporting.scope import NONE, Scope
from reporting.selectors.funnel import CohortStep, cohort_steps
from reporting.selectors.kpis import Kpi, Tiles, change_of
from reporting.selectors.links import records_url
from reporting.selectors.measures import Question, total_of
from reporting.selectors.opening import Figures, Part, opening
from reporting.selectors.plans import planned_spend
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
SHAPE = 3
"""Of what is kept: raise it when a class of this module changes, so that no release reads what another one kept."""
STAGES = [
    ("Lead", "people", "people_created", "people"),
    ("MQL", "mql", "mqls", "people"),
    ("SQL", "sql", "sqls", "people"),
    ("Opportunity", "deals_opened", "deals_opened", "deals"),
    ("Won", "deals_won", "deals_won", "deals"),
]
"""Label, subject, metric and unit of each step; several people may stand on one deal, so units do not divide."""


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
    revenue_before: Decimal
    share: float
    urls: Mapping[str, str]

    @property
    def change(self) -> float | None:
        """Of revenue, relative to the compared period."""
        return change_of(self.revenue, self.revenue_before)

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
    with_channel: Sequence[tuple[str, float]]
    is_compared: bool
    is_empty: bool


def dashboard(dates: Dates, scope: Scope) -> Dashboard:
    """What the page shows for a period and scope; kept until something is counted again."""
    state = RollupState.objects.using(settings.REPORTING_DATABASE).first()
    asked = [dates.from_, dates.to, dates.compare_from, dates.compare_to, dates.compare, *scope.query.items()]
    key = f"dashboard:{SHAPE}:{state.revision if state else ''}:{hash_of(asked)}"
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
    first = beginning()
    # A period that begins before the data does would make every change look like growth.
    is_compared = bool(dates.compare_from and dates.compare_to and first and dates.compare_from >= first)
    channels_before = sums_by_channel(scope, dates.compare_from, dates.compare_to) if is_compared else {}  # type: ignore[arg-type]
    before = totals_of(channels_before)
    channels = channels_of(by_channel, channels_before, dates, scope)
    plan = planned_spend(scope, start, end)
    since = min(start, twelve_months_before(end))
    months = sums_by_month(scope, since, end)
    pipeline = [pipeline_at(day, scope) for day in (end, dates.compare_to if is_compared else None)]
    parts = [Part(one.label, one.spend, one.revenue, one.revenue_before, one.urls["revenue"]) for one in channels]
    then = figures_of(before) if is_compared else None
    left_out = unconverted(scope, start, end)
    return Dashboard(
        currency=settings.BASE_CURRENCY,
        sentence=opening(figures_of(totals), then, dates.compare_label, parts, plan, left_out) if first else "",
        kpis=Tiles(totals, before, months, dates, scope).all(pipeline, plan),
        steps=steps_of(totals, dates, scope),
        cohort=cohort_steps(totals.get("mql", NOTHING)[0], dates, scope),
        channels=channels,
        months=[month_row(month, sums, since, end, scope) for month, sums in months.items()],
        unconverted=left_out,
        with_channel=with_channel(by_channel, totals),
        is_compared=is_compared,
        is_empty=first is None,
    )


def pipeline_at(end: date | None, scope: Scope) -> Decimal | None:
    """What was open at the end of the day before `end`."""
    if end is None:
        return None
    return Decimal(str(total_of(Question(metric_named("pipeline_open"), Period(None, end), scope=scope)) or 0))


def figures_of(sums: Sums) -> Figures:
    leads, won, spend = (sums.get(name, NOTHING) for name in ("people", "deals_won", "spend"))
    return Figures(leads[0], won[1], spend[1])


def with_channel(parts: Mapping[tuple[str, str], tuple[int, Decimal]], totals: Sums) -> list[tuple[str, float]]:
    """How much of the leads, of what was won and of the spend has a channel: the rest is in no row of the table."""
    found = []
    for label, subject, position in (("leads", "people", 0), ("revenue", "deals_won", 1), ("spend", "spend", 1)):
        total = totals.get(subject, NOTHING)[position]
        if total:
            found.append((label, 1 - float(parts.get((subject, ""), NOTHING)[position] / total)))
    return found


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
CHANNEL_LABELS = dict(Channel.choices)

Parts = Mapping[tuple[str, str], tuple[int, Decimal]]


def channels_of(parts: Parts, before: Parts, dates: Dates, scope: Scope) -> list[ChannelRow]:
    """A row a channel that has anything, the one with most revenue first."""
    keys = {channel for _subject, channel in parts}
    largest = max(
        (amount for (subject, _c), (_n, amount) in parts.items() if subject == "deals_won"), default=Decimal(0)
    )
    rows = (channel_row(key, parts, before, largest, channel_urls(key, dates, scope)) for key in keys)
    return sorted(rows, key=lambda found: (-found.revenue, -found.leads, found.label))


def channel_urls(key: str, dates: Dates, scope: Scope) -> dict[str, str]:
    """The addresses of the rows behind each count of a channel."""
    narrowed = replace(scope, channel=key or NONE)
    return {name: records_url(metric, dates.from_, dates.to, narrowed) for name, metric in CHANNEL_METRICS.items()}


def channel_row(key: str, parts: Parts, before: Parts, largest: Decimal, urls: Mapping[str, str]) -> ChannelRow:
    """What a channel brought; `largest` is the revenue of the best one."""

    def of(subject: str) -> tuple[int, Decimal]:
        return parts.get((subject, key), NOTHING)

    revenue = of("deals_won")[1]
    return ChannelRow(
        key=key,
        label=CHANNEL_LABELS.get(key, "No channel"),
        spend=of("spend")[1],
        leads=of("people")[0],
        mqls=of("mql")[0],
        deals=of("deals_opened")[0],
        won=of("deals_won")[0],
        revenue=revenue,
        revenue_before=before.get(("deals_won", key), NOTHING)[1],
        share=float(revenue / largest) if largest else 0.0,
        urls=urls,
    )


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


def sources(limit: int = 4) -> list[tuple[str, str]]:
    """The connected systems and when each was last read to the end; the numbers are as fresh as these."""
    read = freshness("connection")
    names = Connection.objects.exclude(state=ConnectionState.NEW).order_by("name").values_list("pk", "name")[:limit]
    return [(name, f"read {ago(read[pk])}" if pk in read else "not read yet") for pk, name in names]


def without_rate(number: int) -> str:
    """How many amounts are in no sum, with the way to the page where somebody gives their rates."""
    if not number:
        return "no amount"
    said = f"{number:,} {'amount' if number == 1 else 'amounts'}"
    return format_html('<a href="{}">{}</a>', reverse("planning:rates"), said)


def facts_of(found: Dashboard) -> list[tuple[str, str]]:
    """How fresh and how complete the numbers are."""
    database = settings.REPORTING_DATABASE  # a replica may lag: its own state says how fresh its sums are
    states = RollupState.objects.using(database).values_list("refreshed_at", flat=True)
    refreshed: datetime | None = states.first()
    waiting = StaleDay.objects.using(database).exists()
    fresh = "not yet" if refreshed is None else ago(refreshed)
    return [
        *sources(),
        ("Counted", f"{fresh}{', newer changes are being counted' if waiting else ''}"),
        ("With a channel", ", ".join(f"{label} {share:.0%}" for label, share in found.with_channel) or "—"),
        ("Currency", f"{found.currency}, at the rate of each amount’s day"),
        ("Without a rate", without_rate(found.unconverted)),
    ]
