"""Whether the rounds of connections come, are taken and get to their end: what is late, and what keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.utils import timezone

from martech.models import Connection, ConnectionState, RunKind, RunState, SyncObject, SyncRun, SyncWork
from martech.selectors.sync_failing import ROUNDS, by_connection, failing_objects, objects_in_rounds
from martech.services.sync.runs import LEASE
from mops.core import work

LATE = 4
"""So many periods without a finished round make a connection late, and without a finished reading one of its objects."""
GRACE = timedelta(minutes=1)
"""The beat looks every few seconds, and so does the sweep that wakes workers."""
WAS_READ = Q(runs__kind__in=[RunKind.PULL, RunKind.BACKFILL], runs__state=RunState.DONE)


@dataclass(frozen=True)
class Pace:
    """How the rounds of a connection go: the run that a worker has `under_way`, the objects that are `behind` while it is
    fresh, and since when a round waits for a worker (`untaken`)."""

    under_way: SyncRun | None = None
    behind: Sequence[SyncObject] = ()
    untaken: datetime | None = None


def paces() -> Mapping[int, Pace]:
    """{connection: its pace}, where there is something to say of it; in three statements."""
    runs, behind, untaken = under_way(), behind_objects(), untaken_rounds()
    return {pk: Pace(runs.get(pk), behind.get(pk, ()), untaken.get(pk)) for pk in {*runs, *behind, *untaken}}


def is_late(connection: Connection, fresh_at: datetime) -> bool:
    return timezone.now() - fresh_at > timedelta(seconds=connection.every_seconds * LATE)


def under_way() -> dict[int, SyncRun]:
    """{connection: the run of it that gave a sign of life lately, the one that began first}."""
    alive = SyncRun.objects.filter(state=RunState.RUNNING, kind__in=ROUNDS, beat_at__gte=timezone.now() - LEASE)
    return {run.connection_id: run for run in alive.select_related("object").order_by("-pk")}


def behind_objects() -> dict[int, list[SyncObject]]:
    """{connection: its objects that rounds read before, and came to no end of for long}."""
    rows = objects_in_rounds().select_related("connection").annotate(read_at=Max("runs__finished_at", filter=WAS_READ))
    read = rows.exclude(read_at=None)
    return by_connection(one for one in read if is_late(one.connection, one.read_at))


def untaken_rounds() -> dict[int, datetime]:
    """{connection: since when a round of it is due that no worker takes}."""
    rows = work.due(SyncWork, timezone.now() - GRACE).filter(run=None)
    return dict(rows.order_by("-run_after").values_list("connection", "run_after"))


def late_connections() -> dict[Connection, datetime]:
    """{connection: when the oldest of its readings ended}, of those at work in which one is late. Not of those that wait, are
    in hand of a worker, or fail and say so."""
    now, runs, failing = timezone.now(), under_way(), {one.run.object_id for one in failing_objects()}
    found: dict[Connection, datetime] = {}
    for one in (object for objects in behind_objects().values() for object in objects):
        connection, rests = one.connection, one.connection.paused_until and one.connection.paused_until > now
        if (
            connection.state == ConnectionState.ACTIVE
            and not rests
            and not (connection.pk in runs or one.pk in failing)
        ):
            found[connection] = min(found.get(connection, now), one.read_at)  # type: ignore[attr-defined]
    return found
