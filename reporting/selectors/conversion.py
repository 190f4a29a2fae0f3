"""Amounts in one currency, at the rate of their date. One without a rate stays null: it is listed, never guessed."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Case, DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value, When

from martech.models import Deal, Spend
from mops.core.errors import DomainError
from planning.models import ExchangeRate

RATE = DecimalField(max_digits=18, decimal_places=8)
AMOUNT = DecimalField(max_digits=38, decimal_places=10)
ONE = Value(Decimal(1), output_field=RATE)
IN_CURRENCIES = (ExchangeRate.objects, Deal.objects, Spend.objects)


def check_currency(currency: str) -> str:
    """The currency to answer in; the base currency when empty. Refuses one of which there is neither a rate nor an amount."""
    code = (currency or settings.BASE_CURRENCY).replace("\x00", "").upper()
    if code == settings.BASE_CURRENCY or any(rows.filter(currency=code).exists() for rows in IN_CURRENCIES):
        return code
    reason = f"There is no exchange rate for {code}; use {settings.BASE_CURRENCY}, or add rates under Planning, Exchange rates."
    raise DomainError("This currency is not known.", errors={"currency": [reason]})


def _rate_on_day(currency: Any) -> Subquery:
    """The last rate on or before the row's day: a lateral join on the unique index of currency and date."""
    rates = ExchangeRate.objects.filter(currency=currency, date__lte=OuterRef("on_day"))
    return Subquery(rates.order_by("-date").values("rate")[:1], output_field=RATE)


def with_rate(rows: QuerySet[Any], currency: str) -> QuerySet[Any]:
    """Adds `rate`: how many units of `currency` one unit of the row's currency is worth on its day; null if unknown."""
    base = settings.BASE_CURRENCY
    to_base = Case(When(currency=base, then=ONE), default=_rate_on_day(OuterRef("currency")), output_field=RATE)
    if currency == base:
        return rows.annotate(rate=to_base)
    from_base = _rate_on_day(Value(currency))
    exact = Case(When(currency=currency, then=ONE), default=F("to_base") / F("from_base"), output_field=RATE)
    return rows.annotate(to_base=to_base, from_base=from_base).annotate(rate=exact)


def converted(field: str, currency: str) -> ExpressionWrapper:
    """The amount in the asked currency; needs `with_rate`."""
    return ExpressionWrapper(F(field) * F("rate"), output_field=AMOUNT)
