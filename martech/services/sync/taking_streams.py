"""Taking a portion of a stream in: every record ends under exactly one count, and one that breaks is put aside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from martech.connectors.errors import Reason
from martech.connectors.marketing import RemoteCampaign, RemoteListing, RemoteSpend, RemoteTouch, as_values, from_values
from martech.connectors.port import Kind, ObjectCapability, RemoteRecord, Vendor
from martech.models import RemoteRow, SyncObject, SyncRun
from martech.services.activities import take_activities
from martech.services.sync import campaigns, listings, spending, touching
from martech.services.sync.course import Line
from martech.services.sync.dead_letters import Death, bury, raise_up
from martech.services.sync.mirror import Kept, Known, keep_rows, known_rows
from martech.services.sync.settling import Settled, Settler, Stage
from martech.services.sync.taking import Tally
from mops.core.errors import DomainError

WAITING_AT_ONCE = 5_000


@dataclass
class Stream:
    """An object that is read and not mapped, on its way up to `until`. `marks` while everything of it is read."""

    line: Line
    object: SyncObject
    run: SyncRun
    until: datetime
    marks: bool = False
    now: datetime = field(default_factory=timezone.now)

    @property
    def vendor(self) -> Vendor:
        return self.line.vendor

    @property
    def system(self) -> str:
        return self.line.connection.name

    @property
    def capability(self) -> ObjectCapability:
        return self.vendor.objects[self.object.name]

    @property
    def fields(self) -> Sequence[str]:
        """The usual ones, and of the optional ones those that the account has."""
        known = {str(one["name"]) for one in self.object.schema.get("fields", ())}
        more = tuple(name for name in self.capability.optional_fields if name in known)
        return (*self.capability.default_fields, *more)

    @property
    def stage(self) -> Stage:
        return Stage(self.line.connection, self.object, self.vendor.key, self.now)


@dataclass(frozen=True)
class Way:
    """How a kind is read, and what is done with what it says."""

    type: type[Any]
    read: Callable[[Vendor], Callable[[str, RemoteRecord], Any]]
    settle: Settler
    remove: Callable[[Stage, Sequence[RemoteRow]], None]


WAYS: Mapping[str, Way] = {
    Kind.CAMPAIGN: Way(RemoteCampaign, lambda vendor: vendor.campaign, campaigns.settle, campaigns.remove),
    Kind.SPEND: Way(RemoteSpend, lambda vendor: vendor.spend, spending.settle, spending.remove),
    Kind.MEMBER: Way(RemoteTouch, lambda vendor: vendor.touch, touching.settle, touching.remove),
    Kind.LISTED: Way(RemoteListing, lambda vendor: vendor.listing, listings.settle, listings.remove),
}


def take_portion(stream: Stream, records: Sequence[RemoteRecord]) -> Tally:
    """Take records in; one that breaks everything else is found by halving and kept as a dead letter."""
    if not records:
        return Tally()
    try:
        with transaction.atomic():
            return take_deeds(stream, records) if stream.object.kind == Kind.ACTIVITY else _take(stream, records)
    except Exception as error:
        if len(records) == 1:
            return _put_aside(stream, records[0], error)
    middle = len(records) // 2
    return take_portion(stream, records[:middle]).plus(take_portion(stream, records[middle:]))


def _put_aside(stream: Stream, record: RemoteRecord, error: Exception) -> Tally:
    is_ours = isinstance(error, DomainError)
    message = str(error) if is_ours else f"{type(error).__name__} while it was taken in; the log tells more."
    reason = Reason.INVALID_VALUE if is_ours else Reason.OTHER
    bury(stream.object, "pull", [Death(record.id, None, reason, "", message)], run=stream.run)
    return Tally(failed=1)


def _take(stream: Stream, records: Sequence[RemoteRecord]) -> Tally:
    way = WAYS[stream.object.kind]
    read = way.read(stream.vendor)
    stamps = {record.id: record.modified_at for record in records}
    said = {record.id: item for record in records if (item := read(stream.object.name, record)) is not None}
    values = {id: as_values(item) for id, item in said.items()}
    known = known_rows(stream.object, stamps)
    same = [id for id in said if (row := known.get(id)) and _says_the_same(row, values[id])]
    tally = Tally(unchanged=len(same), skipped=len(records) - len(said))
    if stream.marks:
        RemoteRow.objects.filter(object=stream.object, external_id__in=same).update(seen_at=timezone.now())
    news = {id: item for id, item in said.items() if id not in set(same)}
    _settle(stream, way, news, values, known, tally, stamps)
    return tally


def _says_the_same(row: Known, values: Mapping[str, Any]) -> bool:
    return row.local_id is not None and not row.fate and row.values == values


def _settle(
    stream: Stream,
    way: Way,
    news: Mapping[str, Any],
    values: Mapping[str, dict[str, Any]],
    known: Mapping[str, Known],
    tally: Tally,
    stamps: Mapping[str, datetime | None],
) -> None:
    if not news:
        return
    before = {id: from_values(way.type, row.values) for id, row in known.items() if id in news and row.values}
    settled = way.settle(stream.stage, news, before)
    kept = []
    for id in news:
        one = settled.get(id, Settled(None, "skipped"))
        setattr(tally, one.outcome, getattr(tally, one.outcome) + 1)
        kept.append(Kept(id, one.local_id, values[id], None, {}, stamps.get(id), one.waits))
    keep_rows(stream.object, kept)
    raise_up(stream.object, "pull", list(news))


def take_deeds(stream: Stream, records: Sequence[RemoteRecord]) -> Tally:
    """Activities: what colleagues did answers clocks, what people did are touches. Whoever is not known is left out."""
    name = stream.object.name
    kept = take_activities(connection=stream.line.connection, vendor=stream.vendor, object=name, records=records)
    deeds = {record.id: deed for record in records if (deed := stream.vendor.touch(name, record)) is not None}
    settled = touching.settle(stream.stage, deeds, {}) if deeds else {}
    tally = Tally(created=min(kept.new, len(records) - len(deeds)))
    for one in settled.values():
        setattr(tally, one.outcome, getattr(tally, one.outcome) + 1)
    tally.skipped += len(records) - sum(getattr(tally, name) for name in ("created", "updated", "unchanged", "skipped"))
    return tally


def take_again(stream: Stream) -> None:
    """Those that waited for somebody or something not known then. Whoever still is not waits on."""
    if (way := WAYS.get(stream.object.kind)) is None:
        return
    rows = RemoteRow.objects.filter(object=stream.object, due_at__isnull=False, local_id=None, fate="").order_by("id")
    for start in range(0, rows.count(), WAITING_AT_ONCE):
        with transaction.atomic():
            _take_waiting(stream, way, list(rows[start : start + WAITING_AT_ONCE]))


def _take_waiting(stream: Stream, way: Way, rows: Sequence[RemoteRow]) -> None:
    items = {row.external_id: from_values(way.type, row.values) for row in rows}
    settled = {id: one for id, one in way.settle(stream.stage, items, {}).items() if not one.waits}
    tally, kept = Tally(), []
    for row in rows:
        if (one := settled.get(row.external_id)) is not None:
            setattr(tally, one.outcome, getattr(tally, one.outcome) + 1)
            kept.append(Kept(row.external_id, one.local_id, row.values, None, {}, row.modified_at))
    keep_rows(stream.object, kept)
    tally.add_to(stream.run)


def take_away(stream: Stream, ids: Sequence[str]) -> None:
    """On the vendor's evidence these are gone over there."""
    if (way := WAYS.get(stream.object.kind)) is not None and ids:
        rows = RemoteRow.objects.filter(object=stream.object, external_id__in=list(ids), fate="").order_by("pk")
        if found := list(rows.select_for_update()):
            way.remove(stream.stage, found)


def take_uncovered(stream: Stream, covers: Sequence[str], seen: set[str]) -> None:
    """Of campaigns that were read completely, what was not among it is gone."""
    if covers:
        rows = RemoteRow.objects.filter(object=stream.object, values__campaign__1__in=list(covers), fate="")
        take_away(stream, list(rows.exclude(external_id__in=seen).values_list("external_id", flat=True)))


def unseen_since(stream: Stream, began: datetime) -> list[str]:
    """What a reading of everything that began then did not meet."""
    rows = RemoteRow.objects.filter(object=stream.object, seen_at__lt=began, fate="")
    return list(rows.values_list("external_id", flat=True))
