"""Records that a plan would make and that are over there already: found by what identifies them, never made twice."""

from collections.abc import Mapping, Sequence

from martech.connectors.port import Value
from martech.models import PlannedWrite
from martech.services.sync.course import Course, Line
from martech.services.sync.drafting import match_rule, their_key, type_of
from martech.services.sync.patience import patiently
from martech.sync.values import canonical


def read_value(course: Course, name: str, raw: Value) -> Value:
    try:
        return canonical(type_of(course, name), raw)
    except ValueError:
        return str(raw)


def link_existing(line: Line, course: Course, rows: Sequence[PlannedWrite]) -> None:
    """Records to be made that exist over there already (a race, an earlier attempt) become known by their id."""
    new = [row for row in rows if not row.external_id]
    find_by(line, course, {row: row.match for row in new if row.match})
    other = lookup_of(line, course)
    if other is not None:
        left = [row for row in new if not row.external_id and row.match and row.match[0] in their_key(course)]
        find_by(line, course, {row: [other, value] for row in left if (value := row.after.get(other))})


def lookup_of(line: Line, course: Course) -> str | None:
    """The field of theirs that finds a record which does not carry our id yet."""
    capability, own = line.vendor.objects[course.object.name], their_key(course)
    names = [name for name in (*capability.match_fields, *capability.lookup_fields) if name not in own]
    rule = match_rule(course, names)
    return rule.theirs if rule else None


def find_by(line: Line, course: Course, wanted: Mapping[PlannedWrite, Sequence[Value]]) -> None:
    """Set the ids of rows whose record is found by (field, value)."""
    fields: dict[str, dict[str, PlannedWrite]] = {}
    for row, (name, value) in wanted.items():
        fields.setdefault(str(name), {})[str(value).lower()] = row
    for name, by_value in fields.items():
        values = list(by_value)
        for record in patiently(lambda n=name, v=values: line.connector.read(course.object.name, [n], v, by=n)):  # type: ignore[misc]
            if (row := by_value.get(str(record.values.get(name) or "").lower())) is not None:
                row.external_id = record.id
