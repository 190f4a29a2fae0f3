"""The executive dashboard: everything it shows, from the roll-ups, in a fixed handful of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Min, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode

from mops.core.money import format_money
from mops.core.periods import Period as Dates
from planning.models import Channel
from reporting.metrics import Period, metric_named
from reporting.models import DailyRollup, RollupState, StaleDay
from reporting.selectors.measures import Question, measure

Sums = Mapping[str, tuple[int, Decimal]]
NOTHING = (0, Decimal(0))
STAGES = [
    ("Lead", "people", "people_created", "people"),
    ("MQL", "mql", "mqls", "people"),
    ("SQL", "sql", "sqls", "people"),
    ("Opportunity", "deals_opened", "deals_opened", "deals"),
    ("Won", "deals_won", "deals_won", "deals"),
]
"""Label, subject, metric and unit of each step; several people may stand on one deal, so units do not divide."""


def records_url(metric: str, start: date, end: date, by: str = "", value: str | None = None) -> str:
    """The page with the rows behind a number; `end` is exclusive."""
    query = {"metric": metric, "from": start.isoformat(), "to": end.isoformat()}
    if by:
        query |= {"by": by, "value": value or ""}
    return f"{reverse('reporting:records')}?{urlencode(query)}"


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
    channels: Sequence[ChannelRow]
    months: Sequence[MonthRow]
    facts: Sequence[tuple[str, str]]
    is_empty: bool


def rollups() -> Any:
    return DailyRollup.objects.using(settings.REPORTING_DATABASE)


def beginning() -> date | None:
    """The first day with anything on it."""
    return rollups().aggregate(first=Min("day"))["first"]  # type: ignore[no-any-return]


def sums_by_channel(start: date, end: date) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Rows and amount by subject and channel; `end` is exclusive."""
    found = rollups().filter(day__gte=start, day__lt=end).values_list("subject", "channel").order_by()
    return {(s, c): (n, a) for s, c, n, a in found.annotate(n=Sum("rows"), a=Sum("amount"))}


def totals_of(parts: Mapping[tuple[str, str], tuple[int, Decimal]]) -> dict[str, tuple[int, Decimal]]:
    found: dict[str, tuple[int, Decimal]] = defaultdict(lambda: NOTHING)
    for (subject, _channel), (number, amount) in parts.items():
        found[subject] = (found[subject][0] + number, found[subject][1] + amount)
    return found


def sums_by_month(start: date, end: date) -> dict[date, dict[str, tuple[int, Decimal]]]:
    rows = rollups().filter(day__gte=start, day__lt=end).annotate(month=TruncMonth("day"))
    found: dict[date, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    grouped = rows.values_list("month", "subject").order_by("month")
    for month, subject, number, amount in grouped.annotate(n=Sum("rows"), a=Sum("amount")):
        found[month][subject] = (number, amount)
    return dict(found)


def dashboard(dates: Dates) -> Dashboard:
    """What the page shows for a period, compared with another one where the period names it."""
    start, end = dates.from_, dates.to
    by_channel = sums_by_channel(start, end)
    totals = totals_of(by_channel)
    before: Sums = {}
    first = beginning()
    if dates.compare_from and dates.compare_to and first and dates.compare_from >= first:
        # A period that begins before the data does would make every change look like growth.
        before = totals_of(sums_by_channel(dates.compare_from, dates.compare_to))
    since = min(start, twelve_months_before(end))
    months = sums_by_month(since, end)
    pipeline = measure(Question(metric_named("pipeline_open"), Period(None, end))).total.value
    amount = Decimal(str(pipeline or 0))
    return Dashboard(
        currency=settings.BASE_CURRENCY,
        sentence=sentence_of(totals, before, dates),
        kpis=kpis_of(totals, before, months, dates, amount),
        steps=steps_of(totals, dates),
        channels=channels_of(by_channel, dates),
        months=[month_row(month, sums, since, end) for month, sums in months.items()],
        facts=facts_of(dates),
        is_empty=first is None,
    )


def money(value: Decimal | None, *, compact: bool = True) -> str:
    return "—" if value is None else format_money(round(value, 2), settings.BASE_CURRENCY, compact=compact)


def ratio(top: Any, below: Any) -> Decimal | None:
    return Decimal(top) / Decimal(below) if below else None


def change_of(now: Decimal | None, then: Decimal | None) -> float | None:
    """The relative change; None where there was nothing to compare with."""
    return float((now - then) / then) if now is not None and then else None


def kpi(label: str, metric: str, value: str, now: Any, then: Any, dates: Dates, **more: Any) -> Kpi:
    """A figure with its delta; less is better where the metric says so."""
    spark = more.pop("spark", None)
    url = records_url(metric, dates.from_, dates.to)
    change = change_of(now, then) if dates.is_compared else None
    if change is None:
        return Kpi(label, value, url, note=more.get("note", ""), spark=spark)
    direction = "up" if change > 0.0005 else "down" if change < -0.0005 else ""
    is_good = (change < 0) if metric_named(metric).is_less_better else (change > 0)
    judged = "" if metric == "spend" or not direction else "yes" if is_good else "no"
    return Kpi(label, value, url, f"{abs(change):.0%}", direction, judged, f"vs {dates.compare_label}", spark)


def kpis_of(now: Sums, then: Sums, months: Any, dates: Dates, pipeline: Decimal) -> list[Kpi]:
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
        kpi("Leads", "people_created", f"{people:,.0f}", people, people_then, dates, spark=line("people", 0)),
        kpi("MQLs", "mqls", f"{mqls:,.0f}", mqls, mqls_then, dates, spark=line("mql", 0)),
        kpi("Open pipeline", "pipeline_open", money(pipeline), None, None, dates, note="at the end of the period"),
        kpi("Revenue won", "revenue_won", money(revenue), revenue, revenue_then, dates, spark=line("deals_won", 1)),
        kpi("Spend", "spend", money(spend), spend, spend_then, dates, spark=line("spend", 1)),
        kpi("Cost per lead", "cost_per_lead", money(cost, compact=False), cost, cost_then, dates),
    ]


def steps_of(totals: Sums, dates: Dates) -> list[Step]:
    """Lead to won: what entered each stage in the period, as a share of the step before of the same unit.

    Both are entries of the period, not one cohort: a share may exceed 100 %.
    """
    steps = []
    previous = {"people": 0, "deals": 0}
    largest = max(totals.get(subject, NOTHING)[0] for _label, subject, _metric, _unit in STAGES) or 1
    for label, subject, metric, unit in STAGES:
        value = totals.get(subject, NOTHING)[0]
        note = f"{value / previous[unit]:.1%}" if previous[unit] else "—"
        url = records_url(metric, dates.from_, dates.to)
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


def channels_of(parts: Mapping[tuple[str, str], tuple[int, Decimal]], dates: Dates) -> list[ChannelRow]:
    """A row a channel that has anything, the one with most revenue first."""
    labels = dict(Channel.choices)
    keys = {channel for _subject, channel in parts}
    largest = max(
        (amount for (subject, _c), (_n, amount) in parts.items() if subject == "deals_won"), default=Decimal(0)
    )

    def row(key: str) -> ChannelRow:
        def of(subject: str) -> tuple[int, Decimal]:
            return parts.get((subject, key), NOTHING)

        urls = {n: records_url(m, dates.from_, dates.to, "channel", key) for n, m in CHANNEL_METRICS.items()}
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


def month_row(month: date, sums: Sums, since: date, until: date) -> MonthRow:
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
        urls={name: records_url(metric, start, end) for name, metric in names.items()},
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


def facts_of(dates: Dates) -> list[tuple[str, str]]:
    """How fresh and how complete the numbers are."""
    found = rollups().filter(day__gte=dates.from_, day__lt=dates.to).aggregate(missing=Sum("unconverted"))
    database = settings.REPORTING_DATABASE  # a replica may lag: its own state says how fresh its sums are
    states = RollupState.objects.using(database).values_list("refreshed_at", flat=True)
    refreshed: datetime | None = states.first()
    waiting = StaleDay.objects.using(database).exists()
    fresh = "not counted yet" if refreshed is None else f"{refreshed:%Y-%m-%d %H:%M} UTC"
    return [
        ("Counted", f"{fresh}{', newer changes are being counted' if waiting else ''}"),
        ("Currency", f"{settings.BASE_CURRENCY}, at the rate of each amount’s day"),
        ("Without a rate", f"{found['missing'] or 0} amounts, listed with their metric"),
    ]
