"""A vendor's journal, read where its webhooks cannot reach us: entries become hints as webhooks do.

Hints and the position behind them are one transaction: a killed worker reads its last page again and nothing past. A
journal that cannot be read harms nothing else, for every change also comes with a pull; the connection's page says so.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from martech.connectors.errors import BudgetExhausted, RetryNow, Throttled, VendorDown, VendorError
from martech.connectors.port import JournalPage
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, ConnectionState, HintKind, HintSource, JournalReading
from martech.services.sync.course import Line, problem_of
from martech.services.sync.due_rounds import be_due
from martech.services.sync.hints import keep_hints
from martech.services.sync.patience import patient_pages
from martech.services.sync.runs import LEASE, keep_lease, on_their_lines
from mops.core.work import Kind, wake

log = structlog.get_logger(__name__)
BREATHER, REST = timedelta(minutes=2), timedelta(minutes=15)
"""How long a journal is left alone after a passing fault, and after one that somebody has to look at."""
KEPT = timedelta(hours=1)


class ReadElsewhere(Exception):
    """Another worker has read on from the same position."""


def reads_journal(connection: Connection) -> bool:
    return vendor_of(connection.vendor).reads_journal(connection.options)


def read_journal(line: Line) -> int:
    """Keep what the journal tells since the last time; answers how many hints are new. A vendor's error is noted."""
    if not line.vendor.reads_journal(line.connection.options):
        return 0
    source, _ = HintSource.objects.get_or_create(connection=line.connection, kind=HintKind.JOURNAL)
    if source.paused_until and source.paused_until > timezone.now():
        return 0
    rows, new = HintSource.objects.filter(pk=source.pk), 0
    try:
        for page in patient_pages(lambda position: line.connector.journal(position or {}), source.position):
            new += take_page(source, page)
    except ReadElsewhere:
        return new
    except BudgetExhausted as full:
        rows.update(paused_until=full.until)
    except VendorError as error:
        is_passing = isinstance(error, RetryNow | Throttled | VendorDown)
        rest = BREATHER if is_passing else REST
        rows.update(problem=problem_of(error), paused_until=timezone.now() + rest)
        log.warning("a journal could not be read", connection=line.connection.name, reason=type(error).__name__)
    else:
        rows.update(read_at=timezone.now(), problem={}, paused_until=None)
    return new


def take_page(source: HintSource, page: JournalPage) -> int:
    """Hints and the position behind them. Raises ReadElsewhere when the position is no longer the one read from."""
    now = timezone.now()
    with transaction.atomic():
        moved = HintSource.objects.filter(pk=source.pk, position=source.position).update(position=page.position)
        if not moved:
            raise ReadElsewhere
        keep_lease()
        new = keep_hints(source.connection, page.hints, HintKind.JOURNAL)
        if page.is_gap:
            HintSource.objects.filter(pk=source.pk).update(gap_at=now)
            # What the journal no longer tells is stamped after the cursors: the next pull brings it, now.
            be_due([source.connection_id])
    source.position = page.position
    return new


def begin_journal_readings() -> int:
    """Put every journal that may be read to work; answers how many there are."""
    now = timezone.now()
    JournalReading.objects.filter(state="done", finished_at__lt=now - KEPT).delete()
    active = Connection.objects.filter(state=ConnectionState.ACTIVE).exclude(paused_until__gt=now)
    due = [connection for connection in active if reads_journal(connection)]
    if due:
        with transaction.atomic():
            rows = [JournalReading(connection=connection) for connection in due]
            JournalReading.objects.bulk_create(rows, ignore_conflicts=True)
            wake("sync_journal")
    return len(due)


def read_journals(rows: Sequence[JournalReading]) -> None:
    on_their_lines(rows, lambda line, _row: read_journal(line))


JOURNALS = Kind("sync_journal", JournalReading, read_journals, batch=1, lease=LEASE, is_atomic=False)
