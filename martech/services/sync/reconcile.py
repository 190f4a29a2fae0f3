"""Field by field: what of a record we take, and what of ours waits to be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from martech.connectors.port import Value
from martech.lifecycle.document import FORWARD
from martech.services.sync.first_contact import OURS, Met, is_first_contact, is_to_be_held
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.mirror import Known, is_echo
from martech.sync.fields import our_field
from martech.sync.keys import KEY
from martech.sync.rules import KEEP, UNSET, FieldRule, Truth, Verdict, decide
from martech.sync.values import same

NONE: Mapping[str, str] = {}
NEVER_MET: Mapping[tuple[str, str], Met] = {}
FieldTime = Callable[[int, str], datetime | None]


@dataclass(slots=True)
class Reconciled:
    """The outcome for one record, by our field. `held` wait for somebody, or were decided and wait to be written;
    `unagreed` are sent in place of another value that was never agreed on."""

    take: dict[str, Value] = field(default_factory=dict)
    send: dict[str, Value] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    held: dict[str, Met] = field(default_factory=dict)
    unagreed: set[str] = field(default_factory=set)
    why: dict[str, str] = field(default_factory=dict)
    base: dict[str, Value] | None = None

    @property
    def is_undecided(self) -> bool:
        return any(not met.choice for met in self.held.values())


def without_times(_pk: int, _field: str) -> None:
    """At first contact when a field of ours was written says nothing: an import of yesterday holds what is years old."""


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
    met: Mapping[tuple[str, str], Met] = NEVER_MET,
) -> Reconciled:
    """Decide every field of a record we have. `ours` are our values now, in our terms; `foreign` the ids of records that
    carry another id than ours; `met` what is held since first contact."""
    both = _Both(reader, row, known, ours, echoes, ours_at, met)
    agreed, is_plain = dict[str, Value](), True
    for rule in reader.course.mapping.rules:
        if rule.ours == KEY:
            if row.id in foreign:
                both.found.conflicts[KEY] = f"It carries the id {foreign[row.id][:60]}, which is not this record's."
            continue
        base, is_settled = both.decide(rule)
        is_plain = is_plain and is_settled
        if base is not UNSET:
            agreed[rule.ours] = base
    both.found.base = None if is_plain else agreed
    return both.found


@dataclass(slots=True)
class _Both:
    """Two records beside each other, and what becomes of them field by field."""

    reader: RecordReader
    row: Incoming
    known: Known | None
    ours: Mapping[str, Value]
    echoes: set[tuple[str, str, int]]
    ours_at: FieldTime
    met: Mapping[tuple[str, str], Met]
    found: Reconciled = field(default_factory=Reconciled)

    def decide(self, rule: FieldRule) -> tuple[Any, bool]:
        """What both agree on afterwards (UNSET: nothing), and whether that is what they say."""
        row, mine, said = self.row, self.ours.get(rule.ours), self.row.values.get(rule.theirs)
        base = base_of(self.reader, self.known, rule, mine)
        is_left = rule.ours == "owner" and str(said) in self.reader.course.left
        if is_left or (rule.ours not in row.ours and not _is_sendable(rule, row)):
            if is_left and goes_to_ours(rule, mine):
                self.found.send["owner"] = mine
            elif self.is_given_since(rule, mine, said):
                self.found.send["owner"] = mine
                self.found.unagreed.add("owner")
            return base, False
        theirs = mine if rule.says(mine, said) else row.ours.get(rule.ours)
        if is_echo(self.echoes, row.id, rule.theirs, said):
            base = theirs
        if base is UNSET:
            base, verdict = self.at_first(rule, mine, theirs)
        else:
            verdict = judge(rule, row, mine, theirs, base, self.ours_at)
        if verdict.is_conflict:
            self.leave_to_people(rule, mine, theirs)
            return base, False
        settled = _note(self.found, rule, verdict, mine)
        is_settled = settled is not KEEP and same(rule.type, settled, theirs)
        return (settled, True) if is_settled else (base, False)

    def is_given_since(self, rule: FieldRule, mine: Value, said: Value) -> bool:
        """Whether ours is written in place of an owner who is nobody here, of two records that had met before: where ours
        counts, or where the newest does and ours was given after that owner was set over there."""
        row, is_linked = self.row, self.known is not None and self.known.local_id is not None
        if rule.ours != "owner" or not said or str(said) in self.reader.course.owners or not goes_to_ours(rule, mine):
            return False
        if not row.local_id or not is_linked:
            return False
        if rule.truth is Truth.OURS:
            return True
        given, since = self.ours_at(row.local_id, "owner"), self.said_since(rule, said)
        return given is not None and (since is None or given > since)

    def said_since(self, rule: FieldRule, said: Value) -> datetime | None:
        """When they said it first, where we know; else when the record last changed over there."""
        known = self.known
        if known is not None and known.values.get(rule.theirs) == said and (at := known.times.get(rule.theirs)):
            return datetime.fromisoformat(at)
        return self.row.record.modified_at

    def leave_to_people(self, rule: FieldRule, mine: Value, theirs: Value) -> None:
        """Somebody decides. Ours that was chosen goes over there, as long as both are what was looked at."""
        before = self.met.get((self.row.id, rule.ours))
        if before is None or before.is_over(rule, mine, theirs):
            before = Met(mine, theirs)
        self.found.held[rule.ours] = before
        if before.choice == OURS and rule.pushes:
            self.found.send[rule.ours] = mine

    def at_first(self, rule: FieldRule, mine: Value, theirs: Value) -> tuple[Any, Verdict]:
        """Base and verdict where the two never agreed: held, unless one of them changed since they met."""
        course, row = self.reader.course, self.row
        before = self.met.get((row.id, rule.ours))
        if before is not None and before.is_over(rule, mine, theirs):
            return before.theirs, judge(rule, row, mine, theirs, before.theirs, self.ours_at)
        is_first = is_first_contact(course.object, self.known, rule, row.values.get(rule.theirs))
        verdict = judge(rule, row, mine, theirs, UNSET, without_times if is_first else self.ours_at)
        if is_first and is_to_be_held(course.mapping.kind, rule, verdict, mine, is_held=before is not None):
            self.found.held[rule.ours] = Met(mine, theirs)
            return UNSET, Verdict()
        if verdict.send is KEEP or theirs is None:
            return UNSET, verdict
        self.found.unagreed.add(rule.ours)
        # What the time decided stays decided: from here on it is a change of ours.
        return (theirs if rule.truth is Truth.NEWEST else UNSET), verdict


def _is_sendable(rule: FieldRule, row: Incoming) -> bool:
    """A field that is only written over there is compared by what it says there now."""
    return not rule.pulls and rule.theirs in row.values and not any(f.field == rule.theirs for f in row.faults)


def judge(rule: FieldRule, row: Incoming, mine: Value, theirs: Value, base: Any, ours_at: FieldTime) -> Verdict:
    known = our_field("person", rule.ours) if rule.ours in ("source", "created_at") else None
    if known is not None and known.is_once and mine is not None:
        return Verdict()
    mine_at = None
    if rule.truth is Truth.NEWEST and row.local_id and is_changed_here(rule, mine, theirs, base):
        mine_at = ours_at(row.local_id, rule.ours)
    verdict = decide(rule, ours=mine, theirs=theirs, base=base, ours_at=mine_at, theirs_at=row.record.modified_at)
    if rule.ours == "lifecycle_stage" and verdict.take is not KEEP and _goes_back(mine, verdict.take):
        send = mine if rule.pushes else KEEP
        return Verdict(send=send, why="stages go forward by themselves, back only with a reason")
    return verdict


def is_changed_here(rule: FieldRule, mine: Value, theirs: Value, base: Any) -> bool:
    """Whether it matters since when ours has its value."""
    if base is UNSET:
        return mine is not None and theirs is not None and not same(rule.type, mine, theirs)
    return not same(rule.type, mine, base)


def _goes_back(mine: Value, theirs: Value) -> bool:
    if mine not in FORWARD or theirs not in FORWARD:
        return theirs is None
    return FORWARD.index(str(theirs)) < FORWARD.index(str(mine))


def _note(found: Reconciled, rule: FieldRule, verdict: Verdict, mine: Value) -> Any:
    """Put a verdict to the others; answers the value that is ours afterwards."""
    if verdict.take is not KEEP:
        found.take[rule.ours] = verdict.take
        found.why[rule.ours] = verdict.why
    if verdict.send is not KEEP:
        found.send[rule.ours] = verdict.send
        return KEEP
    return verdict.take if verdict.take is not KEEP else mine
