"""The completeness proof: two systems read from end to end and compared down to the ids on which they differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from martech.connectors.port import Page, Position, Value
from martech.models import DeadLetter, RemoteRow, SyncDifference, SyncRun
from martech.services.sync.course import Course, Line
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import Met, met_values
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.mirror import Known, external_ids, known_rows
from martech.services.sync.patience import patient_pages, patiently
from martech.services.sync.planning_push import wanted_there
from martech.services.sync.pulling import ahead, stop_when_asked
from martech.services.sync.reconcile import FieldTime, reconcile
from martech.services.sync.runs import beat
from martech.services.sync.taking import LOCALS, Tally
from martech.sync.hashtree import HashTree, differences
from martech.sync.keys import KEY
from martech.sync.rules import FieldRule
from martech.sync.values import comparable, digest, same

CHUNK = 2_000


def compare(line: Line, course: Course, run: SyncRun) -> None:
    """Read everything over there and everything linked here into two hash trees; explain every leaf that differs.

    The plan of the run then holds both roots and the counts by reason.
    """
    there, read = tree_of_theirs(line, course, run)
    here = tree_of_ours(course)
    counts: dict[str, int] = {}
    differing: list[tuple[str, bool, bool]] = []
    for key, ours, theirs in differences(here, there):
        differing.append((key, ours is not None, theirs is not None))
    with transaction.atomic():
        SyncDifference.objects.filter(run=run).delete()
        for start in range(0, len(differing), CHUNK):
            for reason, number in explain(line, course, run, differing[start : start + CHUNK]).items():
                counts[reason] = counts.get(reason, 0) + number
        unlinked = only_here(line, course, run)
        if unlinked:
            counts["only_here"] = counts.get("only_here", 0) + unlinked
        roots = {"here": here.root(), "there": there.root()}
        numbers = {"here": len(here.rows), "there": len(there.rows)}
        plan = {"roots": roots, "numbers": numbers, "reasons": counts}
        SyncRun.objects.filter(pk=run.pk).update(plan=plan)
        differ = sum(counts.values()) - counts.get("only_here", 0)
        Tally(unchanged=max(0, read - differ), conflicted=min(read, differ)).add_to(run)


def rules_of(course: Course) -> list[FieldRule]:
    """Fields that ought to be equal: those kept in step both ways or taken from there."""
    return [rule for rule in course.mapping.rules if rule.ours not in ("source", "created_at", KEY)]


def digest_of(course: Course, values: Mapping[str, Value], fields: list[FieldRule]) -> int:
    return digest([comparable(rule.type, rule.as_it_comes_back(values.get(rule.ours))) for rule in fields])


def tree_of_theirs(line: Line, course: Course, run: SyncRun) -> tuple[HashTree, int]:
    tree, reader, fields, read = HashTree(), RecordReader(course), rules_of(course), 0

    def everything(position: Position | None) -> Iterator[Page]:
        return line.connector.everything(course.object.name, course.mapping.their_fields, position=position)

    for page in ahead(patient_pages(everything, None), depth=4):
        for record in page.records:
            row = reader.read(record)
            tree.add(record.id, digest_of(course, in_terms(course, row.ours, row.values), fields))
        read = len(tree.rows)
        beat(run)
        stop_when_asked(run)
    return tree, read


def in_terms(course: Course, ours: Mapping[str, Value], values: Mapping[str, Value]) -> dict[str, Value]:
    """References stay their id on both sides of a comparison."""
    found = dict(ours)
    for rule in course.mapping.rules:
        if rule.ours in ("account", "parent"):
            found[rule.ours] = values.get(rule.theirs)
    return found


def tree_of_ours(course: Course) -> HashTree:
    """What we believe to be over there: the mirror's records that are still themselves, with our values now."""
    tree, fields = HashTree(), rules_of(course)
    rows = RemoteRow.objects.filter(object=course.object, fate="").order_by("pk")
    portion: list[tuple[str, int | None, dict[str, Any]]] = []
    for row in rows.values_list("external_id", "local_id", "values").iterator(CHUNK):
        portion.append(row)
        if len(portion) == CHUNK:
            add_ours(course, tree, fields, portion)
            portion = []
    add_ours(course, tree, fields, portion)
    return tree


def add_ours(
    course: Course, tree: HashTree, fields: list[FieldRule], rows: list[tuple[str, int | None, dict[str, Any]]]
) -> None:
    with transaction.atomic():
        known = known_rows(course.object, [external_id for external_id, _local, _values in rows])
        wanted = {row.local_id for row in known.values() if row.local_id}
        ours = LOCALS[course.mapping.kind].load(wanted, [rule.ours for rule in course.mapping.rules])
    for external_id, _local, values in rows:
        mine = ours.get(known[external_id].local_id or 0, {})
        tree.add(external_id, digest_of(course, in_terms(course, mine, values), fields))


def explain(line: Line, course: Course, run: SyncRun, keys: list[tuple[str, bool, bool]]) -> dict[str, int]:
    """Look at each differing record once more, and say of what class the difference is."""
    ids = [key for key, _here, _there in keys]
    size = line.vendor.objects[course.object.name].batch
    found = {}
    for start in range(0, len(ids), size):
        part = ids[start : start + size]
        records = patiently(lambda p=part: line.connector.read(course.object.name, course.mapping.their_fields, p))  # type: ignore[misc]
        found.update({record.id: record for record in records})
    known = known_rows(course.object, ids)
    ours = LOCALS[course.mapping.kind].load(
        {row.local_id for row in known.values() if row.local_id}, [rule.ours for rule in course.mapping.rules]
    )
    letters = set(
        DeadLetter.objects.filter(object=course.object, external_id__in=ids, resolved_at=None).values_list(
            "external_id", flat=True
        )
    )
    met, times = met_values(course.object, ids), field_times(course.mapping.kind, ours)
    reader, counts, rows = RecordReader(course), dict[str, int](), list[SyncDifference]()
    for key, is_here, is_there in keys:
        mirrored, record = known.get(key), found.get(key)
        mine = ours.get(mirrored.local_id or 0, {}) if mirrored else {}
        row = reader.read(record) if record else None
        fields = differing_fields(course, mine, in_terms(course, row.ours, row.values)) if row and is_here else {}
        reason = reason_of(is_here, is_there, record is not None, key in letters, mirrored, row, fields)
        if reason == "differs_by_rule" and row and mirrored:
            reason = by_rule(reader, row, mirrored, mine, times, met)
        if reason is None:
            continue  # it came into step while we looked
        counts[reason] = counts.get(reason, 0) + 1
        local = mirrored.local_id if mirrored else None
        rows.append(SyncDifference(run=run, external_id=key, local_id=local, reason=reason, fields=fields))
    SyncDifference.objects.bulk_create(rows)
    return counts


def by_rule(
    reader: RecordReader,
    row: Incoming,
    mirrored: Known,
    mine: Mapping[str, Value],
    times: FieldTime,
    met: Mapping[tuple[str, str], Met],
) -> str:
    """What the rules make of a difference that both sides know of."""
    row.local_id = mirrored.local_id
    found = reconcile(reader, row, mirrored, mine, echoes=set(), ours_at=times, met=met)
    return "undecided" if found.is_undecided else "waits_to_be_sent" if found.send else "differs_by_rule"


def differing_fields(course: Course, mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> dict[str, list[Value]]:
    return {
        rule.ours: [mine.get(rule.ours), theirs.get(rule.ours)]
        for rule in rules_of(course)
        if rule.ours not in ("account", "parent")
        and not same(rule.type, rule.as_it_comes_back(mine.get(rule.ours)), theirs.get(rule.ours))
    }


def reason_of(
    is_here: bool, is_there: bool, exists: bool, has_letter: bool, mirrored: Any, row: Any, fields: Mapping[str, Any]
) -> str | None:
    if not is_here and not has_letter:
        return "missed" if exists else None
    if is_here and (not is_there or not exists):
        return "gone_there" if not exists else "left_out_there"
    if fields and mirrored and mirrored.local_id and mirrored.values != row.values:
        return "change_missed"  # a letter about another field must not hide it
    if has_letter:
        return "dead_letter"
    if mirrored is None or mirrored.local_id is None:
        return "not_taken"
    if not fields:
        return None
    return "waits_to_be_sent" if mirrored.due_at else "differs_by_rule"


def only_here(line: Line, course: Course, run: SyncRun) -> int:
    """Records of ours that the mapping wants over there and that are not there."""
    if not line.vendor.objects[course.object.name].can_create:
        return 0
    ids = list(wanted_there(course))
    linked = external_ids(course.object, ids)
    rows = [SyncDifference(run=run, local_id=pk, reason="only_here") for pk in ids if pk not in linked]
    SyncDifference.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)
