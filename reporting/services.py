"""Keeping the roll-ups equal to the rows."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import CharField, Count, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from martech.models import Stage
from reporting.metrics import Part, Period, metric_named
from reporting.models import DailyRollup, RollupState, StepRollup
from reporting.selectors import Question
from reporting.selectors.dimensions import dimension
from reporting.selectors.measures import rows_of
from reporting.selectors.subjects import first_entry, funnel_stages, local_day, stages_from, value_of

SOURCES: dict[str, dict[str, Part]] = {
    "people": {"people": Part("people"), "mql": Part("mql"), "sql": Part("sql")},
    "deals": {
        "deals_opened": Part("deals_opened", "amount"),
        "deals_won": Part("deals_won", "amount"),
        "deals_lost": Part("deals_lost", "amount"),
    },
    "spend": {"spend": Part("spend", "amount")},
}
"""Which subjects a changed row makes stale, and what each day of them is summed to."""

ONE_DAY = timedelta(days=1)
Days = set[date] | None
"""The days to count again; None for all of them."""


def refresh_rollups() -> int:
    """Count the days again whose rows changed; returns how many days of sources that were.

    One refresh at a time: a second one finds the lock taken and leaves the work to the first, whose successor comes
    with the next beat.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('reporting_rollup'))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("delete from reporting_staleday returning source, day")
        stale = set(cursor.fetchall())
        stages = funnel_stages()
        basis = {"time_zone": settings.TIME_ZONE, "currency": settings.BASE_CURRENCY, "stages": ",".join(stages)}
        if not RollupState.objects.filter(pk=1, **basis).exists():
            stale |= {(source, None) for source in SOURCES}
        for source in SOURCES:
            days = {day for name, day in stale if name == source}
            if days:
                roll_up(source, None if None in days else around(days), stages)
        counted = {"revision": uuid.uuid4()} if stale else {}
        RollupState.objects.update_or_create(pk=1, defaults={"refreshed_at": timezone.now(), **basis, **counted})
    return len(stale)


def around(days: Iterable[date]) -> set[date]:
    """The days and their neighbours: a UTC day lies in two days of the company's zone."""
    return {day + step for day in days for step in (-ONE_DAY, timedelta(), ONE_DAY)}


def roll_up(source: str, days: Days, stages: Sequence[Stage]) -> None:
    """Write the sums of every subject of a source for these days in place of the old ones."""
    for subject, part in SOURCES[source].items():
        old = DailyRollup.objects.filter(subject=subject)
        (old if days is None else old.filter(day__in=days)).delete()
        write_sums(subject, part, days)
    if source == "people":
        (StepRollup.objects.all() if days is None else StepRollup.objects.filter(day__in=days)).delete()
        write_steps(days, stages)


def counted_rows(part: Part, days: Days) -> Any:
    """The rows to be summed with their owner and region, read where the stale days were taken from: a replica may not
    have them yet.
    """
    period = Period(min(days), max(days) + ONE_DAY) if days else Period()
    rows = rows_of(part, Question(metric_named("people_created"), period)).using(DEFAULT_DB_ALIAS)
    rows = rows.filter(on_day__isnull=False) if days is None else rows.filter(on_day__in=days)
    return rows.annotate(in_region=text_of(part, "region"), of_owner=text_of(part, "owner"))


def text_of(part: Part, name: str) -> Coalesce:
    return Coalesce(dimension(part.subject, name), Value(""), output_field=CharField())


def write_sums(subject: str, part: Part, days: Days) -> None:
    """The finest grain from the rows, the coarser ones from the finest."""
    totals: dict[str, Any] = {"number": Count("pk"), "total": Value(0), "missing": Value(0)}
    if part.value == "amount":
        unknown = ~Q(currency=settings.BASE_CURRENCY) & Q(rate__isnull=True, amount__isnull=False)
        totals["total"] = Sum(value_of("amount", settings.BASE_CURRENCY), default=0)
        totals["missing"] = Count("pk", filter=unknown)
    grouped = counted_rows(part, days).values("on_day", "channel", "in_region", "of_owner").annotate(**totals)
    sql, params = grouped.order_by().query.sql_with_params()
    insert(SUMS.format(rows=sql), [subject, *params])


SUMS = """
INSERT INTO reporting_dailyrollup (subject, grain, day, channel, region, owner, rows, amount, unconverted)
SELECT %s, CASE WHEN grouping(in_region) = 1 THEN 'channel' WHEN grouping(of_owner) = 1 THEN 'region' ELSE 'owner' END,
    on_day, channel, coalesce(in_region, ''), coalesce(of_owner, ''), sum(number), sum(total), sum(missing)
FROM ({rows}) AS counted
GROUP BY GROUPING SETS ((on_day, channel), (on_day, channel, in_region), (on_day, channel, in_region, of_owner))
"""


def write_steps(days: Days, stages: Sequence[Stage]) -> None:
    """Of the MQLs of these days, how many came to each later stage, by the days since the step before it."""
    steps = list(zip(stages[1:], stages, strict=False))
    if not steps:
        return
    # A day for every step; null for those who have not come that far.
    moments = {f"at_{stage.value}": first_entry(stage) for stage in stages}
    rows = counted_rows(Part("mql"), days).annotate(**moments)
    rows = rows.annotate(**{f"day_{stage.value}": local_day(f"at_{stage.value}") for stage in stages})
    names = [f"day_{stage.value}" for stage in stages]
    sql, params = rows.values(
        "on_day", "channel", "in_region", "of_owner", "furthest_stage", *names
    ).query.sql_with_params()
    values = ", ".join(
        f"('{stage.value}', CASE WHEN furthest_stage = ANY(%s) THEN day_{stage.value} END, day_{before.value})"
        for stage, before in steps
    )
    insert(STEPS.format(rows=sql, steps=values), [*params, *(stages_from(stage) for stage, _before in steps)])


STEPS = """
INSERT INTO reporting_steprollup (stage, grain, day, channel, region, owner, days, people)
SELECT stage, CASE WHEN grouping(channel) = 1 THEN 'all' WHEN grouping(in_region) = 1 THEN 'channel'
        WHEN grouping(of_owner) = 1 THEN 'region' ELSE 'owner' END,
    on_day, coalesce(channel, ''), coalesce(in_region, ''), coalesce(of_owner, ''), took, count(*)
FROM (SELECT on_day, channel, in_region, of_owner, stage, greatest(came - before, 0) AS took
    FROM ({rows}) AS cohort, LATERAL (VALUES {steps}) AS step(stage, came, before) WHERE came IS NOT NULL) AS steps
GROUP BY GROUPING SETS ((stage, on_day, took), (stage, on_day, took, channel), (stage, on_day, took, channel, in_region),
    (stage, on_day, took, channel, in_region, of_owner))
"""


def insert(statement: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
