"""Notices by mail and chat: one message for whatever came together, at the pace that everybody chose.

A message may leave twice when the process dies between sending and storing; it is never lost.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import requests
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from governance.models import DeliveryWork, NoticePace, Notification, User
from mops.core.work import Kind, wake

OLDEST = timedelta(days=2)
"""What is older was read in the app or never will be."""
LISTED = 20
MORNING = 8
CHAT_TIMEOUT = 5


def is_set_up() -> bool:
    return bool(settings.HAS_MAIL or settings.SLACK_WEBHOOK)


def plan_delivery(user_ids: Collection[int]) -> None:
    """Queue a message to each of these users who wants any."""
    if not user_ids or not is_set_up():
        return
    now = timezone.now()
    users = User.objects.filter(pk__in=user_ids, is_active=True).exclude(notices=NoticePace.APP)
    rows = [
        DeliveryWork(user_id=user.pk, run_after=leaves_at(user, now)) for user in users.only("notices", "time_zone")
    ]
    with transaction.atomic():
        DeliveryWork.objects.bulk_create(rows)
        wake("notices")


def leaves_at(user: User, now: datetime) -> datetime:
    """At once, at the next full hour, or at eight in the morning where the user lives."""
    if user.notices == NoticePace.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if user.notices == NoticePace.DAILY:
        local = now.astimezone(ZoneInfo(user.time_zone or settings.TIME_ZONE))
        morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return morning if morning > local else morning + timedelta(days=1)
    return now


def deliver_notices(rows: Sequence[DeliveryWork]) -> None:
    """Send what has not left yet to each user, and remember that it did."""
    now = timezone.now()
    waiting = Notification.objects.filter(delivered_at=None, created_at__gte=now - OLDEST, read_at=None)
    users = {user.pk: user for user in User.objects.filter(pk__in=[row.user_id for row in rows], is_active=True)}
    mails = []
    sent: list[int] = []
    for pk, user in users.items():
        notices = list(waiting.filter(user=pk).select_for_update().order_by("created_at", "pk"))
        if not notices:
            continue
        title, text = message(notices)
        mails.append(EmailMessage(title, text, to=[user.email]))
        post_to_chat(user, text)
        sent += [notice.pk for notice in notices]
    if mails and settings.HAS_MAIL:
        get_connection().send_messages(mails)
    Notification.objects.filter(pk__in=sent).update(delivered_at=now)


def message(notices: Sequence[Notification]) -> tuple[str, str]:
    """Subject and text: the one line, or how many there are and the first of them."""
    lines = [
        " · ".join(filter(None, [one.title, one.detail, f"{settings.BASE_URL}{one.url}"])) for one in notices[:LISTED]
    ]
    if len(notices) == 1:
        return notices[0].title, lines[0]
    if len(notices) > LISTED:
        lines.append(f"… and {len(notices) - LISTED} more: {settings.BASE_URL}/governance/inbox/")
    return f"{len(notices)} things for you", "\n".join(lines)


def post_to_chat(user: User, text: str) -> None:
    """One message into the channel behind the webhook; an answer other than success is tried again later."""
    if not settings.SLACK_WEBHOOK:
        return
    answer = requests.post(
        settings.SLACK_WEBHOOK, json={"text": f"*{user}*\n{text}"}, timeout=CHAT_TIMEOUT, allow_redirects=False
    )
    answer.raise_for_status()


NOTICES = Kind("notices", DeliveryWork, deliver_notices, batch=50)
