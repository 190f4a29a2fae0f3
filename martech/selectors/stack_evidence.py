"""What our own tables show of the use of tools."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Sum

from governance.models import User
from martech.models import DecisionOutcome, ImportBatch, RoutingDecision, SourceEvent, StageMove, SyncRun
from martech.stack.usage import Evidence
from planning.models import Campaign

RECORDS = {"person": ("crm",), "account": ("crm",), "deal": ("crm",)}


def sync_evidence(since: datetime) -> Sequence[Evidence]:
    """Records that connections read or wrote, by vendor and kind of object."""
    rows = (
        SyncRun.objects.filter(finished_at__gte=since)
        .values("connection__vendor", "object__kind")
        .annotate(records=Sum("read"))
        .order_by("connection__vendor", "object__kind")
    )
    return [
        Evidence(
            row["connection__vendor"],
            f"{row['records'] or 0:,} {row['object__kind'] or 'other'} records synchronised",
            row["records"] or 0,
            capabilities=("sync", *RECORDS.get(row["object__kind"] or "", ())),
            source="sync runs",
        )
        for row in rows
    ]


def event_evidence(since: datetime) -> Sequence[Evidence]:
    """Events that came to the tracking endpoint."""
    total = SourceEvent.objects.filter(received_at__gte=since).aggregate(
        events=Count("pk"), sources=Count("source", distinct=True)
    )
    if not total["events"]:
        return []
    text = f"{total['events']:,} events from {total['sources']} sources"
    return [Evidence("cdp", text, total["events"], capabilities=("cdp", "web_analytics"), source="event sources")]


def own_evidence(since: datetime) -> Sequence[Evidence]:
    """Who signed in here, and what was done."""
    people = User.objects.filter(is_active=True, last_login__gte=since).count()
    routed = RoutingDecision.objects.filter(decided_at__gte=since, outcome=DecisionOutcome.ASSIGNED).count()
    moves = StageMove.objects.filter(at__gte=since).count()
    imports = ImportBatch.objects.filter(created_at__gte=since).count()
    campaigns = Campaign.objects.filter(created_at__gte=since).count()
    told = (
        (routed, "leads routed", ("routing",)),
        (moves, "moves between stages", ("scoring",)),
        (imports, "files imported", ("sync",)),
        (campaigns, "campaigns planned", ("planning",)),
    )
    signed_in = Evidence(
        "mops",
        f"{people:,} {'person' if people == 1 else 'people'} signed in",
        people,
        people=people,
        source="sign-ins",
    )
    return [
        signed_in,
        *(
            Evidence("mops", f"{count:,} {what}", count, capabilities=capabilities, source="own records")
            for count, what, capabilities in told
        ),
    ]
