"""One line about a row behind a number, with nothing in it that the reader may not see."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch

from martech.models import Deal, Person, Spend
from mops.core.rights import hidden_fields


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
        return Line("person", name_of(row, user), address_of(row))
    if isinstance(row, Deal):
        return Line("deal", row.name, address_of(row), _amount(row), row.currency)
    if isinstance(row, Spend):
        label = f"{row.get_channel_display()} {row.campaign_name}".strip()
        return Line("spend", label, None, _amount(row), row.currency)
    return Line("decision", name_of(row.person, user), address_of(row.person))


def name_of(person: Person, user: Any) -> str:
    """Their name; their address only for those who may see it."""
    may_see_email = "email" not in hidden_fields(user, Person)
    return person.name or (person.email if may_see_email else "") or f"Person {person.pk}"


def address_of(row: Any) -> str | None:
    try:
        return str(row.get_absolute_url())
    except NoReverseMatch:
        return None


def _amount(row: Any) -> str | None:
    return None if row.amount is None else str(row.amount)
