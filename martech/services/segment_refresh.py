"""Members kept equal to conditions: whoever changed is looked at again, in the segments that mention what changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from martech.models import Person, PersonConsent, Segment, SegmentDay, SegmentMembership, SegmentVersion
from martech.segments.dependencies import SCORE, is_timed
from martech.segments.nesting import in_order
from martech.selectors.segments import (
    Rule,
    current_members,
    matching,
    mentions,
    room_to_count,
    rule_of,
    versions_in_force,
)
from martech.services.memberships import move, replace_members
from mops.core.conditions import ConditionError, Leaf, leaves
from mops.core.conditions.counted import Counted
from mops.core.conditions.operators import Type
from mops.core.conditions.periods import period

log = structlog.get_logger(__name__)
FULL_SECONDS = 120
TIME = "time passed"
Topics = frozenset[str]
"""What changed of somebody; empty means that nobody knows, so everything may have."""


@dataclass
class Changes:
    """Who changed, and under which topics. Grows while segments are worked through: members of one may be of another."""

    topics: dict[int, Topics] = field(default_factory=dict)

    def add(self, ids: Iterable[int], topic: str) -> None:
        for pk in ids:
            known = self.topics.get(pk)
            self.topics[pk] = frozenset({topic}) if known is None else known | {topic} if known else known

    def concerning(self, rule: Rule) -> dict[int, str]:
        """Those who may have entered or left, with the reason in words."""
        by_topics: dict[Topics, list[int]] = defaultdict(list)
        for pk, topics in self.topics.items():
            by_topics[topics].append(pk)
        found: dict[int, str] = {}
        for topics, ids in by_topics.items():
            if not topics or rule.needs.concerns(topics):
                found.update(dict.fromkeys(ids, why(topics, rule)))
        return found


def why(topics: Topics, rule: Rule) -> str:
    """What changed, in words, of what the rule looks at."""
    told = sorted(topic for topic in topics if rule.needs.concerns({topic}))
    return ", ".join(topic.replace("_id", "").replace("_", " ") for topic in told) or "changed"


def follow_segments(changed: Mapping[int, Topics], now: datetime) -> None:
    """Bring the members of every live segment up to date with who changed and with the time that passed.

    Call it inside the transaction that took the changes. A segment that cannot be counted is left for a full count,
    and says why; the others are not held up by it.
    """
    segments = {segment.key: segment for segment in Segment.objects.to_follow()}
    if not segments:
        return
    versions = versions_in_force(list(segments.values()))
    changes = Changes({pk: topics | {SCORE} if topics else topics for pk, topics in changed.items()})
    for key in in_order(segments, mentions()):
        segment = segments[key]
        if segment.pk not in versions or not is_concerned(segment, versions[segment.pk], changes):
            continue
        try:
            with transaction.atomic():
                locked = Segment.objects.select_for_update().get(pk=segment.pk)
                moved = follow_one(locked, rule_of(versions_in_force([locked])[locked.pk]), changes, now)
        except (DatabaseError, ConditionError) as error:
            moved = set()
            log.warning("segment not counted", segment=segment.pk, error=type(error).__name__)
            Segment.objects.filter(pk=segment.pk).update(is_due=True, last_error=reason_of(error))
        changes.add(moved, f"segment:{key}")


def is_concerned(segment: Segment, version: SegmentVersion, changes: Changes) -> bool:
    """Whether there is anything to look at: a count that is due, a clock, or somebody who changed in what it mentions."""
    try:
        rule = rule_of(version)
    except ConditionError:
        return True
    return segment.is_due or bool(rule.needs.clocks) or bool(changes.concerning(rule))


def reason_of(error: Exception) -> str:
    if getattr(error.__cause__, "pgcode", "") == "57014":
        return f"Counting it takes longer than {FULL_SECONDS} seconds; make the condition simpler."
    return str(error).split("\n")[0][:500]


def follow_one(segment: Segment, rule: Rule, changes: Changes, now: datetime) -> set[int]:
    """One segment up to date; answers who entered or left."""
    if segment.is_due or segment.evaluated_at is None:
        return count_fully(segment, rule, now, f"counted by version {rule.number}")
    asked = changes.concerning(rule)
    timed = due_by_time(rule, segment.evaluated_at, now)
    if timed is None:
        return count_fully(segment, rule, now, TIME)
    for pk in timed:
        asked.setdefault(pk, TIME)
    moved = look_at(segment, rule, asked, now) if asked else set()
    if timed or rule.needs.clocks:
        Segment.objects.filter(pk=segment.pk).update(evaluated_at=now)
    return moved


def look_at(segment: Segment, rule: Rule, asked: Mapping[int, str], now: datetime) -> set[int]:
    """Test some people anew, and move those who are not where they belong."""
    hits = set(matching(rule.node, now=now, among=asked).values_list("pk", flat=True))
    inside = current_members(segment.pk, asked)
    came, went = hits - inside, inside - hits
    move(
        segment,
        entered={pk: asked[pk] for pk in sorted(came)},
        left={pk: asked[pk] for pk in sorted(went)},
        at=now,
    )
    return came | went


def count_fully(segment: Segment, rule: Rule, now: datetime, reason: str, seconds: float = FULL_SECONDS) -> set[int]:
    """Count everybody; answers who entered or left. Raises OperationalError past the time allowed."""
    with connection.cursor() as cursor:
        room_to_count(cursor, seconds)
        moved = replace_members(segment, matching(rule.node, now=now), why=reason, at=now)
        cursor.execute("SET LOCAL statement_timeout = 0")
    Segment.objects.filter(pk=segment.pk).update(is_due=False, evaluated_at=now, last_error="")
    return moved


def due_by_time(rule: Rule, since: datetime, now: datetime) -> set[int] | None:
    """Whose answer may have changed only because time passed; None: nobody can tell, count everybody.

    Each relative date is an interval that moves with the clock; whoever lies in what it gained or lost is looked at.
    """
    found: set[int] = set()
    for leaf in rule.needs.clocks:
        crossed = crossing(leaf, since, now)
        if crossed is not None:
            found.update(crossed)
        elif timezone.localdate(since) != timezone.localdate(now):
            return None
    return found


def crossing(leaf: Leaf, since: datetime, now: datetime) -> Iterable[int] | None:
    """The people whose value of a leaf crossed an edge; None where no index can tell (it is looked at once a day)."""
    if isinstance(leaf.value, Counted):
        return crossed_events(leaf, since, now)
    if leaf.field == "person.consent":
        ended = PersonConsent.objects.filter(ends_at__gt=since, ends_at__lte=now)
        return ended.values_list("person", flat=True)
    if leaf.spec.type is Type.DATETIME and leaf.spec.lookup:
        before, after = (period(leaf.positive.op, leaf.value, at, as_days=False) for at in (since, now))
        edges = Q()
        for old, new in zip(before, after, strict=True):
            edges |= Q(**{f"{leaf.spec.lookup}__gte": old, f"{leaf.spec.lookup}__lt": new})
        return Person.objects.filter(edges).order_by().values_list("pk", flat=True)
    return None


def crossed_events(leaf: Leaf, since: datetime, now: datetime) -> Iterable[int] | None:
    asked, test = leaf.value, leaf.spec.custom
    if asked.days is None or any(is_timed(inner) for inner in leaves(asked.where)):
        return None
    span = timedelta(days=asked.days)
    edge = {f"{test.moment}__gte": since - span, f"{test.moment}__lt": now - span}  # type: ignore[union-attr]
    events = test.events().order_by().filter(**edge)  # type: ignore[union-attr]
    return events.values_list(test.owner, flat=True).distinct()  # type: ignore[union-attr]


# In one statement: somebody marked between two would be left out of one side only, and differ.
HITS_AND_MEMBERS = """
SELECT coalesce(hit.id, stay.person_id), hit.id IS NOT NULL, stay.person_id IS NOT NULL
FROM ({sql}) AS hit (id)
FULL JOIN (SELECT person_id FROM martech_segmentmembership WHERE segment_id = %s AND left_at IS NULL) AS stay
    ON stay.person_id = hit.id
WHERE NOT EXISTS (SELECT FROM martech_changedperson waits WHERE waits.person_id = coalesce(hit.id, stay.person_id))
"""


def prove_one(segment: Segment, rule: Rule, now: datetime) -> int:
    """Count everybody and compare with the members kept; whoever differs is put right, and their number told.

    People who wait to be looked at are left out. The answer is 0 unless following changes missed something.
    """
    follow_one(segment, rule, Changes(), now)
    sql, params = matching(rule.node, now=now).values_list("id").query.sql_with_params()
    with connection.cursor() as cursor:
        room_to_count(cursor, FULL_SECONDS)
        cursor.execute(HITS_AND_MEMBERS.format(sql=sql), [*params, segment.pk])
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL statement_timeout = 0")
    hits, inside = {pk for pk, hit, _ in rows if hit}, {pk for pk, _, member in rows if member}
    reason = "nightly recount"
    move(
        segment,
        entered=dict.fromkeys(sorted(hits - inside), reason),
        left=dict.fromkeys(sorted(inside - hits), reason),
        at=now,
    )
    differing = len(hits ^ inside)
    Segment.objects.filter(pk=segment.pk).update(
        proved_at=now, proved_people=len(hits | inside), differing=differing, evaluated_at=now
    )
    return differing


def prove_segments(now: datetime | None = None) -> int:
    """Once a day (UTC): keep how many were in each segment, and prove every live one; answers how many were proved.

    One transaction a segment, while no refresh runs.
    """
    moment = now or timezone.now()
    midnight = datetime.combine(moment.astimezone(UTC).date(), datetime.min.time(), tzinfo=UTC)
    waiting = Segment.objects.in_use().filter(Q(proved_at=None) | Q(proved_at__lt=midnight)).filter(is_due=False)
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('martech_refresh'))")
            if not cursor.fetchone()[0]:
                return done
            done += prove_and_keep(Segment.objects.select_for_update().get(pk=pk), midnight, moment)
    return done


def prove_and_keep(segment: Segment, midnight: datetime, now: datetime) -> int:
    inside = SegmentMembership.objects.filter(segment=segment, entered_at__lt=midnight).exclude(left_at__lt=midnight)
    SegmentDay.objects.update_or_create(
        segment=segment, day=(midnight - timedelta(days=1)).date(), defaults={"members": inside.count()}
    )
    version = versions_in_force([segment]).get(segment.pk) if segment.is_live else None
    if version is None:
        Segment.objects.filter(pk=segment.pk).update(proved_at=now)
        return 1
    try:
        with transaction.atomic():
            prove_one(segment, rule_of(version), now)
    except (DatabaseError, ConditionError) as error:
        Segment.objects.filter(pk=segment.pk).update(proved_at=now, last_error=reason_of(error))
    return 1
