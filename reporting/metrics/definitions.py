"""The metrics every installation has, as versioned data: one entry says what is counted, by which date, in which unit.

A change of meaning is a new `version`; pages, exports and the API show the version with the number.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Unit(StrEnum):
    PEOPLE = "people"
    DEALS = "deals"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    RATIO = "ratio"
    DAYS = "days"
    MINUTES = "minutes"


class Kind(StrEnum):
    SUM = "sum"
    RATIO = "ratio"
    MEDIAN = "median"


@dataclass(frozen=True)
class Part:
    """A sum over the rows of one subject. `value` names what each row adds: see `reporting.selectors.subjects`."""

    subject: str
    value: str = "one"
    label: str = ""


@dataclass(frozen=True)
class Metric:
    """`below` is the denominator of a ratio: the ratio is always Σ `top` ÷ Σ `below`, never a mean of ratios."""

    key: str
    label: str
    definition: str
    unit: Unit
    date_basis: str
    top: Part
    below: Part | None = None
    kind: Kind = Kind.SUM
    models: tuple[str, ...] = ()
    is_less_better: bool = False
    version: int = 1

    @property
    def source(self) -> str:
        return self.top.subject

    @property
    def is_money(self) -> bool:
        return self.unit == Unit.MONEY

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.top, self.below) if self.below else (self.top,)

    @property
    def has_two_subjects(self) -> bool:
        """The numerator counts other rows than the denominator, as in cost per lead."""
        return self.below is not None and self.below.subject != self.top.subject


CREATED = "The day the person first came, as the source says"
ENTERED = "The day of the first entry into the stage or a later one"
OPENED = "The day the deal was opened"
CLOSED = "The day the deal was closed"
SPENT = "The day of the spend row"

_ALL = (
    Metric(
        "people_created",
        "Leads",
        "People who first came in the period. Merged records count once.",
        Unit.PEOPLE,
        CREATED,
        Part("people", label="People"),
    ),
    Metric(
        "mqls",
        "MQLs",
        "People whose first entry into MQL or any later forward stage lies in the period. A person counts "
        "once, however often they return. Someone who stands further along without a recorded entry counts on the "
        "day they came.",
        Unit.PEOPLE,
        ENTERED,
        Part("mql", label="People"),
    ),
    Metric(
        "sqls",
        "SQLs",
        "People whose first entry into SQL or any later forward stage lies in the period. A person counts "
        "once. Someone who stands further along without a recorded entry counts on the "
        "day they came.",
        Unit.PEOPLE,
        ENTERED,
        Part("sql", label="People"),
    ),
    Metric(
        "deals_opened",
        "Deals opened",
        "Deals opened in the period, whatever became of them.",
        Unit.DEALS,
        OPENED,
        Part("deals_opened", label="Deals"),
    ),
    Metric(
        "pipeline_created",
        "Pipeline created",
        "Amounts of the deals opened in the period, whatever became of them, at the exchange rate of that day.",
        Unit.MONEY,
        OPENED,
        Part("deals_opened", "amount", "Opened amount"),
    ),
    Metric(
        "deals_won",
        "Deals won",
        "Deals that are won, by the day they were closed.",
        Unit.DEALS,
        CLOSED,
        Part("deals_won", label="Deals"),
    ),
    Metric(
        "deals_lost",
        "Deals lost",
        "Deals that are lost, by the day they were closed.",
        Unit.DEALS,
        CLOSED,
        Part("deals_lost", label="Deals"),
        is_less_better=True,
    ),
    Metric(
        "win_rate",
        "Win rate",
        "Won deals ÷ (won + lost deals), by the day they were closed. Open deals are in neither.",
        Unit.SHARE,
        CLOSED,
        Part("deals_closed", "won", "Won deals"),
        Part("deals_closed", label="Closed deals"),
        Kind.RATIO,
    ),
    Metric(
        "revenue_won",
        "Revenue won",
        "Amounts of won deals, by the day they were closed, at the exchange rate of that day.",
        Unit.MONEY,
        CLOSED,
        Part("deals_won", "amount", "Won amount"),
    ),
    Metric(
        "pipeline_open",
        "Pipeline open",
        "Amounts of the deals that are open at the end of the period (now, where the period has not ended), at the "
        "exchange rate of the day they were opened. The start of the period does not matter.",
        Unit.MONEY,
        "The day the deal was opened; the end of the period decides what is open",
        Part("deals_pipeline", "amount", "Open amount"),
    ),
    Metric(
        "average_deal",
        "Average won deal",
        "Amounts of won deals ÷ won deals with a known amount, by the day they were closed.",
        Unit.MONEY,
        CLOSED,
        Part("deals_won", "amount", "Won amount"),
        Part("deals_won", "has_amount", "Won deals with an amount"),
        Kind.RATIO,
    ),
    Metric(
        "cycle_days_median",
        "Sales cycle",
        "Median of the calendar days from opening to closing of won deals, by the day they were closed.",
        Unit.DAYS,
        CLOSED,
        Part("deals_won", "cycle_days", "Days"),
        kind=Kind.MEDIAN,
        is_less_better=True,
    ),
    Metric(
        "lead_to_won_rate",
        "Lead to won",
        "Of the people who first came in the period, the share that is on a won deal or in the stage Customer by now.",
        Unit.SHARE,
        CREATED,
        Part("people", "became_customer", "People who became customers"),
        Part("people", label="People"),
        Kind.RATIO,
    ),
    Metric(
        "spend",
        "Spend",
        "What was spent on media and campaigns, by day, at the exchange rate of that day.",
        Unit.MONEY,
        SPENT,
        Part("spend", "amount", "Spend"),
        is_less_better=True,
    ),
    Metric(
        "impressions",
        "Impressions",
        "Impressions as the platform reports them.",
        Unit.COUNT,
        SPENT,
        Part("spend", "impressions", "Impressions"),
    ),
    Metric(
        "clicks", "Clicks", "Clicks as the platform reports them.", Unit.COUNT, SPENT, Part("spend", "clicks", "Clicks")
    ),
    Metric(
        "conversions",
        "Conversions",
        "Conversions as the platform reports them.",
        Unit.COUNT,
        SPENT,
        Part("spend", "conversions", "Conversions"),
    ),
    Metric(
        "cost_per_lead",
        "Cost per lead",
        "Spend of the period ÷ people who first came in the period.",
        Unit.MONEY,
        "Spend by its day, people by the day they first came",
        Part("spend", "amount", "Spend"),
        Part("people", label="People"),
        Kind.RATIO,
        is_less_better=True,
    ),
    Metric(
        "cost_per_conversion",
        "Cost per conversion",
        "Spend ÷ conversions as the platform reports them, over the same rows.",
        Unit.MONEY,
        SPENT,
        Part("spend", "amount", "Spend"),
        Part("spend", "conversions", "Conversions"),
        Kind.RATIO,
        is_less_better=True,
    ),
    Metric(
        "roas",
        "ROAS",
        "Return on spend. Model `reported`: revenue the platforms report ÷ spend, over the same rows. Model `won`: "
        "amounts of won deals by the day they were closed ÷ spend of the period.",
        Unit.RATIO,
        SPENT,
        Part("spend", "revenue", "Reported revenue"),
        Part("spend", "amount", "Spend"),
        Kind.RATIO,
        models=("reported", "won"),
    ),
    Metric(
        "speed_to_lead_median",
        "Speed to lead",
        "Median of the minutes from a lead's arrival to the first response of its owner, for leads that were answered.",
        Unit.MINUTES,
        "The day the lead arrived",
        Part("responses", "minutes", "Minutes"),
        kind=Kind.MEDIAN,
        is_less_better=True,
    ),
)

_STEPS = {"sal": "SAL", "sql": "SQL", "opportunity": "Opportunity", "customer": "Customer"}


def _step_metrics(stage: str, label: str) -> tuple[Metric, Metric]:
    """How many of a cohort of MQLs came to a stage, and in how many days."""
    cohort = (
        "the people whose first entry into MQL or any later forward stage lies in the period, those who by now have come "
        f"to {label} or beyond it. Who was recycled and came again counts once, by their first entries."
    )
    came = Metric(
        f"mql_to_{stage}",
        f"MQLs that came to {label}",
        f"Of {cohort}",
        Unit.PEOPLE,
        ENTERED,
        Part(f"mql_{stage}", label="People"),
    )
    days = Metric(
        f"mql_to_{stage}_days_median",
        f"Days to {label}",
        f"Median of the calendar days from the step before it in the lifecycle to {label}, first entry to first entry. Of {cohort}",
        Unit.DAYS,
        ENTERED,
        Part(f"mql_{stage}", "step_days", "Days"),
        kind=Kind.MEDIAN,
        is_less_better=True,
    )
    return came, days


_COHORTS = (metric for stage, label in _STEPS.items() for metric in _step_metrics(stage, label))
METRICS: dict[str, Metric] = {metric.key: metric for metric in (*_ALL, *_COHORTS)}
_WON_ROAS = Part("deals_won", "amount", "Won amount")


def metric_named(key: str, model: str = "") -> Metric:
    """The metric under a key, in one of its models. Raises KeyError for an unknown key, ValueError for a model."""
    metric = METRICS[key]
    if model and model not in metric.models:
        raise ValueError(model)
    if key == "roas" and model == "won":
        return replace(metric, top=_WON_ROAS, date_basis="Deals by the day they were closed, spend by its day")
    return metric
