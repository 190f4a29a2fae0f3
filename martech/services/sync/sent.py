"""What was written over there is now what both sides agree on: the mirror, and the ids on our records."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from martech.models import PlannedWrite, RunKind, SyncChange, SyncRun
from martech.selectors.overwriting import EDITOR
from martech.services.sync.course import Course
from martech.services.sync.first_contact import settle_written
from martech.services.sync.mirror import Kept, Known, keep_rows, known_rows
from martech.services.sync.taking import IDENTITIES
from martech.services.sync.writing_back import note_write_back

NOBODY: Mapping[int, str] = {}


def note_sent(course: Course, run: SyncRun, rows: Sequence[PlannedWrite], editors: Mapping[int, str] = NOBODY) -> None:
    """Bring the mirror up to what was written, and keep who had set the owners that were written over: `editors` by row.

    Call inside the transaction that notes the rows' state."""
    rows = [row for row in rows if row.external_id]
    if not rows:
        return
    known = known_rows(course.object, [row.external_id for row in rows])
    stamp = timezone.now().isoformat()
    keep_rows(course.object, [_mirrored(course, row, known.get(row.external_id), stamp) for row in rows])
    SyncChange.objects.bulk_create(_change(course, run, row, editors.get(row.pk)) for row in rows)
    settle_written(course, {row.external_id: row.after for row in rows})
    note_write_back(course, rows)
    identify(course, [row for row in rows if row.external_id not in known])


def _mirrored(course: Course, row: PlannedWrite, before: Known | None, stamp: str) -> Kept:
    """The record over there as it is now: what was written is what both sides agree on."""
    values = {**(before.values if before else {}), **row.after}
    times = {**(before.times if before else {}), **dict.fromkeys(row.after, stamp)}
    base = dict(before.base) if before and before.base is not None else None
    if base is not None:
        sent = [rule for rule in course.mapping.rules if rule.theirs in row.after and rule.ours != "account"]
        base.update({rule.ours: rule.pulled(row.after[rule.theirs]) for rule in sent})
    return Kept(row.external_id, row.local_id, values, base, times, row.seen_modified_at)


def _change(course: Course, run: SyncRun, row: PlannedWrite, editor: str | None) -> SyncChange:
    said = "taken back over there" if run.kind == RunKind.UNDO else "written over there"
    return SyncChange(
        run=run,
        kind=course.mapping.kind,
        local_id=row.local_id,
        external_id=row.external_id,
        before=row.before,
        after=row.after,
        why={"sent": said} | ({EDITOR: editor} if editor is not None else {}),
    )


def identify(course: Course, rows: Sequence[PlannedWrite]) -> None:
    """The other system's ids on the records of ours that were made there."""
    kind = course.mapping.kind
    identity = IDENTITIES[kind]
    identity._default_manager.bulk_create(
        (
            identity(
                **{f"{kind}_id": row.local_id},
                system=course.system,
                object=course.object.name,
                external_id=row.external_id,
            )
            for row in rows
        ),
        ignore_conflicts=True,
    )
