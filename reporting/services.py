"""Keeping the roll-ups equal to the rows."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from reporting.metrics import Part, Period
from reporting.models import DailyRollup, RollupState
from reporting.selectors.measures import rows_of
from reporting.selectors.subjects import value_of

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
        basis = {"time_zone": settings.TIME_ZONE, "currency": settings.BASE_CURRENCY}
        if not RollupState.objects.filter(pk=1, **basis).exists():
            stale |= {(source, None) for source in SOURCES}
        for source in SOURCES:
            days = {day for name, day in stale if name == source}
            if None in days:
                roll_up(source, None)
            elif days:
                roll_up(source, around(days))
        RollupState.objects.update_or_create(pk=1, defaults={"refreshed_at": timezone.now(), **basis})
    return len(stale)


def around(days: Iterable[date]) -> set[date]:
    """The days and their neighbours: a UTC day lies in two days of the company's zone."""
    return {day + step for day in days for step in (-ONE_DAY, timedelta(), ONE_DAY)}


def roll_up(source: str, days: set[date] | None) -> None:
    """Write the sums of every subject of a source for these days (None: all) in place of the old ones."""
    for subject, part in SOURCES[source].items():
        old = DailyRollup.objects.filter(subject=subject)
        (old if days is None else old.filter(day__in=days)).delete()
        period = Period(min(days), max(days) + ONE_DAY) if days else Period()
        DailyRollup.objects.bulk_create(sums_of(subject, part, period, days), batch_size=5_000)


def sums_of(subject: str, part: Part, period: Period, days: set[date] | None) -> list[DailyRollup]:
    """The sums to be written, read where the stale days were taken from: a replica may not have the rows yet."""
    rows = rows_of(part, period, settings.BASE_CURRENCY).using(DEFAULT_DB_ALIAS).filter(on_day__isnull=False)
    if days is not None:
        rows = rows.filter(on_day__in=days)
    totals = {"number": Count("pk")}
    if part.value == "amount":
        missing = ~Q(currency=settings.BASE_CURRENCY) & Q(rate__isnull=True, amount__isnull=False)
        totals |= {"total": Sum(value_of("amount", settings.BASE_CURRENCY), default=0)}
        totals |= {"missing": Count("pk", filter=missing)}
    found = rows.values("on_day", "channel").annotate(**totals).order_by()
    return [
        DailyRollup(
            subject=subject,
            day=row["on_day"],
            channel=row["channel"],
            rows=row["number"],
            amount=row.get("total", 0),
            unconverted=row.get("missing", 0),
        )
        for row in found
    ]


def first_day() -> date | None:
    """The first day anything was counted on."""
    return DailyRollup.objects.aggregate(first=Min("day"))["first"]
