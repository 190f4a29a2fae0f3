"""Why a record differs between two systems: each is looked at once more, and given a class of reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from martech.connectors.port import FieldType, Value
from martech.models import DeadLetter, ProofSide, SyncDifference, SyncObject, SyncRun
from martech.services.sync.absent import held_up
from martech.services.sync.course import Course, Line
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import met_values
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.mirror import Known, known_rows
from martech.services.sync.patience import patiently
from martech.services.sync.questions import Question
from martech.services.sync.reconcile import reconcile
from martech.services.sync.taking import LOCALS
from martech.sync.keys import KEY
from martech.sync.reasons import READ_AGAIN
from martech.sync.rules import FieldRule
from martech.sync.values import same


@dataclass
class Membership:
    """Of whom the question is true: our ids and theirs, all of theirs that were read, and {their id: ours} of ours.
    `told` are those of ours that are said to be on this side only."""

    here: set[int] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    linked: dict[str, int] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)

    def note(self, key: str, local: int | None, is_here: bool, is_there: bool) -> None:
        """How it is now, where that changed while everything was read."""
        (self.there.add if is_there else self.there.discard)(key)
        if local is None:
            return
        (self.here.add if is_here else self.here.discard)(local)
        if is_here:
            self.linked[key] = local
        else:
            self.linked.pop(key, None)


class Look:
    """One more look at some records that differ, on both sides. Inside a transaction: ours are locked."""

    def __init__(
        self,
        line: Line,
        course: Course,
        run: SyncRun,
        question: Question | None,
        inside: Membership,
        keys: Sequence[tuple[str, bool, bool]],
    ) -> None:
        self.course, self.run, self.question, self.inside, self.keys = course, run, question, inside, keys
        ids = [key for key, _here, _there in keys]
        self.reader, self.reads_from = RecordReader(course), reads_from(line, course)
        self.rows = {record.id: self.reader.read(record) for record in read_again(line, course, ids)}
        self.known = known_rows(course.object, ids)
        locals_ = {row.local_id for row in self.known.values() if row.local_id}
        self.ours = LOCALS[course.mapping.kind].load(locals_, [rule.ours for rule in course.mapping.rules])
        self.now_here = question.here(among=locals_) if question else set[int]()
        letters = DeadLetter.objects.filter(object=course.object, external_id__in=ids, resolved_at=None)
        self.letters = set(letters.values_list("external_id", flat=True))
        self.held_up = held_up(course, locals_)
        self.met, self.times = met_values(course.object, ids), field_times(course.mapping.kind, self.ours)

    def differences(self) -> list[SyncDifference]:
        """What still differs; what came into step while we looked is left out."""
        find = self.part if self.question else self.whole
        found = [row for key, is_here, is_there in self.keys if (row := find(key, is_here, is_there)) is not None]
        return list(self.once_here(found)) if self.question else found

    def whole(self, key: str, is_here: bool, is_there: bool) -> SyncDifference | None:
        """A record when everything is compared."""
        mirrored, row, mine = self.known.get(key), self.rows.get(key), self.mine(key)
        fields = differing_fields(self.course, mine, row) if row and is_here else {}
        reason = reason_of(is_here, is_there, row, key in self.letters, mirrored, fields)
        if reason == "differs_by_rule":
            reason = self.by_rule(key, None)
        elif reason == "waits_to_be_sent" and mirrored:
            reason = self.held_up.get(mirrored.local_id or 0, reason)
        side = ProofSide.BOTH if is_here and is_there else ProofSide.HERE if is_here else ProofSide.THERE
        return self.difference(key, side, self.or_not_yet(reason, row), fields) if reason else None

    def part(self, key: str, is_here: bool, is_there: bool) -> SyncDifference | None:
        """A record when a part is compared: on which side the question is true of it now, and why not on both."""
        mirrored, row = self.known.get(key), self.rows.get(key)
        local = mirrored.local_id if mirrored else None
        is_here, is_there = local in self.now_here, row is not None and self.question.there(row)  # type: ignore[union-attr]
        self.inside.note(key, local, is_here, is_there)
        if is_here and is_there:
            return self.whole(key, is_here, is_there)
        if not is_here and not is_there:
            return None
        rules = self.question.rules  # type: ignore[union-attr]
        fields = differing_among(rules, self.mine(key), row) if row and local else {}
        side = ProofSide.HERE if is_here else ProofSide.THERE
        return self.difference(key, side, self.or_not_yet(self.why_apart(key, mirrored, row, rules), row), fields)

    def or_not_yet(self, reason: str, row: Incoming | None) -> str:
        """What changed so lately that the next round reads it was not missed."""
        moment = row.record.modified_at if row else None
        is_to_come = moment is not None and self.reads_from is not None and moment >= self.reads_from
        return "not_yet" if reason in READ_AGAIN and is_to_come else reason

    def why_apart(self, key: str, mirrored: Known | None, row: Incoming | None, rules: Sequence[FieldRule]) -> str:
        """Why a question is true on one side only."""
        if row is None:
            return "gone_there"
        if mirrored is None or mirrored.local_id is None:
            return "dead_letter" if key in self.letters else "missed" if mirrored is None else "not_taken"
        if key not in self.inside.listed:
            return "left_out_there"
        if any(mirrored.values.get(rule.theirs) != row.values.get(rule.theirs) for rule in rules):
            return "change_missed"
        return "dead_letter" if key in self.letters else self.by_rule(key, {rule.ours for rule in rules})

    def once_here(self, rows: Sequence[SyncDifference]) -> Iterator[SyncDifference]:
        """A record of ours is on one side once, however many over there are it; where one of those agrees, it is on both."""
        agree = {local for key, local in self.inside.linked.items() if key in self.inside.there}
        for row in rows:
            if row.side != ProofSide.HERE:
                yield row
            elif row.local_id in agree:
                row.side = ProofSide.BOTH
                yield row
            elif row.local_id not in self.inside.told:
                self.inside.told.add(row.local_id or 0)
                yield row

    def by_rule(self, key: str, names: set[str] | None) -> str:
        """What the rules make of a difference that both sides know of; of the named fields only, where they are given."""
        mirrored, row = self.known[key], self.rows[key]
        row.local_id = mirrored.local_id
        found = reconcile(self.reader, row, mirrored, self.mine(key), echoes=set(), ours_at=self.times, met=self.met)
        if any(not met.choice for name, met in found.held.items() if names is None or name in names):
            return "undecided"
        if any(names is None or name in names for name in found.send):
            return self.held_up.get(mirrored.local_id or 0, "waits_to_be_sent")
        rules = [rule for rule in self.course.mapping.rules if names is None or rule.ours in names]
        return "no_word" if any(means_nothing(rule, row) for rule in rules) else "differs_by_rule"

    def mine(self, key: str) -> Mapping[str, Value]:
        mirrored = self.known.get(key)
        return self.ours.get(mirrored.local_id or 0, {}) if mirrored else {}

    def difference(self, key: str, side: str, reason: str, fields: Mapping[str, Any]) -> SyncDifference:
        mirrored = self.known.get(key)
        local = mirrored.local_id if mirrored else None
        return SyncDifference(
            run=self.run, external_id=key, local_id=local, reason=reason, fields=dict(fields), side=side
        )


def reads_from(line: Line, course: Course) -> datetime | None:
    """From when on the next round reads what changed over there; None while nothing was read to the end."""
    look_back = timedelta(seconds=line.vendor.objects[course.object.name].lookback_seconds)
    cursor = SyncObject.objects.values_list("cursor_at", flat=True).get(pk=course.object.pk)
    return cursor - look_back if cursor else None


def read_again(line: Line, course: Course, ids: Sequence[str]) -> Iterator[Any]:
    size = line.vendor.objects[course.object.name].batch
    for start in range(0, len(ids), size):
        part = ids[start : start + size]
        yield from patiently(lambda p=part: line.connector.read(course.object.name, course.mapping.their_fields, p))  # type: ignore[misc]


def differing_fields(course: Course, mine: Mapping[str, Value], row: Incoming) -> dict[str, list[Value]]:
    """{our field: [here, there]} of the fields that ought to be equal and are not."""
    once = ("source", "created_at", KEY)
    return differing_among([rule for rule in course.mapping.rules if rule.ours not in once], mine, row)


def means_nothing(rule: FieldRule, row: Incoming) -> bool:
    """Whether their value has no word here."""
    is_translated = rule.pulls and bool(rule.values) and rule.type is not FieldType.REFERENCE
    return is_translated and bool(row.values.get(rule.theirs)) and rule.ours not in row.ours


def theirs_of(rule: FieldRule, row: Incoming) -> Value:
    """Their value in our terms; as it is where it has no word here."""
    return row.ours[rule.ours] if rule.ours in row.ours else row.values.get(rule.theirs)


def differing_among(rules: Sequence[FieldRule], mine: Mapping[str, Value], row: Incoming) -> dict[str, list[Value]]:
    return {
        rule.ours: [mine.get(rule.ours), theirs_of(rule, row)]
        for rule in rules
        if rule.ours not in ("account", "parent")
        and not same(rule.type, rule.as_it_comes_back(mine.get(rule.ours)), theirs_of(rule, row))
    }


def reason_of(
    is_here: bool,
    is_there: bool,
    row: Incoming | None,
    has_letter: bool,
    mirrored: Known | None,
    fields: Mapping[str, Any],
) -> str | None:
    """The class of a difference; None for one that is over."""
    if not is_here and not has_letter:
        return "missed" if row else None
    if is_here and (not is_there or row is None):
        return "gone_there" if row is None else "left_out_there"
    if fields and mirrored and mirrored.local_id and row and mirrored.values != row.values:
        return "change_missed"  # a letter about another field must not hide it
    if has_letter:
        return "dead_letter"
    if mirrored is None or mirrored.local_id is None:
        return "not_taken"
    if not fields:
        return None
    return "waits_to_be_sent" if mirrored.due_at else "differs_by_rule"
