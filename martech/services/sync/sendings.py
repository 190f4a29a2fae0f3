"""What each system would be sent of a person now: the rules asked once more, nothing kept and nothing called."""

from collections.abc import Mapping
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
from martech.services.sync.planning_updates import is_refused
from martech.services.sync.reconcile import reconcile
from martech.services.sync.taken_back import taken_back
from martech.services.sync.taking import LOCALS
from martech.sync.rules import FieldRule
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
            values, kept_back = split(course, person.pk, would_send(course, row, person.pk))
            denied = verdict_on(course, person.pk)
            note = "" if values else "Nothing: both sides agree, or their value is right."
            if kept_back:
                note = f"Taken back by an undo, and not sent before it changes here: {', '.join(kept_back)}."
            found.append(Sending(row.object.connection.name, row.object.name, values, denied=denied, note=note))
    return found


def split(course: Course, pk: int, values: dict[str, Value]) -> tuple[dict[str, str], list[str]]:
    """What would be sent, in words, and the fields of ours that an undo took back."""
    refused = taken_back(course.object, [pk]).get(pk)
    theirs = {rule.ours: rule for rule in course.mapping.rules}
    back = [n for n, value in values.items() if is_taken_back(course, refused, theirs[n], value)]
    return {n: "nothing" if v is None else str(v) for n, v in values.items() if n not in back}, back


def is_taken_back(course: Course, refused: Mapping[str, Value] | None, rule: FieldRule, value: Value) -> bool:
    try:
        return is_refused(course, refused, rule.theirs, rule.pushed(value))
    except ValueError:
        return False  # it has no word over there: a dead letter says so


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
