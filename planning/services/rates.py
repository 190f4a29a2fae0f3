"""Exchange rates into the base currency."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from governance.models import User
from mops.core.errors import DomainError
from mops.core.history import recording
from planning.models import ExchangeRate


def set_exchange_rate(*, currency: str, day: date, rate: Decimal, actor: User | None) -> ExchangeRate:
    """From `day` on one unit of `currency` is worth `rate` of the base currency; the rate of that day is replaced.

    Raises DomainError. Every amount the rate applies to is counted again by the next refresh of the roll-ups.
    """
    currency = currency.strip().upper()
    errors: dict[str, list[str]] = {}
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        errors["currency"] = ["Use a currency code of three letters, like USD."]
    elif currency == settings.BASE_CURRENCY:
        errors["currency"] = [f"{currency} is the base currency; it is always worth one."]
    if rate <= 0:
        errors["rate"] = ["Give a rate above nought."]
    if errors:
        raise DomainError("The rate was not saved.", errors=errors)
    with transaction.atomic(), recording("set_exchange_rate", actor=actor):
        row, _is_new = ExchangeRate.objects.update_or_create(currency=currency, date=day, defaults={"rate": rate})
    return row
