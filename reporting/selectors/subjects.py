"""The rows metrics are made of: one QuerySet per subject, annotated with `on` (its date) and what each row adds.

Numbers are aggregates of these QuerySets and record lists are the same QuerySets unaggregated, so that the rows behind
a number add up to it by construction.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Extract, Greatest, TruncDate
from django.utils import timezone

from martech.models import (
    FORWARD_STAGES,
    Deal,
    DealPerson,
    DealState,
    Person,
    RoutingDecision,
    Spend,
    Stage,
    StageMove,
)
from martech.selectors.lifecycle import lifecycle_in_force, lifecycle_of
from reporting.metrics import Period
from reporting.selectors.conversion import converted

Rows = QuerySet[Any]


def stages_from(stage: Stage) -> list[str]:
    """The stage and every later forward stage."""
    return [str(later) for later in FORWARD_STAGES[FORWARD_STAGES.index(stage) :]]


def local_day(path: str) -> TruncDate:
    return TruncDate(path, tzinfo=timezone.get_default_timezone())


def _between(rows: Rows, path: str, period: Period) -> Rows:
    start, end = period.moments(settings.TIME_ZONE)
    if start:
        rows = rows.filter(**{f"{path}__gte": start})
    return rows.filter(**{f"{path}__lt": end}) if end else rows


def people(period: Period) -> Rows:
    rows = _between(Person.objects.living(), "created_at", period)
    return rows.annotate(on=F("created_at"), on_day=local_day("created_at"))


def entered(stage: Stage) -> Callable[[Period], Rows]:
    """People by their first entry into `stage` or later; without a recorded entry, by the day they came."""

    def rows_of(period: Period) -> Rows:
        rows = Person.objects.living().filter(furthest_stage__in=stages_from(stage)).annotate(on=first_entry(stage))
        return _between(rows, "on", period).annotate(on_day=local_day("on"))

    return rows_of


def first_entry(stage: Stage) -> Coalesce:
    """When somebody first entered the stage or a later one; the day they came, where no entry is recorded.

    For people whose furthest stage is that far: an entry into a stage never lies beyond it.
    """
    moves = StageMove.objects.filter(person=OuterRef("pk"), stage__in=stages_from(stage))
    return Coalesce(Subquery(moves.order_by("at").values("at")[:1]), F("created_at"))


def came_to(stage: Stage) -> Callable[[Period], Rows]:
    """Of the people who became MQL in the period, those who have come to `stage` or beyond it by now."""

    def rows_of(period: Period) -> Rows:
        rows = entered(Stage.MQL)(period).filter(furthest_stage__in=stages_from(stage))
        return rows.annotate(came=first_entry(stage), left=first_entry(step_before(stage)))

    return rows_of


def funnel_stages() -> list[Stage]:
    """The steps of the funnel from MQL to won: MQL and the later stages that the lifecycle in force has."""
    keys = lifecycle_of(lifecycle_in_force()).keys
    return [stage for stage in FORWARD_STAGES[FORWARD_STAGES.index(Stage.MQL) :] if stage in ("mql", *keys)]


def step_before(stage: Stage) -> Stage:
    """The step of the funnel before a stage."""
    return [step for step in funnel_stages() if step in FORWARD_STAGES[: FORWARD_STAGES.index(stage)]][-1]


def deals(date_path: str, **state: Any) -> Callable[[Period], Rows]:
    def rows_of(period: Period) -> Rows:
        rows = _between(Deal.objects.filter(**state), date_path, period)
        return rows.annotate(on=F(date_path), on_day=local_day(date_path))

    return rows_of


def pipeline(period: Period) -> Rows:
    """Deals open at the end of the period: open still, or closed later than that."""
    _, end = period.moments(settings.TIME_ZONE)
    rows = Deal.objects.filter(state=DealState.OPEN)
    if end and end <= timezone.now():
        was_open = Q(state=DealState.OPEN) | Q(closed_at__gte=end)
        rows = Deal.objects.annotate(began=Coalesce("opened_at", "created_at")).filter(was_open, began__lt=end)
    return rows.annotate(on=F("opened_at"), on_day=local_day("opened_at"))


def spend(period: Period) -> Rows:
    rows = Spend.objects.all()
    if period.start:
        rows = rows.filter(date__gte=period.start)
    if period.end:
        rows = rows.filter(date__lt=period.end)
    return rows.annotate(on=F("date"), on_day=F("date"))


def responses(period: Period) -> Rows:
    """Each person's first answered decision of an arrival."""
    answered = RoutingDecision.objects.filter(responded_at__isnull=False, person__merged_into=None)
    rows = _between(answered, "arrived_at", period)
    return rows.annotate(on=F("arrived_at"), on_day=local_day("arrived_at"))


STEPS = (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER)
SUBJECTS: dict[str, Callable[[Period], Rows]] = {
    "people": people,
    "mql": entered(Stage.MQL),
    "sql": entered(Stage.SQL),
    **{f"mql_{stage.value}": came_to(stage) for stage in STEPS},
    "deals_opened": deals("opened_at"),
    "deals_won": deals("closed_at", state=DealState.WON),
    "deals_lost": deals("closed_at", state=DealState.LOST),
    "deals_closed": deals("closed_at", state__in=[DealState.WON, DealState.LOST]),
    "deals_pipeline": pipeline,
    "spend": spend,
    "responses": responses,
}


def model_of(subject: str) -> str:
    """people, deals, spend or decisions: what kind of rows a subject lists."""
    if subject.startswith("deals"):
        return "deals"
    return {"spend": "spend", "responses": "decisions"}.get(subject, "people")


def became_customer() -> Case:
    on_won_deal = Exists(DealPerson.objects.filter(person=OuterRef("pk"), deal__state=DealState.WON))
    return Case(When(Q(furthest_stage=Stage.CUSTOMER) | on_won_deal, then=1), default=0, output_field=IntegerField())


def days_between(start: str, end: str) -> ExpressionWrapper:
    """Calendar days from one moment to another; null where one is missing."""
    span = ExpressionWrapper(local_day(end) - local_day(start), output_field=DurationField())
    return ExpressionWrapper(Extract(span, "epoch", output_field=FloatField()) / 86_400.0, output_field=FloatField())


def step_days() -> Greatest:
    """Calendar days from the step before; an entry that was never recorded takes none."""
    return Greatest(days_between("left", "came"), Value(0.0), output_field=FloatField())


def minutes() -> ExpressionWrapper:
    span = ExpressionWrapper(F("responded_at") - F("arrived_at"), output_field=DurationField())
    return ExpressionWrapper(Extract(span, "epoch", output_field=FloatField()) / 60.0, output_field=FloatField())


def value_of(value: str, currency: str) -> Any:
    """The expression of what one row adds to a sum; null adds nothing."""
    if value in ("amount", "revenue"):
        return converted(value, currency)
    makers: dict[str, Callable[[], Any]] = {
        "one": lambda: Value(1, output_field=IntegerField()),
        "won": lambda: Case(When(state=DealState.WON, then=1), default=0, output_field=IntegerField()),
        "has_amount": lambda: Case(
            When(Q(amount__isnull=False) & Q(rate__isnull=False), then=1), default=0, output_field=IntegerField()
        ),
        "became_customer": became_customer,
        "cycle_days": lambda: days_between("opened_at", "closed_at"),
        "step_days": step_days,
        "minutes": minutes,
        "conversions": lambda: Cast("conversions", DecimalField(max_digits=20, decimal_places=2)),
    }
    return makers[value]() if value in makers else F(value)


__all__ = [
    "STEPS",
    "SUBJECTS",
    "first_entry",
    "funnel_stages",
    "local_day",
    "model_of",
    "stages_from",
    "step_before",
    "value_of",
]
