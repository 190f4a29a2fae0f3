"""What each system would be sent of a person now: the rules asked once more, nothing kept and nothing called."""

from typing import Any

from django.db import transaction

from martech.connectors.port import RemoteRecord, Value
from martech.models import RemoteRow
from martech.sendings import Sending
from martech.services.sync.consent import verdict_on
from martech.services.sync.course import Course, course_of
from martech.services.sync.field_times import field_times
from martech.services.sync.incoming import RecordReader
from martech.services.sync.mirror import known_rows
from martech.services.sync.reconcile import reconcile
from martech.services.sync.taking import LOCALS
from mops.core.rights import can


def sendings(user: Any, person: Any) -> list[Sending]:
    """One entry for each place a person is linked to."""
    if not can(user, "martech.view_sync"):
        return []
    rows = RemoteRow.objects.filter(object__kind="person", local_id=person.pk, fate="").select_related(
        "object__connection"
    )
    found = []
    for row in rows:
        if (course := course_of(row.object)) is not None:
            values = {
                name: "nothing" if v is None else str(v) for name, v in would_send(course, row, person.pk).items()
            }
            denied = verdict_on(course, person.pk)
            note = "" if values else "Nothing: both sides agree, or their value is right."
            found.append(Sending(row.object.connection.name, row.object.name, values, denied=denied, note=note))
    return found


def would_send(course: Course, row: RemoteRow, pk: int) -> dict[str, Value]:
    """Our field → value that the rules would send."""
    with transaction.atomic():
        ours = LOCALS["person"].load([pk], [rule.ours for rule in course.mapping.rules]).get(pk)
    known = known_rows(course.object, [row.external_id]).get(row.external_id)
    if ours is None or known is None:
        return {}
    incoming = RecordReader(course).read(RemoteRecord(row.external_id, known.values, row.modified_at))
    incoming.local_id = pk
    times = field_times("person", [pk])
    return reconcile(RecordReader(course), incoming, known, ours, echoes=set(), ours_at=times).send
