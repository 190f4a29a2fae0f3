"""Fixes as pages show them: what is suggested for a monitor, and what a fix would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from martech.models import Account, FixValue, QualityFix, QualityWork
from martech.quality.document import MonitorRule
from martech.quality.fixing import FIELDS_OF, FIXES
from mops.core.work import WorkState

SHOWN = 200
BY_FORMAT = {"phone": ("phone", "tidy"), "country": ("country",), "tidy": ("tidy",), "cased": ("case", "company")}
BY_KIND = {
    "completeness": ("account", "property"),
    "uniqueness": ("tidy", "company", "phone"),
    "drift": ("near", "tidy"),
}


@dataclass(frozen=True)
class Suggestion:
    kind: str
    field: str
    label: str


def suggested_fixes(rule: MonitorRule | None) -> list[Suggestion]:
    """The fixes that can make people pass a monitor, as far as a fix can."""
    field = rule.field.removeprefix("person.") if rule else ""
    if rule is None or not rule.field.startswith("person."):
        return []
    kinds = BY_FORMAT.get(rule.format, ("tidy",)) if rule.format else BY_KIND.get(rule.kind, ("near", "tidy"))
    return [Suggestion(kind, field, FIXES[kind]) for kind in kinds if field in FIELDS_OF[kind]]


@dataclass(frozen=True)
class ShownValue:
    value: FixValue
    context: str


@dataclass(frozen=True)
class FixPreview:
    """`people` would change; `values` are the most frequent of all `total` values."""

    values: Sequence[ShownValue]
    total: int
    people: int
    proposed: int


def fix_preview(fix: QualityFix) -> FixPreview:
    rows = fix.values.all()
    sums = rows.aggregate(chosen=Coalesce(Sum("people", filter=Q(is_chosen=True)), 0), all=Coalesce(Sum("people"), 0))
    shown = list(rows[:SHOWN])
    names: dict[str, str] = {}
    if fix.kind == "account":
        ids = [int(value.context) for value in shown]
        names = {str(pk): name for pk, name in Account.objects.filter(pk__in=ids).values_list("pk", "name")}
    return FixPreview(
        [ShownValue(value, names.get(value.context, value.context)) for value in shown],
        rows.count(),
        sums["chosen"],
        sums["all"],
    )


def given_up(fix: QualityFix) -> QualityWork | None:
    """The step that failed for good, until it is tried again; a step is all or nothing, so nothing of it is there."""
    return QualityWork.objects.filter(fix=fix, state=WorkState.QUARANTINED).order_by("pk").last()


def recent_fixes() -> QuerySet[QualityFix]:
    return QualityFix.objects.select_related("actor", "monitor").order_by("-created_at", "-pk")
