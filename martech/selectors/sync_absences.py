"""Why a record of ours is not over there, or why a change of it waits: the first thing that holds it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from martech.models import (
    Connection,
    ConnectionState,
    DeadLetter,
    Person,
    PlannedWrite,
    RemoteRow,
    RunState,
    SyncObject,
)
from martech.models.sync import WriteState
from martech.services.sync.absent import makes_there
from martech.services.sync.consent import verdict_on
from martech.services.sync.course import Course, course_of
from martech.services.sync.sendings import split, would_send
from mops.core.conditions import get_catalogue, parse, sentence, to_q


@dataclass(frozen=True)
class Hindrance:
    """What holds a record back; `url` is where something can be done about it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Absence:
    """A connection in which a record of ours is not, and why."""

    connection: Connection
    why: Hindrance


def hindrance(object: SyncObject, pk: int) -> Hindrance | None:
    """Why nothing of a record of ours is written to an object now; None where the next round writes it."""
    url = object.connection.get_absolute_url()
    left_out = None if object.is_enabled else Hindrance("These records are left out of the connection.", url)
    return of_connection(object.connection) or left_out or of_plans(object, pk)


def of_connection(connection: Connection) -> Hindrance | None:
    """Why no round of a connection goes on now."""
    url = connection.get_absolute_url()
    detail = (connection.problem or {}).get("detail", "")
    if connection.state == ConnectionState.PAUSED:
        return Hindrance("The connection is paused.", url)
    if connection.state != ConnectionState.ACTIVE:
        return Hindrance(f"The connection needs attention. {detail}".strip(), url)
    if connection.paused_until and connection.paused_until > timezone.now():
        return Hindrance(f"The connection waits. {detail}".strip(), url)
    return None


def of_plans(object: SyncObject, pk: int) -> Hindrance | None:
    """A plan that waits with it, or the newest one, which held it back."""
    writes = PlannedWrite.objects.filter(local_id=pk, run__object=object).select_related("run")
    if waiting := writes.filter(run__state=RunState.HELD).first():
        return Hindrance("It waits with a plan that somebody has to approve.", waiting.run.get_absolute_url())
    newest = writes.order_by("-pk").first()
    if newest is not None and newest.state == WriteState.DENIED:
        return Hindrance(f"Held back: {newest.message or 'no consent'}.", newest.run.get_absolute_url())
    if newest is not None and newest.state == WriteState.LEFT_OUT and newest.run.state != RunState.CANCELLED:
        url = f"{reverse('martech:sync-run-writes', args=[newest.run_id])}?state={WriteState.LEFT_OUT}"
        return Hindrance("Somebody left it out of a plan; it is proposed again when it changes.", url)
    return None


def absences(kind: str, pk: int) -> list[Absence]:
    """The connections that know a kind of record, and not this one, in order of their names."""
    there = RemoteRow.objects.filter(object__connection=OuterRef("connection"), object__kind=kind, local_id=pk)
    objects = SyncObject.objects.filter(~Exists(there), kind=kind, versions__state="published")
    objects = objects.select_related("connection").order_by("connection__name", "order")
    by_connection = groupby(objects, key=lambda one: one.connection)
    return [Absence(connection, why_absent(list(ones), pk)) for connection, ones in by_connection]


def why_absent(objects: list[SyncObject], pk: int) -> Hindrance:
    makes = (course for object in objects if (course := course_of(object)) and makes_there(course))
    course = next(makes, None)
    if course is None:
        first = objects[0]
        url = reverse("martech:mapping", args=[first.connection.name, first.name])
        return Hindrance("None of its records is ours, and its mapping makes none there.", url)
    letters = DeadLetter.objects.filter(object=course.object, local_id=pk, direction="push", resolved_at=None)
    if letter := letters.first():
        return Hindrance(f"It could not be made: {letter.message}", f"{reverse('martech:dead-letters')}?q={pk}")
    return hindrance(course.object, pk) or of_mapping(course, pk) or Hindrance("The next round makes it there.")


def of_mapping(course: Course, pk: int) -> Hindrance | None:
    """Whom the mapping does not want there, or consent does not allow."""
    if course.mapping.kind != "person":
        return None
    rows = Person.objects.filter(pk=pk)
    if "email" in course.mapping.match and rows.filter(email="").exists():
        return Hindrance("It has no e-mail address, by which it would be known again there.")
    if course.mapping.create_there is not True:
        catalogue = get_catalogue("person")
        node = parse(course.mapping.create_there, catalogue)
        if not rows.filter(to_q(node, catalogue, now=course.now)).exists():
            url = reverse("martech:mapping-records", args=[course.connection.name, course.object.name])
            return Hindrance(f"The mapping makes only those there of whom this is true: {sentence(node)}.", url)
    denied = verdict_on(course, pk)
    return Hindrance(f"Held back: {denied}.") if denied else None


def standing_of(rows: Iterable[RemoteRow]) -> dict[int, Hindrance]:
    """{row: why nothing goes to and fro now}, of those whose connection does not go on."""
    return {row.pk: why for row in rows if (why := of_connection(row.object.connection)) is not None}


def waits_of(rows: Iterable[RemoteRow], pk: int) -> dict[int, Hindrance]:
    """{row: why a change of ours waits}, of those of which one does. Where nothing holds it back, it has to be one that the
    rules would write."""
    found = {row: hindrance(row.object, pk) for row in rows if row.due_at is not None and not row.fate}
    told = {
        row: why or (Hindrance("The next round writes it.") if writes(row, pk) else None) for row, why in found.items()
    }
    return {row.pk: why for row, why in told.items() if why}


def writes(row: RemoteRow, pk: int) -> bool:
    """Whether the next round has something of ours to write to a record."""
    course = course_of(row.object)
    return course is not None and bool(split(course, pk, would_send(course, row, pk))[0])
