"""How values are written in the API: counts as numbers, money as decimal text, ratios and times as numbers."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from urllib.parse import urlencode

from reporting.metrics import Kind, Metric, Period, Unit
from reporting.selectors import Question

CENTS = Decimal("0.01")
RATIO_PLACES = 6


def exact(value: Any) -> str:
    """An amount as text, with at least two decimals and no rounding: 1200 -> 1200.00, 0.1234500 -> 0.12345."""
    amount = Decimal(str(value))
    if amount == amount.quantize(CENTS):
        return format(amount.quantize(CENTS), "f")
    return format(amount, "f").rstrip("0")


def written(value: Any, unit: Unit, kind: Kind) -> Any:
    """A value as JSON has it: money as text, everything else as a number, nothing as null."""
    if value is None:
        return None
    if unit == Unit.MONEY:
        return exact(rounded(value) if kind == Kind.RATIO else value)
    if kind == Kind.SUM:
        return int(value) if value == int(value) else float(value)
    return float(rounded(value))


def rounded(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-RATIO_PLACES), ROUND_HALF_EVEN)


def part_value(value: Any, metric: Metric, name: str) -> Any:
    """A numerator or denominator: money as text, counts as numbers."""
    part = metric.below if name == "denominator" else metric.top
    is_money = part is not None and part.value in ("amount", "revenue")
    return written(value, Unit.MONEY if is_money else Unit.COUNT, Kind.SUM)


def asked(question: Question, group: str | None = None, part: str = "") -> str:
    """The querystring that asks for the rows of one group; for all rows when the question has no breakdown."""
    query = {**period_query(question.period), "currency": question.currency, **question.scope.query}
    if question.by:
        query |= {"by": question.by, "value": group or ""}
    return urlencode(query | {key: text for key, text in (("model", question.model), ("part", part)) if text})


def period_query(period: Period) -> dict[str, str]:
    days = {"from": period.start, "to": period.end}
    return {name: day.isoformat() for name, day in days.items() if day}
