"""The rows behind a number: exactly those that were counted, each with what it adds."""

from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from martech.models import Deal, Person, RoutingDecision, Spend
from martech.policies import sees_everything
from mops.core.errors import DomainError
from mops.core.rights import can
from reporting.metrics import Kind, Metric, Part
from reporting.selectors.dimensions import dimension, group_value
from reporting.selectors.measures import Median, Number, Question, is_money_value, money_field, rows_of
from reporting.selectors.subjects import model_of, value_of
from reporting.selectors.without_rate import only_without_rate

MODELS: dict[str, type[Any]] = {"people": Person, "deals": Deal, "spend": Spend, "decisions": RoutingDecision}
RIGHTS = {
    "people": "martech.view_person",
    "deals": "martech.view_deal",
    "spend": "reporting.view_metric",
    "decisions": "martech.view_person",
}
PARTS = ("numerator", "denominator")


def part_named(metric: Metric, name: str) -> Part:
    """The numerator of a ratio unless the denominator is asked for; the only part of anything else."""
    if name and name not in PARTS:
        raise DomainError("There is no such part.", errors={"part": ["Use numerator or denominator."]})
    return metric.below if name == "denominator" and metric.below else metric.top


def right_for(part: Part) -> str:
    return RIGHTS[model_of(part.subject)]


def records(question: Question, *, part: Part, value: str | None, user: Any, without_rate: str = "") -> QuerySet[Any]:
    """The rows of one part in one group (`value`; None for all), as far as `user` may see them, newest first.

    `without_rate` are only amounts in this currency that have no rate on their day.

    Each has `adds`; a ratio over one subject also has `counts` (what it adds to the denominator).
    """
    rows = rows_of(part, question)
    if without_rate:
        rows = only_without_rate(rows, without_rate, money_field(part)) if is_money_value(part) else rows.none()
    if model_of(part.subject) == "decisions":
        rows = rows.select_related("person")
    if value is not None and question.by:
        rows = rows.annotate(group=dimension(part.subject, question.by))
        wanted = group_value(question.by, value)
        rows = rows.filter(group__isnull=True) if wanted is None else rows.filter(group=wanted)
    rows = rows.annotate(adds=value_of(part.value, question.currency))
    below = question.metric.below
    if below and not question.metric.has_two_subjects:
        rows = rows.annotate(counts=value_of(below.value, question.currency))
    return seen_by(rows, part, user).order_by(F("on").desc(nulls_last=True), "-pk")


def seen_by(rows: QuerySet[Any], part: Part, user: Any) -> QuerySet[Any]:
    """Rows the user may see; nothing without the right to see their kind."""
    if not can(user, right_for(part)):
        return rows.none()
    kind = model_of(part.subject)
    if kind == "spend" or sees_everything(user):
        return rows
    if kind == "decisions":
        return rows.filter(person__in=Person.objects.visible_to(user).values("pk"))
    return rows.filter(pk__in=MODELS[kind].objects.visible_to(user).values("pk"))


def summary(rows: QuerySet[Any], metric: Metric) -> tuple[int, Number | None]:
    """How many rows there are and what they come to: their sum, or their median."""
    plain = rows.order_by()
    middle = Median("adds") if metric.kind == Kind.MEDIAN else Sum("adds")
    found = plain.aggregate(count=Count("pk"), total=middle)
    return found["count"], found["total"]
