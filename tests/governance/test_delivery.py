"""Notices leave by mail and chat at the pace everybody chose, once, and are not lost when the other side fails."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from smtplib import SMTPRecipientsRefused
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from governance.models import DeliveryWork, Notification
from governance.services import delivery, notify_users
from governance.services.users import choose_notices
from mops.core import work
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any) -> None:
    settings.HAS_MAIL, settings.SLACK_WEBHOOK, settings.BASE_URL = True, "", "https://mops.example"


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


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


LINE = "<https://mops.example/martech/people/7/|One> · Acme"


class Chat:
    """A chat on this machine: answers as told, the last answer again and again, and keeps what it was sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answers: list[tuple[int, str]] = [(200, "ok")]
        self.silence = 0.0
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                chat.texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
                time.sleep(chat.silence)
                status, text = chat.answers.pop(0) if len(chat.answers) > 1 else chat.answers[0]
                with suppress(OSError):  # who asked may have gone
                    self.send_response(status)
                    self.send_header("Location", "https://elsewhere.example/")
                    self.end_headers()
                    self.wfile.write(text.encode())

            def log_message(self, *_arguments: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def chat(settings: Any) -> Iterator[Chat]:
    made = Chat()
    settings.SLACK_WEBHOOK = made.address
    yield made
    made.close()


def try_again() -> None:
    DeliveryWork.objects.filter(state="pending").update(run_after=NOON)
    work.run_due("notices")


@pytest.mark.parametrize(
    ("answer", "silence", "reason"),
    [
        ((500, "server_error"), 0, "The chat answered 500 server_error"),
        ((404, "no_service"), 0, "The chat answered 404 no_service"),
        ((302, ""), 0, "The chat answered 302"),
        ((429, ""), 0, "The chat answered 429"),
        ((200, "ok"), 1.0, "The chat did not answer within 0.2 seconds"),
    ],
)
def test_a_chat_that_fails_holds_up_no_mail_is_told_of_and_tried_again(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str], silence: float, reason: str
) -> None:
    monkeypatch.setattr(delivery, "CHAT_TIMEOUT", 0.2)
    chat.answers, chat.silence = [answer], silence
    send(make_user(name="Ana"), "One")
    assert [message.subject for message in mail.outbox] == ["One"]
    notice = Notification.objects.get()
    assert (notice.mailed_at is None, notice.posted_at) == (False, None)
    row = DeliveryWork.objects.get(state="pending")
    assert (row.channel, row.attempts, row.last_error) == ("chat", 1, reason)
    page = client_of("ops_manager").get("/due/").content.decode()
    assert "Notices do not leave by chat" in page
    assert reason in page
    assert "1 colleague waits" in page
    chat.answers, chat.silence = [(200, "ok")], 0
    monkeypatch.setattr(delivery, "CHAT_TIMEOUT", 5)
    try_again()
    notice.refresh_from_db()
    assert notice.posted_at is not None
    assert chat.texts == [f"*Ana*\n{LINE}"] * 2
    assert len(mail.outbox) == 1
    assert "Notices do not leave" not in client_of("ops_manager").get("/due/").content.decode()


def test_a_chat_that_nobody_runs_is_told_of(chat: Chat) -> None:
    chat.close()
    send(make_user(), "One")
    assert DeliveryWork.objects.get(state="pending").last_error == "The chat could not be reached (ConnectionError)"
    assert Notification.objects.get().posted_at is None


def test_while_the_chat_is_down_one_message_finds_out_for_all_and_none_is_repeated_or_lost(chat: Chat) -> None:
    users = [make_user(name=name) for name in ("Ana", "Bo", "Cy", "Dee")]
    chat.answers = [(200, "ok"), (503, "")]
    notify_users(user_ids=[user.pk for user in users], kind="lead", title="One", url="")
    work.run_due("notices")
    assert chat.texts == ["*Ana*\nOne", "*Bo*\nOne"]
    assert len(mail.outbox) == 4
    chat.answers = [(200, "ok")]
    try_again()
    assert sorted(chat.texts[2:]) == ["*Bo*\nOne", "*Cy*\nOne", "*Dee*\nOne"]


def test_a_chat_that_is_away_for_a_day_loses_nothing(chat: Chat) -> None:
    user = make_user(name="Ana")
    chat.answers = [(503, "")]
    with time_machine.travel(NOON, tick=False) as clock:
        send(user, "One")
        for _ in range(4 * 24):
            clock.shift(timedelta(minutes=15))
            work.run_due("notices")
        assert DeliveryWork.objects.get(channel="chat").state == "pending"
        chat.answers = [(200, "ok")]
        clock.shift(timedelta(minutes=15))
        work.run_due("notices")
    assert chat.texts[-1] == f"*Ana*\n{LINE}"
    assert Notification.objects.get().posted_at == NOON + timedelta(days=1, minutes=15)


def test_a_mail_server_that_refuses_one_address_goes_on_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def take(message: Any) -> int:
        if message.to == ["bo@example.com"]:
            raise SMTPRecipientsRefused({"bo@example.com": (550, b"no such user")})
        sent.extend(message.to)
        return 1

    monkeypatch.setattr(delivery.EmailMessage, "send", take)
    users = [make_user(email=f"{name}@example.com") for name in ("ana", "bo", "cy")]
    notify_users(user_ids=[user.pk for user in users], kind="lead", title="One")
    work.run_due("notices")
    assert sent == ["ana@example.com", "cy@example.com"]
    (row,) = DeliveryWork.objects.filter(state="pending")
    assert row.last_error.startswith("The mail server did not take a mail to bo@example.com")


def test_a_lead_cannot_wake_a_chat_or_write_the_head_of_a_mail_by_its_name(chat: Chat) -> None:
    user = make_user(name="Ana")
    title = "New lead: <!channel> Eve\nBcc: all@example.com"
    notify_users(user_ids=[user.pk], kind="lead", title=title, detail="A & B <https://evil.example|x>", url="/p/")
    work.run_due("notices")
    link = "<https://mops.example/p/|New lead: &lt;!channel&gt; Eve Bcc: all@example.com>"
    assert chat.texts == [f"*Ana*\n{link} · A &amp; B &lt;https://evil.example¦x&gt;"]
    assert [message.subject for message in mail.outbox] == ["New lead: <!channel> Eve Bcc: all@example.com"]


def test_an_hourly_digest_leaves_at_the_full_hour_with_all_that_came_and_who_turned_it_off_meanwhile_gets_none() -> (
    None
):
    ana, bo = make_user(notices="hourly", email="ana@example.com"), make_user(notices="hourly", email="bo@example.com")
    with time_machine.travel(NOON, tick=False) as clock:
        send(ana, "One")
        send(bo, "One")
        clock.move_to(NOON.replace(minute=59, second=59))
        send(ana, "Two")
        choose_notices(user=bo, pace="app")
        assert mail.outbox == []
        clock.move_to(NOON.replace(hour=13, minute=0))
        work.run_due("notices")
    assert [(message.to, message.subject) for message in mail.outbox] == [(["ana@example.com"], "2 things for you")]


def test_what_waits_goes_by_the_pace_that_is_chosen_meanwhile() -> None:
    """From the morning to at once, and from the full hour to the morning: in neither case by the time of before."""
    ana = make_user(notices="daily", email="ana@example.com")
    bo = make_user(notices="hourly", email="bo@example.com", time_zone="Europe/Berlin")
    with time_machine.travel(NOON, tick=False) as clock:
        send(ana, "One")
        send(bo, "One")
        choose_notices(user=ana, pace="once")
        choose_notices(user=bo, pace="daily")
        work.run_due("notices")
        assert [message.to for message in mail.outbox] == [["ana@example.com"]]
        clock.move_to(NOON.replace(hour=13, minute=0))
        work.run_due("notices")
        assert len(mail.outbox) == 1
        clock.move_to(datetime(2026, 3, 3, 7, tzinfo=UTC))
        work.run_due("notices")
    assert [message.to for message in mail.outbox[1:]] == [["bo@example.com"]]


def test_what_a_channel_refused_is_not_asked_for_again_by_another_pace(chat: Chat, settings: Any) -> None:
    settings.HAS_MAIL, chat.answers = False, [(500, "no")]
    ana = make_user(notices="once")
    with time_machine.travel(NOON, tick=False):
        send(ana, "One")
        (row,) = DeliveryWork.objects.all()
        assert row.attempts == 1
        choose_notices(user=ana, pace="daily")
        assert DeliveryWork.objects.get().run_after == row.run_after


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-29T00:30+00:00", "2026-03-29T06:00+00:00"),
        ("2026-03-28T12:00+00:00", "2026-03-29T06:00+00:00"),
        ("2026-10-24T12:00+00:00", "2026-10-25T07:00+00:00"),
        ("2026-10-25T07:00+00:00", "2026-10-26T07:00+00:00"),
    ],
)
def test_the_morning_is_eight_where_the_user_lives_on_the_days_the_clock_changes_too(now: str, leaves: str) -> None:
    user = make_user(notices="daily", time_zone="Europe/Berlin")
    assert delivery.leaves_at(user, datetime.fromisoformat(now)) == datetime.fromisoformat(leaves)


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
