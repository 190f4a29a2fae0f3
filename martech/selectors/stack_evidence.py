"""What our own tables show of the use of tools."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from governance.models import ConsentRecord, User
from martech.models import DecisionOutcome, ImportBatch, PersonMerge, RoutingDecision, SourceEvent, StageMove, SyncRun
from martech.stack.usage import Evidence
from planning.models import BudgetEntry, Campaign

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
    text = "{:,} {} from {} {}".format(
        *(total["events"], "event" if total["events"] == 1 else "events"),
        *(total["sources"], "source" if total["sources"] == 1 else "sources"),
    )
    return [Evidence("cdp", text, total["events"], capabilities=("cdp", "web_analytics"), source="event sources")]


def own_evidence(since: datetime) -> Sequence[Evidence]:
    """Who signed in here, and what was done."""
    people = User.objects.filter(is_active=True, last_login__gte=since).count()
    told = f"{people:,} {'person' if people == 1 else 'people'} signed in"
    return [
        Evidence("mops", told, people, people=people, source="sign-ins"),
        *(
            Evidence("mops", f"{count:,} {what}", count, capabilities=(capability,), source="own records")
            for count, what, capability in ((rows.count(), what, key) for rows, what, key in done_here(since))
        ),
    ]


def done_here(since: datetime) -> list[tuple[QuerySet[Any], str, str]]:
    """(rows, what they are, the capability that they show)"""
    return [
        (
            RoutingDecision.objects.filter(decided_at__gte=since, outcome=DecisionOutcome.ASSIGNED),
            "leads routed",
            "routing",
        ),
        (StageMove.objects.filter(at__gte=since), "moves between stages", "scoring"),
        (ImportBatch.objects.filter(created_at__gte=since), "files imported", "sync"),
        (Campaign.objects.filter(created_at__gte=since), "campaigns planned", "planning"),
        (BudgetEntry.objects.filter(created_at__gte=since), "entries in the budget", "budget"),
        (ConsentRecord.objects.filter(received_at__gte=since), "consents recorded", "consent"),
        (PersonMerge.objects.standing().filter(at__gte=since), "merges of people", "dedupe"),
    ]
