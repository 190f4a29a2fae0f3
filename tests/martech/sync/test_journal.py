"""The journal: read with rounds and by a beat of its own, kept as hints together with the position, and never in the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.errors import AddressRefused, RetryNow, SignInRefused
from martech.connectors.port import Hint
from martech.models import (
    Connection,
    ConnectionState,
    HintKind,
    HintSource,
    JournalReading,
    Person,
    SyncHint,
)
from martech.services.sync import journal
from martech.services.sync.connections import save_connection
from martech.services.sync.course import open_line
from martech.services.sync.hints import follow_hints, keep_hints
from martech.services.sync.journal import begin_journal_readings, read_journal
from martech.services.sync.sealed import keep_journal_token, kept_journal_token, kept_token
from mops.core.errors import DomainError
from mops.core.work import StaleLease, run_due
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.practising import Practice, practising
from tests.martech.sync.scripted import Account, ScriptedConnector, scripted_vendor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)


@pytest.fixture
def told(rig: Rig) -> Rig:
    """A connection that reads a journal."""
    rig.connection.options["journal"] = "on"
    rig.connection.save()
    return rig


def entry(number: int, id: str, object: str = "contacts") -> Hint:
    return Hint(f"journal:{number}", object, id, "update", NOON + timedelta(seconds=number))


def source() -> HintSource:
    return HintSource.objects.get(kind=HintKind.JOURNAL)


def look(rig: Rig) -> int:
    rig.connection.refresh_from_db()
    with open_line(rig.connection) as line:
        return read_journal(line)


def test_what_the_journal_tells_makes_us_look_at_the_record(told: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    account.journal += [entry(0, one), entry(1, "9", "tickets")]
    assert begin_journal_readings() == 1
    assert run_due("sync_journal") == 1
    follow_hints(list(SyncHint.objects.all()))
    assert Person.objects.get().job_title == "CMO"
    assert (source().position, source().problem) == ({"at": 2}, {})
    assert source().heard_at is not None
    assert source().read_at is not None


def test_a_round_reads_it_too_and_goes_on_where_the_beat_stopped(told: Rig, account: Account) -> None:
    account.journal += [entry(number, "1") for number in range(3)]
    assert look(told) == 3
    account.journal.append(entry(3, "1"))
    told.sync()
    assert SyncHint.objects.count() == 4
    assert source().position == {"at": 4}


def test_an_event_that_comes_twice_is_kept_once(told: Rig, account: Account) -> None:
    account.journal += [entry(0, "1"), entry(0, "1"), entry(0, "1")]
    assert look(told) == 1
    assert SyncHint.objects.count() == 1


def test_an_event_told_by_webhook_and_journal_is_looked_at_once(told: Rig, account: Account, monkeypatch: Any) -> None:
    one = account.put("contacts", {"email": "ana@example.org"})
    account.journal.append(entry(0, one))
    look(told)
    keep_hints(told.connection, [Hint("webhook:0", "contacts", one, "change", NOON)], HintKind.WEBHOOK)
    asked: list[Any] = []
    read = ScriptedConnector.read
    monkeypatch.setattr(
        ScriptedConnector, "read", lambda self, *given, **more: asked.append(given) or read(self, *given)
    )
    assert run_due("sync_hints") == 2
    assert [ids for _object, _fields, ids in asked] == [[one]]
    assert set(HintSource.objects.values_list("kind", flat=True)) == {"webhook", "journal"}


def page_of(rig: Rig) -> str:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    with patch("martech.views.sync.vendor_of", lambda key: scripted_vendor({"main": rig.account})):
        return client.get("/martech/sync/to/main/").content.decode()


def test_the_page_says_by_what_we_are_told(rig: Rig, account: Account) -> None:
    page = page_of(rig)
    assert "None came yet. To be told at once, register" in page
    assert "/hooks/main/" in page
    assert "Where webhooks cannot reach mops" in page
    rig.connection.options["journal"] = "on"
    rig.connection.save()
    assert "It is read for the first time" in page_of(rig)
    account.journal.append(entry(0, "1"))
    look(rig)
    page = page_of(rig)
    assert "It is read." in page
    assert "The last hint came" in page
    keep_hints(rig.connection, [entry(5, "1")], HintKind.WEBHOOK)
    assert "They come to http" in page_of(rig)


def test_the_page_says_that_the_journal_has_a_gap_until_a_round_closed_it(told: Rig, account: Account) -> None:
    account.journal += [entry(number, str(number)) for number in range(4)]
    told.sync()
    account.forgotten = 6
    account.journal += [entry(number, str(number)) for number in range(4, 7)]
    look(told)
    assert "A gap in the journal" in page_of(told)
    told.sync()
    assert "A gap in the journal" not in page_of(told)
    account.faults.append(("journal", SignInRefused("The app is unknown.", remedy="Enter it anew.")))
    account.journal.append(entry(7, "7"))
    look(told)
    page = page_of(told)
    assert "The journal cannot be read: The app is unknown." in page
    assert "Enter it anew." in page


def test_without_the_setting_it_is_never_asked(rig: Rig, account: Account) -> None:
    account.journal.append(entry(0, "1"))
    assert begin_journal_readings() == 0
    rig.sync()
    assert (account.asked_for_journal, SyncHint.objects.count(), HintSource.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"state": ConnectionState.PAUSED},
        {"state": ConnectionState.BROKEN},
        {"paused_until": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_connection_that_rests_is_left_alone(told: Rig, account: Account, change: Any) -> None:
    begin_journal_readings()
    Connection.objects.update(**change)
    run_due("sync_journal")
    assert begin_journal_readings() == 0
    assert account.asked_for_journal == 0


def test_one_reading_is_open_at_a_time_and_done_ones_go(told: Rig, account: Account) -> None:
    begin_journal_readings()
    begin_journal_readings()
    assert JournalReading.objects.count() == 1
    run_due("sync_journal")
    JournalReading.objects.update(finished_at=timezone.now() - timedelta(hours=2))
    begin_journal_readings()
    assert [reading.state for reading in JournalReading.objects.all()] == ["pending"]


def test_a_worker_killed_between_fetch_and_commit_loses_nothing(told: Rig, account: Account, monkeypatch: Any) -> None:
    account.journal += [entry(number, str(number)) for number in range(4)]
    keep, calls = journal.keep_hints, []

    def dies(*given: Any) -> int:
        calls.append(given)
        if len(calls) == 2:
            keep(*given)
            raise KeyboardInterrupt
        return keep(*given)

    monkeypatch.setattr(journal, "keep_hints", dies)
    with pytest.raises(KeyboardInterrupt):
        look(told)
    assert (SyncHint.objects.count(), source().position) == (2, {"at": 2})
    assert look(told) == 2
    assert sorted(SyncHint.objects.values_list("external_id", flat=True)) == ["0", "1", "2", "3"]


def test_a_worker_whose_reading_was_given_to_another_keeps_nothing(
    told: Rig, account: Account, monkeypatch: Any
) -> None:
    account.journal.append(entry(0, "1"))

    def fenced() -> None:
        raise StaleLease

    monkeypatch.setattr(journal, "keep_lease", fenced)
    with pytest.raises(StaleLease):
        look(told)
    assert (SyncHint.objects.count(), source().position) == (0, {})


def test_of_two_readers_one_goes_on(told: Rig, account: Account, monkeypatch: Any) -> None:
    account.journal += [entry(number, str(number)) for number in range(4)]
    take = journal.take_page

    def overtaken(found: HintSource, page: Any) -> int:
        HintSource.objects.filter(pk=found.pk).update(position={"at": 4})
        return take(found, page)

    monkeypatch.setattr(journal, "take_page", overtaken)
    assert look(told) == 0
    assert (SyncHint.objects.count(), source().position) == (0, {"at": 4})


def test_a_passing_fault_is_tried_again_at_once(told: Rig, account: Account) -> None:
    account.journal += [entry(number, str(number)) for number in range(4)]
    account.faults += [("journal", RetryNow("broke"))] * 2
    assert look(told) == 4
    assert source().problem == {}


def test_a_journal_that_cannot_be_read_harms_nothing_else_and_rests(told: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    account.journal += [entry(number, str(number)) for number in range(4)]
    account.faults.append(("journal", AddressRefused("A file elsewhere.", remedy="Ask.")))
    runs = told.sync()
    assert runs["backfill contacts"].created == 1
    told.connection.refresh_from_db()
    assert (told.connection.state, told.connection.problem) == (ConnectionState.ACTIVE, {})
    assert (source().problem["detail"], source().position, source().read_at) == ("A file elsewhere.", {}, None)
    assert look(told) == 0
    HintSource.objects.update(paused_until=None)
    assert look(told) == 4
    assert source().problem == {}


def test_new_credentials_are_tried_at_once(told: Rig, account: Account) -> None:
    account.faults.append(("journal", SignInRefused("No.")))
    account.journal.append(entry(0, "1"))
    look(told)
    keep_journal_token(told.connection, "old", timezone.now() + timedelta(hours=1))
    assert source().paused_until is not None
    save_connection(vendor="hubspot", name="main", given={}, actor=None)
    assert (source().paused_until, source().problem, kept_journal_token(told.connection)) == (None, {}, "")
    assert look(told) == 1


def test_a_position_that_expired_loses_nothing_and_the_next_pull_comes_at_once(told: Rig, account: Account) -> None:
    account.journal += [entry(number, str(number)) for number in range(6)]
    look(told)
    missed = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    account.journal += [entry(6, missed), entry(7, "7"), entry(8, "8")]
    account.forgotten = 8
    Connection.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    assert look(told) == 1
    assert source().position == {"at": 9}
    assert source().gap_at is not None
    told.connection.refresh_from_db()
    assert told.connection.next_run_at <= timezone.now()
    told.sync()
    assert Person.objects.get().job_title == "CMO"


def test_the_journal_needs_the_apps_id_and_secret(db: None) -> None:
    with pytest.raises(DomainError) as refused:
        save_connection(vendor="hubspot", name="crm", given={"token": "pat-x", "journal": "on"}, actor=None)
    assert sorted(refused.value.errors) == ["client_id", "client_secret"]
    assert not Connection.objects.exists()


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[Practice]:
    with practising("hubspot", monkeypatch, people=5) as practice:
        practice.twin.credentials["journal"] = "on"
        practice.connect()
        practice.sync()
        yield practice


def test_an_edit_at_hubspot_is_here_without_a_round(hub: Practice) -> None:
    hub.twin.store.update("contacts", hub.twin.store.get("contacts", 10001), {"jobtitle": "CEO"})
    begin_journal_readings()
    run_due("sync_journal")
    run_due("sync_hints")
    address = hub.control("truth", object="contacts")["records"]["10001"]["email"]
    assert Person.objects.get(email=address).job_title == "CEO"
    found = source()
    assert found.position["portal"] == "4821500"
    hub.connection.refresh_from_db()
    token = kept_journal_token(hub.connection)
    assert token.startswith("practice-")
    assert token not in found.token
    assert kept_token(hub.connection) == ""


def test_a_journal_that_begins_anew_is_a_gap_and_nothing_worse(hub: Practice) -> None:
    hub.twin.store.update("contacts", hub.twin.store.get("contacts", 10001), {"jobtitle": "CEO"})
    begin_journal_readings()
    run_due("sync_journal")
    hub.twin.journal.files.clear()
    hub.twin.store.update("contacts", hub.twin.store.get("contacts", 10002), {"jobtitle": "CFO"})
    begin_journal_readings()
    run_due("sync_journal")
    assert source().gap_at is not None
    assert set(SyncHint.objects.values_list("external_id", flat=True)) == {"10001", "10002"}
