"""Notices that could not leave the app."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from governance.models import Channel, DeliveryWork
from mops.core.work import WorkState


@dataclass(frozen=True)
class Undelivered:
    """Of one channel: how many users wait for a message, since when, why it did not leave, and when it is tried again."""

    channel: Channel
    users: int
    since: datetime
    reason: str
    again_at: datetime


def undelivered() -> list[Undelivered]:
    """A line for every channel that did not take a message the last time."""
    rows = DeliveryWork.objects.filter(state=WorkState.PENDING).exclude(last_error="").order_by()
    counted = rows.values("channel").annotate(
        users=Count("user", distinct=True), since=Min("created_at"), again_at=Min("run_after"), newest=Max("pk")
    )
    reasons = dict(
        DeliveryWork.objects.filter(pk__in=[one["newest"] for one in counted]).values_list("pk", "last_error")
    )
    return [
        Undelivered(Channel(one["channel"]), one["users"], one["since"], reasons[one["newest"]], one["again_at"])
        for one in counted.order_by("channel")
    ]
