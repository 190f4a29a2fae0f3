"""The learned score as pages and the API read it: versions, their report in words, one person's reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from martech.learned.document import LearnedRule, Reading, read_learned, usual_document
from martech.learned.features import Column
from martech.learned.prediction import Model, model_from
from martech.models import LearnedScore, LearnedStep, LearnedVersion, LearnedWork, Person
from martech.selectors.learned_cases import samples_of
from mops.core.charts import Chart, Series, line_chart
from mops.core.conditions import get_catalogue
from mops.core.documents import Finding
from mops.core.versions import draft_among, newest_among, published_among
from mops.core.work import WorkState

MODEST = 0.6
"""An AUC below this is hardly better than a coin."""
CROOKED = 0.1
_models: dict[tuple[int, datetime | None], Model] = {}


def read_document(document: Any) -> Reading:
    return read_learned(document, get_catalogue("person"))


def learned_in_force() -> LearnedVersion | None:
    return published_among(LearnedVersion.objects.all())


def learned_to_edit() -> dict[str, Any]:
    version = newest_among(LearnedVersion.objects.all())
    return dict(version.document) if version else usual_document()


def rule_in(version: LearnedVersion) -> LearnedRule | None:
    return read_document(version.document).rule


def model_in(version: LearnedVersion) -> Model | None:
    """The trained model of a version; read once per process."""
    if version.trained is None:
        return None
    key = (version.pk, version.trained_at)
    if key not in _models:
        _models.clear()
        _models[key] = model_from(version.trained)
    return _models[key]


def check_learned(version: LearnedVersion) -> list[Finding]:
    """What speaks against publishing: errors block, warnings are for whoever decides."""
    findings = list(read_document(version.document).findings)
    if findings:
        return findings
    report = version.report
    if not version.is_trained or report is None:
        if version.refusal:
            return [Finding("", version.refusal.rstrip("."), "change what it learns from, or train it again later")]
        return [Finding("", "the draft was not trained as it is now", "train it, then look at the report")]
    model, base, rules = report["model"], report["base"], report["rules"]
    if model["brier"] >= base["brier"]:
        reason = "on the latest deals it is no better than saying the base rate to everybody"
        return [Finding("", reason, "add fields or deals; the rules go on")]
    found = []
    if (model["auc"] or 0) < MODEST:
        found.append(("it hardly tells won from lost deals", "wait for more deals, or add fields"))
    if report["calibration_error"] > CROOKED:
        found.append(("its percentages are off by more than 10 points on average", "read them as an order only"))
    if rules and (rules["auc"] or 0) >= (model["auc"] or 0):
        found.append(("the rule-based score orders the same deals no worse", "the rules are easier to explain"))
    if is_guessed(version):
        number = report["without_history"]
        reason = f"{number:,} deals are known by values recorded only after they were opened"
        found.append((reason, "leaks in them cannot be seen; leave them out once there are enough others"))
    return [Finding("", reason, remedy, "warning") for reason, remedy in found]


def is_guessed(version: LearnedVersion) -> bool:
    """Whether first values stand in for what nobody recorded in time."""
    missing = (version.report or {}).get("without_history", 0)
    return bool(missing) and version.document.get("before_history") == "first_value"


def words_of(feature: str, kind: str, value: str) -> str:
    """A column in words."""
    if kind == "touches":
        return f"More touches of kind “{value}”"
    if kind == "recency":
        return "A longer time since the last touch"
    spec = get_catalogue("person").find(feature)
    label = spec.label_for(feature) if spec else feature
    if kind == "filled":
        return f"{label} is filled"
    if kind == "number":
        return f"A higher number: {label}"
    labels = {key.lower(): name for key, name in spec.choice_labels().items()} if spec else {}
    return f"{label} is {labels.get(value, value)}"


@dataclass(frozen=True)
class Effect:
    """What something does to the odds: `factor` times for 1.8 or a half for 0.5; `points` are log odds."""

    words: str
    points: float

    @property
    def factor(self) -> float:
        return float(2.718281828459045 ** abs(self.points))

    @property
    def is_against(self) -> bool:
        return self.points < 0


@dataclass(frozen=True)
class LearnedPage:
    draft: LearnedVersion | None
    published: LearnedVersion | None
    shown: LearnedVersion | None
    rule: LearnedRule | None
    findings: Sequence[Finding]
    effects: Sequence[Effect]
    leaks: Sequence[tuple[str, str]]
    curve: Chart | None
    versions: Sequence[LearnedVersion]
    scored: int
    training: str
    """The state of the latest training of what is shown; empty before the first."""

    @property
    def is_guessed(self) -> bool:
        return self.shown is not None and is_guessed(self.shown)

    @property
    def errors(self) -> int:
        return sum(one.level == "error" for one in self.findings)

    @property
    def is_training(self) -> bool:
        return self.training in (WorkState.PENDING, WorkState.RUNNING)

    @property
    def has_failed(self) -> bool:
        return self.training == WorkState.QUARANTINED


def learned_page() -> LearnedPage:
    versions = LearnedVersion.objects.all()
    draft, published = draft_among(versions), published_among(versions)
    shown = draft or published
    report = (shown.report or {}) if shown else {}
    return LearnedPage(
        draft=draft,
        published=published,
        shown=shown,
        rule=rule_in(shown) if shown else None,
        findings=check_learned(draft) if draft else (),
        effects=[Effect(words_of(*line[:3]), line[3]) for line in report.get("lines", [])[:15]],
        leaks=[(words_of(key, "filled", "").removesuffix(" is filled"), why) for key, why in report.get("leaks", [])],
        curve=curve_of(report.get("calibration", [])),
        versions=list(versions.select_related("published_by").defer("document", "trained", "report")[:8]),
        scored=LearnedScore.objects.filter(version=published).count() if published else 0,
        training=training_of(shown),
    )


def training_of(version: LearnedVersion | None) -> str:
    rows = LearnedWork.objects.filter(step=LearnedStep.TRAIN, version=version).order_by("-pk")
    return rows.values_list("state", flat=True).first() or "" if version else ""


def curve_of(bins: Sequence[Sequence[float]]) -> Chart | None:
    """What was said against what happened, over bins of equally many deals."""
    if len(bins) < 2:
        return None
    names = [
        f"{said:.0%}" if place == 0 or f"{said:.0%}" != f"{bins[place - 1][0]:.0%}" else f"{said:.1%}"
        for place, (said, _h, _n) in enumerate(bins)
    ]
    series = [
        Series("Won", [happened for _said, happened, _deals in bins]),
        Series("As said", [said for said, _happened, _deals in bins], style="target"),
    ]
    return line_chart("calibration", "Won, by what was said", names, series, unit="%")


@dataclass(frozen=True)
class Explained:
    version: LearnedVersion
    probability: float
    base: float
    effects: Sequence[Effect]


def explain_person(person: Person) -> Explained | None:
    """The probability now, with what speaks for and against it; None while no model is in force."""
    version = learned_in_force()
    model = model_in(version) if version else None
    rule = rule_in(version) if version else None
    if version is None or model is None or rule is None:
        return None
    sample = samples_of(rule, ids=[person.pk]).get(person.pk)
    if sample is None:
        return None
    base = (version.report or {}).get("base", {}).get("share", 0.0)
    effects = [Effect(_held(column, sample.values), points) for column, points in model.contributions(sample)]
    return Explained(
        version, float(model.probabilities([sample])[0]), base, [e for e in effects if abs(e.points) > 0.02][:8]
    )


def _held(column: Column, values: Any) -> str:
    """The column in words as this person has it: what is not so is said as not so."""
    words = words_of(column.feature, column.kind, column.value)
    if column.kind == "category" and str(values.get(column.feature) or "").strip().lower()[:80] != column.value:
        return words.replace(" is ", " is not ", 1)
    if column.kind == "filled" and values.get(column.feature) in (None, ""):
        return words.replace(" is filled", " is empty")
    if column.kind == "touches":
        return f"Touches of kind “{column.value}”"
    if column.kind == "recency":
        return "Time since the last touch"
    if column.kind == "number":
        return (
            words.removeprefix("A higher number: ")
            + f": {values.get(column.feature) if values.get(column.feature) is not None else 'unknown'}"
        )
    return words
