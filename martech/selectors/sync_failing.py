"""Which objects of a connection do not get through, while the others go on: the last run failed, or a field was put aside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from martech.connectors.port import Kind
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, MappingVersion, RunKind, RunState, SyncObject, SyncRun
from martech.services.sync.connections import MAPPED

LOOKED_BACK = timedelta(days=7)
ROUNDS = (RunKind.PULL, RunKind.BACKFILL, RunKind.PUSH)
PASSING = ("WorkerDied", "PositionLost")
"""What the next run goes on from by itself."""


@dataclass(frozen=True)
class Failing:
    """The run of an object that failed, or may not write what was approved, after which none of its kind went through."""

    run: SyncRun
    label: str

    @property
    def detail(self) -> str:
        return str(self.run.problem.get("detail") or "The last run failed.")

    @property
    def remedy(self) -> str:
        return str(self.run.problem.get("remedy") or "The next round tries again; test the connection if it stays.")


def failing_objects(connection: Connection | None = None) -> list[Failing]:
    """The objects that are read or written and whose newest run of a kind failed, one entry each: the newest run of each, in the
    order of the objects, what is mapped first."""
    later = SyncRun.objects.filter(object=OuterRef("object"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    went_on = later.filter(state__in=[RunState.DONE, RunState.DEFERRED, RunState.HELD])
    may_not = Q(state=RunState.APPROVED, problem__class="ScopeMissing")
    rows = SyncRun.objects.filter(Q(state=RunState.FAILED) | may_not, kind__in=ROUNDS, object__is_enabled=True)
    rows = rows.filter(created_at__gte=timezone.now() - LOOKED_BACK).exclude(problem__class__in=PASSING)
    if connection is not None:
        rows = rows.filter(connection=connection)
    found: dict[int | None, Failing] = {}
    for run in rows.filter(~Exists(went_on)).select_related("connection", "object").order_by("-pk"):
        label = object_label(run.connection, run.object.name) if run.object else ""
        found.setdefault(run.object_id, Failing(run, label))
    return sorted(found.values(), key=rank)


def rank(one: Failing) -> tuple[bool, int, int]:
    """People, accounts and deals before what is read besides."""
    object = one.run.object
    return (True, 0, 0) if object is None else (object.kind not in MAPPED, object.order, object.pk)


def put_aside_objects() -> dict[int, list[SyncObject]]:
    """{connection: its objects of whose mapping a field is put aside}."""
    return by_connection(SyncObject.objects.exclude(set_aside={}).filter(is_enabled=True).order_by("order"))


def objects_in_rounds() -> QuerySet[SyncObject]:
    """The objects that rounds read: those that need no mapping, and those that have one in force."""
    mapped = MappingVersion.objects.filter(object=OuterRef("pk"), state="published")
    rows = SyncObject.objects.filter(is_enabled=True).exclude(kind=Kind.OWNER)
    return rows.filter(Exists(mapped) | ~Q(kind__in=MAPPED)).order_by("order")


WAS_PULLED = Exists(SyncRun.objects.filter(object=OuterRef("pk"), kind=RunKind.PULL, state=RunState.DONE))


def unread_objects() -> dict[int, list[SyncObject]]:
    """{connection: its objects that rounds read and of which no pull came to its end yet}."""
    return by_connection(objects_in_rounds().filter(~WAS_PULLED))


def read_again_objects() -> dict[int, list[SyncObject]]:
    """{connection: its objects of which rounds read everything once more}: a field that was put aside goes on, or a mapping
    asks for more. Activities are never read from the start."""
    rows = objects_in_rounds().filter(WAS_PULLED, backfilled_at=None)
    return by_connection(rows.exclude(kind=Kind.ACTIVITY))


def by_connection(objects: Iterable[SyncObject]) -> dict[int, list[SyncObject]]:
    found: dict[int, list[SyncObject]] = defaultdict(list)
    for one in objects:
        found[one.connection_id].append(one)
    return found


def object_label(connection: Connection, name: str) -> str:
    try:
        return vendor_of(connection.vendor).objects[name].label
    except KeyError:
        return name
