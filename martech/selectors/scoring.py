"""Scores as pages and the API read them: the model in force, why somebody has their score, the matrix of grades."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from martech.condition_fields import TOUCH_FIELDS
from martech.models import ChangedPerson, FitContribution, Person, ScoringState, ScoringVersion, Touch
from martech.scoring.counting import Contribution, Event, Score, fit_hits, score
from martech.scoring.document import ScoringModel, empty_document, grades
from martech.scoring.reading import Reading, read_model
from martech.selectors.scoring_sql import day_start
from mops.core.conditions import InstanceRecord, fields_used, get_catalogue, sentence
from mops.core.documents import Finding
from mops.core.versions import in_force_at, newest_among, published_among

KEPT_MODELS = 32
_models: dict[tuple[Any, ...], ScoringModel] = {}


def scoring_in_force() -> ScoringVersion | None:
    return published_among(ScoringVersion.objects.all())


def read_scoring(document: Any) -> Reading:
    return read_model(document, get_catalogue("person"), get_catalogue("touch"))


def scoring_to_edit() -> dict[str, Any]:
    """The draft's document; without a draft the newest version's, without any an empty one."""
    version = newest_among(ScoringVersion.objects.all())
    return dict(version.document) if version else empty_document()


def model_of(version: ScoringVersion) -> ScoringModel:
    """The model of a version; read once per process and revision."""
    key = (version.pk, version.revision, version.published_at)
    if key not in _models:
        if len(_models) >= KEPT_MODELS:
            _models.clear()
        _models[key] = read_scoring(version.document).model
    return _models[key]


def check_scoring(document: Any) -> list[Finding]:
    """Findings of a scoring document, errors first; fields that hardly anybody has filled are warned about."""
    reading = read_scoring(document)
    warnings = [] if reading.findings else _empty_fields(reading.model)
    return [*reading.findings, *warnings]


SAMPLE = 2_000


def _empty_fields(model: ScoringModel) -> list[Finding]:
    """Fit fields that fewer than one in a hundred of the newest people have."""
    people, found = get_catalogue("person"), []
    newest = list(Person.objects.living().select_related("account", "owner", "campaign").order_by("-pk")[:SAMPLE])
    for index, rule in enumerate(model.fit.rules):
        for key in sorted(fields_used(rule.condition)) if rule.condition else ():
            spec = people.find(key)
            if spec is None or not newest or key.count(".") > 1:
                continue
            filled = sum(InstanceRecord(person, people)[spec.record_key] not in (None, "") for person in newest)
            if filled * 100 < len(newest):
                reason = f"{spec.label} is filled for {filled:,} of the newest {len(newest):,} people"
                found.append(
                    Finding(f"fit.rules[{index}].when", reason, "collect the field first, or use another", "warning")
                )
    return found


def scoring_day() -> date:
    """The day all kept scores are of."""
    return ScoringState.objects.values_list("day", flat=True).first() or timezone.now().astimezone(UTC).date()


def events_of(person: Person, model: ScoringModel, day: date, *, known_at: datetime | None = None) -> list[Event]:
    """The touches that may still count on a day; with `known_at` only those that had happened and been heard of then."""
    rows = person.touches.filter(at__gte=day_start(day) - timedelta(days=model.longest_window))
    if known_at is not None:
        rows = rows.filter(at__lte=known_at, recorded_at__lte=known_at)
    return [Event(touch.at, _record(touch)) for touch in rows.select_related("campaign")]


def _record(touch: Touch) -> dict[str, Any]:
    values = InstanceRecord(touch, get_catalogue("touch"))
    return {field.record_key: values[field.record_key] for field in TOUCH_FIELDS}


def score_now(person: Person, version: ScoringVersion) -> Score:
    """The score counted from the person's fields and touches as they are, on the day all kept scores are of."""
    model, day = model_of(version), scoring_day()
    hits = fit_hits(model, InstanceRecord(person, get_catalogue("person")), day_start(day))
    return score(model, hits, events_of(person, model, day), day, day_start(day))


def score_at(person: Person, moment: datetime) -> tuple[ScoringVersion, Score] | None:
    """The score somebody had at a past moment, by the model in force then and what was known then.

    None when no model was in force.
    """
    version = in_force_at(ScoringVersion.objects.all(), moment)
    if version is None:
        return None
    model, day = model_of(version), moment.astimezone(UTC).date()
    held = FitContribution.objects.filter(person=person, version=version, since__lte=moment)
    hits = held.filter(Q(until=None) | Q(until__gt=moment)).values_list("rule", flat=True)
    return version, score(model, set(hits), events_of(person, model, day, known_at=moment), day, day_start(day))


@dataclass(frozen=True)
class ScoreLine:
    """One reason for a score in words: `points` as counted, `detail` how they came about."""

    title: str
    points: str
    detail: str
    is_against: bool = False


def _points(number: float) -> str:
    text = f"{number:+.1f}".removesuffix(".0")
    return text.replace("-", "−")


def fit_line(line: Contribution) -> ScoreLine:
    words = sentence(line.rule.condition) if line.rule.condition else ""
    return ScoreLine(line.rule.name, _points(line.points), words, line.milli < 0)


def engagement_line(line: Contribution, day: date) -> ScoreLine:
    """“+12 Demo requested, 3 days ago, faded from 20”."""
    newest = max(line.events[0][0].age_on(day), 0)
    times = len(line.events)
    when = "today" if newest == 0 else "yesterday" if newest == 1 else f"{newest} days ago"
    parts = [f"{times} times, last {when}" if times > 1 else when]
    if line.given != line.milli:
        parts.append(f"faded from {_points(line.given / 1000)}")
    return ScoreLine(line.rule.name, _points(line.points), ", ".join(parts))


def lines_of(found: Score, day: date) -> tuple[list[ScoreLine], list[ScoreLine]]:
    """The reasons of fit and of engagement, the weightiest first, and what caps took away."""
    fit = [fit_line(line) for line in sorted(found.fit_lines, key=lambda line: -abs(line.milli))]
    engagement = [engagement_line(line, day) for line in sorted(found.engagement_lines, key=lambda line: -line.milli)]
    for lines, groups in ((fit, found.fit_groups), (engagement, found.engagement_groups)):
        lines += [
            ScoreLine(f"Cap of {group.name or 'the rest'}", _points(-group.lost), f"at most {group.kept // 1000}", True)
            for group in groups
            if group.lost
        ]
    return fit, engagement


@dataclass(frozen=True)
class GradeCell:
    """A field of the matrix: its grade, how many people have it, and their share of the fullest field."""

    grade: str
    people: int
    share: float


def grade_matrix(user: Any) -> list[list[GradeCell]]:
    counts = dict(
        Person.objects.visible_to(user).exclude(grade="").order_by().values_list("grade").annotate(number=Count("pk"))
    )
    fullest = max(counts.values(), default=0) or 1
    return [
        [GradeCell(grade, counts.get(grade, 0), counts.get(grade, 0) / fullest) for grade in row] for row in grades()
    ]


@dataclass(frozen=True)
class Freshness:
    """How far counting is: who still waits, since when, and what the last recount of everybody found."""

    waiting: int
    oldest: datetime | None
    state: ScoringState | None


def freshness() -> Freshness:
    oldest = ChangedPerson.objects.order_by("pk").values_list("at", flat=True).first()
    return Freshness(ChangedPerson.objects.count() if oldest else 0, oldest, ScoringState.objects.first())


def rules_using(paths: Iterable[str], findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the rule they stand at (`fit.rules[0]`)."""
    listed = list(findings)
    return {path: [one for one in listed if one.path == path or one.path.startswith(f"{path}.")] for path in paths}
