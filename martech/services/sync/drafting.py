"""A plan of writes in the making: its rows, in the other side's terms, and what cannot be said there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from martech.connectors.errors import Reason
from martech.connectors.port import Action, FieldType, Value
from martech.models import PlannedWrite, SyncObject, SyncRun
from martech.services.sync.consent import denied_now
from martech.services.sync.course import Course, Line
from martech.services.sync.dead_letters import Death
from martech.services.sync.keys import key_rule
from martech.services.sync.mirror import external_ids
from martech.sync.fields import our_field
from martech.sync.guard import SENSITIVE, PlanCounts
from martech.sync.keys import KEY
from martech.sync.reasons import WOULD_BE_HELD_BACK
from martech.sync.rules import FieldRule
from martech.sync.values import canonical

CHUNK = 1_000


@dataclass
class Draft:
    """A plan in the making."""

    course: Course
    line: Line
    run: SyncRun
    counts: PlanCounts = field(default_factory=PlanCounts)
    rows: list[PlannedWrite] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)


def note_denied(draft: Draft) -> None:
    """Say whom consent or suppression would hold back now; applying asks again for every row, and keeps the proof."""
    for start in range(0, len(draft.rows), CHUNK):
        part = draft.rows[start : start + CHUNK]
        held = denied_now(draft.course, [row.local_id for row in part])
        for row in part:
            if why := held.get(row.local_id):
                label = str(why.label)
                row.message = f"{WOULD_BE_HELD_BACK}{label}"
                draft.counts.denied += 1
                draft.counts.denied_for[label] = draft.counts.denied_for.get(label, 0) + 1


def plan_rows(run: SyncRun) -> Iterable[dict[str, Any]]:
    """The content of a plan as it is hashed. What is made gets its id from the other side, after it was approved."""
    names = ("local_id", "external_id", "action", "before", "after", "match")
    for row in PlannedWrite.objects.filter(run=run).order_by("local_id").values(*names).iterator(2_000):
        yield row if row["action"] == Action.UPDATE else {**row, "external_id": ""}


def add_row(
    draft: Draft,
    pk: int,
    action: str,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    external_id: str,
    stamp: Any,
    match: list[Any] | None = None,
) -> None:
    draft.rows.append(
        PlannedWrite(
            run=draft.run,
            local_id=pk,
            external_id=external_id,
            action=action,
            before=dict(before),
            after=dict(after),
            match=match,
            seen_modified_at=stamp,
        )
    )
    counts = draft.counts
    counts.rows += 1
    counts.creates += action != Action.UPDATE
    counts.updates += action == Action.UPDATE
    for name, value in after.items():
        counts.note_change(name, before.get(name), value)
    sensitive = {rule.theirs for rule in draft.course.mapping.rules if rule.ours in SENSITIVE}
    counts.sensitive += action == Action.UPDATE and bool(sensitive & after.keys())


def in_their_terms(draft: Draft, pk: int, external_id: str, send: Mapping[str, Value]) -> dict[str, Value]:
    """Our values as canonical values of theirs; one that has no word over there becomes a dead letter."""
    course, found = draft.course, {}
    for rule in course.mapping.rules:
        if rule.ours not in send or not rule.pushes:
            continue
        try:
            value = pushed_reference(course, rule, send[rule.ours])
            found[rule.theirs] = canonical(type_of(course, rule.theirs), value)
            refuse_unknown_option(course, rule, found[rule.theirs])
        except ValueError as refused:
            found.pop(rule.theirs, None)
            reason = Reason.UNKNOWN_OWNER if rule.ours == "owner" else Reason.UNKNOWN_OPTION
            draft.deaths.append(Death(external_id, pk, reason, rule.theirs, str(refused)))
        except LookupError:
            continue  # the record it refers to is not over there yet; a later plan sends it
    return found


def pushed_reference(course: Course, rule: FieldRule, value: Value) -> Value:
    known = our_field(course.mapping.kind, rule.ours)
    if value is None or known is None or known.type is not FieldType.REFERENCE or rule.ours == "owner":
        return rule.pushed(value)
    remote = course.schema.get(rule.theirs)
    for name in remote.refers_to if remote else ():
        object = SyncObject.objects.filter(connection=course.connection, name=name).first()
        if object and (found := external_ids(object, [int(str(value))])):
            return next(iter(found.values()))
    raise LookupError(value)


def refuse_unknown_option(course: Course, rule: FieldRule, value: Value) -> None:
    remote = course.schema.get(rule.theirs)
    if remote is None or not remote.options or not remote.is_restricted or value is None:
        return
    for one in value if isinstance(value, list) else [str(value)]:
        if one not in remote.options:
            raise ValueError(f"“{one}” is no option of {rule.theirs} over there; map it to one of its options")


def type_of(course: Course, theirs: str) -> FieldType:
    remote = course.schema.get(theirs)
    return remote.type if remote else FieldType.TEXT


def their_key(course: Course) -> set[str]:
    """The field of theirs that holds our id, where there is one that is written."""
    rule = key_rule(course)
    return {rule.theirs} if rule and rule.pushes else set()


def match_rule(course: Course, names: Sequence[str]) -> FieldRule | None:
    """The rule whose field of theirs, one of `names`, finds a record over there."""
    match = (*course.mapping.match, KEY)
    return next((r for r in course.mapping.rules if r.theirs in names and r.ours in match and r.pushes), None)
