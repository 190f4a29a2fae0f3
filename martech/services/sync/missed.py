"""When records that a proof found to have been missed are missed no more."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from martech.models import RemoteRow, SyncDifference, SyncObject, SyncRun
from mops.core.sql import execute, texts

READ = """
update martech_syncdifference d set settled_at = now() from martech_syncrun r
where d.external_id = any(%s::text[]) and d.reason in ('missed', 'change_missed') and d.settled_at is null
  and r.id = d.run_id and r.object_id = %s
"""


def settle_read(object: SyncObject, ids: Iterable[str]) -> None:
    """These records were read, whatever became of them: in step, taken in, or a dead letter that says why not. While nothing
    is missed anywhere, as mostly, the ids are not even sent."""
    if SyncDifference.objects.missed().exists():
        execute(READ, texts(ids), object.pk)


def settle_all(object: SyncObject, but: SyncRun | None = None) -> None:
    """Everything was read, or compared by a later proof (`but`), which alone says what is missed now."""
    rows = SyncDifference.objects.missed().filter(run__object=object)
    (rows.exclude(run=but) if but else rows).update(settled_at=timezone.now())


def settle_meanwhile(proof: SyncRun, since: datetime) -> None:
    """What a round took in while the proof was writing down that it was missed."""
    seen = RemoteRow.objects.filter(object=proof.object_id, external_id=OuterRef("external_id"), seen_at__gte=since)
    SyncDifference.objects.missed().filter(Exists(seen), run=proof).update(settled_at=timezone.now())
