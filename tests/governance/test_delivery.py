"""Notices leave by mail and chat at the pace everybody chose, once, and are not lost when the other side fails."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from governance.models import DeliveryWork, Notification
from governance.services import delivery, notify_users
from mops.core import work
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any) -> None:
    settings.HAS_MAIL, settings.SLACK_WEBHOOK, settings.BASE_URL = True, "", "https://mops.example"


def send(user: Any, *titles: str) -> None:
    for title in titles:
        notify_users(user_ids=[user.pk], kind="lead", title=title, detail="Acme", url="/martech/people/7/")
    work.run_due("notices")


def test_one_notice_is_a_mail_of_its_own() -> None:
    user = make_user(email="ana@example.com")
    send(user, "New lead: Priya")
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ana@example.com"], "New lead: Priya")
    assert message.body == "New lead: Priya · Acme · https://mops.example/martech/people/7/"
    work.run_due("notices")
    assert len(mail.outbox) == 1


def test_what_came_together_leaves_together() -> None:
    user = make_user()
    send(user, *(f"Lead {number}" for number in range(23)))
    (message,) = mail.outbox
    assert message.subject == "23 things for you"
    assert message.body.splitlines()[-1] == "… and 3 more: https://mops.example/governance/inbox/"


def test_a_daily_digest_waits_for_the_morning_where_the_user_lives() -> None:
    user = make_user(notices="daily", time_zone="America/New_York")
    with time_machine.travel(NOON, tick=False) as clock:
        send(user, "One", "Two")
        assert mail.outbox == []
        assert {row.run_after for row in DeliveryWork.objects.all()} == {datetime(2026, 3, 2, 13, tzinfo=UTC)}
        clock.shift(timedelta(minutes=40))
        work.run_due("notices")
    assert [message.subject for message in mail.outbox] == ["2 things for you"]


def test_who_wants_none_gets_none() -> None:
    send(make_user(notices="app"), "One")
    assert mail.outbox == []
    assert Notification.objects.count() == 1


def test_what_was_read_in_the_app_does_not_leave() -> None:
    user = make_user(notices="hourly")
    with time_machine.travel(NOON, tick=False) as clock:
        send(user, "One")
        Notification.objects.update(read_at=NOON)
        clock.shift(timedelta(hours=1))
        work.run_due("notices")
    assert mail.outbox == []


def test_a_chat_that_fails_is_tried_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HAS_MAIL, settings.SLACK_WEBHOOK = False, "https://chat.example/hook"
    posted: list[Any] = []

    class Answer:
        def __init__(self, status: int) -> None:
            self.status = status

        def raise_for_status(self) -> None:
            if self.status >= 400:
                raise OSError(f"the chat answered {self.status}")

    def post(address: str, **options: Any) -> Answer:
        posted.append((address, options["json"]["text"], options["timeout"]))
        return Answer(500 if len(posted) == 1 else 200)

    monkeypatch.setattr(delivery.requests, "post", post)
    user = make_user(name="Ana")
    send(user, "One")
    assert Notification.objects.get().delivered_at is None
    DeliveryWork.objects.update(run_after=NOON)
    work.run_due("notices")
    assert Notification.objects.get().delivered_at is not None
    assert posted[1] == ("https://chat.example/hook", "*Ana*\nOne · Acme · https://mops.example/martech/people/7/", 5)


def test_without_mail_and_chat_nothing_is_queued(settings: Any) -> None:
    settings.HAS_MAIL = False
    send(make_user(), "One")
    assert not DeliveryWork.objects.exists()


def test_the_pace_is_chosen_on_the_profile() -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    assert client.post("/governance/profile/notices/", {"notices": "daily"}).status_code == 302
    user.refresh_from_db()
    assert user.notices == "daily"
    client.post("/governance/profile/notices/", {"notices": "never"})
    user.refresh_from_db()
    assert user.notices == "daily"
