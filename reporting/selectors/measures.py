"""The numbers: a metric over a period, broken down by one dimension, straight from the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Count, FloatField, Q, Sum
from django.utils import timezone

from reporting.metrics import Kind, Metric, Part, Period
from reporting.scope import Scope
from reporting.selectors.conversion import with_rate
from reporting.selectors.dimensions import TIMES, dimension, group_label, group_text
from reporting.selectors.subjects import SUBJECTS, model_of, value_of

Number = int | float | Decimal
Groups = Mapping[Any, Number]


class Median(Aggregate):
    """The middle value, halfway between the two middle ones of an even number."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    name = "Median"


@dataclass(frozen=True)
class Question:
    """What is asked: a metric over a period in one currency, perhaps broken down, perhaps of one channel, region or owner."""

    metric: Metric
    period: Period = field(default_factory=Period)
    by: str = ""
    currency: str = field(default_factory=lambda: settings.BASE_CURRENCY)
    model: str = ""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True)
class Row:
    """One group. `group` is None for rows without one; `top` and `below` are the sums of a ratio."""

    group: str | None
    label: str
    value: Number | None
    top: Number | None = None
    below: Number | None = None


@dataclass(frozen=True)
class Unconverted:
    """Amounts that have no exchange rate for their day; they are in no sum."""

    subject: str
    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Measured:
    question: Question
    total: Row
    rows: Sequence[Row]
    unconverted: Sequence[Unconverted]
    without_amount: int
    as_of: datetime


def is_money_value(part: Part) -> bool:
    return part.value in ("amount", "revenue", "has_amount")


def rows_of(part: Part, question: Question) -> Any:
    """The rows of a part within the question's scope, with their rate where money is summed."""
    rows = subject_rows(part, question)
    return with_rate(rows, question.currency) if is_money_value(part) else rows


def subject_rows(part: Part, question: Question) -> Any:
    rows = SUBJECTS[part.subject](question.period).using(settings.REPORTING_DATABASE).order_by()
    for name, value in question.scope.parts.items():
        rows = rows.annotate(**{f"in_{name}": dimension(part.subject, name)})
        rows = rows.filter(**{f"in_{name}": value} if value is not None else {f"in_{name}__isnull": True})
    return rows


def measure(question: Question) -> Measured:
    """Total and rows of a metric; the rows of a sum add up to the total, those of a ratio to its two sums."""
    metric = question.metric
    if metric.kind == Kind.MEDIAN:
        total, rows = _medians(question)
    else:
        total, rows = _sums(question)
    return Measured(question, total, rows, _unconverted(question), _without_amount(question), timezone.now())


def total_of(question: Question) -> Number | None:
    """The value of a sum or ratio alone, without groups and without what could not be counted."""
    return _sums(replace(question, by=""))[0].value


def _medians(question: Question) -> tuple[Row, list[Row]]:
    part = question.metric.top
    rows = rows_of(part, question)
    value = Median(value_of(part.value, question.currency))
    total = Row(None, "", rows.aggregate(value=value)["value"])
    if not question.by:
        return total, [total]
    groups = (
        rows.annotate(group=dimension(part.subject, question.by))
        .values_list("group")
        .annotate(number=Count("pk"), middle=value)
    )
    return total, _ordered(question.by, [(key, middle, None, None) for key, _, middle in groups if middle is not None])


def _sums(question: Question) -> tuple[Row, list[Row]]:
    metric = question.metric
    sums = [sum_by(part, question) for part in metric.parts]
    keys = list(dict.fromkeys(key for groups in sums for key in groups))
    totals = [sum(groups.values()) for groups in sums]
    total = Row(None, "", *_value(metric, totals))
    found = [(key, *_value(metric, [groups.get(key, 0) for groups in sums])) for key in keys]
    return total, _ordered(question.by, found) if question.by else [total]


def sum_by(part: Part, question: Question) -> dict[Any, Number]:
    """The sum of a part for each group; one group None when nothing is asked for."""
    rows, by = rows_of(part, question), question.by
    total = Count("pk") if part.value == "one" else Sum(value_of(part.value, question.currency), default=0)
    if not by:
        return {None: rows.aggregate(total=total)["total"]}
    groups = rows.annotate(group=dimension(part.subject, by)).values_list("group").annotate(total=total)
    return dict(groups.values_list("group", "total"))


def _value(metric: Metric, sums: Sequence[Number]) -> tuple[Number | None, Number | None, Number | None]:
    """Value, numerator and denominator; a ratio over nothing has no value."""
    if metric.kind == Kind.SUM:
        return sums[0], None, None
    top, below = sums
    value = Decimal(str(top)) / Decimal(str(below)) if below else None
    return value, top, below


def _ordered(by: str, found: Sequence[tuple[Any, Any, Any, Any]]) -> list[Row]:
    """Months and quarters in time, everything else largest first; rows without a group last."""
    named = [Row(group_text(by, key), "", *values) for key, *values in found]
    rows = [Row(row.group, group_label(by, row.group), row.value, row.top, row.below) for row in named]
    if by in TIMES:
        return sorted(rows, key=lambda row: (row.group is None, row.group or ""))
    return sorted(rows, key=lambda row: (row.group is None, -(row.value or 0), row.group or ""))


def money_field(part: Part) -> str:
    return "revenue" if part.value == "revenue" else "amount"


def _unconverted(question: Question) -> list[Unconverted]:
    found: dict[tuple[str, str], Unconverted] = {}
    for part in question.metric.parts:
        if not is_money_value(part):
            continue
        name = money_field(part)
        missing = rows_of(part, question).filter(
            ~Q(currency=question.currency), rate__isnull=True, **{f"{name}__isnull": False}
        )
        groups = missing.values_list("currency").annotate(Count("pk"), Sum(name))
        for code, count, amount in groups.order_by("currency"):
            found[part.subject, code] = Unconverted(model_of(part.subject), code, count, amount)
    return list(found.values())


def _without_amount(question: Question) -> int:
    """Rows of the metric that name no amount at all."""
    part = question.metric.top
    if part.value != "amount":
        return 0
    return int(subject_rows(part, question).filter(amount__isnull=True).count())
