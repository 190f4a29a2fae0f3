"""Records of ours that are not over there, each with the first thing that keeps it from being made there."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from django.db.models import QuerySet

from martech.connectors.port import Kind
from martech.connectors.registry import vendor as vendor_of
from martech.models import (
    DeadLetter,
    Person,
    PlannedWrite,
    ProofSide,
    RemoteRow,
    RunState,
    SyncDifference,
    SyncRun,
    WriteState,
)
from martech.services.sync.consent import denied_now, lately_denied, reason_of
from martech.services.sync.course import Course, Line
from martech.services.sync.mirror import external_ids
from martech.services.sync.planning_push import wanted_there
from martech.services.sync.taken_back import VOID
from mops.core.conditions import get_catalogue, parse, to_q
from mops.core.sql import among

CHUNK = 2_000


def makes_there(course: Course) -> bool:
    """Whether records of ours are made over there at all."""
    can_create = vendor_of(course.connection.vendor).objects[course.object.name].can_create
    return can_create and course.mapping.create_there not in (False, None)


def only_here(line: Line, course: Course, run: SyncRun) -> Iterator[SyncDifference]:
    """Records of ours that the mapping wants over there and that are not there."""
    if not line.vendor.objects[course.object.name].can_create:
        return
    ids = list(wanted_there(course))
    linked = external_ids(course.object, ids)
    for pk in ids:
        if pk not in linked:
            yield SyncDifference(run=run, local_id=pk, reason="only_here", side=ProofSide.HERE)


def absent_there(course: Course, run: SyncRun, ids: Collection[int]) -> Iterator[SyncDifference]:
    """These records of ours, which no record of the object is, each with why."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        why = reasons_of(course, part)
        yield from (SyncDifference(run=run, local_id=pk, reason=why[pk], side=ProofSide.HERE) for pk in part)


def reasons_of(course: Course, ids: Sequence[int]) -> dict[int, str]:
    """{our id: the first thing that keeps it from being there}."""
    found = dict.fromkeys(ids, "only_here")
    steps: tuple[Callable[[], Mapping[int, str]], ...] = (
        lambda: held_up(course, ids),
        lambda: {pk: str(reason_of(why)) for pk, why in denied_now(course, ids).items()},
        lambda: dict.fromkeys(not_wanted(course, ids), "not_wanted"),
        lambda: dict.fromkeys(without_address(course, ids), "no_address"),
        lambda: {} if makes_there(course) else dict.fromkeys(ids, "not_made"),
        lambda: dict.fromkeys(refused(course, ids), "dead_letter"),
        lambda: elsewhere(course, ids),
    )
    for step in steps:  # a later one outweighs an earlier one
        found.update(step())
    return found


def held_up(course: Course, ids: Iterable[int]) -> dict[int, str]:
    """{our id: why} of those whose writing waits for somebody, was held back lately, or was left out of a plan."""
    mine = among(ids)
    denied = lately_denied(course).filter(local_id__in=mine).values_list("local_id", "reason")
    held = PlannedWrite.objects.filter(run__object=course.object, run__state=RunState.HELD, local_id__in=mine)
    waiting = held.values_list("local_id", flat=True)
    left = PlannedWrite.objects.filter(run__object=course.object, state=WriteState.LEFT_OUT, local_id__in=mine)
    left_out = left.exclude(run__state__in=VOID).values_list("local_id", flat=True)
    return {
        **dict.fromkeys(left_out, "left_out"),
        **dict.fromkeys(waiting, "waits_for_approval"),
        **dict(denied),
    }


def not_wanted(course: Course, ids: Iterable[int]) -> set[int]:
    """People whom the mapping's condition leaves out."""
    tree = course.mapping.create_there
    if course.mapping.kind != Kind.PERSON or isinstance(tree, bool) or tree is None:
        return set()
    catalogue = get_catalogue("person")
    rows = Person.objects.filter(pk__in=among(ids)).filter(to_q(parse(tree, catalogue), catalogue, now=course.now))
    return set(ids) - set(rows.values_list("pk", flat=True))


def without_address(course: Course, ids: Iterable[int]) -> set[int]:
    """People who could not be known again over there."""
    if course.mapping.kind != Kind.PERSON or "email" not in course.mapping.match:
        return set()
    return set(Person.objects.filter(pk__in=among(ids), email="").values_list("pk", flat=True))


def refused(course: Course, ids: Iterable[int]) -> QuerySet[DeadLetter, int | None]:
    letters = DeadLetter.objects.filter(object=course.object, direction="push", resolved_at=None)
    return letters.filter(local_id__in=among(ids)).values_list("local_id", flat=True)


def elsewhere(course: Course, ids: Iterable[int]) -> dict[int, str]:
    """{our id: why} of those that another object of the connection has, or this one had."""
    survivors = {pk: pk for pk in ids}
    if course.mapping.kind == Kind.PERSON:
        survivors |= dict(Person.objects.filter(merged_into__in=among(ids)).values_list("pk", "merged_into"))
    rows = RemoteRow.objects.filter(local_id__in=among(survivors), object__kind=course.mapping.kind)
    rows = rows.filter(object__connection=course.connection)
    gone = rows.filter(object=course.object, fate="deleted").values_list("local_id", flat=True)
    others = rows.filter(fate="").exclude(object=course.object).values_list("local_id", flat=True)
    found = {survivors[pk]: "gone_there" for pk in gone if pk}
    return {**found, **{survivors[pk]: "other_object" for pk in others if pk}}
