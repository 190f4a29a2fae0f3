"""Sums of the roll-ups: each scope is read from the coarsest grain that knows it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Min, Sum
from django.db.models.functions import TruncMonth

from martech.models import Stage
from reporting.models import DailyRollup, Grain, StepRollup
from reporting.scope import Scope
from reporting.selectors.without_rate import MONEY

Sums = Mapping[str, tuple[int, Decimal]]
NOTHING = (0, Decimal(0))

VALUES = """
WITH RECURSIVE found AS (
    (SELECT {name} AS value FROM reporting_dailyrollup WHERE grain = '{name}' ORDER BY {name} LIMIT 1)
    UNION ALL
    SELECT (SELECT {name} FROM reporting_dailyrollup WHERE grain = '{name}' AND {name} > found.value ORDER BY {name} LIMIT 1)
    FROM found WHERE found.value IS NOT NULL
) SELECT value FROM found WHERE value <> ''
"""
"""Hops from value to value through the index of the grain, where DISTINCT would read every row of it."""


def grain_of(scope: Scope, coarsest: Grain = Grain.CHANNEL) -> Grain:
    """The coarsest grain that tells what the scope asks apart."""
    if scope.owner:
        return Grain.OWNER
    if scope.region:
        return Grain.REGION
    return Grain.CHANNEL if scope.channel else coarsest


def within(rows: Any, scope: Scope, start: date, end: date) -> Any:
    """The days from `start` until before `end`, narrowed to the scope."""
    narrowed = {name: value or "" for name, value in scope.parts.items()}
    return rows.using(settings.REPORTING_DATABASE).filter(day__gte=start, day__lt=end, **narrowed)


def daily(scope: Scope, start: date, end: date) -> Any:
    return within(DailyRollup.objects.filter(grain=grain_of(scope)), scope, start, end)


def beginning() -> date | None:
    """The first day with anything on it."""
    rows = DailyRollup.objects.using(settings.REPORTING_DATABASE).filter(grain=Grain.CHANNEL)
    return rows.aggregate(first=Min("day"))["first"]  # type: ignore[no-any-return]


def values_of(name: str) -> list[str]:
    """The regions or owners anything was counted for, in order."""
    with connections[settings.REPORTING_DATABASE].cursor() as cursor:
        cursor.execute(VALUES.format(name=name))
        return [value for (value,) in cursor.fetchall()]


def sums_by_channel(scope: Scope, start: date, end: date) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Rows and amount by subject and channel; `end` is exclusive."""
    found = daily(scope, start, end).values_list("subject", "channel").order_by()
    return {(s, c): (n, a) for s, c, n, a in found.annotate(n=Sum("rows"), a=Sum("amount"))}


def totals_of(parts: Mapping[tuple[str, str], tuple[int, Decimal]]) -> dict[str, tuple[int, Decimal]]:
    found: dict[str, tuple[int, Decimal]] = defaultdict(lambda: NOTHING)
    for (subject, _channel), (number, amount) in parts.items():
        found[subject] = (found[subject][0] + number, found[subject][1] + amount)
    return found


def sums_by_month(scope: Scope, start: date, end: date) -> dict[date, dict[str, tuple[int, Decimal]]]:
    rows = daily(scope, start, end).annotate(month=TruncMonth("day"))
    found: dict[date, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    grouped = rows.values_list("month", "subject").order_by("month")
    for month, subject, number, amount in grouped.annotate(n=Sum("rows"), a=Sum("amount")):
        found[month][subject] = (number, amount)
    return dict(found)


def unconverted(scope: Scope, start: date, end: date) -> int:
    """How many amounts that the page sums have no rate for their day."""
    summed = daily(scope, start, end).filter(subject__in=MONEY)
    return summed.aggregate(missing=Sum("unconverted"))["missing"] or 0


def step_histograms(scope: Scope, start: date, end: date) -> dict[Stage, list[tuple[int, int]]]:
    """For the MQLs of these days, per stage: (days since the step before, people), in order of days."""
    rows = within(StepRollup.objects.filter(grain=grain_of(scope, Grain.ALL)), scope, start, end)
    found: dict[Stage, list[tuple[int, int]]] = defaultdict(list)
    for stage, days, people in rows.values_list("stage", "days").annotate(n=Sum("people")).order_by("stage", "days"):
        found[Stage(stage)].append((days, people))
    return found
