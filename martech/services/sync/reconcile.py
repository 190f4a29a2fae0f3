"""Field by field: what of a record we take, and what of ours waits to be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from martech.connectors.port import Value
from martech.lifecycle.document import FORWARD
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.mirror import Known, is_echo
from martech.sync.fields import our_field
from martech.sync.keys import KEY
from martech.sync.rules import KEEP, UNSET, FieldRule, Truth, Verdict, decide
from martech.sync.values import same

NONE: Mapping[str, str] = {}
FieldTime = Callable[[int, str], datetime | None]


@dataclass(slots=True)
class Reconciled:
    """The outcome for one record. `take` by our field, `send` by our field, `conflicts` by our field."""

    take: dict[str, Value] = field(default_factory=dict)
    send: dict[str, Value] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    base: dict[str, Value] | None = None


def goes_to_ours(rule: FieldRule, mine: Value) -> bool:
    """Whether a record of somebody who left is written to our owner: one who is an owner over there, and where our word
    may count."""
    return rule.pushes and rule.truth in (Truth.OURS, Truth.NEWEST) and mine in rule.values


def base_of(reader: RecordReader, known: Known | None, rule: FieldRule, mine: Value) -> Any:
    """What both sides last agreed on for a field, in our terms; UNSET when they have just met.

    A word of theirs that is said for several values of ours means `mine` where it may.
    """
    if known is None or known.local_id is None:
        return UNSET
    if known.base is not None:
        return known.base.get(rule.ours, UNSET)
    if rule.theirs not in known.values:
        return UNSET
    said = known.values[rule.theirs]
    return mine if rule.says(mine, said) else reader.translated(rule, said)


def reconcile(
    reader: RecordReader,
    row: Incoming,
    known: Known | None,
    ours: Mapping[str, Value],
    *,
    echoes: set[tuple[str, str, int]],
    ours_at: FieldTime,
    foreign: Mapping[str, str] = NONE,
) -> Reconciled:
    """Decide every field of a record we have. `ours` are our values now, in our terms; `foreign` the ids of records that
    carry another id than ours."""
    found = Reconciled()
    agreed: dict[str, Value] = {}
    is_plain = True
    for rule in reader.course.mapping.rules:
        if rule.ours == KEY:
            if row.id in foreign:
                found.conflicts[KEY] = f"It carries the id {foreign[row.id][:60]}, which is not this record's."
            continue
        if rule.ours == "owner" and str(row.values.get(rule.theirs)) in reader.course.left:
            is_plain = False
            if goes_to_ours(rule, ours.get("owner")):
                found.send["owner"] = ours["owner"]
            continue
        if rule.ours not in row.ours and not _is_sendable(rule, row):
            is_plain = False
            continue
        mine, said = ours.get(rule.ours), row.values.get(rule.theirs)
        theirs = mine if rule.says(mine, said) else row.ours.get(rule.ours)
        base = base_of(reader, known, rule, mine)
        if is_echo(echoes, row.id, rule.theirs, said):
            base = theirs
        verdict = judge(rule, row, mine, theirs, base, ours_at)
        settled = _note(found, rule, verdict, mine)
        if settled is not KEEP and same(rule.type, settled, theirs):
            agreed[rule.ours] = settled
        else:
            is_plain = False
            if base is not UNSET:
                agreed[rule.ours] = base
    found.base = None if is_plain else agreed
    return found


def _is_sendable(rule: FieldRule, row: Incoming) -> bool:
    """A field that is only written over there is compared by what it says there now."""
    return not rule.pulls and rule.theirs in row.values and not any(f.field == rule.theirs for f in row.faults)


def judge(rule: FieldRule, row: Incoming, mine: Value, theirs: Value, base: Any, ours_at: FieldTime) -> Verdict:
    known = our_field("person", rule.ours) if rule.ours in ("source", "created_at") else None
    if known is not None and known.is_once and mine is not None:
        return Verdict()
    mine_at = None
    if rule.truth is Truth.NEWEST and row.local_id and base is not UNSET and not same(rule.type, mine, base):
        mine_at = ours_at(row.local_id, rule.ours)
    verdict = decide(rule, ours=mine, theirs=theirs, base=base, ours_at=mine_at, theirs_at=row.record.modified_at)
    if rule.ours == "lifecycle_stage" and verdict.take is not KEEP and _goes_back(mine, verdict.take):
        send = mine if rule.pushes else KEEP
        return Verdict(send=send, why="stages go forward by themselves, back only with a reason")
    return verdict


def _goes_back(mine: Value, theirs: Value) -> bool:
    if mine not in FORWARD or theirs not in FORWARD:
        return theirs is None
    return FORWARD.index(str(theirs)) < FORWARD.index(str(mine))


def _note(found: Reconciled, rule: FieldRule, verdict: Verdict, mine: Value) -> Any:
    """Put a verdict to the others; answers the value that is ours afterwards."""
    if verdict.is_conflict:
        found.conflicts[rule.ours] = verdict.why
        return KEEP
    if verdict.take is not KEEP:
        found.take[rule.ours] = verdict.take
        found.why[rule.ours] = verdict.why
    if verdict.send is not KEEP:
        found.send[rule.ours] = verdict.send
        return KEEP
    return verdict.take if verdict.take is not KEEP else mine
