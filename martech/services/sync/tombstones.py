"""Records that are no longer themselves: deleted, merged or converted over there, on the vendor's evidence only."""

from collections.abc import Iterator, Sequence

import structlog
from django.db import transaction
from django.utils import timezone

from martech.connectors.port import Fate, Position, Tombstone, TombstonePage, Window
from martech.models import Person, PersonIdentity, RemoteAlias, RemoteRow, SyncObject
from martech.services.merging import merge_people
from martech.services.sync.course import Course, Line
from martech.services.sync.mirror import known_rows
from martech.services.sync.patience import patiently
from mops.core.errors import DomainError
from mops.core.history import recording

log = structlog.get_logger(__name__)


def pull_tombstones(line: Line, course: Course, window: Window) -> int:
    """Take what the vendor says became of records; answers how many. A log that reaches not far enough is said so."""
    if not line.vendor.objects[course.object.name].has_tombstones:
        return 0
    taken, position, is_first = 0, None, True
    while is_first or position is not None:
        is_first = False
        page = patiently(lambda at=position: next(_pages(line, course, window, at), None))  # type: ignore[misc]
        if page is None:
            break
        take_tombstones(course, page.tombstones)
        taken += len(page.tombstones)
        position = page.position
        if page.is_gap:
            SyncObject.objects.filter(pk=course.object.pk).update(backfilled_at=None)
    return taken


def _pages(line: Line, course: Course, window: Window, position: Position | None) -> Iterator[TombstonePage]:
    return iter(line.connector.tombstones(course.object.name, window=window, position=position))


def take_tombstones(course: Course, tombstones: Sequence[Tombstone]) -> None:
    """Note the fates. They outrank data that arrives later; a restored record is itself again."""
    if not tombstones:
        return
    with transaction.atomic(), recording("sync_tombstones", connection=course.system):
        gone = {t.id: t for t in tombstones if t.fate is not Fate.RESTORED}
        rows = (
            RemoteRow.objects.select_for_update()
            .filter(object=course.object, external_id__in=list(gone))
            .order_by("pk")
        )
        for row in rows:
            row.fate, row.fate_at, row.due_at = gone[row.external_id].fate, gone[row.external_id].at, None
        RemoteRow.objects.bulk_update(rows, ["fate", "fate_at", "due_at"])
        back = [t.id for t in tombstones if t.fate is Fate.RESTORED]
        RemoteRow.objects.filter(object=course.object, external_id__in=back).update(fate="", fate_at=None)
        for tombstone in tombstones:
            if tombstone.fate in (Fate.MERGED, Fate.CONVERTED):
                follow(course, tombstone)


def follow(course: Course, tombstone: Tombstone) -> None:
    """The ledger leads the old id to the survivors; whoever the record was here goes with it."""
    objects = {o.name: o for o in SyncObject.objects.filter(connection=course.connection)}
    before = known_rows(course.object, [tombstone.id]).get(tombstone.id)
    for name, into in tombstone.into:
        if name not in objects or into == tombstone.id:
            continue
        RemoteAlias.objects.update_or_create(
            object=course.object,
            external_id=tombstone.id,
            into_object=name,
            defaults={"into_id": into, "fate": tombstone.fate, "at": tombstone.at or timezone.now()},
        )
        RemoteAlias.objects.filter(into_object=name, into_id=tombstone.id, object=objects[name]).update(into_id=into)
        if before is not None and before.local_id and objects[name].kind == course.object.kind:
            join(objects[name], into, before.local_id)


def join(object: SyncObject, into: str, local_id: int) -> None:
    """The survivor is who the loser was. Where both are somebody here, the two were found to be one over there."""
    survivor = known_rows(object, [into]).get(into)
    if survivor is None:
        if object.kind == "person":
            PersonIdentity.objects.get_or_create(
                system=object.connection.name, object=object.name, external_id=into, defaults={"person_id": local_id}
            )
        return
    if survivor.local_id is None:
        RemoteRow.objects.filter(object=object, external_id=into).update(local_id=local_id)
    elif survivor.local_id != local_id and object.kind == "person":
        merge_here(survivor.local_id, local_id, object)


def merge_here(keep: int, give: int, object: SyncObject) -> None:
    people = {p.pk: p for p in Person.objects.living().filter(pk__in=[keep, give])}
    if len(people) < 2:
        return
    try:
        merge_people(
            survivor=people[keep], others=[people[give]], actor=None, reason=f"Merged in {object.connection.name}"
        )
    except DomainError as refused:
        log.warning("a merge of the other system was not followed", reason=refused.detail, object=object.name)
