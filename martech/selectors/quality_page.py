"""The page of one monitor: its versions, its trend as a chart, where failing values come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from martech.models import FindingState, Monitor, MonitorVersion, QualityFinding, QualitySnapshot, QualitySource
from martech.quality.document import KINDS, STATISTICS, MonitorRule
from martech.selectors.quality import TREND_DAYS, label_of, question, read_document, rule_of
from mops.core.charts import Chart, Series, bar_chart, line_chart
from mops.core.documents import Finding
from mops.core.versions import draft_among, published_among


@dataclass(frozen=True)
class MonitorPage:
    draft: MonitorVersion | None
    published: MonitorVersion | None
    rule: MonitorRule | None
    kind: str
    field: str
    question: str
    draft_question: str
    findings: Sequence[Finding]
    latest: QualitySnapshot | None
    sources: Sequence[QualitySource]
    trend: Chart | None
    spread: Chart | None
    finding: QualityFinding | None
    versions: Sequence[MonitorVersion]

    @property
    def errors(self) -> int:
        return sum(one.level == "error" for one in self.findings)

    @property
    def statistic(self) -> str:
        return STATISTICS[self.rule.drift.statistic] if self.rule and self.rule.drift else ""


def monitor_page(monitor: Monitor) -> MonitorPage:
    versions = monitor.versions.all()
    draft, published = draft_among(versions), published_among(versions)
    reading = read_document(draft.document) if draft else None
    rule = rule_of(published) if published else reading.rule if reading else None
    snapshots = list(monitor.snapshots.order_by("-day")[:TREND_DAYS])
    latest = snapshots[0] if snapshots else None
    return MonitorPage(
        draft=draft,
        published=published,
        rule=rule,
        kind=KINDS[rule.kind] if rule else "",
        field=label_of(rule.field) if rule else "",
        question=question(rule) if rule else "This draft cannot be asked yet.",
        draft_question=question(reading.rule) if reading and reading.rule and published else "",
        findings=reading.findings if reading else (),
        latest=latest,
        sources=list(latest.sources.all()[:12]) if latest else [],
        trend=trend_chart(snapshots[::-1]),
        spread=spread_chart(monitor, latest, published) if latest else None,
        finding=monitor.findings.filter(state=FindingState.OPEN).select_related("owner").first(),
        versions=list(versions.select_related("published_by").defer("document", "baseline")[:8]),
    )


def trend_chart(snapshots: Sequence[QualitySnapshot]) -> Chart | None:
    """The score of each day, with the target."""
    shown = [one for one in snapshots if one.score is not None]
    if len(shown) < 2:
        return None
    series = [Series("Passes", [one.score for one in shown])]
    if shown[-1].kind != "drift":
        series.append(Series("Target", [one.target for one in shown], style="target"))
    return line_chart("trend", "Score by day", [one.day for one in shown], series, unit="%", height="low")


def spread_chart(monitor: Monitor, latest: QualitySnapshot, published: MonitorVersion | None) -> Chart | None:
    """The shares of the values then and now; a bar opens the newcomers of that value."""
    rows: list[dict[str, Any]] = latest.detail.get("buckets", [])
    if not rows or published is None or latest.version_id != published.pk:
        return None
    places = range(min(len(rows), 12))
    shown = [rows[place] for place in places]
    links = [reverse("martech:failing-bucket", args=[monitor.key, place]) for place in places]
    series = [
        Series("Baseline", [row["before"] for row in shown]),
        Series("Newcomers", [row["now"] for row in shown], links),
    ]
    names = [row["name"] for row in shown]
    return bar_chart("spread", "Shares then and now", names, series, unit="%", is_horizontal=True, height="tall")
