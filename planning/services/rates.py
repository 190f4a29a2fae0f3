"""Exchange rates into the base currency."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.models import User
from mops.core.errors import ConflictError, DomainError
from mops.core.history import expect_many, recording
from mops.core.sql import fetch, texts
from mops.core.tabular import open_table
from planning.models import ExchangeRate
from planning.rate_file import Row, problem_of, read_rates

MOST_ROWS = 20_000
"""Rows that are read of one file: eighty years of days."""
BATCH = 20_000
MEANWHILE = "Somebody changed this rate meanwhile; look at it and correct it again."


def check(currency: str, day: date, rate: Decimal) -> None:
    if problem := problem_of(currency, day, rate, base=settings.BASE_CURRENCY, today=timezone.localdate()):
        raise DomainError("The rate was not saved.", errors={problem[0]: [problem[1]]})


def set_exchange_rate(*, currency: str, day: date, rate: Decimal, actor: User | None) -> tuple[ExchangeRate, bool]:
    """From `day` on one unit of `currency` is worth `rate` of the base currency; the rate of that day is replaced.

    Answers the rate and whether it is new. Raises DomainError. Every amount the rate applies to is counted again by the
    next refresh of the roll-ups.
    """
    currency = currency.strip().upper()
    check(currency, day, rate)
    with transaction.atomic(), recording("set_exchange_rate", actor=actor):
        return ExchangeRate.objects.update_or_create(currency=currency, date=day, defaults={"rate": rate})


def correct_exchange_rate(*, row: ExchangeRate, rate: Decimal, seen: Decimal, actor: User | None) -> None:
    """Replace a rate as it was `seen`. Raises DomainError, ConflictError when it is another one by now."""
    check(row.currency, row.date, rate)
    with transaction.atomic(), recording("correct_exchange_rate", actor=actor):
        if not ExchangeRate.objects.filter(pk=row.pk, rate=seen).update(rate=rate):
            raise ConflictError(MEANWHILE, kind="stale")


def delete_exchange_rate(*, row: ExchangeRate, seen: Decimal, actor: User | None) -> None:
    """Take a rate back as it was `seen`; its history stays. Raises ConflictError when it is another one by now."""
    with transaction.atomic(), recording("delete_exchange_rate", actor=actor):
        if not ExchangeRate.objects.filter(pk=row.pk, rate=seen).delete()[0]:
            raise ConflictError(MEANWHILE, kind="stale")


@dataclass
class RatesImported:
    """How many rates were added, replaced or known so already; and (row, what is wrong) of what was not taken."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.added + self.replaced


def import_exchange_rates(
    *, file: BinaryIO, name: str, is_inverse: bool, wanted: Iterable[str], actor: User | None
) -> RatesImported:
    """The rates of a CSV or XLSX file; see `planning.rate_file` for its columns. Wrong rows are named, the others kept.

    Raises TableError, DomainError.
    """
    with open_table(file, filename=name) as table:
        rows: list[Row] = list(islice(table.rows(), MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise DomainError("The file is too long.", errors={"file": [f"{MOST_ROWS:,} rows are the most; split it."]})
        given = {"base": settings.BASE_CURRENCY, "today": timezone.localdate()}
        found = read_rates(table.columns, rows, is_inverse=is_inverse, wanted=wanted, **given)  # type: ignore[arg-type]
        broken = [(error.row or 0, str(error)) for error in table.row_errors]
    outcome = RatesImported(refused=sorted([*found.refused, *broken]))
    with transaction.atomic(), recording("import_exchange_rates", actor=actor):
        rates = sorted(found.rates.items())
        for start in range(0, len(rates), BATCH):
            keep(rates[start : start + BATCH], outcome)
    return outcome


KEEP = """
insert into planning_exchangerate (currency, date, rate) select * from unnest(%s::text[], %s::date[], %s::numeric[])
on conflict (currency, date) do update set rate = excluded.rate where planning_exchangerate.rate <> excluded.rate
returning xmax = 0
"""


def keep(rates: Iterable[tuple[tuple[str, date], Decimal]], outcome: RatesImported) -> None:
    rows = [(currency, day.isoformat(), str(rate)) for (currency, day), rate in rates]
    expect_many(len(rows))
    written = [is_new for (is_new,) in fetch(KEEP, *(texts(column) for column in zip(*rows, strict=True)))]
    outcome.added += sum(written)
    outcome.replaced += len(written) - sum(written)
    outcome.unchanged += len(rows) - len(written)
