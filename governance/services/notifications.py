"""The in-app inbox."""

from collections.abc import Iterable

from django.utils import timezone

from governance.models import Notification, User


def notify_users(
    *, user_ids: Iterable[int], kind: str, title: str, detail: str = "", url: str = ""
) -> list[Notification]:
    """Put one line into the inbox of each user."""
    rows = [
        Notification(user_id=pk, kind=kind, title=title[:200], detail=detail[:500], url=url[:300]) for pk in user_ids
    ]
    return Notification.objects.bulk_create(rows)


def mark_notifications_read(*, user: User, pk: int | None = None) -> int:
    """Mark one line, or all of them, as read; returns how many changed."""
    rows = Notification.objects.filter(user=user, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())
