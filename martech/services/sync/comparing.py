"""The completeness proof: two systems read from end to end and compared down to the ids on which they differ.

It is asked of everything, or of the records of which a condition is true (`questions`): then both trees hold only
those, and what is on one side only is told apart from what is on both with other values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from martech.connectors.port import Page, Position, Value
from martech.models import ProofSide, RemoteRow, SyncDifference, SyncRun
from martech.services.sync.absent import absent_there, only_here
from martech.services.sync.course import Course, Line
from martech.services.sync.differing import Look, Membership
from martech.services.sync.incoming import RecordReader
from martech.services.sync.mirror import known_rows
from martech.services.sync.missed import settle_all, settle_meanwhile
from martech.services.sync.patience import patient_pages
from martech.services.sync.pulling import ahead, stop_when_asked
from martech.services.sync.questions import Question, question_of
from martech.services.sync.runs import beat
from martech.services.sync.taking import LOCALS, Tally
from martech.sync.hashtree import HashTree, differences
from martech.sync.keys import KEY
from martech.sync.rules import FieldRule
from martech.sync.values import comparable, digest

CHUNK = 2_000


@dataclass
class Proof:
    """A comparison under way: who is inside, the trees of both sides, and what was found, {side: {reason: number}}."""

    line: Line
    course: Course
    run: SyncRun
    question: Question | None
    inside: Membership = field(default_factory=Membership)
    here: HashTree = field(default_factory=HashTree)
    there: HashTree = field(default_factory=HashTree)
    read: int = 0
    sides: dict[str, dict[str, int]] = field(default_factory=dict)
    differing: int = 0

    def keep(self, rows: Iterable[SyncDifference]) -> None:
        """Store differences and count them."""
        found = list(rows)
        SyncDifference.objects.bulk_create(found, batch_size=CHUNK)
        for row in found:
            reasons = self.sides.setdefault(row.side, {})
            reasons[row.reason] = reasons.get(row.reason, 0) + 1
            self.differing += bool(row.external_id)


def compare(line: Line, course: Course, run: SyncRun) -> None:
    """Read everything over there and everything linked here into two hash trees; explain every leaf that differs.

    The plan of the run then holds the question, both roots, and the counts by side and reason.
    """
    asked = run.plan.get("question") or {}
    proof = Proof(line, course, run, question_of(course, asked.get("condition")))
    if proof.question:
        proof.inside.here = proof.question.here()
    read_theirs(proof)
    read_ours(proof)
    keys = [(key, ours is not None, theirs is not None) for key, ours, theirs in differences(proof.here, proof.there)]
    began = timezone.now()
    with transaction.atomic():
        SyncDifference.objects.filter(run=run).delete()
        for start in range(0, len(keys), CHUNK):
            proof.keep(Look(line, course, run, proof.question, proof.inside, keys[start : start + CHUNK]).differences())
        if proof.question:
            proof.keep(twice_there(proof))
            proof.keep(absent_there(course, run, proof.inside.here - set(proof.inside.linked.values())))
        else:
            proof.keep(only_here(line, course, run))
            settle_all(course.object, but=run)
        note(proof, asked)
    settle_meanwhile(run, began)


def note(proof: Proof, asked: Mapping[str, Any]) -> None:
    """What the run says of it. With a question `here` − only here + only there = `there`."""
    sides, inside = proof.sides, proof.inside
    counts: dict[str, int] = {}
    for reasons in sides.values():
        for reason, number in reasons.items():
            counts[reason] = counts.get(reason, 0) + number
    here, there = len(proof.here.rows), len(proof.there.rows)
    if proof.question:
        here, there = len(inside.here), len(inside.there)
    plan = {
        "roots": {"here": proof.here.root(), "there": proof.there.root()},
        "numbers": {"here": here, "there": there},
        "reasons": counts,
        "sides": sides,
        **({"question": asked} if asked else {}),
    }
    SyncRun.objects.filter(pk=proof.run.pk).update(plan=plan)
    differ = min(proof.read, proof.differing)
    Tally(unchanged=proof.read - differ, conflicted=differ).add_to(proof.run)


def rules_of(course: Course) -> list[FieldRule]:
    """Fields that ought to be equal: those kept in step both ways or taken from there."""
    return [rule for rule in course.mapping.rules if rule.ours not in ("source", "created_at", KEY)]


def digest_of(course: Course, values: Mapping[str, Value], fields: list[FieldRule]) -> int:
    return digest([comparable(rule.type, rule.as_it_comes_back(values.get(rule.ours))) for rule in fields])


def read_theirs(proof: Proof) -> None:
    """Everything over there, of which the tree holds what is inside."""
    line, course, question, inside = proof.line, proof.course, proof.question, proof.inside
    reader, fields, seen = RecordReader(course), rules_of(course), set[str]()

    def everything(position: Position | None) -> Iterator[Page]:
        return line.connector.everything(course.object.name, course.mapping.their_fields, position=position)

    for page in ahead(patient_pages(everything, None), depth=4):
        for record in page.records:
            row = reader.read(record)
            seen.add(record.id)
            if question is None or question.there(row):
                proof.there.add(record.id, digest_of(course, in_terms(course, row.ours, row.values), fields))
        beat(proof.run)
        stop_when_asked(proof.run)
    proof.read = len(seen)
    if question:
        inside.listed, inside.there = seen, set(proof.there.rows)


def in_terms(course: Course, ours: Mapping[str, Value], values: Mapping[str, Value]) -> dict[str, Value]:
    """References stay their id on both sides of a comparison."""
    found = dict(ours)
    for rule in course.mapping.rules:
        if rule.ours in ("account", "parent"):
            found[rule.ours] = values.get(rule.theirs)
    return found


def read_ours(proof: Proof) -> None:
    """What we believe to be over there: the mirror's records that are still themselves, with our values now."""
    rows = RemoteRow.objects.filter(object=proof.course.object, fate="").order_by("pk")
    portion: list[tuple[str, int | None, dict[str, Any]]] = []
    for row in rows.values_list("external_id", "local_id", "values").iterator(CHUNK):
        portion.append(row)
        if len(portion) == CHUNK:
            add_ours(proof, portion)
            portion = []
    add_ours(proof, portion)


def add_ours(proof: Proof, rows: list[tuple[str, int | None, dict[str, Any]]]) -> None:
    course, inside, fields = proof.course, proof.inside, rules_of(proof.course)
    with transaction.atomic():
        known = known_rows(course.object, [external_id for external_id, _local, _values in rows])
        if proof.question:
            rows = [row for row in rows if known[row[0]].local_id in inside.here]
            inside.linked.update({one: known[one].local_id or 0 for one, _local, _values in rows})
        wanted = {known[one].local_id for one, _local, _values in rows}
        ours = LOCALS[course.mapping.kind].load(
            {pk for pk in wanted if pk}, [rule.ours for rule in course.mapping.rules]
        )
    for external_id, _local, values in rows:
        mine = ours.get(known[external_id].local_id or 0, {})
        proof.here.add(external_id, digest_of(course, in_terms(course, mine, values), fields))


def twice_there(proof: Proof) -> Iterator[SyncDifference]:
    """Records over there of which another one is the same record here: each is counted there, one is here."""
    matched = set[int]()
    for external_id in sorted(proof.inside.linked.keys() & proof.inside.there):
        local = proof.inside.linked[external_id]
        if local in matched:
            yield SyncDifference(
                run=proof.run, external_id=external_id, local_id=local, reason="twice_there", side=ProofSide.THERE
            )
        matched.add(local)
