"""By what a connection is told that something happened over there, for its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from martech.connectors.port import Vendor
from martech.models import Connection, ConnectionState, HintKind, HintSource, RunState, SyncObject, SyncRun
from martech.services.sync.connections import MAPPED
from martech.services.sync.journal import reads_journal
from martech.services.sync.sealed import open_secrets
from mops.core.errors import DomainError
from mops.core.templatetags.mops import ago

UNREAD = timedelta(minutes=15)
"""A journal is looked at every 45 seconds, by a beat and a worker."""
BACKGROUND = "Beat and workers have to run; What is due says what no worker takes."
FOREIGN = timedelta(days=7)
"""So long it is said that events of another account came."""


@dataclass(frozen=True)
class HintLine:
    """`level` is good, warn or bad; nothing for a way that is not used."""

    icon: str
    title: str
    detail: str
    level: str = ""
    remedy: str = ""
    heard_at: datetime | None = None
    read_at: datetime | None = None


def hint_lines(connection: Connection, vendor: Vendor) -> list[HintLine]:
    """Webhooks, and the journal where the vendor has one; without either, changes come with each round."""
    sources = {source.kind: source for source in HintSource.objects.filter(connection=connection)}
    found = [webhook_line(connection, vendor, sources.get(HintKind.WEBHOOK))] if vendor.signs_webhooks_with else []
    if vendor.reads_journal(connection.options):
        found += journal_lines(connection, sources.get(HintKind.JOURNAL))
    elif vendor.has_journal:
        text = "Not read. Where webhooks cannot reach mops from outside, switch it on under Credentials."
        found.append(HintLine("notebook", "Journal", text))
    return found


def webhook_line(connection: Connection, vendor: Vendor, source: HintSource | None) -> HintLine:
    address = f"{settings.WEBHOOK_URL}{reverse('webhook', args=[connection.name])}"
    heard_at = source.heard_at if source else None
    refused_at = moment_of(source, "at")
    if source and refused_at and (heard_at is None or heard_at < refused_at):
        return refused_line(source.problem, refused_at, address, heard_at)
    foreign_at = moment_of(source, "foreign_at")
    if source and foreign_at and foreign_at > timezone.now() - FOREIGN:
        return foreign_line(connection, source, address)
    if heard_at is None:
        return HintLine("webhook", "Webhooks", f"None came yet. {how_to_register(connection, vendor, address)}")
    return HintLine("webhook", "Webhooks", f"They come to {address}.", "good", heard_at=heard_at)


def moment_of(source: HintSource | None, stamp: str) -> datetime | None:
    said = source.problem.get(stamp) if source else None
    return datetime.fromisoformat(said) if said else None


def how_to_register(connection: Connection, vendor: Vendor, address: str) -> str:
    """What is to be done for webhooks to come: the secret they are signed with, and an address that can be reached."""
    told = f"To be told at once, register {address} for the webhooks of your app in {vendor.label}."
    if not has_secret(connection, vendor.signs_webhooks_with):
        told = f"{told} They are signed with the app’s client secret: enter it under Credentials first."
    if not connection.is_practice and not address.startswith("https://"):
        told = f"{told} {vendor.label} sends only to a public https address: say it in MOPS_WEBHOOK_URL."
    return told


def has_secret(connection: Connection, name: str) -> bool:
    try:
        return bool(open_secrets(connection).get(name))
    except DomainError:
        return False


def refused_line(problem: Mapping[str, Any], at: datetime, address: str, heard_at: datetime | None) -> HintLine:
    """The last webhook was refused: somebody else's, or all of them are because a setting is wrong."""
    detail = f"One was refused {ago(at)}: {problem['detail']} It changed nothing, and each round brings every change."
    remedy = f"If it was theirs, compare the client secret under Credentials, and the address they are sent to with {address}."
    if problem.get("is_late"):
        remedy = (
            "If more are, compare the clock of this server; a late one may also be somebody sending an old one again."
        )
    return HintLine("webhook", "Webhooks", detail, "warn", remedy, heard_at)


def foreign_line(connection: Connection, source: HintSource, address: str) -> HintLine:
    """Events of another account came. Beside those of ours that is as it should be: an app sends those of all."""
    detail = f"They come to {address}. Some are of account {source.problem['foreign']} and not {connection.account_id}: those are left out."
    if source.heard_at is not None:
        return HintLine("webhook", "Webhooks", detail, "good", "", source.heard_at)
    remedy = (
        "None of this account came. Compare it with the one in which the app is installed, and test the connection."
    )
    return HintLine("webhook", "Webhooks", detail, "warn", remedy)


def journal_lines(connection: Connection, source: HintSource | None) -> list[HintLine]:
    """How it is read; and where it no longer told everything, until a pull has."""
    if source is None or (source.read_at is None and not source.problem):
        return [HintLine("notebook", "Journal", "It is read for the first time.", "warn")]
    untold, stamps = untold_by(connection, source), (source.heard_at, source.read_at)
    if untold:
        line = HintLine("notebook", "Journal", untold.detail, untold.level, untold.remedy, *stamps)
    else:
        line = HintLine("notebook", "Journal", "It is read.", "good", "", *stamps)
    if source.gap_at is None or is_closed(connection, source.gap_at):
        return [line]
    text = "It no longer reached back to where it was read last, and was begun at its earliest entry. What is between comes with the next round."
    return [line, HintLine("alert-triangle", "A gap in the journal", text, "warn")]


@dataclass(frozen=True)
class Untold:
    """Why a journal tells nothing between rounds, and what to do."""

    level: str
    detail: str
    remedy: str


def untold_journals() -> dict[int, Untold]:
    """{connection: why its journal tells nothing}, of connections that are to read one."""
    sources = HintSource.objects.filter(kind=HintKind.JOURNAL).select_related("connection")
    told = {one.connection_id: untold_by(one.connection, one) for one in sources if reads_journal(one.connection)}
    return {pk: untold for pk, untold in told.items() if untold}


def untold_by(connection: Connection, source: HintSource) -> Untold | None:
    """Why a journal tells nothing now: it cannot be read, waits for calls, or nobody reads it."""
    now, meanwhile = timezone.now(), "Changes come with each round meanwhile."
    if problem := source.problem:
        detail = f"The journal cannot be read: {problem.get('detail', '')} {meanwhile}"
        return Untold("bad", detail, problem.get("remedy", ""))
    if source.paused_until and source.paused_until > now:
        until = f"{timezone.localtime(source.paused_until):%-d %b, %H:%M}"
        return Untold("warn", f"The journal is not read before {until}: the calls are used up. {meanwhile}", "")
    rests = connection.state != ConnectionState.ACTIVE or (connection.paused_until and connection.paused_until > now)
    if not rests and source.read_at and source.read_at < now - UNREAD:
        return Untold(
            "warn",
            f"The journal was last read {ago(source.read_at)}; it is looked at every minute. {meanwhile}",
            BACKGROUND,
        )
    return None


def is_closed(connection: Connection, gap_at: datetime) -> bool:
    """Whether every mapped object was pulled by a run that began after the gap was seen."""
    runs = SyncRun.objects.filter(connection=connection, kind="pull", state=RunState.DONE, started_at__gte=gap_at)
    objects = SyncObject.objects.filter(connection=connection, is_enabled=True, kind__in=MAPPED)
    return not objects.exclude(pk__in=runs.values("object")).exists()
