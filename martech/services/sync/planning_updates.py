"""Updates of a plan: records that both sides have and whose values of ours are to be written over there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from martech.connectors.port import Action, RemoteRecord, Value
from martech.services.sync.course import Course
from martech.services.sync.drafting import Draft, add_row, in_their_terms, their_key, type_of
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import met_values
from martech.services.sync.incoming import RecordReader
from martech.services.sync.keys import keys_to_ride
from martech.services.sync.mirror import Known, external_ids, known_rows, open_echoes
from martech.services.sync.reconcile import Reconciled, reconcile
from martech.services.sync.taken_back import taken_back
from martech.services.sync.taking import LOCALS, take_in
from martech.sync.keys import KEY
from martech.sync.values import same


@dataclass(frozen=True)
class Compared:
    """A record of ours beside what the other side said last, and what the rules make of the two."""

    pk: int
    mirrored: Known
    record: RemoteRecord
    found: Reconciled


def plan_updates(draft: Draft, ids: Sequence[int]) -> None:
    """Add a row for each of ours that differs; what the rules give back to us is taken at once."""
    course, reader = draft.course, RecordReader(draft.course)
    compared = list(compare(course, reader, ids))
    if given_back := [one.record for one in compared if one.found.take or one.found.held]:
        take_in(course, reader, given_back, looks_twice=True)
    draft.quiet += [one.record.id for one in compared if not one.found.send and one.mirrored.due_at]
    add_updates(draft, {one.pk: one for one in compared if one.found.send})


def compare(course: Course, reader: RecordReader, ids: Sequence[int]) -> Iterator[Compared]:
    leading = external_ids(course.object, ids)
    known = known_rows(course.object, leading.values())
    ours = LOCALS[course.mapping.kind].load(ids, [rule.ours for rule in course.mapping.rules])
    echoes, met = open_echoes(course.object, list(known)), met_values(course.object, known)
    times = field_times(course.mapping.kind, ours)
    for pk, external_id in leading.items():
        mirrored = known.get(external_id)
        if mirrored is None or pk not in ours:
            continue
        record = RemoteRecord(external_id, mirrored.values, mirrored.modified_at)
        row = reader.read(record)
        row.local_id = pk
        found = reconcile(reader, row, mirrored, ours[pk], echoes=echoes, ours_at=times, met=met)
        yield Compared(pk, mirrored, record, found)


def add_updates(draft: Draft, sends: Mapping[int, Compared]) -> None:
    """A row for each; of one that says nothing new over there the record need not be looked at again."""
    if not sends:
        return
    course = draft.course
    refused = taken_back(course.object, sends)
    riding = keys_to_ride(course, {pk: one.mirrored.values for pk, one in sends.items()})
    for pk, one in sends.items():
        after = in_their_terms(draft, pk, one.record.id, one.found.send)
        if after and pk in riding:
            after |= in_their_terms(draft, pk, one.record.id, {KEY: riding[pk]})
        changed = changes(course, one.mirrored, after, refused.get(pk))
        if changed.keys() - their_key(course):
            before = {name: one.mirrored.values.get(name) for name in changed}
            draft.counts.unagreed += len(replaced(course, one.found, before))
            add_row(draft, pk, Action.UPDATE, before, changed, one.record.id, one.record.modified_at)
        else:
            draft.quiet.append(one.record.id)


def changes(
    course: Course, mirrored: Known, after: Mapping[str, Value], refused: Mapping[str, Value] | None
) -> dict[str, Value]:
    """What of `after` is not there already, and was neither taken back by an undo nor left out of a plan."""
    return {
        name: value
        for name, value in after.items()
        if not same(type_of(course, name), value, mirrored.values.get(name))
        and not is_refused(course, refused, name, value)
    }


def replaced(course: Course, found: Reconciled, before: Mapping[str, Value]) -> list[str]:
    """The fields of theirs whose value is written over and was never agreed on."""
    theirs = {rule.theirs for rule in course.mapping.rules if rule.ours in found.unagreed}
    return [name for name, value in before.items() if name in theirs and value is not None]


def is_refused(course: Course, refused: Mapping[str, Value] | None, theirs: str, value: Value) -> bool:
    """Whether an undo took this very value back over there, or somebody left it out."""
    return refused is not None and theirs in refused and same(type_of(course, theirs), refused[theirs], value)
