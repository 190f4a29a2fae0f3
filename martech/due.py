"""What is broken or due in martech: imports that failed, leads whose owner has not answered in time."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from martech.models import ImportBatch, ImportState, ResponseClock
from martech.models.person import Person
from mops.core.registry import Due

RECENT = timedelta(days=14)
"""A failed import that nobody repeated for two weeks is given up, not due."""


def failed_imports(_user: Any) -> Due | None:
    rows = ImportBatch.objects.filter(state=ImportState.FAILED, created_at__gte=timezone.now() - RECENT)
    total = rows.order_by().aggregate(number=Count("pk"), since=Min("created_at"))
    return Due("Imports that failed", total["number"], total["since"], reverse("martech:imports"), "upload", True)


def unanswered_leads(user: Any) -> Due | None:
    """Leads whose response time is over while their owner still has to answer."""
    rows = ResponseClock.objects.filter(ended_at=None, due_at__lt=timezone.now())
    total = rows.filter(person__in=Person.objects.visible_to(user)).order_by()
    sums = total.aggregate(number=Count("pk"), since=Min("due_at"))
    return Due("Leads without an answer in time", sums["number"], sums["since"], reverse("martech:routing"), "clock")


def unowned_leads(user: Any) -> Due | None:
    rows = Person.objects.visible_to(user).routable().order_by()
    total = rows.aggregate(number=Count("pk"), since=Min("created_at"))
    url = reverse("martech:people") + "?unowned=true"
    return Due("Leads without an owner", total["number"], total["since"], url, "user-question")
