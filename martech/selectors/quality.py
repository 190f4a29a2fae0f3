"""Monitors and what they found, as pages and the API read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Max, Q, QuerySet, Sum
from django.utils import timezone

from martech.models import (
    FindingState,
    Monitor,
    MonitorVersion,
    Person,
    QualityFinding,
    QualitySnapshot,
    QualitySource,
)
from martech.quality.document import FORMATS, KINDS, STATISTICS, MonitorRule
from martech.quality.reading import Reading, read_monitor
from martech.selectors.quality_sql import asked_people, failing_people, newcomers, shared_rows
from mops.core.conditions import get_catalogue, sentence
from mops.core.versions import VersionState

TREND_DAYS = 30
KEPT_RULES = 200
_rules: dict[tuple[int, int], MonitorRule] = {}


def read_document(document: Any) -> Reading:
    return read_monitor(document, get_catalogue("person"))


def rule_of(version: MonitorVersion) -> MonitorRule:
    """The rule of a published version; read once per process."""
    key = (version.pk, version.revision)
    if key not in _rules:
        if len(_rules) >= KEPT_RULES:
            _rules.clear()
        rule = read_document(version.document).rule
        assert rule is not None  # noqa: S101 - what has errors is not published
        _rules[key] = rule
    return _rules[key]


def monitors_in_force() -> list[MonitorVersion]:
    """The published versions of the monitors that are not paused, in a steady order."""
    rows = MonitorVersion.objects.filter(state=VersionState.PUBLISHED, monitor__is_active=True)
    return list(rows.select_related("monitor").order_by("monitor_id"))


def label_of(key: str) -> str:
    spec = get_catalogue("person").find(key)
    return spec.label_for(key) if spec else key


def question(rule: MonitorRule) -> str:
    """A monitor in one sentence."""
    name = label_of(rule.field)
    whom = (
        ""
        if rule.scope is None or sentence(rule.scope) in ("", "always")
        else f" — of people with {sentence(rule.scope)}"
    )
    return f"{_asked(rule, name)}{whom}"


def _asked(rule: MonitorRule, name: str) -> str:
    if rule.kind == "completeness":
        return f"{name} is filled"
    if rule.must is not None:
        return sentence(rule.must)
    if rule.kind == "validity":
        return f"{name} is {FORMATS[rule.format]}"
    if rule.kind == "consistency":
        return f"{name} is the same as {label_of(rule.same_as)}"
    if rule.kind == "freshness":
        return f"{name} is at most {rule.days} days ago"
    if rule.kind == "uniqueness":
        return f"Nobody shares {' with '.join(label_of(key) for key in (rule.field, *rule.together))}"
    assert rule.drift is not None  # noqa: S101 - the only kind left
    days = f"{rule.drift.first_day:%d %b %Y} to {rule.drift.last_day:%d %b %Y}"
    what = STATISTICS[rule.drift.statistic]
    return f"{name} of newcomers is spread as from {days} ({what} up to {rule.drift.threshold:g})"


def failing_of(version: MonitorVersion, user: Any, bucket: str = "") -> QuerySet[Person]:
    """The people behind a monitor's figure whom the user may see."""
    edges = (version.baseline or {}).get("edges")
    rows: QuerySet[Person] = failing_people(rule_of(version), timezone.now(), bucket, edges)
    return rows.filter(pk__in=Person.objects.visible_to(user).values("pk"))


@dataclass(frozen=True)
class LiveCount:
    """What a monitor would find now: how many are asked, and how many of them fail (None: it compares)."""

    checked: int
    failing: int | None

    @property
    def score(self) -> float | None:
        return 1 - self.failing / self.checked if self.failing is not None and self.checked else None


def count_now(rule: MonitorRule, now: datetime | None = None) -> LiveCount:
    moment = now or timezone.now()
    if rule.kind == "drift":
        return LiveCount(newcomers(rule, moment).count(), None)
    asked = asked_people(rule, moment).order_by().count()
    if rule.kind == "uniqueness":
        return LiveCount(asked, shared_rows(rule, moment).filter(sharing__gt=1).count())
    return LiveCount(asked, failing_people(rule, moment).order_by().count())


@dataclass(frozen=True)
class MonitorRow:
    """A monitor on the overview, with its latest snapshot, the scores of the last days and its open finding."""

    monitor: Monitor
    kind: str
    field: str
    question: str
    latest: QualitySnapshot | None
    trend: Sequence[float]
    finding: QualityFinding | None
    has_draft: bool

    @property
    def is_short(self) -> bool:
        return self.finding is not None


@dataclass(frozen=True)
class Standing:
    """The score of a field or a source, how it went over the last days, and how many values fail."""

    name: str
    key: str
    score: float
    trend: Sequence[float]
    failing: int

    @property
    def change(self) -> float:
        return self.score - self.trend[0] if self.trend else 0.0


@dataclass(frozen=True)
class QualityPage:
    rows: Sequence[MonitorRow]
    score: float | None
    trend: Sequence[float]
    fields: Sequence[Standing]
    sources: Sequence[Standing]
    run_at: datetime | None
    findings: int
    late: int
    failing: int

    @property
    def has_trend(self) -> bool:
        """Whether there are two days of anything: one makes no line."""
        return any(len(row.trend) > 1 for row in [*self.rows, *self.fields, *self.sources])


def quality_page(today: date | None = None) -> QualityPage:
    """Everything the overview shows, in six statements however many monitors there are."""
    day = today or timezone.now().date()
    since = day - timedelta(days=TREND_DAYS)
    shown = list(QualitySnapshot.objects.filter(day__gt=since, day__lte=day, monitor__is_active=True).order_by("day"))
    rows = monitor_rows(shown)
    overall = weighted_by_day(shown)
    due = [row.finding.due_on for row in rows if row.finding]
    latest = [row.latest for row in rows if row.latest]
    return QualityPage(
        rows=rows,
        score=overall[-1] if overall else None,
        trend=overall,
        fields=by_field(shown),
        sources=by_source(since, day),
        run_at=max((one.at for one in latest), default=None),
        findings=len(due),
        late=sum(one < day for one in due),
        failing=sum(one.failing for one in latest),
    )


def monitor_rows(shown: Sequence[QualitySnapshot]) -> list[MonitorRow]:
    per: dict[int, list[QualitySnapshot]] = {}
    for snapshot in shown:
        per.setdefault(snapshot.monitor_id, []).append(snapshot)
    open_ones = QualityFinding.objects.filter(state=FindingState.OPEN).select_related("owner")
    standing = {row.monitor_id: row for row in open_ones}
    found = []
    for monitor in Monitor.objects.select_related("owner").prefetch_related("versions"):
        versions = {version.state: version for version in monitor.versions.all()}
        version = versions.get("published") or versions.get("draft")
        rule = read_document(version.document).rule if version else None
        own = per.get(monitor.pk, [])
        found.append(
            MonitorRow(
                monitor=monitor,
                kind=KINDS.get(rule.kind, "") if rule else "",
                field=label_of(rule.field) if rule else "",
                question=question(rule) if rule else "This draft cannot be asked yet.",
                latest=own[-1] if own else None,
                trend=[one.score for one in own if one.score is not None],
                finding=standing.get(monitor.pk),
                has_draft="draft" in versions,
            )
        )
    return sorted(found, key=lambda row: (not row.is_short, row.monitor.name.lower()))


def weighted_by_day(shown: Iterable[QualitySnapshot]) -> list[float]:
    """The weighted mean of the scores of each day, the oldest first."""
    days: dict[date, list[tuple[float, int]]] = {}
    for one in shown:
        if one.score is not None:
            days.setdefault(one.day, []).append((one.score, one.weight))
    return [sum(s * w for s, w in pairs) / sum(w for _s, w in pairs) for _day, pairs in sorted(days.items())]


def by_field(shown: Sequence[QualitySnapshot]) -> list[Standing]:
    """Fields, the worst first."""
    fields: dict[str, list[QualitySnapshot]] = {}
    for one in shown:
        fields.setdefault(one.field, []).append(one)
    last = max((one.day for one in shown), default=None)
    found = []
    for key, own in fields.items():
        trend = weighted_by_day(own)
        if trend:
            failing = sum(one.failing for one in own if one.day == last)
            found.append(Standing(label_of(key), key, trend[-1], trend, failing))
    return sorted(found, key=lambda one: (one.score, one.name))


def by_source(since: date, until: date, limit: int = 12) -> list[Standing]:
    """Sources by their weighted share of values that pass, the worst first; the largest ones only."""
    rows = (
        QualitySource.objects.filter(
            snapshot__day__gt=since, snapshot__day__lte=until, snapshot__monitor__is_active=True
        )
        .order_by("snapshot__day")
        .values("source", "snapshot__day")
        .annotate(
            asked=Sum(F("checked") * F("snapshot__weight"), output_field=FloatField()),
            failed=Sum(F("failing") * F("snapshot__weight"), output_field=FloatField()),
            failing_now=Sum("failing"),
            largest=Max("checked"),
        )
    )
    per: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        per.setdefault(row["source"], []).append(row)
    largest = sorted(per, key=lambda name: (-per[name][-1]["largest"], name))[:limit]
    found = []
    for name in largest:
        trend = [1 - row["failed"] / row["asked"] for row in per[name] if row["asked"]]
        if trend:
            found.append(Standing(name, name, trend[-1], trend, per[name][-1]["failing_now"]))
    return sorted(found, key=lambda one: (one.score, one.name))


def findings_for(user: Any) -> QuerySet[QualityFinding]:
    """Findings, for whoever may see data quality."""
    return QualityFinding.objects.select_related("monitor", "owner")


def open_findings_count() -> tuple[int, bool] | None:
    """How many findings are open, and whether one of them is late."""
    today = timezone.localdate()
    found = QualityFinding.objects.filter(state=FindingState.OPEN).aggregate(
        number=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))
    )
    return (found["number"], bool(found["late"])) if found["number"] else None
