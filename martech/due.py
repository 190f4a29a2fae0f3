"""What is broken or due in martech: imports that failed, unanswered leads, findings of data quality that are late."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from martech.models import FindingState, ImportBatch, ImportState, QualityFinding, ResponseClock
from martech.models.person import Person
from martech.selectors.review import queue
from martech.selectors.routing import faulty_hours
from mops.core.registry import Due

RECENT = timedelta(days=14)
"""A failed import that nobody repeated for two weeks is given up, not due."""


def failed_imports(_user: Any) -> Due | None:
    rows = ImportBatch.objects.filter(state=ImportState.FAILED, created_at__gte=timezone.now() - RECENT)
    total = rows.order_by().aggregate(number=Count("*"), since=Min("created_at"))
    return Due(
        "Imports that failed",
        total["number"],
        total["since"],
        reverse("martech:imports"),
        "upload",
        True,
        action="Repair",
    )


def unanswered_leads(user: Any) -> Due | None:
    """Leads whose response time is over while their owner still has to answer."""
    rows = ResponseClock.objects.filter(ended_at=None, due_at__lt=timezone.now())
    total = rows.filter(person__in=Person.objects.visible_to(user)).order_by()
    sums = total.aggregate(number=Count("*"), since=Min("due_at"))
    url = f"{reverse('martech:people')}?answer=late&sort=answer_due_at&columns=answer_due_at&columns=owner"
    title = "Leads without an answer in time"
    return Due(title, sums["number"], sums["since"], url, "clock", note="past their response time", action="See whose")


def possible_duplicates(user: Any) -> Due | None:
    """Pairs of people who may be the same, and wait for a verdict."""
    total = queue(user).order_by().aggregate(number=Count("*"), since=Min("created_at"))
    url = reverse("martech:duplicates")
    return Due(
        "Possible duplicates",
        total["number"],
        total["since"],
        url,
        "users",
        note="the same person or not",
        action="Decide",
    )


def unowned_leads(user: Any) -> Due | None:
    rows = Person.objects.visible_to(user).routable().order_by()
    total = rows.aggregate(number=Count("*"), since=Min("created_at"))
    url = reverse("martech:people") + "?unowned=true"
    return Due("Leads without an owner", total["number"], total["since"], url, "user-question", action="Assign")


def working_hours(_user: Any) -> Due | None:
    """Working hours that cannot be read, while others count in their place."""
    found = faulty_hours()
    title = (
        "Working hours that cannot be read"
        if len(found) != 1
        else f"The working hours “{found[0].name}” cannot be read"
    )
    note = f"pools and response times go by {found[0].hours.instead}" if found else ""
    return Due(title, len(found), None, reverse("martech:calendars"), "clock", True, note, action="Save them again")


def quality_findings(_user: Any) -> Due | None:
    """Findings that are due today or late, and those nobody cares for."""
    today = timezone.localdate()
    rows = QualityFinding.objects.filter(state=FindingState.OPEN).filter(Q(due_on__lte=today) | Q(owner=None))
    total = rows.order_by().aggregate(number=Count("*"), since=Min("opened_on"))
    since = datetime.combine(total["since"], time.min, UTC) if total["since"] else None
    url = reverse("martech:findings") + "?state=open"
    return Due("Data quality to put right", total["number"], since, url, "shield-check", action="Put right")
