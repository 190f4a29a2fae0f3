"""The plan of a push: every record and field that would change over there, hashed before anybody approves it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from martech.connectors.port import Action
from martech.models import DeadLetter, PlannedWrite, RemoteRow, RunKind, RunState, SyncObject, SyncRun, WriteState
from martech.services.sync.consent import lately_denied, lately_granted
from martech.services.sync.course import Course, Line
from martech.services.sync.dead_letters import bury, close_settled
from martech.services.sync.drafting import (
    CHUNK,
    Draft,
    add_row,
    in_their_terms,
    match_rule,
    note_denied,
    plan_rows,
    their_key,
)
from martech.services.sync.planning_updates import is_refused, plan_updates
from martech.services.sync.taken_back import still_left_out, taken_back
from martech.services.sync.taking import LOCALS
from martech.sync.guard import Guard, held_by
from martech.sync.plans import plan_hash
from mops.core.conditions import get_catalogue, parse, to_q

LOOK_BACK = timedelta(minutes=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
LATE = timedelta(minutes=15)
"""A pull that began so long after a write shows what it made, however late the other side's index is."""


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
        reasons.append(f"{what} never agreed on, would be replaced.")
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
    if candidate_rows(course).exists():
        return False
    if line.vendor.objects[course.object.name].can_create:
        wanted = wanted_there(course)
        if wanted if isinstance(wanted, list) else wanted.exists():
            return False
    SyncObject.objects.filter(pk=course.object.pk).update(pushed_at=now)
    return True


def candidates(course: Course) -> list[int]:
    """Ids of ours that are to be looked at, each once."""
    return sorted({pk for pk in candidate_rows(course) if pk})


def candidate_rows(course: Course) -> QuerySet[Any, int | None]:
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
    waiting = linked.filter(waits).order_by().values_list("local_id", flat=True)
    others = letters.order_by().values_list("local_id", flat=True), changed.order_by().values_list("pk", flat=True)
    return waiting.union(*others, all=True)


def wanted_there(course: Course) -> QuerySet[Any, int] | list[int]:
    """Ids of ours that the mapping wants over there and that have no record there yet."""
    tree = course.mapping.create_there
    if tree is False or tree is None:
        return []
    rows = LOCALS[course.mapping.kind].model._default_manager.all()
    if course.mapping.kind == "person":
        rows = wanted_people(course, rows, tree)
    linked = RemoteRow.objects.filter(object__connection=course.connection, object__kind=course.mapping.kind, fate="")
    letters = DeadLetter.objects.filter(object=course.object, direction="push", resolved_at=None)
    for known in (linked, letters.exclude(retry_at__lte=timezone.now()), not_known_yet(course)):
        rows = rows.exclude(Exists(known.filter(local_id=OuterRef("pk"))))
    if (looked_at := course.object.pushed_at) is not None:
        left_out = still_left_out(course.object, course.version).filter(local_id=OuterRef("pk"))
        rows = rows.exclude(Exists(left_out), updated_at__lt=looked_at - LOOK_BACK)
    return rows.order_by("pk").values_list("pk", flat=True).distinct()


def wanted_people(course: Course, rows: QuerySet[Any], tree: Any) -> QuerySet[Any]:
    """Those of the mapping's condition `tree`, or everybody, but for whom consent held back lately."""
    rows = rows.filter(merged_into=None)
    if tree is not True:
        catalogue = get_catalogue("person")
        rows = rows.filter(to_q(parse(tree, catalogue), catalogue, now=course.now))
    if "email" in course.mapping.match:
        rows = rows.exclude(email="")
    return rows.exclude(Exists(lately_denied(course).filter(local_id=OuterRef("pk"))))


def not_known_yet(course: Course) -> QuerySet[PlannedWrite]:
    """Records whose making is not known, until a pull that must have shown them did not: then they are made once more."""
    pulls = SyncRun.objects.filter(object=course.object, kind=RunKind.PULL, state=RunState.DONE)
    shown_until = (pulls.aggregate(at=Max("started_at"))["at"] or EVER) - LATE
    sent = PlannedWrite.objects.filter(run__object=course.object, state__in=[WriteState.SENDING, WriteState.UNKNOWN])
    return sent.filter(external_id="").filter(Q(written_at=None) | Q(written_at__gte=shown_until))


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
    refused = taken_back(course.object, ours)
    for pk, values in ours.items():
        given = {r.ours: values.get(r.ours) for r in rules if r.pushed(None) or values.get(r.ours) is not None}
        after = in_their_terms(draft, pk, "", given)
        if all(is_refused(course, refused.get(pk), name, after[name]) for name in after.keys() - own):
            continue  # nothing but our id, or left out of a plan as it is
        found = [lookup.theirs, after[lookup.theirs]] if lookup and after.get(lookup.theirs) else None
        action = Action.UPSERT if found and match else Action.CREATE
        add_row(draft, pk, action, {}, after, "", None, found)
