"""Rounds begin when they are due or asked for, and what comes while one is under way is not left behind it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import Connection, Person, RemoteRow, SyncWork
from martech.services.assignment import assign_owner
from martech.services.sync.due_rounds import ask_for_round, begin_due_rounds
from mops.core.work import WorkState
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(rig: Rig, account: Account) -> Rig:
    """A connection whose first rounds are done, and whose next is due in five minutes."""
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"}, "1")
    rig.sync()
    SyncWork.objects.all().delete()
    Connection.objects.update(next_run_at=timezone.now() + timedelta(minutes=5))
    return rig


def under_way(read: Rig) -> SyncWork:
    lease = {
        "lease_until": timezone.now() + timedelta(minutes=3),
        "lease_token": "7d4e1d2e-4a0c-4b7e-9f0a-000000000001",
    }
    return SyncWork.objects.create(connection=read.connection, state=WorkState.RUNNING, attempts=1, **lease)


def ended(work: SyncWork) -> None:
    SyncWork.objects.filter(pk=work.pk).update(state=WorkState.DONE, lease_until=None, lease_token=None)


def open_rounds() -> int:
    return SyncWork.objects.filter(run=None, state=WorkState.PENDING).count()


def sync_now() -> str:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    answer = client.post("/martech/sync/to/main/do/", {"do": "sync"}, follow=True)
    return " ".join(answer.content.decode().split())


def test_a_round_that_is_asked_for_begins_at_once(read: Rig) -> None:
    assert "A round begins." in sync_now()
    assert open_rounds() == 1


def test_one_that_is_asked_for_during_another_begins_when_that_ends(
    read: Rig, django_capture_on_commit_callbacks: Any
) -> None:
    work = under_way(read)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Another round begins when the one under way ends." in sync_now()
    assert (begin_due_rounds(), open_rounds()) == (0, 0)
    ended(work)
    assert (begin_due_rounds(), open_rounds()) == (1, 1)


def test_an_owner_who_is_given_during_a_round_is_brought_by_the_next(
    read: Rig, django_capture_on_commit_callbacks: Any
) -> None:
    work = under_way(read)
    person = Person.objects.get(email="ana@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        assign_owner(person=person, owner=make_user(Role.SALES_REP), actor=None)
    assert RemoteRow.objects.get(local_id=person.pk).due_at is not None
    ended(work)
    assert (begin_due_rounds(), open_rounds()) == (1, 1)


def test_a_round_that_takes_longer_than_the_pace_is_followed_by_one_and_no_more(read: Rig) -> None:
    work = under_way(read)
    Connection.objects.update(next_run_at=timezone.now() - timedelta(minutes=20))
    assert [begin_due_rounds() for _tick in range(3)] == [0, 0, 0]
    ended(work)
    assert [begin_due_rounds() for _tick in range(3)] == [1, 0, 0]


def test_nothing_begins_for_a_connection_that_is_paused(read: Rig, django_capture_on_commit_callbacks: Any) -> None:
    Connection.objects.update(state="paused")
    with django_capture_on_commit_callbacks(execute=True):
        assert ask_for_round([read.connection.pk]) is False
    assert (begin_due_rounds(), open_rounds()) == (0, 0)
