"""Notices by mail and chat: one message for whatever came together, at the pace that everybody chose.

Every message is sent and noted on its own, and each channel for itself, so that one that fails neither holds up nor
repeats another. A message may leave twice when the process dies between sending and noting it; it is never lost: a
channel that takes nothing is asked again, at the longest every quarter of an hour, for two days.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from zoneinfo import ZoneInfo

import requests
import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from governance.models import Channel, DeliveryWork, NoticePace, Notification, User
from mops.core.work import BACKOFF_LIMIT, Kind, WorkState, backoff, fail, wake

log = structlog.get_logger(__name__)

OLDEST = timedelta(days=2)
"""What is older was read in the app or never will be."""
LISTED = 20
MORNING = 8
CHAT_TIMEOUT = 5
LEFT_AT = {Channel.MAIL: "mailed_at", Channel.CHAT: "posted_at"}


class NotDelivered(Exception):
    """Why a message did not leave. `is_channel`: no other will leave by this way now either."""

    def __init__(self, reason: str, *, is_channel: bool) -> None:
        super().__init__(reason)
        self.reason, self.is_channel = reason, is_channel


def channels() -> list[Channel]:
    """The ways out that are set up."""
    is_up = {Channel.MAIL: settings.HAS_MAIL, Channel.CHAT: settings.SLACK_WEBHOOK}
    return [channel for channel in Channel if is_up[channel]]


def plan_delivery(user_ids: Collection[int]) -> None:
    """Queue a message to each of these users who wants any, for every channel."""
    ways = channels()
    if not user_ids or not ways:
        return
    now = timezone.now()
    users = User.objects.filter(pk__in=user_ids, is_active=True).exclude(notices=NoticePace.APP)
    rows = [
        DeliveryWork(user_id=user.pk, channel=channel, run_after=leaves_at(user, now))
        for user in users.only("notices", "time_zone")
        for channel in ways
    ]
    with transaction.atomic():
        DeliveryWork.objects.bulk_create(rows)
        wake("notices")


def plan_again(user: User) -> None:
    """What waits to leave goes by the pace that the user has now; what a channel refused keeps its own time."""
    waiting = DeliveryWork.objects.filter(user=user, state=WorkState.PENDING, attempts=0)
    if waiting.update(run_after=leaves_at(user, timezone.now())):
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
    """Send what has not left yet to the user of each row, and note that it did, or why not."""
    for row in rows:
        try:
            _deliver(row)
        except NotDelivered as error:
            # Not the reason: a mail server's names the address.
            what = type(error.__cause__ or error).__name__
            log.warning("notices did not leave", channel=row.channel, user=row.user_id, error=what)
            fail(NOTICES, row, error.reason)
            row.state = WorkState.PENDING
            if error.is_channel:
                _rest(row, error.reason)


def _deliver(row: DeliveryWork) -> None:
    now, left_at = timezone.now(), LEFT_AT[Channel(row.channel)]
    user = User.objects.filter(pk=row.user_id, is_active=True).exclude(notices=NoticePace.APP).first()
    if user is None or row.channel not in channels():
        return
    waiting = Notification.objects.filter(user=user, created_at__gte=now - OLDEST, read_at=None, **{left_at: None})
    notices = list(waiting.select_for_update().order_by("created_at", "pk"))
    if notices:
        send_mail(user, notices) if row.channel == Channel.MAIL else post_to_chat(user, notices)
        Notification.objects.filter(pk__in=[one.pk for one in notices]).update(**{left_at: now})


def _rest(row: DeliveryWork, reason: str) -> None:
    """The other messages of a channel that takes none now wait as long, instead of each finding out by itself."""
    now = timezone.now()
    due = DeliveryWork.objects.filter(channel=row.channel, state=WorkState.PENDING, run_after__lte=now)
    due.update(run_after=now + backoff(row.attempts), last_error=reason[:2000])


def send_mail(user: User, notices: Sequence[Notification]) -> None:
    """Raises NotDelivered."""
    try:
        EmailMessage(*message(notices), to=[user.email]).send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        raise NotDelivered(f"The mail server did not take a mail to {user.email}: {error}", is_channel=False) from error
    except OSError as error:  # smtplib's errors are such
        raise NotDelivered(f"The mail server does not answer as it should: {error}", is_channel=True) from error


def message(notices: Sequence[Notification]) -> tuple[str, str]:
    """Subject and text of a mail: the one line, or how many there are and the first of them."""
    lines = [" · ".join(filter(None, [one.title, one.detail, _address(one)])) for one in notices[:LISTED]]
    return _head(notices), "\n".join(lines + _more(notices))


def _head(notices: Sequence[Notification]) -> str:
    """On one line always: the head of a mail has no others."""
    return " ".join(notices[0].title.split()) if len(notices) == 1 else f"{len(notices)} things for you"


def _more(notices: Sequence[Notification]) -> list[str]:
    inbox = f"{settings.BASE_URL}/governance/inbox/"
    return [f"… and {len(notices) - LISTED} more: {inbox}"] if len(notices) > LISTED else []


def _address(notice: Notification) -> str:
    return f"{settings.BASE_URL}{notice.url}" if notice.url else ""


def post_to_chat(user: User, notices: Sequence[Notification]) -> None:
    """One message into the channel behind the webhook. Raises NotDelivered for any answer other than success."""
    lines = [f"*{_plain(str(user))}*", *(_chat_line(one) for one in notices[:LISTED]), *_more(notices)]
    try:
        answer = requests.post(
            settings.SLACK_WEBHOOK, json={"text": "\n".join(lines)}, timeout=CHAT_TIMEOUT, allow_redirects=False
        )
    except requests.Timeout as error:
        raise NotDelivered(f"The chat did not answer within {CHAT_TIMEOUT} seconds", is_channel=True) from error
    except requests.RequestException as error:
        raise NotDelivered(f"The chat could not be reached ({type(error).__name__})", is_channel=True) from error
    if answer.status_code != requests.codes.ok:
        said = " ".join(answer.text[:80].split())
        raise NotDelivered(f"The chat answered {answer.status_code} {said}".strip(), is_channel=True)


def _chat_line(notice: Notification) -> str:
    title, address = _plain(notice.title), _address(notice)
    return " · ".join(filter(None, [f"<{address}|{title}>" if address else title, _plain(notice.detail)]))


def _plain(text: str) -> str:
    """Text that a chat shows as it is: a lead who is called <!channel> wakes nobody."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")
    return " ".join(escaped.split())


ATTEMPTS = int(OLDEST.total_seconds() // (BACKOFF_LIMIT / 2))
"""At the latest every quarter of an hour, and at the earliest every half of one, until notices are too old to leave."""
NOTICES = Kind("notices", DeliveryWork, deliver_notices, batch=1, max_attempts=ATTEMPTS)
