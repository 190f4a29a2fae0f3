"""The in-app inbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from governance.models import Notification, User
from governance.services.delivery import plan_delivery


@dataclass(frozen=True)
class Notice:
    """One line for one user: what happened and where it leads."""

    user_id: int
    kind: str
    title: str
    detail: str = ""
    url: str = ""


def send_notices(notices: Iterable[Notice], *, at: datetime | None = None) -> list[Notification]:
    """Put the lines into the inboxes, in one statement, and let them leave by mail and chat where that is set up."""
    moment = at or timezone.now()
    rows = [
        Notification(
            user_id=one.user_id,
            kind=one.kind,
            title=one.title[:200],
            detail=one.detail[:500],
            url=one.url[:300],
            created_at=moment,
        )
        for one in notices
    ]
    made = Notification.objects.bulk_create(rows)
    plan_delivery({row.user_id for row in made})
    return made


def notify_users(
    *, user_ids: Iterable[int], kind: str, title: str, detail: str = "", url: str = ""
) -> list[Notification]:
    """Put the same line into the inbox of each user."""
    return send_notices([Notice(pk, kind, title, detail, url) for pk in user_ids])


def mark_notifications_read(*, user: User, pk: int | None = None) -> int:
    """Mark one line, or all of them, as read; returns how many changed."""
    rows = Notification.objects.filter(user=user, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())
