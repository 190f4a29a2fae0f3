"""Durable work: whatever must happen is a row; Celery only wakes.

A row is inserted in the same transaction as its cause (`wake` sends a message when that commits). Workers claim due
rows with `FOR UPDATE SKIP LOCKED`, a lease and a fencing token, and commit the effect together with the row's new
state. A worker that dies leaves an expired lease; the next claim takes the row again and counts the attempt, so that
work which kills its worker is quarantined after `max_attempts`. A sweep re-wakes whatever is due.
"""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from mops.core.sql import array, execute

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
BACKOFF_FIRST = 2.0
BACKOFF_LIMIT = 900.0
GATHERS = 100
"""From how many rows in a batch on it is worth to wait for the next ones."""


class WorkState(models.TextChoices):
    PENDING = "pending", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    QUARANTINED = "quarantined", "Quarantined"


class Work(models.Model):
    """One thing that must happen. Subclasses add what it is about and a unique key where one is enough."""

    state = models.CharField(max_length=12, choices=WorkState.choices, default=WorkState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=Q(state__in=["pending", "running"]), name="%(class)s_due"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="%(class)s_lease",
            )
        ]


WorkType = TypeVar("WorkType", bound=Work)


class StaleLease(Exception):
    """Another worker holds the row now; the effect of this one must roll back."""


@dataclass(frozen=True)
class Kind:
    """`handle(rows)` does the effect of a batch inside a transaction that also marks the rows done.

    Without `is_atomic` it commits step by step by itself, extends the lease with `heartbeat` inside each step's
    transaction (which fences it off when the lease was lost), and must bear being begun again after any of them.

    Where batch follows batch and one was neither few (`GATHERS`) nor half full, more are about to come: the next is claimed
    `gather` seconds later, so that they share what every batch costs by itself.

    Work that `is_long` holds a lock in its transaction by which others see that its worker lives: nobody takes it over then,
    however long ago the lease ran out, and the lease need only outlast the moment between the claim and the work.

    `parts(rows)` may cut a claimed batch into several of a transaction each, so that workers who need the same locks meet
    at different ones.
    """

    name: str
    model: type[Work]
    handle: Callable[[Sequence[Any]], None]
    batch: int = 100
    lease: timedelta = LEASE
    max_attempts: int = MAX_ATTEMPTS
    is_atomic: bool = True
    is_long: bool = False
    gather: float = 0.0
    parts: Callable[[Sequence[Any]], Sequence[Sequence[Any]]] = lambda rows: [rows]


_kinds: dict[str, Kind] = {}


def register_work(kind: Kind) -> None:
    if kind.name in _kinds:
        raise ImproperlyConfigured(f"work kind {kind.name} is registered twice")
    if kind.is_long and not kind.is_atomic:
        raise ImproperlyConfigured(f"work kind {kind.name} has no transaction that could show that its worker lives")
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


# PostgreSQL lets go of the lock when the session of its holder ends, however that ended.
_ALIVE = 0x6D6F7073
_IS_HELD = f"""EXISTS (SELECT FROM pg_locks AS alive
    WHERE alive.locktype = 'advisory' AND alive.classid = {_ALIVE} AND alive.objid = hashtext({{table}}.lease_token::text)::oid
      AND alive.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""  # noqa: S608 - a constant


def due(model: type[WorkType], now: datetime) -> models.QuerySet[WorkType]:
    """Rows that may be claimed at `now`: waiting and due, or abandoned by a dead worker."""
    table = connection.ops.quote_name(model._meta.db_table)
    held = RawSQL(_IS_HELD.format(table=table), [], output_field=models.BooleanField())  # noqa: S611 - a name of a model
    waiting = Q(state=WorkState.PENDING, run_after__lte=now)
    abandoned = Q(state=WorkState.RUNNING, lease_until__lt=now) & ~Q(held)
    return model._default_manager.filter(waiting | abandoned)


def _show_life(rows: Sequence[Work]) -> None:
    """Until the transaction ends, nobody takes these rows over."""
    execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", _ALIVE, str(rows[0].lease_token))


# Materialized: a planner that takes the table for empty would otherwise look for the due rows once for each row there is.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM {table}
    WHERE (state = 'pending' AND run_after <= %(now)s) OR (state = 'running' AND lease_until < %(now)s AND NOT {held})
    ORDER BY run_after, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE {table} AS work SET
    state = CASE WHEN attempts >= %(most)s THEN 'quarantined' ELSE 'running' END,
    attempts = CASE WHEN attempts >= %(most)s THEN attempts ELSE attempts + 1 END,
    lease_until = CASE WHEN attempts >= %(most)s THEN NULL ELSE %(until)s END,
    lease_token = CASE WHEN attempts >= %(most)s THEN NULL ELSE %(token)s::uuid END,
    finished_at = CASE WHEN attempts >= %(most)s THEN %(now)s ELSE finished_at END
FROM due
WHERE work.id = due.id
RETURNING {columns}
"""


def claim(kind: Kind, *, limit: int | None = None, now: datetime | None = None) -> list[Any]:
    """Take up to `limit` due rows under a fresh lease, those due first first; rows out of attempts are quarantined instead.

    One statement; `due` says the same to whoever only looks.
    """
    now = now or timezone.now()
    fields = kind.model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(f"work.{quote(field.column)}" for field in fields)
    table = quote(kind.model._meta.db_table)
    statement = _CLAIM.format(table=table, held=_IS_HELD.format(table=table), columns=columns)
    values = {
        "most": kind.max_attempts,
        "until": now + kind.lease,
        "token": uuid.uuid4(),
        "now": now,
        "limit": limit or kind.batch,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        taken = _instances(kind.model, fields, cursor.fetchall())
    rows = [row for row in taken if row.state == WorkState.RUNNING]
    return sorted(rows, key=lambda row: (row.run_after, row.pk))


def _instances(model: type[Work], fields: Sequence[Any], rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Rows of all columns as instances; `Manager.raw` does the same at thrice the price."""
    names = [field.attname for field in fields]
    converted = [(place, field) for place, field in enumerate(fields) if field.get_db_converters(connection)]
    for place, field in converted:
        for convert in field.get_db_converters(connection):
            rows = [
                (*row[:place], convert(row[place], field.cached_col, connection), *row[place + 1 :]) for row in rows
            ]
    return [model.from_db(connection.alias, names, row) for row in rows]


_HELD = "id = ANY(%s::bigint[]) AND state = 'running' AND lease_token = %s"
_FREE = "lease_until = NULL, lease_token = NULL"


def _change_held(rows: Sequence[Work], change: str, *values: Any) -> None:
    """Run an UPDATE of claimed rows. Raises StaleLease when another worker has one of them."""
    table = connection.ops.quote_name(rows[0]._meta.db_table)
    statement = f"UPDATE {table} SET {change} WHERE {_HELD}"  # noqa: S608 - names and constants of this module
    changed = execute(statement, *values, array(row.pk for row in rows), rows[0].lease_token)
    if changed != len(rows):
        raise StaleLease("Another worker took this over and goes on with it.")


def complete(rows: Sequence[Work], *, now: datetime | None = None) -> None:
    """Mark claimed rows done; call inside the transaction of their effect. Raises StaleLease when fenced off."""
    _change_held(rows, f"state = 'done', last_error = '', finished_at = %s, {_FREE}", now or timezone.now())


def _still_held(rows: Sequence[Work]) -> list[Work]:
    held = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows], lease_token=rows[0].lease_token)
    kept = set(held.filter(state=WorkState.RUNNING).values_list("pk", flat=True))
    return [row for row in rows if row.pk in kept]


def withdraw(rows: models.QuerySet[Any], *, now: datetime | None = None) -> int:
    """Take open rows back although a worker may have claimed them: it does nothing of theirs then. Answers how many.

    Lock what they are about first, as the worker does; so either it has done its work before, or it finds them gone.
    """
    return rows.filter(state__in=[WorkState.PENDING, WorkState.RUNNING]).update(
        state=WorkState.DONE, finished_at=now or timezone.now(), lease_until=None, lease_token=None
    )


def heartbeat(rows: Sequence[Work], lease: timedelta = LEASE) -> None:
    """Extend the lease of long work; raises StaleLease when another worker has it."""
    _change_held(rows, "lease_until = %s", timezone.now() + lease)


def postpone(rows: Sequence[Work], *, until: datetime) -> None:
    """Give claimed rows back without counting the attempt, due again at `until`; they are not completed then.

    Raises StaleLease when another worker has one of them.
    """
    _change_held(rows, f"state = 'pending', attempts = attempts - 1, run_after = %s, {_FREE}", until)
    for row in rows:
        row.state = WorkState.PENDING


def backoff(attempts: int) -> timedelta:
    """Exponential with full jitter: 1..2 s, 2..4 s, … capped at 15 minutes."""
    top = min(BACKOFF_LIMIT, BACKOFF_FIRST * 2 ** (attempts - 1))
    return timedelta(seconds=random.uniform(top / 2, top))  # noqa: S311 - jitter, not a secret


def fail(kind: Kind, row: Work, error: str, *, now: datetime | None = None) -> None:
    """Record why a claimed row failed; it is tried again later, or quarantined after the last attempt."""
    now = now or timezone.now()
    is_last = row.attempts >= kind.max_attempts
    type(row)._default_manager.filter(pk=row.pk, state=WorkState.RUNNING, lease_token=row.lease_token).update(
        state=WorkState.QUARANTINED if is_last else WorkState.PENDING,
        run_after=now + backoff(row.attempts),
        lease_until=None,
        lease_token=None,
        last_error=error[:2000],
        finished_at=now if is_last else None,
    )


def release(row: Work) -> None:
    """Let a quarantined row run again, with all its attempts."""
    _release(type(row)._default_manager.filter(pk=row.pk))


def release_all(name: str, rows: models.QuerySet[Any] | None = None) -> int:
    """Let the quarantined rows of a kind run again, all or some of them, and wake it; answers how many."""
    with transaction.atomic():
        number = _release(_kinds[name].model._default_manager.all() if rows is None else rows)
        wake(name)
    return number


def _release(rows: models.QuerySet[Any]) -> int:
    """What was asked for anew since it gave up is done by the newer row; the older one is over."""
    now = timezone.now()
    stuck = rows.filter(state=WorkState.QUARANTINED).order_by()
    for fields in _open_once(rows.model):
        same = rows.model._default_manager.filter(**{name: OuterRef(name) for name in fields}).order_by()
        newer = Q(state__in=[WorkState.PENDING, WorkState.RUNNING]) | Q(
            state=WorkState.QUARANTINED, pk__gt=OuterRef("pk")
        )
        stuck.filter(Exists(same.filter(newer))).update(state=WorkState.DONE, finished_at=now)
    return stuck.update(state=WorkState.PENDING, attempts=0, run_after=now, finished_at=None)


def _open_once(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The fields of which only one row may be open at a time."""
    is_open = Q(state__in=["pending", "running"])
    unique = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return [one.fields for one in unique if one.fields and one.condition == is_open]


def run_batch(kind: Kind, rows: Sequence[Any]) -> int:
    """Do a claimed batch; when it fails, halve it until the row that poisons it stands alone. Returns rows done.

    What was taken away meanwhile (withdrawn, deleted, or with another worker) is left, and the rest is done again.
    """
    for row in rows:  # a batch that rolled back may have postponed some of them
        row.state = WorkState.RUNNING
    try:
        with transaction.atomic() if kind.is_atomic else nullcontext():
            if kind.is_long:
                _show_life(rows)
            kind.handle(rows)
            if finished := [row for row in rows if row.state == WorkState.RUNNING]:
                complete(finished)
        return len(rows)
    except StaleLease:
        still = _still_held(rows)
        log.warning("lease lost", kind=kind.name, rows=len(rows) - len(still))
        return run_batch(kind, still) if 0 < len(still) < len(rows) else 0
    except Exception as error:
        if len(rows) == 1:
            log.exception("work failed", kind=kind.name, id=rows[0].pk, attempt=rows[0].attempts)
            fail(kind, rows[0], f"{type(error).__name__}: {error}")
            return 0
    middle = len(rows) // 2
    return run_batch(kind, rows[:middle]) + run_batch(kind, rows[middle:])


def run_due(name: str, *, limit: int = 100_000) -> int:
    """Claim and do batches of one kind until nothing is due. Returns the rows done."""
    kind, done, seen = _kinds[name], 0, 0
    while seen < limit and (rows := claim(kind)):
        seen += len(rows)
        done += sum(run_batch(kind, part) for part in kind.parts(rows))
        is_stream = seen > len(rows) and GATHERS <= len(rows) < kind.batch // 2
        if kind.gather and is_stream:
            time.sleep(kind.gather)
    return done


def sweep() -> list[str]:
    """Wake the kinds that have something due; returns their names."""
    now = timezone.now()
    waiting = [kind.name for kind in kinds() if due(kind.model, now).exists()]
    for name in waiting:
        send(name)
    return waiting


def wake(name: str) -> None:
    """Send a wake-up for a kind once the current transaction commits."""
    if name not in _kinds:
        raise ImproperlyConfigured(f"work kind {name} is not registered")
    connection.on_commit(lambda: send(name), robust=True)


_broker_silent_until = 0.0


def send(name: str) -> bool:
    """Publish a wake-up. A broker that is down costs one short wait per half minute, never an error."""
    from mops.core.tasks import run_work

    global _broker_silent_until
    if time.monotonic() < _broker_silent_until:
        return False
    try:
        run_work.apply_async(args=[name], ignore_result=True)
    except Exception as error:
        _broker_silent_until = time.monotonic() + 30
        log.warning("broker does not answer; the sweep will find the work", kind=name, error=type(error).__name__)
        return False
    return True
