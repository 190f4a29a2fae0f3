"""The run: every monitor in force asked once, in sets; a snapshot of the day, and findings that open and close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Count, TextField, Value, When
from django.db.models.functions import Lower, Trim
from django.utils import timezone

from governance.services.notifications import Notice, send_notices
from martech.models import (
    FindingState,
    MonitorVersion,
    Person,
    QualityFinding,
    QualitySnapshot,
    QualitySource,
    QualityStep,
    QualityWork,
)
from martech.quality.document import MonitorRule
from martech.quality.drift import compare
from martech.selectors.quality import monitors_in_force, rule_of
from martech.selectors.quality_sql import asked_q, baseline_of, current_of, failing_q, shared_rows
from mops.core.history import recording
from mops.core.work import wake

MOST_SOURCES = 40
NO_SOURCE, OTHER_SOURCES = "(no source)", "(other sources)"
SORTING = "SET LOCAL work_mem = '128MB'"


@dataclass
class Figures:
    """What one monitor found: by source, or as a comparison. `score` is None where too few people were there."""

    sources: dict[str, tuple[int, int]] = field(default_factory=dict)
    checked: int = 0
    failing: int = 0
    score: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Mapping[str, tuple[int, int]]) -> "Figures":
        checked, failing = (sum(pair[part] for pair in sources.values()) for part in (0, 1))
        kept = {name: pair for name, pair in sources.items() if pair[0]}
        return cls(kept, checked, failing, 1 - failing / checked if checked else None)


def run_monitors(*, now: datetime | None = None) -> list[QualitySnapshot]:
    """Ask every monitor in force; the day's snapshots replace those of an earlier run of the same day (UTC)."""
    moment = now or timezone.now()
    with transaction.atomic(), recording("run_monitors"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('martech_quality'))")
        cursor.execute(SORTING)
        versions = monitors_in_force()
        found = ask(versions, moment)
        snapshots = keep(versions, found, moment)
        send_notices(settle(versions, snapshots, utc_day(moment)))
    return snapshots


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def ask(versions: Sequence[MonitorVersion], now: datetime) -> dict[int, Figures]:
    """Figures by the id of the version; those decided row by row are counted in one reading of the people."""
    rules = {version.pk: rule_of(version) for version in versions}
    source = source_of()
    found = count_by_row({pk: rule for pk, rule in rules.items() if rule.is_by_row}, source, now)
    for version in versions:
        rule = rules[version.pk]
        if rule.kind == "uniqueness":
            found[version.pk] = count_shared(rule, source, now)
        elif rule.kind == "drift":
            found[version.pk] = measure_drift(version, rule, now)
    return found


def source_of() -> Case:
    """The source of a person in small letters; the rarest ones together, so that breakdowns stay short."""
    value = Lower(Trim("source"))
    rows = Person.objects.living().order_by().annotate(from_=value).values_list("from_").annotate(people=Count("pk"))
    top = [name for name, _people in rows.order_by("-people", "from_")[:MOST_SOURCES] if name]
    named = When(source_key__in=top, then="source_key")
    steps = [When(source_key="", then=Value(NO_SOURCE)), *([named] if top else [])]
    return Case(*steps, default=Value(OTHER_SOURCES), output_field=TextField())


def with_source(rows: Any, source: Case) -> Any:
    return rows.annotate(source_key=Lower(Trim("source"))).annotate(source_name=source)


def count_by_row(rules: Mapping[int, MonitorRule], source: Case, now: datetime) -> dict[int, Figures]:
    """All monitors that judge each person alone, in one statement."""
    if not rules:
        return {}
    totals = {}
    for pk, rule in rules.items():
        asked = asked_q(rule, now)
        totals[f"asked_{pk}"] = Count("pk", filter=asked)
        totals[f"failing_{pk}"] = Count("pk", filter=asked & failing_q(rule, now))
    rows = list(with_source(Person.objects.living().order_by(), source).values("source_name").annotate(**totals))
    return {
        pk: Figures.of({row["source_name"]: (row[f"asked_{pk}"], row[f"failing_{pk}"]) for row in rows}) for pk in rules
    }


def count_shared(rule: MonitorRule, source: Case, now: datetime) -> Figures:
    rows = with_source(shared_rows(rule, now), source).values("source_name", "sharing")
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_name, count(*), count(*) FILTER (WHERE sharing > 1) FROM ({sql}) AS asked GROUP BY 1",  # noqa: S608 - Django made it
            params,
        )
        return Figures.of({name: (asked, shared) for name, asked, shared in cursor.fetchall()})


def measure_drift(version: MonitorVersion, rule: MonitorRule, now: datetime) -> Figures:
    """Compare the newcomers with the pinned window; fewer than the minimum on either side give no score."""
    assert rule.drift is not None  # noqa: S101 - drift monitors have one
    baseline = version.baseline or baseline_of(rule, now)
    current = current_of(rule, baseline, now)
    people, before = sum(current.values()), sum(baseline["counts"].values())
    if min(people, before) < rule.drift.minimum:
        short = {"people": people, "baseline_people": before, "minimum": rule.drift.minimum}
        return Figures(checked=people, detail={"too_few": short})
    drifted = compare(baseline["counts"], current, rule.drift.statistic, rule.drift.threshold)
    detail = {**drifted.as_json(), "is_drifted": drifted.is_drifted}
    return Figures({}, people, drifted.moved if drifted.is_drifted else 0, drifted.score, detail)


def keep(versions: Sequence[MonitorVersion], found: Mapping[int, Figures], now: datetime) -> list[QualitySnapshot]:
    day = utc_day(now)
    QualitySnapshot.objects.filter(day=day, monitor__in=[version.monitor_id for version in versions]).delete()
    snapshots = [snapshot_of(version, rule_of(version), found[version.pk], now) for version in versions]
    QualitySnapshot.objects.bulk_create(snapshots)
    QualitySource.objects.bulk_create(
        QualitySource(snapshot=snapshot, source=name[:120], checked=checked, failing=failing)
        for version, snapshot in zip(versions, snapshots, strict=True)
        for name, (checked, failing) in found[version.pk].sources.items()
    )
    return snapshots


def snapshot_of(version: MonitorVersion, rule: MonitorRule, found: Figures, now: datetime) -> QualitySnapshot:
    return QualitySnapshot(
        monitor_id=version.monitor_id,
        version=version,
        day=utc_day(now),
        at=now,
        kind=rule.kind,
        field=rule.field,
        weight=rule.weight,
        target=rule.target,
        checked=found.checked,
        failing=found.failing,
        score=found.score,
        detail=found.detail,
    )


def is_short(snapshot: QualitySnapshot) -> bool:
    """Whether a snapshot is below its target; drift is when it is beyond its limit."""
    if snapshot.score is None:
        return False
    return bool(snapshot.detail["is_drifted"]) if snapshot.kind == "drift" else snapshot.score < snapshot.target


def settle(versions: Sequence[MonitorVersion], snapshots: Sequence[QualitySnapshot], day: date) -> list[Notice]:
    """Open a finding for each monitor that fell short, bring open ones up to date, resolve those that pass again."""
    monitors = [version.monitor_id for version in versions]
    standing = {
        row.monitor_id: row
        for row in QualityFinding.objects.filter(monitor__in=monitors, state=FindingState.OPEN).select_for_update()
    }
    tolerated = set(
        QualityFinding.objects.filter(
            monitor__in=monitors, state=FindingState.ACCEPTED, accepted_until__gte=day
        ).values_list("monitor_id", flat=True)
    )
    opened = []
    for version, snapshot in zip(versions, snapshots, strict=True):
        known = standing.get(version.monitor_id)
        if is_short(snapshot) and known is None and version.monitor_id not in tolerated:
            opened.append(finding_of(version, snapshot, day))
        elif known is not None and snapshot.score is not None:
            bring_up_to_date(known, snapshot, day)
    QualityFinding.objects.bulk_create(opened)
    return [
        Notice(one.owner_id, "quality", f"{one.monitor.name} fell below its target", str(one), one.get_absolute_url())
        for one in opened
        if one.owner_id
    ]


def finding_of(version: MonitorVersion, snapshot: QualitySnapshot, day: date) -> QualityFinding:
    return QualityFinding(
        monitor=version.monitor,
        owner_id=version.monitor.owner_id,
        opened_on=day,
        seen_on=day,
        due_on=day + timedelta(days=rule_of(version).due_days),
        checked=snapshot.checked,
        failing=snapshot.failing,
        score=snapshot.score or 0,
    )


def bring_up_to_date(finding: QualityFinding, snapshot: QualitySnapshot, day: date) -> None:
    figures: dict[str, Any] = {"checked": snapshot.checked, "failing": snapshot.failing, "score": snapshot.score}
    if not is_short(snapshot):
        figures |= {"state": FindingState.RESOLVED, "closed_at": timezone.now(), "note": "It passes again."}
    QualityFinding.objects.filter(pk=finding.pk, state=FindingState.OPEN).update(seen_on=day, **figures)


SOON = timedelta(days=2)
AGAIN = timedelta(days=7)


def remind_owners(*, now: datetime | None = None) -> int:
    """Remind owners two days before a finding is due, on the day, and every week it is late; answers how many."""
    day = utc_day(now or timezone.now())
    sent = []
    with transaction.atomic(), recording("remind_owners"):
        rows = QualityFinding.objects.filter(state=FindingState.OPEN, owner__isnull=False, due_on__lte=day + SOON)
        for row in rows.select_related("monitor").select_for_update(of=("self",)):
            if is_time(row, day):
                sent.append(row)
        QualityFinding.objects.filter(pk__in=[row.pk for row in sent]).update(reminded_on=day)
        send_notices(reminder(row, day) for row in sent)
    return len(sent)


def is_time(finding: QualityFinding, day: date) -> bool:
    last = finding.reminded_on
    if last is None or day == finding.due_on:
        return last != day
    if last <= finding.due_on < day:
        return True
    return day > finding.due_on and day - last >= AGAIN


def reminder(finding: QualityFinding, day: date) -> Notice:
    late = (day - finding.due_on).days
    when = f"is {late} days late" if late > 0 else "is due today" if late == 0 else f"is due on {finding.due_on:%d %b}"
    title = f"{finding.monitor.name} {when}"
    return Notice(finding.owner_id or 0, "quality", title, str(finding), finding.get_absolute_url())


def enqueue_run(*, actor: Any = None) -> bool:
    """Queue a run of all monitors; False where one waits or runs already."""
    try:
        with transaction.atomic():
            QualityWork.objects.create(step=QualityStep.RUN, actor=actor)
            wake("quality")
    except IntegrityError:
        return False
    return True


def begin_quality_day(*, now: datetime | None = None) -> None:
    """Queue the day's run if it has not been, and remind owners; called every hour."""
    day = utc_day(now or timezone.now())
    versions = monitors_in_force()
    asked = QualitySnapshot.objects.filter(day=day, monitor__in=[one.monitor_id for one in versions])
    if versions and not asked.exists():
        enqueue_run()
    remind_owners(now=now)
