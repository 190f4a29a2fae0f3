"""What the pages of synchronisation show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from governance.models import User
from martech.connectors.port import BudgetPolicy, Kind, Vendor
from martech.connectors.registry import vendor as vendor_of
from martech.models import (
    Connection,
    DeadLetter,
    HeldValue,
    MappingVersion,
    Person,
    RemoteOwner,
    RemoteRow,
    RunState,
    SyncChange,
    SyncObject,
    SyncRun,
)
from martech.selectors.sync_absences import Hindrance, standing_of, waits_of
from martech.selectors.sync_failing import (
    Failing,
    failing_objects,
    object_label,
    put_aside_objects,
    read_again_objects,
    unread_objects,
)
from martech.selectors.sync_health import ON_TIME, Health, health_of, paused_backfills
from martech.selectors.sync_held import held_of, shown_value
from martech.selectors.sync_hints import untold_journals
from martech.selectors.sync_missed import missed_records
from martech.selectors.sync_owners import OwnerThere, owner_there
from martech.selectors.sync_pace import paces
from martech.selectors.sync_rows import labels_in, masked_fields, shown_changes, words_in
from martech.services.sync.budget import SharedBudget
from martech.sync.fields import our_label
from martech.sync.reasons import NEXT_STEPS, REASONS
from mops.core.rights import hidden_fields
from mops.core.trails import Newest
from mops.core.versions import published_among


@dataclass(frozen=True)
class ObjectLine:
    object: SyncObject
    label: str
    records: int
    waiting: int
    letters: int
    fresh_at: datetime | None
    version: int | None
    aside: Mapping[str, str]
    is_mapped: bool
    failing: Failing | None = None


@dataclass(frozen=True)
class ConnectionLine:
    connection: Connection
    label: str
    health: Health
    fresh_at: datetime | None
    records: int
    waiting: int
    letters: int
    held: int
    undecided: int = 0
    aside: int = 0


def run_rows() -> QuerySet[SyncRun]:
    return SyncRun.objects.select_related("connection", "object", "actor")


def connection_lines() -> list[ConnectionLine]:
    """Every connection with its health, in sixteen statements for all of them."""
    live = RemoteRow.objects.filter(local_id__isnull=False, fate="")
    records = counted(live, "object__connection")
    waiting = counted(live.filter(due_at__lte=timezone.now()), "object__connection")
    letters = counted(DeadLetter.objects.filter(resolved_at=None), "object__connection")
    held = counted(SyncRun.objects.filter(state=RunState.HELD), "connection")
    undecided = counted(HeldValue.objects.undecided(), "object__connection")
    fresh, failing, aside = freshness("connection"), failing_objects(), put_aside_objects()
    stopped, unread, missed = paused_backfills(), unread_objects(), missed_records()
    again, pace, journal = read_again_objects(), paces(), untold_journals()
    return [
        ConnectionLine(
            one,
            label_of(one),
            health_of(
                one,
                fresh.get(one.pk),
                failing=[fault for fault in failing if fault.run.connection_id == one.pk],
                aside=aside.get(one.pk, []),
                held=held.get(one.pk, 0),
                letters=letters.get(one.pk, 0),
                undecided=undecided.get(one.pk, 0),
                stopped=stopped.get(one.pk),
                unread=unread.get(one.pk, []),
                missed=missed.get(one.pk),
                again=again.get(one.pk, []),
                pace=pace.get(one.pk, ON_TIME),
                journal=journal.get(one.pk),
            ),
            fresh.get(one.pk),
            records.get(one.pk, 0),
            waiting.get(one.pk, 0),
            letters.get(one.pk, 0),
            held.get(one.pk, 0),
            undecided.get(one.pk, 0),
            sum(len(object.set_aside) for object in aside.get(one.pk, [])),
        )
        for one in Connection.objects.all()
    ]


def counted(rows: QuerySet[Any], by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(n=Count("pk")))


def freshness(by: str) -> dict[int, datetime]:
    """When a reading was last finished, {connection or object: at}; that of the owners alone makes no connection fresh."""
    done = SyncRun.objects.filter(kind__in=["pull", "backfill"], state=RunState.DONE)
    done = done.exclude(object__kind=Kind.OWNER) if by == "connection" else done
    return dict(done.order_by().values_list(by).annotate(at=Max("finished_at")))


def label_of(connection: Connection) -> str:
    try:
        return vendor_of(connection.vendor).label
    except KeyError:
        return connection.vendor


def object_lines(connection: Connection) -> list[ObjectLine]:
    rows = RemoteRow.objects.filter(object__connection=connection, local_id__isnull=False, fate="")
    records, waiting = counted(rows, "object"), counted(rows.filter(due_at__lte=timezone.now()), "object")
    open_letters = DeadLetter.objects.filter(object__connection=connection, resolved_at=None)
    letters, fresh = counted(open_letters, "object"), freshness("object")
    failing = {one.run.object_id: one for one in failing_objects(connection)}
    found = []
    for one in SyncObject.objects.filter(connection=connection).prefetch_related("versions"):
        version = next((v for v in one.versions.all() if v.state == "published"), None)
        found.append(
            ObjectLine(
                one,
                object_label(connection, one.name),
                records.get(one.pk, 0),
                waiting.get(one.pk, 0),
                letters.get(one.pk, 0),
                fresh.get(one.pk),
                version.number if version else None,
                one.set_aside,
                one.kind in ("person", "account", "deal"),
                failing.get(one.pk),
            )
        )
    return found


@dataclass(frozen=True)
class ReasonLine:
    """Open dead letters of one reason, with what to do about them."""

    reason: str
    label: str
    step: str
    number: int
    newest: datetime


def reason_lines(connection: Connection | None = None) -> list[ReasonLine]:
    rows = DeadLetter.objects.filter(resolved_at=None)
    if connection is not None:
        rows = rows.filter(object__connection=connection)
    grouped = rows.order_by().values_list("reason").annotate(n=Count("pk"), newest=Max("last_at")).order_by("-n")
    return [
        ReasonLine(reason, REASONS.get(reason, reason), NEXT_STEPS.get(reason, ""), n, newest)
        for reason, n, newest in grouped
    ]


@dataclass(frozen=True)
class BudgetLine:
    policy: BudgetPolicy
    used: int
    account: int
    limit: int

    @property
    def label(self) -> str:
        """The window in words, and what it is for where it is not for every call."""
        if self.policy.is_concurrency:
            return "At the same time"
        known = {1: "A second", 60: "A minute", 3600: "An hour", 86_400: "A day"}
        window = known.get(int(self.policy.seconds), f"In {self.policy.seconds:g} seconds")
        return f"{window}, {self.policy.label}" if self.policy.label else window

    @property
    def share(self) -> int:
        """Per cent of the limit that the whole account used."""
        return min(100, round(100 * max(self.used, self.account) / self.limit)) if self.limit else 0


def budget_lines(connection: Connection, vendor: Vendor) -> list[BudgetLine]:
    policies = {policy.name: policy for policy in vendor.policies(connection.options)}
    account = f"{connection.vendor}:{connection.account_id or connection.name}"
    budget = SharedBudget(account, policies)
    told = connection.usage or {}
    return [
        BudgetLine(
            policies[name],
            row["used"],
            max(row["used"], told.get(name, {}).get("used", 0)),
            told.get(name, {}).get("limit", row["limit"]),
        )
        for name, row in budget.used().items()
    ]


def unknown_owners(connection: Connection) -> QuerySet[RemoteOwner]:
    """People over there who own records and are nobody here."""
    return RemoteOwner.objects.filter(connection=connection, user=None, is_active=True)


@dataclass(frozen=True)
class PlaceLine:
    """Where a record of ours also is."""

    connection: Connection
    object: str
    external_id: str
    url: str
    seen_at: datetime
    waits: Hindrance | None
    stands: Hindrance | None
    fate: str
    letters: list[DeadLetter]
    undecided: list[str]
    owner: OwnerThere | None


def places_of(kind: str, pk: int, user: Any, owner: User | None = None) -> list[PlaceLine]:
    """`owner` is who owns the record here; what became of them there is told where the user may see owners."""
    rows = RemoteRow.objects.filter(object__kind=kind, local_id=pk).select_related("object__connection")
    letters: dict[int, list[DeadLetter]] = {}
    held = held_of(kind, pk)
    for letter in DeadLetter.objects.filter(object__kind=kind, local_id=pk, resolved_at=None):
        letters.setdefault(letter.object_id, []).append(letter)
    found = list(rows.order_by("object__connection__name", "object__order"))
    waits, stands = waits_of(found, pk), standing_of(found)
    may_see = kind != "person" or "owner" not in hidden_fields(user, Person)
    return [
        PlaceLine(
            row.object.connection,
            object_label(row.object.connection, row.object.name),
            row.external_id,
            record_url(row),
            row.seen_at,
            waits.get(row.pk),
            stands.get(row.pk),
            row.fate,
            letters.get(row.object_id, []),
            [in_short(one, user) for one in held.get(row.object_id, []) if one.external_id == row.external_id],
            owner_there(row, owner) if may_see else None,
        )
        for row in found
    ]


def in_short(held: HeldValue, user: Any) -> str:
    ours, theirs = (shown_value(held, value, user) for value in (held.ours, held.theirs))
    return f"{our_label(held.object.kind, held.field)}: {ours} here, {theirs or 'nothing'} there"


def record_url(row: RemoteRow) -> str:
    connection = row.object.connection
    if connection.is_practice:
        return ""  # the vendor's own address knows nothing of it
    try:
        return vendor_of(connection.vendor).record_url(connection.options, row.object.name, row.external_id)
    except KeyError:
        return ""


@dataclass(frozen=True)
class WhyLine:
    """One change of one field by a run."""

    at: datetime
    field: str
    was: str
    becomes: str
    why: str
    run: SyncRun


def why_lines(kind: str, pk: int, user: Any, asked: Newest) -> list[WhyLine]:
    """The newest changes that synchronisation made to a record of ours, field by field in words, with the rule of each;
    what the user may not see is masked."""
    found = SyncChange.objects.filter(kind=kind, local_id=pk).select_related("run__connection", "run__approved_by")
    reading = cache(lambda object, mapping, is_plan: reading_of(object, mapping, is_plan, user))
    lines = []
    for row in asked.of(found, "at"):
        run = row.run
        masked, names, labels = reading(run.object_id, run.mapping_id, bool(run.plan_hash))
        for name, value in row.after.items():
            [shown] = shown_changes({name: (row.before or {}).get(name)}, {name: value}, masked, names, labels)
            why = row.why.get(name) or sent_by(row.why.get("sent", ""), run)
            lines.append(WhyLine(row.at, shown.field, shown.was, shown.becomes, why, run))
    return lines


def reading_of(object: int | None, mapping: int | None, is_plan: bool, user: Any) -> tuple[Any, Any, Any]:
    """How the changes of such runs are read: masked fields, words of values, labels of fields."""
    found = SyncObject.objects.select_related("connection").filter(pk=object).first()
    version = MappingVersion.objects.filter(pk=mapping).first()
    like = SyncRun(
        object=found, connection=found.connection if found else None, mapping=version, plan_hash="x" * is_plan
    )
    return masked_fields(like, user), words_in(like), labels_in(like)


def sent_by(said: str, run: SyncRun) -> str:
    """What a plan did, and who let it."""
    return f"{said}, approved by {run.approved_by}" if said and run.approved_by else said


def mapping_in_force(object: SyncObject) -> Any:
    return published_among(object.versions.all())
