"""Records that could not be taken in or written: kept with the reason until something about them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import User
from martech.models import DeadLetter, RemoteRow, SyncObject, SyncRun
from mops.core.sql import among_texts, execute


@dataclass(frozen=True, slots=True)
class Death:
    """Why one record did not go through. `field` is theirs where the other side says it, else ours."""

    external_id: str
    local_id: int | None
    reason: str
    field: str = ""
    message: str = ""
    is_retryable: bool = False


RETRY = timedelta(minutes=15)
BURY = """
insert into martech_deadletter (object_id, direction, external_id, local_id, reason, field, message, "values", attempts,
  run_id, first_at, last_at, retry_at, resolution)
select %s, %s, u.id, u.local_id, u.reason, u.field, u.message, '{}', 1, %s, %s, %s, case when u.again then %s::timestamptz end, ''
from unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[])
  as u(id, local_id, reason, field, message, again)
on conflict (object_id, direction, external_id, local_id) where resolved_at is null do update set
  reason = excluded.reason, field = excluded.field, message = excluded.message, run_id = excluded.run_id,
  attempts = martech_deadletter.attempts + 1, last_at = excluded.last_at, retry_at = excluded.retry_at
"""


def bury(object: SyncObject, direction: str, deaths: Sequence[Death], *, run: SyncRun | None) -> None:
    """Keep dead letters; one open letter a record, with its first reason of now."""
    if not deaths:
        return
    now = timezone.now()
    firsts = {(death.external_id, death.local_id): death for death in reversed(deaths)}
    rows = [firsts[key] for key in sorted(firsts, key=str)]
    execute(
        BURY,
        *(object.pk, direction, run.pk if run else None, now, now, now + RETRY),
        [row.external_id for row in rows],
        [row.local_id for row in rows],
        [row.reason for row in rows],
        [row.field for row in rows],
        [row.message[:500] for row in rows],
        [row.is_retryable for row in rows],
    )


def raise_up(
    object: SyncObject, direction: str, external_ids: Sequence[str] = (), *, local_ids: Sequence[int] = ()
) -> int:
    """Close the letters of records that went through; answers how many."""
    rows = DeadLetter.objects.filter(object=object, direction=direction, resolved_at=None)
    if not rows.exists():
        return 0
    rows = rows.filter(local_id__in=local_ids) if local_ids else rows.filter(external_id__in=among_texts(external_ids))
    return rows.update(resolved_at=timezone.now(), resolution="Went through")


def close_settled(object: SyncObject, local_ids: Sequence[int]) -> None:
    """Close the letters that were to be tried again and whose records have nothing to be written any more."""
    now = timezone.now()
    due = DeadLetter.objects.filter(object=object, direction="push", resolved_at=None, retry_at__lte=now)
    if due.exists():
        due.filter(local_id__in=local_ids).update(resolved_at=now, resolution="Nothing is left to be written")


def retry_letters(rows: QuerySet[DeadLetter]) -> int:
    """Let these records be tried with the next round, whatever they were told before; answers how many."""
    letters = list(rows.select_related(None).values_list("pk", "object_id", "external_id", "direction"))
    with transaction.atomic():
        DeadLetter.objects.filter(pk__in=[letter[0] for letter in letters]).update(retry_at=timezone.now())
        for object_id in {letter[1] for letter in letters}:
            ids = [one[2] for one in letters if one[1] == object_id and one[3] == "pull" and one[2]]
            if ids:
                # Due, so that it is decided again although it says what it said; what both agreed on stays known.
                rows_there = RemoteRow.objects.filter(object_id=object_id, external_id__in=ids, due_at=None)
                rows_there.update(due_at=timezone.now())
                SyncObject.objects.filter(pk=object_id).update(backfilled_at=None)
    return len(letters)


def look_after(rows: QuerySet[DeadLetter], *, user: User) -> int:
    """Say who looks after these letters, until they go through; answers how many."""
    pks = list(rows.select_related(None).values_list("pk", flat=True))
    return DeadLetter.objects.filter(pk__in=pks, resolved_at=None).update(owner=user)


SCHEMA_REASONS = ("unknown_option", "read_only_field", "unknown_field", "required_field")


def doubt_schema(object: SyncObject, deaths: Sequence[Death]) -> None:
    """Where the other side refuses what its schema allowed, it changed: the next round reads it, so that its options are
    there to choose from."""
    if any(death.reason in SCHEMA_REASONS for death in deaths):
        SyncObject.objects.filter(pk=object.pk).update(schema_at=None)


def drop_letters(rows: QuerySet[DeadLetter], *, actor: Any) -> int:
    """Close letters that nobody will act on; answers how many."""
    pks = list(rows.select_related(None).values_list("pk", flat=True))
    return DeadLetter.objects.filter(pk__in=pks).update(
        resolved_at=timezone.now(), resolution=f"Dropped by {actor}"[:200]
    )
