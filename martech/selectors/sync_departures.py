"""Owners who left, over there or here, and the records that still name them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from governance.models import User
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, RemoteOwner, SyncObject
from martech.services.sync.course import Course, course_of
from martech.services.sync.taking import LOCALS
from martech.sync.rules import FieldRule, Truth
from mops.core.sql import array, fetch

GIVEN = (Truth.OURS, Truth.NEWEST)
"""Whose word must count for an owner of ours to go over there."""
COUNTED = """
select o.id, count(distinct r.local_id) {named} group by o.id
"""
LISTED = """
select distinct r.local_id {named}
"""
NAMED = """
from martech_remoterow r join {table} l on l.id = r.local_id
join martech_remoteowner o on o.id = any(%s) and (r."values" ->> %s = o.external_id or l.owner_id = o.user_id)
where r.object_id = %s and r.fate = ''
"""


@dataclass(frozen=True)
class Named:
    """Records of an object that name somebody; `can_give` where a new owner of ours is written over there."""

    object: SyncObject
    label: str
    number: int
    can_give: bool


@dataclass(frozen=True)
class Departure:
    """`owner` left: over there, or here, where the colleague they are was deactivated."""

    owner: RemoteOwner
    named: Sequence[Named]

    @property
    def number(self) -> int:
        """Records that can be given to somebody else."""
        return sum(one.number for one in self.named if one.can_give)

    @property
    def only_read(self) -> Sequence[Named]:
        return [one for one in self.named if not one.can_give]

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
            label = vendor_of(course.connection.vendor).objects[course.object.name].label
            for pk, number in counts(course, rule, ids).items():
                found[pk].append(Named(course.object, label, number, can_be_given(rule)))
    lines = [Departure(owner, found[owner.pk]) for owner in owners if found[owner.pk]]
    return sorted(lines, key=lambda line: -line.number)


def owned(connection_id: int) -> list[tuple[Course, FieldRule]]:
    """The mapped objects of a connection whose owner is one of the fields."""
    objects = SyncObject.objects.filter(connection=connection_id, is_enabled=True, kind__in=LOCALS)
    courses = [course for object in objects.select_related("connection") if (course := course_of(object))]
    return [(course, rule) for course in courses for rule in course.mapping.rules if rule.ours == "owner"]


def can_be_given(rule: FieldRule) -> bool:
    return rule.pushes and rule.truth in GIVEN


def counts(course: Course, rule: FieldRule, owners: Sequence[int]) -> Mapping[int, int]:
    named = NAMED.format(table=LOCALS[course.object.kind].table)
    return dict(fetch(COUNTED.format(named=named), array(owners), rule.theirs, course.object.pk))


def records_of(course: Course, rule: FieldRule, owner: RemoteOwner, limit: int | None = None) -> list[int]:
    """Ids of ours that name the owner, here or over there, in order."""
    named = NAMED.format(table=LOCALS[course.object.kind].table)
    sql = f"{LISTED.format(named=named)} order by 1 {'limit %s' if limit else ''}"
    rows = fetch(sql, array([owner.pk]), rule.theirs, course.object.pk, *([limit] if limit else []))
    return [pk for (pk,) in rows]


def successors(owner: RemoteOwner) -> dict[str, str]:
    """Colleagues who may own records over there, by id."""
    rows = RemoteOwner.objects.filter(connection=owner.connection_id, is_active=True, user__is_active=True)
    users = User.objects.filter(pk__in=rows.values("user")).exclude(pk=owner.user_id)
    return {str(user.pk): str(user) for user in users.order_by("name", "email")}
