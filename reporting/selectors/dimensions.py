"""What metrics can be broken down by, and how each subject answers it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf, TruncMonth, TruncQuarter

from martech.models import Stage
from mops.core.errors import DomainError
from planning.models import Channel, Region
from reporting.metrics import Metric, month_label, quarter_label
from reporting.selectors.subjects import model_of

TIMES = ("month", "quarter")
DIMENSIONS = (*TIMES, "source", "channel", "campaign", "stage", "owner", "region", "product", "account")
PROPERTY = "properties."

_PATHS: dict[str, dict[str, tuple[str, ...]]] = {
    "people": {
        "source": ("source",),
        "channel": ("channel",),
        "campaign": ("campaign__code",),
        "stage": ("lifecycle_stage",),
        "owner": ("owner__email", "owner_name"),
        "region": ("owner__team__region", "campaign__region"),
        "account": ("account__name", "company"),
    },
    "deals": {
        "source": ("source",),
        "channel": ("channel",),
        "campaign": ("campaign__code",),
        "stage": ("stage",),
        "owner": ("owner__email", "owner_name"),
        "region": ("region", "campaign__region"),
        "product": ("product",),
        "account": ("account__name",),
    },
    "spend": {
        "source": ("source",),
        "channel": ("channel",),
        "campaign": ("campaign__code", "campaign_name"),
        "owner": ("campaign__owner__email",),
        "region": ("campaign__region",),
    },
    "decisions": {
        "source": ("person__source",),
        "channel": ("person__channel",),
        "campaign": ("person__campaign__code",),
        "stage": ("person__lifecycle_stage",),
        "owner": ("owner__email",),
        "region": ("owner__team__region",),
        "account": ("person__account__name",),
    },
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "channel": dict(Channel.choices),
    "region": dict(Region.choices),
    "stage": dict(Stage.choices),
}


def dimensions_of(metric: Metric) -> list[str]:
    """What the metric can be broken down by, properties apart."""
    models = [model_of(part.subject) for part in metric.parts]
    return [name for name in DIMENSIONS if name in TIMES or all(name in _PATHS[model] for model in models)]


def check_dimension(metric: Metric, by: str) -> str:
    if not by or by in dimensions_of(metric) or (by.startswith(PROPERTY) and len(by) > len(PROPERTY)):
        return by
    options = ", ".join([*dimensions_of(metric), "properties.<name>"])
    raise DomainError(f"{metric.label} cannot be broken down by {by}.", errors={"by": [f"Use one of {options}."]})


def dimension(subject: str, by: str) -> Any:
    """The expression of a row's group: text, or the first day of its month or quarter; null where it has none."""
    if by == "month":
        return TruncMonth("on_day", output_field=DateField())
    if by == "quarter":
        return TruncQuarter("on_day", output_field=DateField())
    if by.startswith(PROPERTY):
        holder = "person__properties" if model_of(subject) == "decisions" else "properties"
        return _filled(KeyTextTransform(by.removeprefix(PROPERTY), holder))
    paths = [_filled(F(path)) for path in _PATHS[model_of(subject)][by]]
    return Coalesce(*paths) if len(paths) > 1 else paths[0]


def _filled(expression: Any) -> NullIf:
    return NullIf(Cast(expression, CharField()), Value(""))


def group_text(by: str, value: Any) -> str | None:
    """A group as the API writes it: 2026-03, 2026-Q1, paid_search; None for rows without one."""
    if isinstance(value, date):
        return quarter_label(value) if by == "quarter" else month_label(value)
    return value  # type: ignore[no-any-return]


def group_label(by: str, text: str | None) -> str:
    """A group as people read it."""
    if text is None:
        return "Without a date" if by in TIMES else "Not known"
    return _LABELS.get(by, {}).get(text, text)


def group_value(by: str, text: str) -> Any:
    """The stored value of a group written by `group_text`; empty text is the group of rows without one."""
    if text == "" or by not in TIMES:
        return text or None
    try:
        return _first_day(by, text)
    except ValueError:
        example = "2026-03" if by == "month" else "2026-Q1"
        raise DomainError("This group does not exist.", errors={"value": [f"Write it like {example}."]}) from None


def _first_day(by: str, text: str) -> date:
    year, _, rest = text.partition("-")
    month = int(rest) if by == "month" else int(rest.removeprefix("Q")) * 3 - 2
    return date(int(year), month, 1)
