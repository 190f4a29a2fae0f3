"""Owners who left, over there or here, and the records that still name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from governance.models import User
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, RemoteOwner, SyncObject
from martech.services.sync.course import Course, course_of
from martech.services.sync.mappings import rivals_of
from martech.services.sync.taking import LOCALS
from martech.sync.rules import FieldRule, Truth
from mops.core.sql import array, fetch

GIVEN = (Truth.OURS, Truth.NEWEST)
"""Whose word must count for an owner of ours to go over there."""
NAMED = """
from (
  select r.local_id, o.id owner_id,
    r.due_at is not null and l.owner_id is not null and l.owner_id is distinct from o.user_id is_given,
    (select min(x.object_id) from martech_remoterow x
     where x.object_id = any(%s) and x.local_id = r.local_id and x.fate = '') ruled_by
  from martech_remoterow r join {table} l on l.id = r.local_id
  join martech_remoteowner o on o.id = any(%s) and (r."values" ->> %s = o.external_id or l.owner_id = o.user_id)
  where r.object_id = %s and r.fate = ''
) named
"""
COUNTED = """
select owner_id, ruled_by, count(distinct local_id) filter (where not is_given),
  count(distinct local_id) filter (where is_given)
{named} group by 1, 2
"""
LISTED = """
select distinct local_id {named} where not is_given and ruled_by is null
"""


@dataclass(frozen=True)
class Named:
    """Records of an object that name somebody. Who takes over from them is said `elsewhere` where this connection only reads
    the owner, or another one's word counts for it; nothing where a new owner of ours is written over there. `given` more are
    somebody else's here already, which waits to be written."""

    object: SyncObject
    label: str
    number: int
    elsewhere: str = ""
    given: int = 0


@dataclass(frozen=True)
class Departure:
    """`owner` left: over there, or here, where the colleague they are was deactivated."""

    owner: RemoteOwner
    named: Sequence[Named]

    @property
    def number(self) -> int:
        """Records that can be given to somebody else."""
        return sum(one.number for one in self.named if not one.elsewhere)

    @property
    def elsewhere(self) -> Sequence[Named]:
        return [one for one in self.named if one.number and one.elsewhere]

    @property
    def naming(self) -> Sequence[Named]:
        return [one for one in self.named if one.number and not one.elsewhere]

    @property
    def given(self) -> int:
        return sum(one.given for one in self.named)

    @property
    def why(self) -> str:
        if not self.owner.is_active:
            return f"left {vendor_of(self.owner.connection.vendor).label}"
        return "is deactivated here"


def departed(connection: Connection | None = None) -> QuerySet[RemoteOwner]:
    rows = RemoteOwner.objects.filter(Q(is_active=False) | Q(user__is_active=False)).select_related(
        "connection", "user"
    )
    return (rows if connection is None else rows.filter(connection=connection)).order_by("connection", "name", "pk")


def departures(connection: Connection | None = None) -> list[Departure]:
    """Owners who left and whom records still name, those with the most first."""
    owners = list(departed(connection))
    found: dict[int, list[Named]] = {owner.pk: [] for owner in owners}
    for id in {owner.connection_id: owner for owner in owners}:
        ids = [owner.pk for owner in owners if owner.connection_id == id]
        for course, rule in owned(id):
            for pk, named in counts(course, rule, ids):
                found[pk].append(named)
    lines = [Departure(owner, found[owner.pk]) for owner in owners if found[owner.pk]]
    return sorted(lines, key=lambda line: -line.number)


def orphaned() -> int:
    """How many records wait for somebody who takes over from an owner who left."""
    return sum(line.number for line in departures())


def owned(connection_id: int) -> list[tuple[Course, FieldRule]]:
    """The mapped objects of a connection whose owner is one of the fields."""
    objects = SyncObject.objects.filter(connection=connection_id, is_enabled=True, kind__in=LOCALS)
    courses = [course for object in objects.select_related("connection") if (course := course_of(object))]
    return [(course, rule) for course in courses for rule in course.mapping.rules if rule.ours == "owner"]


def can_be_given(rule: FieldRule) -> bool:
    return rule.pushes and rule.truth in GIVEN


def rulers_of(course: Course) -> dict[int, SyncObject]:
    """Objects of other mappings whose word counts for the owner: what is given here they would take back."""
    found = {}
    for object in rivals_of(course.object):
        other = course_of(object)
        rules = other.mapping.rules if other else ()
        if any(rule.ours == "owner" and rule.pulls and rule.truth is Truth.THEIRS for rule in rules):
            found[object.pk] = object
    return found


def counts(course: Course, rule: FieldRule, owners: Sequence[int]) -> list[tuple[int, Named]]:
    """What names each of the owners, apart by who has to say who takes over."""
    label, vendor = label_of(course.object), vendor_of(course.connection.vendor).label
    rulers = rulers_of(course)
    sql = COUNTED.format(named=NAMED.format(table=LOCALS[course.object.kind].table))
    found = []
    for pk, ruler, number, given in fetch(sql, array(rulers), array(owners), rule.theirs, course.object.pk):
        elsewhere = rulers[ruler].connection.name if ruler else "" if can_be_given(rule) else vendor
        found.append((pk, Named(course.object, label, number, elsewhere, given)))
    return found


def label_of(object: SyncObject) -> str:
    return vendor_of(object.connection.vendor).objects[object.name].label


def records_of(course: Course, rule: FieldRule, owner: RemoteOwner, limit: int | None = None) -> list[int]:
    """Ids of ours that name the owner, here or over there, and can be given to somebody else here, in order."""
    sql = LISTED.format(named=NAMED.format(table=LOCALS[course.object.kind].table))
    sql = f"{sql} order by 1 {'limit %s' if limit else ''}"
    rows = fetch(
        sql, array(rulers_of(course)), array([owner.pk]), rule.theirs, course.object.pk, *([limit] if limit else [])
    )
    return [pk for (pk,) in rows]


def successors(owner: RemoteOwner) -> dict[str, str]:
    """Colleagues who may own records over there, by id."""
    rows = RemoteOwner.objects.filter(connection=owner.connection_id, is_active=True, user__is_active=True)
    users = User.objects.filter(pk__in=rows.values("user")).exclude(pk=owner.user_id)
    return {str(user.pk): str(user) for user in users.order_by("name", "email")}
