"""First contact: what two records say of a field when they meet for the first time was never agreed on.

A value of theirs that would then replace one of ours is held, and so is ours towards them, until somebody decides or one
of the two changes; but for a field whose rule says that theirs counts. Nothing is held of records that meet later, one by one, when two systems know each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from martech.connectors.port import FieldType, Value
from martech.lifecycle.document import FORWARD
from martech.models import HeldValue, SyncObject
from martech.services.sync.course import Course
from martech.services.sync.incoming import RecordReader
from martech.services.sync.mirror import Known, known_rows
from martech.services.sync.referring import look_up_references
from martech.sync.fields import our_field
from martech.sync.rules import KEEP, UNSET, FieldRule, Truth, Verdict
from martech.sync.values import same
from mops.core.json_text import as_json
from mops.core.sql import among_texts, array, execute, texts

OURS, THEIRS = "ours", "theirs"
DECIDED = (Truth.NEWEST, Truth.THEIRS)
"""Rules by which a value of ours may be replaced. Of two that just met `newest` cannot tell who is right; `theirs` was
said by whoever wrote the mapping, and is held only where an undo took it back."""


@dataclass(frozen=True, slots=True)
class Met:
    """What both said when they met, in our terms, and whose somebody chose for a field that is decided by hand."""

    ours: Value
    theirs: Value
    choice: str = ""

    def is_over(self, rule: FieldRule, ours: Value, theirs: Value) -> bool:
        """Whether one of the two changed since: then the field's rule goes on from there."""
        return not (same(rule.type, self.ours, ours) and same(rule.type, self.theirs, theirs))


@dataclass(frozen=True, slots=True)
class Meeting:
    """One value that is to be held."""

    external_id: str
    local_id: int
    field: str
    met: Met


def is_first_contact(object: SyncObject, known: Known | None, rule: FieldRule, said: Value) -> bool:
    """Whether two that never agreed on a field see each other now, and not one of them a change of the other."""
    if known is None or known.local_id is None:
        return object.backfilled_at is None
    return rule.theirs not in known.values or known.values[rule.theirs] == said


def is_to_be_held(kind: str, rule: FieldRule, verdict: Verdict, mine: Value, *, is_held: bool) -> bool:
    """Whether a verdict would replace something of ours that nobody gave up. “No” is what a switch says that nobody touched;
    a stage that is reached goes forward; which record another one belongs to is told by its associations."""
    if rule.truth not in DECIDED or verdict.take is KEEP or mine in (None, False):
        return False
    if rule.truth is Truth.THEIRS:
        return is_held
    if rule.ours == "lifecycle_stage":
        return verdict.take not in FORWARD
    known = our_field(kind, rule.ours)
    return rule.ours == "owner" or known is None or known.type is not FieldType.REFERENCE


def met_values(object: SyncObject, ids: Iterable[str]) -> Mapping[tuple[str, str], Met]:
    """{(their id, our field): what is held of it}."""
    rows = HeldValue.objects.filter(object=object, external_id__in=among_texts(ids))
    names = ("external_id", "field", "ours", "theirs", "choice")
    return {(one, field): Met(*met) for one, field, *met in rows.values_list(*names)}


SETTLE = """
delete from martech_heldvalue h where h.object_id = %s and h.external_id = any(%s::text[]) and not exists (
  select 1 from unnest(%s::text[], %s::text[]) as u(id, field) where u.id = h.external_id and u.field = h.field)
"""
HOLD = """
insert into martech_heldvalue as h (object_id, external_id, local_id, field, ours, theirs, choice, at)
select %s, u.id, u.local_id, u.field, u.ours, u.theirs, u.choice, %s
from unnest(%s::text[], %s::bigint[], %s::text[], %s::jsonb[], %s::jsonb[], %s::text[])
  as u(id, local_id, field, ours, theirs, choice)
on conflict (object_id, external_id, field) do update set
  local_id = excluded.local_id, ours = excluded.ours, theirs = excluded.theirs, choice = excluded.choice,
  at = case when (h.ours, h.theirs) is distinct from (excluded.ours, excluded.theirs) then excluded.at else h.at end
"""


def keep_held(object: SyncObject, looked_at: Sequence[str], held: Sequence[Meeting], now: Any) -> None:
    """Of the records that were looked at exactly these values are held."""
    ids, fields = texts(one.external_id for one in held), texts(one.field for one in held)
    execute(SETTLE, object.pk, texts(looked_at), ids, fields)
    put_on_hold(object, held, now)


def put_on_hold(object: SyncObject, held: Sequence[Meeting], now: Any) -> None:
    if held:
        ids, fields = texts(one.external_id for one in held), texts(one.field for one in held)
        ours, theirs = (texts(as_json(getattr(one.met, side)) for one in held) for side in ("ours", "theirs"))
        choices = texts(one.met.choice for one in held)
        execute(HOLD, object.pk, now, ids, array(one.local_id for one in held), fields, ours, theirs, choices)


def settle_written(course: Course, written: Mapping[str, Iterable[str]]) -> None:
    """What was written over there is agreed on. `written`: {their id: fields of theirs}."""
    held = HeldValue.objects.filter(object=course.object, external_id__in=among_texts(written))
    theirs = {rule.ours: rule.theirs for rule in course.mapping.rules}
    settled = [row.pk for row in held if theirs.get(row.field) in written[row.external_id]]
    HeldValue.objects.filter(pk__in=settled).delete()


DISAGREE = """
update martech_remoterow r set base = u.base from unnest(%s::text[], %s::jsonb[]) as u(id, base)
where r.object_id = %s and r.external_id = u.id
"""


def meet_again(course: Course, held: Sequence[Meeting]) -> None:
    """Hold values of records that agreed, as if they met now; what else the two agree on stays known."""
    fields: dict[str, set[str]] = {}
    for one in held:
        fields.setdefault(one.external_id, set()).add(one.field)
    disagree(course, fields)
    put_on_hold(course.object, held, course.now)


def disagree(course: Course, fields: Mapping[str, Collection[str]]) -> None:
    """Of these fields of ours, by their id, nothing is agreed on any more; of all others it stays known."""
    reader, bases = RecordReader(course), dict[str, dict[str, Value]]()
    rows = known_rows(course.object, fields)
    look_up_references(reader, [known.values for known in rows.values()])
    for id, known in rows.items():
        base = known.base if known.base is not None else agreed_on(reader, known)
        bases[id] = {name: value for name, value in base.items() if name not in fields[id]}
    execute(DISAGREE, texts(bases), texts(as_json(one) for one in bases.values()), course.object.pk)


def agreed_on(reader: RecordReader, known: Known) -> dict[str, Value]:
    """Where both sides agree on all that the other side says: that, in our terms."""
    rules = [rule for rule in reader.course.mapping.rules if rule.theirs in known.values]
    said = {rule.ours: reader.translated(rule, known.values[rule.theirs]) for rule in rules}
    return {name: value for name, value in said.items() if value is not UNSET}


def forget_held(object: SyncObject, rules: Iterable[FieldRule]) -> None:
    """A field that is mapped no more, or whose new rule replaces nothing, has nothing to be decided."""
    names = [rule.ours for rule in rules if rule.truth in (*DECIDED, Truth.MANUAL)]
    HeldValue.objects.filter(object=object).exclude(field__in=names).delete()
