"""The lifecycle as pages read it: who is in which stage, who came further and in how many days, who is stuck."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from martech.lifecycle.document import FORWARD, Lifecycle, default_document, rank
from martech.lifecycle.reading import Reading, read_lifecycle
from martech.models import LifecycleVersion, Person, Stage, StageMove
from mops.core.conditions import get_catalogue
from mops.core.documents import Finding
from mops.core.versions import newest_among, published_among

KEPT = 32
_lifecycles: dict[tuple[Any, ...], Lifecycle] = {}


def lifecycle_in_force() -> LifecycleVersion | None:
    return published_among(LifecycleVersion.objects.all())


def read_lifecycle_document(document: Any) -> Reading:
    return read_lifecycle(document, get_catalogue("person"))


def lifecycle_to_edit() -> dict[str, Any]:
    """The draft's document; without a draft the newest version's, without any the usual lifecycle of the field."""
    version = newest_among(LifecycleVersion.objects.all())
    return dict(version.document) if version else default_document()


def lifecycle_of(version: LifecycleVersion | None) -> Lifecycle:
    """The graph of a version; the usual one while none was published. Read once per process and revision."""
    key = (version.pk, version.revision, version.published_at) if version else ()
    if key not in _lifecycles:
        if len(_lifecycles) >= KEPT:
            _lifecycles.clear()
        document = version.document if version else default_document()
        _lifecycles[key] = read_lifecycle_document(document).lifecycle
    return _lifecycles[key]


def check_lifecycle(document: Any) -> list[Finding]:
    """Findings of a lifecycle document, errors first; people in stages it does not have are warned about."""
    reading = read_lifecycle_document(document)
    keys = reading.lifecycle.keys
    if reading.findings and not reading.is_usable:
        return list(reading.findings)
    lost = Person.objects.living().exclude(lifecycle_stage__in=keys).order_by()
    found = [
        Finding(
            "stages",
            f"{number:,} people are in {Stage(stage).label}, which this lifecycle does not have",
            "move them first, or keep the stage",
            "warning",
        )
        for stage, number in lost.values_list("lifecycle_stage").annotate(number=Count("pk"))
    ]
    return [*reading.findings, *found]


def targets_from(stage: str) -> list[Stage]:
    """Where somebody in a stage may be moved by hand."""
    lifecycle = lifecycle_of(lifecycle_in_force())
    return [Stage(key) for key in lifecycle.keys if (stage, key) in lifecycle.moves]


def stage_counts(user: Any) -> dict[str, int]:
    """How many people are in each stage."""
    rows = Person.objects.visible_to(user).order_by().values_list("lifecycle_stage")
    return dict(rows.annotate(number=Count("pk")))


@dataclass(frozen=True)
class Conversion:
    """Of the people who first entered `start` in a period, how many ever came to `end` or beyond, in how many days."""

    start: str
    end: str
    entered: int
    reached: int
    median_days: float | None

    @property
    def rate(self) -> float | None:
        return self.reached / self.entered if self.entered else None


COHORT = """
WITH cohort AS (
    SELECT move.person_id, min(move.at) AS at FROM martech_stagemove move
    JOIN martech_person person ON person.id = move.person_id AND person.merged_into_id IS NULL
    WHERE move.stage = %(start)s GROUP BY move.person_id HAVING min(move.at) >= %(since)s AND min(move.at) < %(until)s
), reached AS (
    SELECT cohort.person_id, min(move.at) - cohort.at AS took FROM cohort
    JOIN martech_stagemove move ON move.person_id = cohort.person_id AND move.stage = ANY(%(ends)s) AND move.at >= cohort.at
    GROUP BY cohort.person_id, cohort.at
)
SELECT (SELECT count(*) FROM cohort), (SELECT count(*) FROM reached),
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took) / 86400.0) FROM reached)
"""


def conversion(start: str, end: str, since: datetime, until: datetime) -> Conversion:
    """One cohort, by its people's first entry into `start`: who is recycled and comes again is counted once.

    Coming to a stage beyond `end` counts as coming to `end`, as stages may be skipped.
    """
    ends = list(FORWARD[FORWARD.index(end) :]) if end in FORWARD else [end]
    with connection.cursor() as cursor:
        cursor.execute(COHORT, {"start": start, "since": since, "until": until, "ends": ends})
        entered, reached, days = cursor.fetchone()
    return Conversion(start, end, entered, reached, float(days) if days is not None else None)


STAYS = """
SELECT stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at) / 86400.0), count(*) FROM (
    SELECT stage, at, lead(at) OVER (PARTITION BY person_id ORDER BY at, id) AS left_at FROM martech_stagemove
) AS stay WHERE left_at >= %s AND left_at < %s GROUP BY stage
"""


def median_stays(since: datetime, until: datetime) -> dict[str, float]:
    """The median days people had been in a stage, for stays that ended in the period."""
    with connection.cursor() as cursor:
        cursor.execute(STAYS, [since, until])
        return {stage: float(days) for stage, days, _number in cursor.fetchall()}


def stuck_people(user: Any, stage: str, days: int, now: datetime | None = None) -> QuerySet[Person]:
    """People who have been in a stage for longer than that."""
    since = (now or timezone.now()) - timedelta(days=days)
    fresh = StageMove.objects.filter(person=OuterRef("pk"), stage=stage, at__gte=since)
    return Person.objects.visible_to(user).filter(~Exists(fresh), lifecycle_stage=stage, created_at__lt=since)


@dataclass(frozen=True)
class Stay:
    """A stage somebody was in: when they entered and left it (None: they are there), and why and by whom they came."""

    stage: Stage
    entered: datetime
    left: datetime | None
    reason: str
    actor: str
    is_manual: bool

    @property
    def days(self) -> int:
        return ((self.left or timezone.now()) - self.entered).days


def stays_of(person: Person) -> list[Stay]:
    """Every stay of a person, the latest first; an exit is the entry into the next stage."""
    moves = list(person.stage_moves.select_related("actor").order_by("at", "id"))
    exits = [*(move.at for move in moves[1:]), None][: len(moves)]
    found = [
        Stay(Stage(move.stage), move.at, left, move.reason, str(move.actor or ""), move.cause == "manual")
        for move, left in zip(moves, exits, strict=True)
    ]
    return found[::-1]


@dataclass(frozen=True)
class StageRow:
    """A stage as the page shows it."""

    stage: Stage
    people: int
    onward: Conversion | None
    median_stay: float | None
    stuck: int | None
    stuck_after: int | None


def stage_rows(lifecycle: Lifecycle, user: Any, days: int = 365) -> list[StageRow]:
    """The stages with who is in them and how they go on, for cohorts of the last `days`."""
    until = timezone.now()
    since = until - timedelta(days=days)
    counts, stays = stage_counts(user), median_stays(since, until)
    way = [key for key in lifecycle.keys if rank(key)]
    following = dict(zip(sorted(way, key=rank), sorted(way, key=rank)[1:], strict=False))
    return [
        StageRow(
            Stage(rule.key),
            counts.get(rule.key, 0),
            conversion(rule.key, following[rule.key], since, until) if rule.key in following else None,
            stays.get(rule.key),
            stuck_people(user, rule.key, rule.stuck_after).count() if rule.stuck_after else None,
            rule.stuck_after,
        )
        for rule in lifecycle.stages
    ]


def labels(keys: Iterable[str]) -> str:
    return ", ".join(Stage(key).label for key in keys)
