"""Amounts that no exchange rate is there for. Every app that has amounts tells of its own; the page of rates lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from planning.models import ExchangeRate


@dataclass(frozen=True)
class WithoutRate:
    """Amounts of one subject in one currency, by their days; `url` lists them where a page does."""

    subject: str
    currency: str
    count: int
    amount: Decimal
    first: date
    last: date
    url: str = ""


Finder = Callable[[], list[WithoutRate]]
_finders: list[tuple[int, Finder]] = []


def register_without_rate(find: Finder, order: int = 100) -> None:
    """`find()` tells the amounts of an app that have no rate. Called when apps start."""
    _finders.append((order, find))


def amounts_without_rate() -> list[WithoutRate]:
    """Those of every app, the currency with the most of them first."""
    found = [one for _order, find in sorted(_finders, key=lambda entry: entry[0]) for one in find()]
    totals: dict[str, int] = {}
    for one in found:
        totals[one.currency] = totals.get(one.currency, 0) + one.count
    return sorted(found, key=lambda one: (-totals[one.currency], one.currency))


def lacking(rows: QuerySet[Any], *, currency: str, day: str, amount: str) -> list[tuple[str, int, Decimal, date, date]]:
    """(currency, how many, together, first day, last day) of the rows whose amount no rate is there for on its day.

    A rate holds from its day on, so that these are the amounts before the first rate of their currency.
    """
    known = ExchangeRate.objects.order_by().values_list("currency").annotate(Min("date"))
    missing = ~Q(**{f"{currency}__in": [code for code, _first in known]})
    for code, first in known:
        missing |= Q(**{currency: code, f"{day}__lt": first})
    rows = rows.exclude(**{currency: settings.BASE_CURRENCY}).filter(missing)
    rows = rows.filter(**{f"{amount}__isnull": False, f"{day}__isnull": False})
    groups = rows.order_by(currency).values_list(currency)
    return list(groups.annotate(Count("pk"), Sum(amount), Min(day), Max(day)))
