"""Fields that name another record of theirs, in our terms: the record of ours that it is."""

from collections.abc import Iterable, Mapping, Sequence

from martech.connectors.port import FieldType, Value
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.mirror import ids_met
from martech.sync.fields import our_field
from martech.sync.rules import FieldRule


def reference_rules(course: Course) -> list[FieldRule]:
    """The rules of fields that name another record; an owner is somebody and found by address."""
    found = []
    for rule in course.mapping.rules:
        field = our_field(course.mapping.kind, rule.ours)
        if field is not None and field.type is FieldType.REFERENCE and rule.ours != "owner":
            found.append(rule)
    return found


def look_up_references(reader: RecordReader, said: Iterable[Mapping[str, Value]]) -> None:
    """Let the reader know what is here of the records that these values, by their field, name."""
    course, values = reader.course, list(said)
    for rule in reference_rules(course):
        remote = course.schema.get(rule.theirs)
        wanted = {str(value) for one in values if (value := one.get(rule.theirs))}
        found = reader.references.setdefault(rule.ours, {})
        for name in remote.refers_to if remote else ():
            found.update(ids_met(course, name, wanted))


def name_ours(reader: RecordReader, rows: Sequence[Incoming]) -> None:
    """Another record that a field names becomes ours; one we do not know yet says nothing."""
    for rule in reference_rules(reader.course):
        found = reader.references.get(rule.ours, {})
        for row in rows:
            if (theirs := row.ours.get(rule.ours)) is not None:
                if (local := found.get(str(theirs))) is not None:
                    row.ours[rule.ours] = str(local)
                else:
                    del row.ours[rule.ours]
