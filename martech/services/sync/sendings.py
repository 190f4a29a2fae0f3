"""What each system would be sent of a person now: the rules asked once more, nothing kept and nothing called."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from martech.connectors.port import RemoteRecord, Value
from martech.models import DeadLetter, Person, RemoteRow, Stage
from martech.selectors.sync_rows import MASK
from martech.sendings import Sending
from martech.services.sync.consent import verdict_on
from martech.services.sync.course import Course, course_of
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import met_values
from martech.services.sync.incoming import RecordReader
from martech.services.sync.mirror import known_rows
from martech.services.sync.planning_updates import is_refused
from martech.services.sync.reconcile import Reconciled, reconcile
from martech.services.sync.taken_back import taken_back
from martech.services.sync.taking import LOCALS
from martech.sync.fields import our_label
from martech.sync.rules import FieldRule
from mops.core.rights import can, hidden_fields


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
            notes = notes_on(course, person.pk, kept_back)
            if not (values or notes):
                notes = ["Nothing: both sides agree, or their value is right."]
            words = {our_label("person", n): in_words(n, value, user) for n, value in values.items()}
            denied, name = verdict_on(course, person.pk), row.object.connection.name
            found.append(Sending(name, row.object.name, words, denied=denied, note=" ".join(notes)))
    return found


def in_words(name: str, value: Value, user: Any) -> str:
    """A value as people read it; masked where the user may not see it."""
    if name in hidden_fields(user, Person):
        return MASK
    if name == "lifecycle_stage" and value in Stage.values:
        return str(Stage(str(value)).label)
    return "nothing" if value is None else str(value)


def notes_on(course: Course, pk: int, kept_back: Iterable[str]) -> list[str]:
    """What of a person is not sent, and why: taken back, put aside in the mapping, refused over there."""
    notes = []
    if back := ", ".join(our_label("person", name) for name in kept_back):
        notes.append(f"Taken back by an undo, and not sent before it changes here: {back}.")
    fields = course.version.document.get("fields", [])
    aside = [our_label("person", str(row["ours"])) for row in fields if row["theirs"] in course.object.set_aside]
    if aside:
        notes.append(f"Put aside in the mapping, neither read nor sent: {', '.join(aside)}.")
    letter = DeadLetter.objects.filter(object=course.object, local_id=pk, direction="push", resolved_at=None).first()
    if letter is not None:
        notes.append(f"Did not go through: {letter.message}".rstrip(".") + ".")
    return notes


def split(course: Course, pk: int, values: dict[str, Value]) -> tuple[dict[str, Value], list[str]]:
    """What would be sent, and the fields of ours that an undo took back."""
    refused = taken_back(course.object, [pk]).get(pk)
    theirs = {rule.ours: rule for rule in course.mapping.rules}
    back = [n for n, value in values.items() if is_taken_back(course, refused, theirs[n], value)]
    return {n: v for n, v in values.items() if n not in back}, back


def is_taken_back(course: Course, refused: Mapping[str, Value] | None, rule: FieldRule, value: Value) -> bool:
    try:
        return is_refused(course, refused, rule.theirs, rule.pushed(value))
    except ValueError:
        return False  # it has no word over there: a dead letter says so


def would_send(course: Course, row: RemoteRow, pk: int) -> dict[str, Value]:
    """Our field → value that the rules would send."""
    found = reconciled(course, row, pk)
    return found.send if found else {}


def reconciled(course: Course, row: RemoteRow, pk: int) -> Reconciled | None:
    """What the rules make of a record of ours and its row there, as both are now; None where one of them is gone."""
    kind = course.mapping.kind
    with transaction.atomic():
        ours = LOCALS[kind].load([pk], [rule.ours for rule in course.mapping.rules]).get(pk)
    known = known_rows(course.object, [row.external_id]).get(row.external_id)
    if ours is None or known is None:
        return None
    incoming = RecordReader(course).read(RemoteRecord(row.external_id, known.values, row.modified_at))
    incoming.local_id = pk
    met, times = met_values(course.object, [row.external_id]), field_times(kind, [pk])
    return reconcile(RecordReader(course), incoming, known, ours, echoes=set(), ours_at=times, met=met)
