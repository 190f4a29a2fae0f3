"""What the roof tells the kernel: the page of what is broken or due, and background work of every kind on it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from mops.core.history import tell_as
from mops.core.registry import Due, register_due, register_home, register_nav


def register() -> None:
    """Called once by the app's `ready`."""
    register_nav("", "What is due", "due", "checkup-list", "governance.view_due", order=0)
    tell_as(seed_demo="with the demo company")
    register_home("ops_manager", "due", order=20)
    register_home("admin", "due", order=30)
    register_due("work.quarantined", "governance.view_due", quarantined, order=10)
    register_due("notices.waiting", "governance.view_due", undelivered_notices, order=15)
    register_due("work.late", "governance.view_due", late, order=20)


def quarantined(_user: Any) -> Due | None:
    from mops.work_health import quarantined_work

    return due_of("Background work that gave up", quarantined_work(), "alert-octagon", is_broken=True)


def undelivered_notices(_user: Any) -> Due | None:
    from governance.selectors.deliveries import undelivered

    lines = undelivered()
    if not lines:
        return None
    title = "Notices do not leave by mail or chat" if len(lines) > 1 else f"Notices do not leave by {lines[0].channel}"
    since, number = min(line.since for line in lines), max(line.users for line in lines)
    return Due(title, number, since, reverse("due") + "#notices", "bell-off", True, note=lines[0].reason)


def late(_user: Any) -> Due | None:
    from mops.work_health import late_work

    return due_of("Background work that no worker takes", late_work(timezone.now()), "hourglass", is_broken=True)


def due_of(title: str, lines: list[Any], icon: str, is_broken: bool) -> Due | None:
    if not lines:
        return None
    since = min(line.since for line in lines)
    return Due(title, sum(line.count for line in lines), since, reverse("due") + "#work", icon, is_broken)
