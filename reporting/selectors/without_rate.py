"""Amounts of deals and spend that are in no sum, as their currency has no rate on their day."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from planning.without_rate import WithoutRate, lacking
from reporting.metrics import Period
from reporting.scope import Scope
from reporting.selectors.links import records_url
from reporting.selectors.subjects import SUBJECTS

MONEY = {
    "deals_opened": ("Deals, by the day they were opened", "pipeline_created"),
    "deals_won": ("Deals won, by the day they were closed", "revenue_won"),
    "spend": ("Spend", "spend"),
}
"""Subject → what it is, and the metric that lists its rows."""


def market_without_rate() -> list[WithoutRate]:
    """By subject and currency, each with the address of its rows."""
    found = []
    for subject, (label, metric) in MONEY.items():
        rows = SUBJECTS[subject](Period())
        for code, count, amount, first, last in lacking(rows, currency="currency", day="on_day", amount="amount"):
            url = f"{records_url(metric, first, last + timedelta(days=1), Scope())}&without_rate={code}"
            found.append(WithoutRate(label, code, count, amount, first, last, url))
    return found


def only_without_rate(rows: Any, currency: str, field: str) -> Any:
    """Of rows with their rate, those in `currency` that have none; `field` is their amount."""
    if currency == settings.BASE_CURRENCY:
        return rows.none()
    return rows.filter(Q(currency=currency), rate__isnull=True, **{f"{field}__isnull": False})
