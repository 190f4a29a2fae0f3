"""The in-app inbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from governance.models import Notification, User
from governance.services.delivery import plan_delivery
from mops.core.copying import copy_rows


@dataclass(frozen=True)
class Notice:
    """One line for one user: what happened and where it leads."""

    user_id: int
    kind: str
    title: str
    detail: str = ""
    url: str = ""


_COLUMNS = ("user_id", "kind", "title", "detail", "url", "created_at")


def send_notices(notices: Iterable[Notice], *, at: datetime | None = None) -> int:
    """Put the lines into the inboxes, in one COPY, and let them leave by mail and chat where that is set up.

    `at` is now unless given. Returns how many there were.
    """
    moment = at or timezone.now()
    rows = [(one.user_id, one.kind, one.title[:200], one.detail[:500], one.url[:300], moment) for one in notices]
    copy_rows(Notification, _COLUMNS, rows)
    plan_delivery({row[0] for row in rows})
    return len(rows)


def notify_users(*, user_ids: Iterable[int], kind: str, title: str, detail: str = "", url: str = "") -> int:
    """Put the same line into the inbox of each user; returns how many there were."""
    return send_notices([Notice(pk, kind, title, detail, url) for pk in user_ids])


def mark_notifications_read(*, user: User, pk: int | None = None) -> int:
    """Mark one line, or all of them, as read; returns how many changed."""
    rows = Notification.objects.filter(user=user, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())
