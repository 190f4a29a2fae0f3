"""Segments as pages, the API and the refresh read them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from martech.models import ChangedPerson, Person, Segment, SegmentMembership, SegmentVersion
from martech.segments.dependencies import Dependencies, dependencies_of
from martech.segments.nesting import Mentions, users_of
from mops.core.conditions import AllOf, ConditionError, Node, get_catalogue, leaves, parse, to_q
from mops.core.errors import DomainError
from mops.core.lists.counting import estimated_rows
from mops.core.registry import Hit
from mops.core.rights import can
from mops.core.versions import VersionState

CATALOGUE = "segment"
COUNT_SECONDS = 3
SAMPLE = 8
FEW = 15
"""One person in so many is few."""
KEPT = 512
_rules: dict[tuple[int, Any], "Rule"] = {}


@dataclass(frozen=True)
class Rule:
    """A condition read: its tree, and what it depends on."""

    version: int
    number: int
    node: Node
    needs: Dependencies


def rule_of(version: SegmentVersion) -> Rule:
    """The rule of a version, read once per process. Raises ConditionError when it mentions what is no more."""
    key = (version.pk, version.published_at)
    if key not in _rules:
        if len(_rules) >= KEPT:
            _rules.clear()
        node = parse(version.condition, get_catalogue(CATALOGUE))
        _rules[key] = Rule(version.pk, version.number, node, dependencies_of(node))
    return _rules[key]


def versions_in_force(segments: Collection[Segment] | None = None) -> dict[int, SegmentVersion]:
    """Segment id → its published version."""
    rows = SegmentVersion.objects.filter(state=VersionState.PUBLISHED)
    rows = rows if segments is None else rows.filter(segment__in=segments)
    return {row.segment_id: row for row in rows}


def mentions() -> Mentions:
    """Which segments in use mention which, by key."""
    rows = SegmentVersion.objects.filter(state=VersionState.PUBLISHED, segment__archived_at=None)
    found: dict[str, Collection[str]] = {}
    for version in rows.select_related("segment"):
        try:
            found[version.segment.key] = rule_of(version).needs.segments
        except ConditionError:  # it mentions what is no more, and says so on its page
            found[version.segment.key] = ()
    return found


def where_used(segment: Segment) -> list[Segment]:
    """The segments that mention this one."""
    return list(Segment.objects.in_use().filter(key__in=users_of(segment.key, mentions())))


def matching(node: Node, *, now: datetime, among: Collection[int] | None = None) -> QuerySet[Person]:
    """The living people who meet a condition (of `among` only, where given), in no order."""
    people = Person.objects.living().order_by()
    if among is None:
        return people.filter(to_q(node, get_catalogue(CATALOGUE), now=now, each=leaves_few(node, now)))
    ids = sorted(among)
    return people.filter(pk__in=ids).filter(to_q(node, get_catalogue(CATALOGUE), now=now, among=ids))


def leaves_few(node: Node, now: datetime) -> bool:
    """Whether the tests of a person's own columns leave so few that each one's events are read sooner than everybody's.

    Gathering everybody's costs as much whoever passes; asking one by one costs by head, so it pays for few.
    """
    if not isinstance(node, AllOf):
        return False
    plain = tuple(part for part in node.parts if all(leaf.spec.custom is None for leaf in leaves(part)))
    if not plain or len(plain) == len(node.parts):
        return False
    people = Person.objects.living()
    passing = people.filter(to_q(AllOf(plain), get_catalogue(CATALOGUE), now=now))
    return estimated_rows(passing) * FEW < estimated_rows(people)


@dataclass(frozen=True)
class Preview:
    """How many a condition catches, and some of them; `is_late` when counting took longer than a page waits."""

    number: int | None
    sample: tuple[Person, ...] = ()
    is_late: bool = False
    took: timedelta = timedelta()


def preview(node: Node, user: Any, *, seconds: float = COUNT_SECONDS) -> Preview:
    """Count a condition and show some whom the user may see; gives up honestly after `seconds`."""
    now = timezone.now()
    rows = matching(node, now=now)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            room_to_count(cursor, seconds)
            number = rows.count()
            sample = tuple(rows.filter(pk__in=Person.objects.visible_to(user)).select_related("account")[:SAMPLE])
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "57014":
            raise
        return Preview(None, is_late=True, took=timezone.now() - now)
    return Preview(number, sample, took=timezone.now() - now)


def room_to_count(cursor: Any, seconds: float) -> None:
    """For this transaction: a limit of time, and memory enough to hold the sets that conditions are joined with."""
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])
    cursor.execute("SET LOCAL work_mem = '256MB'")


def members_at(segment: Segment, moment: datetime) -> QuerySet[SegmentMembership]:
    """Who was in a segment at a moment."""
    rows = segment.memberships.filter(entered_at__lte=moment)
    return rows.exclude(left_at__lte=moment)


def members_of(segment: Segment, user: Any) -> QuerySet[Person]:
    """The members the user may see."""
    inside = SegmentMembership.objects.filter(segment=segment, left_at=None)
    return Person.objects.visible_to(user).filter(pk__in=inside.values("person"))


def in_segment(people: QuerySet[Person], name: str) -> QuerySet[Person]:
    """Of the people, the members of a segment by id or key. Raises DomainError where there is no such segment."""
    is_number = name.isascii() and name.isdigit() and len(name) < 19
    if not Segment.objects.filter(**({"pk": int(name)} if is_number else {"key": name.replace("\x00", "")})).exists():
        reason = f"There is no segment “{name[:60]}”; segments/ lists them."
        raise DomainError("The segment is not known.", errors={"segment": [reason]})
    wanted = {"segment": int(name)} if is_number else {"segment__key": name}
    inside = SegmentMembership.objects.filter(**wanted, left_at=None)
    return people.filter(pk__in=inside.values("person"))


@dataclass(frozen=True)
class Freshness:
    """How current the members are: `as_of` in the data, `lag` behind now, and what holds it up."""

    as_of: datetime | None
    lag: timedelta
    is_counting: bool
    error: str = ""

    @property
    def is_current(self) -> bool:
        return not self.is_counting and not self.error and self.lag < timedelta(minutes=1)


def freshness_of(segments: Iterable[Segment]) -> dict[int, Freshness]:
    """For each segment: everything that changed before `as_of` is in its members. One statement."""
    now = timezone.now()
    waiting = ChangedPerson.objects.aggregate(oldest=Min("at"))["oldest"]
    as_of = min(filter(None, [waiting, now]))
    return {
        segment.pk: Freshness(
            None if segment.is_due else as_of,
            timedelta() if segment.is_due else now - as_of,
            segment.is_due,
            segment.last_error,
        )
        for segment in segments
    }


def segments_for(user: Any) -> QuerySet[Segment]:
    """Segments in use; who may see segments sees them all, and of their members those they may see."""
    return Segment.objects.in_use().select_related("created_by")


def current_members(segment: int, ids: Collection[int]) -> set[int]:
    """Which of the people are in a segment."""
    rows = SegmentMembership.objects.filter(segment=segment, left_at=None, person__in=list(ids))
    return set(rows.values_list("person", flat=True))


def memberships_of(person: Person) -> list[SegmentMembership]:
    """Every stay of a person in a segment, newest first."""
    return list(person.memberships.select_related("segment").order_by("-entered_at", "-id"))


def find_segments(user: Any, text: str, limit: int) -> list[Hit]:
    """Segments by name, for those who may see them."""
    if not can(user, "martech.view_segment"):
        return []
    rows = segments_for(user).filter(name__icontains=text)[:limit]
    return [Hit(row.name, f"{row.members:,} people", row.get_absolute_url(), "chart-pie") for row in rows]
