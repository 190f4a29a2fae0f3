"""Which rule of a policy would take whom, in SQL."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone

from martech.routing.document import Policy
from martech.selectors.routing import person_fields
from mops.core.conditions import to_expression

DAYS = 30
EVERYONE_ELSE = -1


def since(days: int = DAYS) -> datetime:
    """Midnight that many days ago, so that counts and the lists behind them agree."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return start - timedelta(days=days)


def by_rule(document: Policy) -> Any:
    """An expression for each person: the index of the rule that takes them, EVERYONE_ELSE for none."""
    catalogue = person_fields()
    whens = [
        When(to_expression(rule.condition, catalogue), then=Value(index))
        for index, rule in enumerate(document.rules)
        if rule.condition is not None
    ]
    return Case(*whens, default=Value(EVERYONE_ELSE), output_field=IntegerField())
