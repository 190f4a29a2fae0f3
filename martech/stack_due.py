"""What the tool inventory has due: notices that end soon."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F
from django.urls import reverse
from django.utils import timezone

from martech.models import Contract, ToolState
from mops.core.registry import Due

SOON = timedelta(days=30)


def renewals(_user: Any) -> Due | None:
    """Contracts that renew by themselves, can be given notice for 30 days more at most, and are not said to be kept."""
    today = timezone.localdate()
    last_day = ExpressionWrapper(F("renews_on") - F("notice_days"), DateField())
    rows = Contract.objects.annotate(last_day=last_day).filter(
        is_automatic=True, last_day__gte=today, last_day__lte=today + SOON
    )
    number = rows.exclude(tool__state=ToolState.GONE).exclude(kept_for=F("renews_on"), kept_for__isnull=False).count()
    title, note = "Contracts whose notice ends within 30 days", "they renew by themselves"
    return Due(
        title,
        number,
        None,
        reverse("martech:stack-contracts") + "?show=soon",
        "calendar-stats",
        note=note,
        action="Decide",
    )
