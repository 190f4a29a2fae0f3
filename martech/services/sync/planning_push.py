"""The plan of a push: every record and field that would change over there, hashed before anybody approves it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from martech.connectors.errors import Reason
from martech.connectors.port import Action, FieldType, RemoteRecord, Value
from martech.models import DeadLetter, PlannedWrite, RemoteRow, RunKind, RunState, SyncObject, SyncRun, WriteState
from martech.services.sync.consent import denied_now, lately_denied, lately_granted
from martech.services.sync.course import Course, Line
from martech.services.sync.dead_letters import Death, bury, close_settled
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import met_values
from martech.services.sync.incoming import RecordReader
from martech.services.sync.keys import key_rule, keys_to_ride
from martech.services.sync.mirror import Known, external_ids, known_rows, open_echoes
from martech.services.sync.reconcile import Reconciled, reconcile
from martech.services.sync.taken_back import taken_back
from martech.services.sync.taking import LOCALS, take_in
from martech.sync.fields import our_field
from martech.sync.guard import SENSITIVE, Guard, PlanCounts, held_by
from martech.sync.keys import KEY
from martech.sync.plans import plan_hash
from martech.sync.rules import FieldRule
from martech.sync.values import canonical, same
from mops.core.conditions import get_catalogue, parse, to_q

LOOK_BACK = timedelta(minutes=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
CHUNK = 1_000
LATE = timedelta(minutes=15)
"""A pull that began so long after a write shows what it made, however late the other side's index is."""


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


def plan_push(line: Line, course: Course, run: SyncRun) -> SyncRun:
    """Look at what of ours changed since the last plan, store what is to be written, and hash it.

    What the rules give back to us (their value is right) is taken at once. The run is then approved, or held with the
    reasons; nothing was called over there.
    """
    now = timezone.now()
    draft = Draft(course, line, run)
    with transaction.atomic():
        looked_at = candidates(course)
        for ids in portions(looked_at):
            plan_updates(draft, ids)
        if line.vendor.objects[course.object.name].can_create:
            for fresh in portions(wanted_there(course)):
                plan_creates(draft, fresh)
        note_denied(draft)
        PlannedWrite.objects.bulk_create(draft.rows, batch_size=2_000)
        bury(course.object, "push", draft.deaths, run=run)
        planned = {row.local_id for row in draft.rows} | {death.local_id for death in draft.deaths}
        close_settled(course.object, [pk for pk in looked_at if pk not in planned])
        RemoteRow.objects.filter(object=course.object, external_id__in=draft.quiet).update(due_at=None)
        draft.counts.linked = RemoteRow.objects.filter(object=course.object, local_id__isnull=False, fate="").count()
        finish_plan(draft, now.isoformat())
        SyncObject.objects.filter(pk=course.object.pk).update(pushed_at=now)
    run.refresh_from_db()
    return run


def note_denied(draft: Draft) -> None:
    """Say whom consent or suppression would hold back now; applying asks again for every row, and keeps the proof."""
    for start in range(0, len(draft.rows), CHUNK):
        part = draft.rows[start : start + CHUNK]
        held = denied_now(draft.course, [row.local_id for row in part])
        for row in part:
            if why := held.get(row.local_id):
                row.message = f"Would be held back: {why}"
                draft.counts.denied += 1
                draft.counts.denied_for[why] = draft.counts.denied_for.get(why, 0) + 1


def finish_plan(draft: Draft, until: str) -> None:
    """Hash the plan and say whether it may go."""
    run, course = draft.run, draft.course
    reasons = held_by(Guard.of(course.connection.guard), draft.counts)
    is_first = course.object.pushed_at is None
    if is_first and draft.counts.unagreed:
        number = draft.counts.unagreed
        what = (
            "1 value that stands over there, and was"
            if number == 1
            else f"{number:,} values that stand over there, and were"
        )
        reasons.append(f"{what} never agreed on, would be replaced")
    if draft.rows and not course.connection.pushes_alone:
        reasons.insert(0, "This connection writes nothing without approval.")
    state = RunState.DONE if not draft.rows else RunState.HELD if reasons else RunState.APPROVED
    plan = {**draft.counts.as_json(), "held_by": reasons, "until": until, "is_first": is_first}
    SyncRun.objects.filter(pk=run.pk).update(
        plan=plan,
        plan_hash=plan_hash(course.version.pk, until, plan_rows(run)) if draft.rows else "",
        mapping=course.version,
        state=state,
        finished_at=timezone.now() if state == RunState.DONE else None,
    )


def plan_rows(run: SyncRun) -> Iterable[dict[str, Any]]:
    """The content of a plan as it is hashed."""
    names = ("local_id", "external_id", "action", "before", "after", "match")
    return PlannedWrite.objects.filter(run=run).order_by("local_id").values(*names).iterator(2_000)


def portions(ids: Iterable[int]) -> Iterable[list[int]]:
    portion: list[int] = []
    for pk in ids:
        portion.append(pk)
        if len(portion) == CHUNK:
            yield portion
            portion = []
    if portion:
        yield portion


def nothing_to_plan(line: Line, course: Course) -> bool:
    """Whether no record of ours changed, waits or is wanted over there; the next plan then looks at what changes from
    now on. Most rounds find nothing, and need no run to say so."""
    now = timezone.now()
    if any(rows.exists() for rows in candidate_rows(course)):
        return False
    if line.vendor.objects[course.object.name].can_create:
        wanted = wanted_there(course)
        if wanted if isinstance(wanted, list) else wanted.exists():
            return False
    SyncObject.objects.filter(pk=course.object.pk).update(pushed_at=now)
    return True


def candidates(course: Course) -> list[int]:
    """Ids of ours that are to be looked at, each once."""
    return sorted({pk for rows in candidate_rows(course) for pk in rows if pk})


def candidate_rows(course: Course) -> tuple[QuerySet[Any, int | None], ...]:
    """Ids of ours that wait to be sent, whose letter is due, or that are linked and changed since the last plan."""
    object, local = course.object, LOCALS[course.mapping.kind]
    linked = RemoteRow.objects.filter(object=object, local_id__isnull=False, fate="")
    waits = Q(due_at__lte=timezone.now())
    if course.mapping.kind == "person":
        waits |= Q(due_at__isnull=False, local_id__in=lately_granted().values("person"))
    letters = DeadLetter.objects.filter(object=object, direction="push", resolved_at=None, retry_at__lte=timezone.now())
    changed = local.model._default_manager.filter(Exists(linked.filter(local_id=OuterRef("pk"))))
    if object.pushed_at is not None:
        changed = changed.filter(updated_at__gte=object.pushed_at - LOOK_BACK)
    return (
        linked.filter(waits).values_list("local_id", flat=True),
        letters.values_list("local_id", flat=True),
        changed.order_by().values_list("pk", flat=True),
    )


def wanted_there(course: Course) -> QuerySet[Any, int] | list[int]:
    """Ids of ours that the mapping wants over there and that have no record there yet."""
    tree = course.mapping.create_there
    if tree is False or tree is None:
        return []
    local = LOCALS[course.mapping.kind]
    rows = local.model._default_manager.all()
    if course.mapping.kind == "person":
        rows = rows.filter(merged_into=None)
        if tree is not True:
            catalogue = get_catalogue("person")
            rows = rows.filter(to_q(parse(tree, catalogue), catalogue, now=course.now))
        if "email" in course.mapping.match:
            rows = rows.exclude(email="")
    linked = RemoteRow.objects.filter(object__connection=course.connection, object__kind=course.mapping.kind, fate="")
    open_letters = DeadLetter.objects.filter(
        object=course.object, direction="push", resolved_at=None, local_id=OuterRef("pk")
    ).exclude(retry_at__lte=timezone.now())
    not_known = not_known_yet(course).filter(local_id=OuterRef("pk"))
    rows = rows.exclude(Exists(linked.filter(local_id=OuterRef("pk")))).exclude(Exists(open_letters))
    rows = rows.exclude(Exists(not_known))
    if course.mapping.kind == "person":
        rows = rows.exclude(Exists(lately_denied(course).filter(local_id=OuterRef("pk"))))
    return rows.order_by("pk").values_list("pk", flat=True).distinct()


def not_known_yet(course: Course) -> QuerySet[PlannedWrite]:
    """Records whose making is not known, until a pull that must have shown them did not: then they are made once more."""
    pulls = SyncRun.objects.filter(object=course.object, kind=RunKind.PULL, state=RunState.DONE)
    shown_until = (pulls.aggregate(at=Max("started_at"))["at"] or EVER) - LATE
    sent = PlannedWrite.objects.filter(run__object=course.object, state__in=[WriteState.SENDING, WriteState.UNKNOWN])
    return sent.filter(external_id="").filter(Q(written_at=None) | Q(written_at__gte=shown_until))


def plan_updates(draft: Draft, ids: Sequence[int]) -> None:
    course = draft.course
    leading = external_ids(course.object, ids)
    known = known_rows(course.object, leading.values())
    reader = RecordReader(course)
    ours = LOCALS[course.mapping.kind].load(ids, [rule.ours for rule in course.mapping.rules])
    echoes = open_echoes(course.object, list(known))
    stamps = dict(
        RemoteRow.objects.filter(object=course.object, external_id__in=list(known)).values_list(
            "external_id", "modified_at"
        )
    )
    times, met = field_times(course.mapping.kind, ours), met_values(course.object, known)
    given_back: list[RemoteRecord] = []
    sends: dict[int, tuple[Known, Reconciled]] = {}
    for pk, external_id in leading.items():
        mirrored = known.get(external_id)
        if mirrored is None or pk not in ours:
            continue
        record = RemoteRecord(external_id, mirrored.values, stamps.get(external_id))
        row = reader.read(record)
        row.local_id = pk
        found = reconcile(reader, row, mirrored, ours[pk], echoes=echoes, ours_at=times, met=met)
        if found.take or found.held:
            given_back.append(record)
        if found.send:
            sends[pk] = (mirrored, found)
        elif mirrored.due_at:
            draft.quiet.append(external_id)
    if given_back:
        take_in(course, reader, given_back, looks_twice=True)
    refused = taken_back(course.object, sends)
    riding = keys_to_ride(course, {pk: mirrored.values for pk, (mirrored, _found) in sends.items()})
    for pk, (mirrored, found) in sends.items():
        after = in_their_terms(draft, pk, mirrored.external_id, found.send)
        if after and pk in riding:
            after |= in_their_terms(draft, pk, mirrored.external_id, {KEY: riding[pk]})
        before = {name: mirrored.values.get(name) for name in after}
        changed = {
            name: value
            for name, value in after.items()
            if not same(type_of(course, name), value, before[name])
            and not is_refused(course, refused.get(pk), name, value)
        }
        if changed.keys() - their_key(course):
            kept = {name: before[name] for name in changed}
            draft.counts.unagreed += len(replaced(course, found, kept))
            add_row(draft, pk, Action.UPDATE, kept, changed, mirrored.external_id, stamps.get(mirrored.external_id))
        else:
            draft.quiet.append(mirrored.external_id)


def replaced(course: Course, found: Reconciled, before: Mapping[str, Value]) -> list[str]:
    """The fields of theirs whose value is written over and was never agreed on."""
    theirs = {rule.theirs for rule in course.mapping.rules if rule.ours in found.unagreed}
    return [name for name, value in before.items() if name in theirs and value is not None]


def is_refused(course: Course, refused: Mapping[str, Value] | None, theirs: str, value: Value) -> bool:
    """Whether an undo took this very value back over there."""
    return refused is not None and theirs in refused and same(type_of(course, theirs), refused[theirs], value)


def type_of(course: Course, theirs: str) -> FieldType:
    remote = course.schema.get(theirs)
    return remote.type if remote else FieldType.TEXT


def plan_creates(draft: Draft, ids: Sequence[int]) -> None:
    """Records to be made over there; by a match field where the vendor can, so that a repeat makes no second one."""
    course = draft.course
    rules = [rule for rule in course.mapping.rules if rule.pushes]
    ours = LOCALS[course.mapping.kind].load(ids, [rule.ours for rule in rules])
    capability = draft.line.vendor.objects[course.object.name]
    own = their_key(course)
    match = match_rule(course, [name for name in capability.match_fields if name in own]) or match_rule(
        course, capability.match_fields
    )
    lookup = match or match_rule(course, capability.lookup_fields)
    for pk, values in ours.items():
        given = {r.ours: values.get(r.ours) for r in rules if r.pushed(None) or values.get(r.ours) is not None}
        after = in_their_terms(draft, pk, "", given)
        if not after.keys() - own:
            continue
        found = [lookup.theirs, after[lookup.theirs]] if lookup and after.get(lookup.theirs) else None
        action = Action.UPSERT if found and match else Action.CREATE
        add_row(draft, pk, action, {}, after, "", None, found)


def their_key(course: Course) -> set[str]:
    """The field of theirs that holds our id, where there is one that is written."""
    rule = key_rule(course)
    return {rule.theirs} if rule and rule.pushes else set()


def match_rule(course: Course, names: Sequence[str]) -> FieldRule | None:
    """The rule whose field of theirs, one of `names`, finds a record over there."""
    match = (*course.mapping.match, KEY)
    return next((r for r in course.mapping.rules if r.theirs in names and r.ours in match and r.pushes), None)


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


def open_writes(run: SyncRun) -> QuerySet[PlannedWrite]:
    return PlannedWrite.objects.filter(run=run, state__in=[WriteState.PLANNED, WriteState.SENDING, WriteState.UNKNOWN])
