"""Webhooks: kept as hints in one statement, then the records' state is fetched; the payload itself is never believed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from martech.connectors.errors import Forged, Stale, VendorError
from martech.connectors.port import Hint, Page
from martech.models import Connection, HintKind, HintSource, RunKind, RunState, SyncHint, SyncObject
from martech.services.sync.course import course_of, open_line
from martech.services.sync.following import ask_links, linked_objects
from martech.services.sync.incoming import RecordReader
from martech.services.sync.patience import patiently
from martech.services.sync.pulling import portion_of, take_portion
from martech.services.sync.runs import LEASE, blame, hold, new_run
from mops.core.work import Kind, wake

MOST = 1_048_576
"""Bytes of a webhook; vendors send at most 100 events."""
KEPT = timedelta(days=7)


def receive_webhook(
    connection: Connection, *, method: str, urls: Sequence[str], headers: Mapping[str, str], body: bytes
) -> int:
    """Keep what a webhook hints at; one that comes again is one. Answers how many are new. What is of another account is
    left out. Raises Forged and Stale, which the connection's page says until one comes that is right: where all are
    refused, its settings are wrong."""
    with open_line(connection, is_interactive=True) as line:
        try:
            hints = line.connector.hints(method=method, urls=urls, headers=headers, body=body, now=timezone.now())
        except (Forged, Stale) as refused:
            note_refused(connection, refused)
            raise
    own = [hint for hint in hints if not is_foreign(connection, hint)]
    new = keep_hints(connection, own, HintKind.WEBHOOK)
    if foreign := sorted({hint.account for hint in hints if is_foreign(connection, hint)}):
        note_foreign(connection, foreign)
    return new


def is_foreign(connection: Connection, hint: Hint) -> bool:
    """Whether it is of another account than the connection's, as far as both are known."""
    return bool(hint.account and connection.account_id and hint.account != connection.account_id)


def keep_hints(connection: Connection, hints: Sequence[Hint], kind: HintKind) -> int:
    """Keep hints of what is read, and that some came; one that is kept already is one. Answers how many are new."""
    objects = {o.name: o for o in SyncObject.objects.filter(connection=connection, is_enabled=True)}
    rows = [
        SyncHint(object=objects[h.object], external_id=h.id, event=h.event[:60], key=h.key[:200], at=h.at)
        for h in hints
        if h.object in objects
    ]
    if not rows:
        if hints:
            note_heard(connection, kind)
        return 0
    keys = {(row.object_id, row.key) for row in rows}
    with transaction.atomic():
        before = SyncHint.objects.filter(object__connection=connection, key__in=[key for _object, key in keys]).count()
        SyncHint.objects.bulk_create(sorted(rows, key=lambda row: row.key), ignore_conflicts=True, batch_size=5_000)
        note_heard(connection, kind)
        wake("sync_hints")
    return len(keys) - before


def note_heard(connection: Connection, kind: HintKind) -> None:
    HintSource.objects.bulk_create(
        [HintSource(connection=connection, kind=kind, heard_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["connection", "kind"],
        update_fields=["heard_at"],
    )


def note_refused(connection: Connection, refused: VendorError) -> None:
    """That a webhook was refused and why."""
    note_problem(connection, "at", {"detail": refused.detail, "is_late": isinstance(refused, Stale)})


def note_foreign(connection: Connection, accounts: Sequence[str]) -> None:
    """That signed events of other accounts came: the app is installed there too, or the connection is another's."""
    note_problem(connection, "foreign_at", {"foreign": ", ".join(accounts[:3])})


def note_problem(connection: Connection, stamp: str, said: Mapping[str, Any]) -> None:
    """Beside what else was said, with the moment under `stamp`; once a minute is enough, as anybody may send some."""
    now = timezone.now()
    source, _is_new = HintSource.objects.get_or_create(connection=connection, kind=HintKind.WEBHOOK)
    lately = (now - timedelta(minutes=1)).isoformat()
    if source.problem.get(stamp, "") < lately:
        problem = {**source.problem, **said, stamp: now.isoformat()}
        HintSource.objects.filter(pk=source.pk).update(problem=problem)


def follow_hints(rows: Sequence[SyncHint]) -> None:
    """Fetch the records that hints name, once each, and take them in."""
    by_object: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        by_object[row.object_id].add(row.external_id)
    for object in SyncObject.objects.filter(pk__in=by_object).select_related("connection"):
        try:
            follow_object(object, sorted(by_object[object.pk]))
        except VendorError as error:
            blame(object.connection, error)
            raise
    SyncHint.objects.filter(state="done", finished_at__lt=timezone.now() - KEPT).delete()


def follow_object(object: SyncObject, ids: Sequence[str]) -> None:
    hold(None)
    course = course_of(object)
    if course is None:
        return
    with open_line(object.connection, is_interactive=True) as line:
        records = patiently(lambda: line.connector.read(object.name, course.mapping.their_fields, ids))
        if not records:
            return
        run = new_run(object.connection, RunKind.PULL, object=object)
        course.run = run
        # Of all of them: a hint may be about an association, which moves no stamp.
        brought = ask_links(line, object.name, linked_objects(line, course), [record.id for record in records])
        with transaction.atomic():
            take_portion(line, course, run, portion_of(RecordReader(course), [Page(records, None)], brought), {})
            type(run).objects.filter(pk=run.pk).update(
                state=RunState.DONE, started_at=course.now, finished_at=timezone.now(), mapping=course.version
            )


HINTS = Kind("sync_hints", SyncHint, follow_hints, batch=100, lease=LEASE, is_atomic=False)
