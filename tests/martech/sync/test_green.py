"""Nothing is green that is not: what the health of a connection says of each state, on its page, in the list and when due."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import Connection, HintKind, HintSource, RunKind, RunState, SyncObject, SyncRun, SyncWork
from martech.selectors.sync import connection_lines
from martech.selectors.sync_health import Health, health_by_itself
from martech.services.sync.due_rounds import begin_due_rounds
from martech.sync_panels import late_rounds
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(rig: Rig, account: Account) -> Rig:
    """A connection whose first rounds are done."""
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"}, "1")
    rig.sync()
    Connection.objects.update(next_run_at=timezone.now() + timedelta(minutes=5))
    return rig


def health() -> Health:
    """As the list says it, which its own page says too."""
    [line] = connection_lines()
    assert health_by_itself(line.connection, line.fresh_at) == line.health
    return line.health


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def pages() -> str:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return text(client.get("/martech/sync/")) + text(client.get("/martech/sync/to/main/"))


def an_hour_ago(**rows: Any) -> None:
    """The runs of these ended an hour ago."""
    SyncRun.objects.filter(**rows).update(finished_at=timezone.now() - timedelta(hours=1))


def test_after_its_first_rounds_a_connection_is_in_step(read: Rig) -> None:
    assert (health().level, health().word) == ("good", "In step")
    assert late_rounds(None).count == 0  # type: ignore[union-attr]


def journal(read: Rig, **stands: Any) -> None:
    read.connection.options["journal"] = "on"
    read.connection.save()
    HintSource.objects.create(connection=read.connection, kind=HintKind.JOURNAL, **stands)


SCOPE = {"detail": "A scope is missing.", "remedy": "Give the app developer.webhooks_journal.read.", "class": "X"}


def test_a_journal_that_cannot_be_read_is_said_with_its_remedy(read: Rig) -> None:
    journal(read, read_at=timezone.now(), problem=SCOPE)
    told = health()
    assert (told.level, told.word) == ("warn", "Journal not read")
    said = "The journal cannot be read: A scope is missing. Changes come with each round meanwhile."
    assert (told.detail, told.remedy) == (said, SCOPE["remedy"])
    assert pages().count(SCOPE["remedy"]) == 3  # in the list; on the page above and on its card


def test_a_journal_that_waits_for_calls_is_not_said_to_be_read(read: Rig) -> None:
    journal(read, read_at=timezone.now(), paused_until=timezone.now() + timedelta(hours=2))
    assert health().word == "Journal not read"
    assert "the calls are used up" in health().detail


def test_a_journal_that_nobody_reads_any_more_is_said(read: Rig) -> None:
    journal(read, read_at=timezone.now() - timedelta(minutes=20))
    assert health().detail.startswith("The journal was last read 20 min ago;")
    HintSource.objects.update(read_at=timezone.now())
    assert health().word == "In step"


def test_a_journal_that_was_switched_off_is_nobodys_fault(read: Rig) -> None:
    journal(read, problem=SCOPE)
    read.connection.options["journal"] = "off"
    read.connection.save()
    assert health().word == "In step"


def test_a_field_that_goes_on_is_read_again_before_all_is_in_step(read: Rig) -> None:
    SyncObject.objects.filter(name="contacts").update(backfilled_at=None)
    told = health()
    assert (told.level, told.word) == ("warn", "Is read again")
    assert told.detail == "Contacts: everything is read once more, as a field goes on or was added."
    read.sync()
    assert health().word == "In step"


def test_without_a_beat_a_late_connection_says_that_none_begins_rounds(read: Rig) -> None:
    an_hour_ago()
    Connection.objects.update(next_run_at=timezone.now() - timedelta(minutes=55))
    told = health()
    assert (told.level, told.word) == ("bad", "Late")
    assert told.remedy == "None is begun: the beat does not run. Ask whoever runs this server to start it."
    due = late_rounds(None)
    assert due is not None
    assert (due.title, due.count, due.is_broken) == ("Connection whose rounds are late", 1, True)
    assert told.remedy in pages()


def test_without_workers_a_late_connection_says_since_when_its_round_waits(read: Rig) -> None:
    an_hour_ago()
    Connection.objects.update(next_run_at=timezone.now() - timedelta(minutes=30))
    assert begin_due_rounds() == 1
    SyncWork.objects.update(run_after=timezone.now() - timedelta(minutes=55))
    assert "no worker takes it. Ask whoever runs this server to start workers, or more of them." in health().remedy


def test_a_run_that_takes_long_and_lives_is_not_late(read: Rig) -> None:
    an_hour_ago()
    SyncRun.objects.create(
        connection=read.connection,
        object=read.object(),
        kind=RunKind.BACKFILL,
        state=RunState.RUNNING,
        beat_at=timezone.now(),
        read=40_000,
        skipped=40_000,
        total=100_000,
    )
    told = health()
    assert (told.level, told.word) == ("warn", "Long run")
    assert told.detail == "Backfill of Contacts goes on for long: 40,000 of 100,000 records so far."
    assert late_rounds(None).count == 0  # type: ignore[union-attr]
    SyncRun.objects.filter(state=RunState.RUNNING).update(beat_at=timezone.now() - timedelta(minutes=4))
    assert health().word == "Late"


def test_an_object_that_comes_to_no_end_while_others_do_is_late(read: Rig) -> None:
    campaigns = SyncObject.objects.create(connection=read.connection, name="campaigns", kind="campaign", order=5)
    SyncRun.objects.create(
        connection=read.connection,
        object=campaigns,
        kind=RunKind.PULL,
        state=RunState.DONE,
        finished_at=timezone.now(),
    )
    SyncObject.objects.filter(pk=campaigns.pk).update(backfilled_at=timezone.now())
    assert health().word == "In step"
    an_hour_ago(object=campaigns)
    told = health()
    assert (told.level, told.word) == ("bad", "Late in part")
    assert told.detail == "Not read to the end for long, while the others are: Campaigns."
    assert late_rounds(None).count == 1  # type: ignore[union-attr]
