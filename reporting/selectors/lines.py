"""One line about a row behind a number, with nothing in it that the reader may not see."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch

from martech.models import Deal, Person, Spend
from mops.core.rights import called


@dataclass(frozen=True)
class Line:
    """`kind` is person, deal, spend or decision; `amount` is in the row's own currency."""

    kind: str
    label: str
    url: str | None = None
    amount: str | None = None
    currency: str | None = None


def line_of(row: Any, user: Any) -> Line:
    if isinstance(row, Person):
        return Line("person", called(user, row), address_of(row))
    if isinstance(row, Deal):
        return Line("deal", row.name, address_of(row), _amount(row), row.currency)
    if isinstance(row, Spend):
        label = f"{row.get_channel_display()} {row.campaign_name}".strip()
        return Line("spend", label, None, _amount(row), row.currency)
    return Line("decision", called(user, row.person), address_of(row.person))


def address_of(row: Any) -> str | None:
    try:
        return str(row.get_absolute_url())
    except NoReverseMatch:
        return None


def _amount(row: Any) -> str | None:
    return None if row.amount is None else str(row.amount)
