"""What was planned to be spent: the ledger of budgets, narrowed and cut to days as the spend beside it."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from planning.models import BudgetEntry, EntryKind
from planning.selectors import total_of
from reporting.scope import Scope
from reporting.selectors.conversion import with_rate

DIMENSIONS = {
    "channel": Coalesce(NullIf("line__campaign__channel", Value("")), NullIf("line__channel", Value(""))),
    "region": NullIf("line__campaign__region", Value("")),
    "owner": NullIf("line__campaign__owner__email", Value("")),
}
PLAN = total_of(EntryKind.PLAN, EntryKind.TRANSFER_IN, prefix="")
TAKEN = total_of(EntryKind.TRANSFER_OUT, prefix="")


def planned_spend(scope: Scope, start: date, end: date) -> Decimal | None:
    """The plan for the days from `start` until before `end` in the base currency; None where nothing is planned.

    A month that the days cover in part counts by its share of days. Amounts without a rate are left out, as in spend.
    """
    rows = entries(scope).filter(month__gte=start.replace(day=1), month__lt=end)
    priced = with_rate(rows.annotate(currency=F("line__currency"), on_day=F("month")), settings.BASE_CURRENCY)
    months = priced.order_by().values_list("month", "rate").annotate(plan=PLAN - TAKEN)
    found = [plan * rate * covered(month, start, end) for month, rate, plan in months if rate is not None]
    return sum(found, Decimal(0)) or None


def entries(scope: Scope) -> Any:
    rows = BudgetEntry.objects.using(settings.REPORTING_DATABASE)
    for name, value in scope.parts.items():
        rows = rows.annotate(**{f"in_{name}": DIMENSIONS[name]})
        rows = rows.filter(**{f"in_{name}": value} if value is not None else {f"in_{name}__isnull": True})
    return rows


def covered(month: date, start: date, end: date) -> Decimal:
    """The share of the month's days that lie between `start` and `end`."""
    length = monthrange(month.year, month.month)[1]
    days = (min(end, month + timedelta(days=length)) - max(start, month)).days
    return Decimal(max(days, 0)) / length
