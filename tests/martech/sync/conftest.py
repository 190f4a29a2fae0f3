"""A connection to an account in memory, with a mapping in force."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from martech.models import Connection, RunKind, SyncObject, SyncRun
from martech.services.sync.connections import check_connection
from martech.services.sync.course import open_line
from martech.services.sync.mappings import publish_mapping, save_mapping_draft
from martech.services.sync.rounds import Round, do_requested, do_round
from martech.services.sync.runs import new_run
from tests.martech.sync.scripted import Account, scripted

FIELDS = [
    {"ours": "email", "theirs": "email"},
    {"ours": "first_name", "theirs": "firstname"},
    {"ours": "job_title", "theirs": "jobtitle"},
    {"ours": "company", "theirs": "company"},
]


def contacts_mapping(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"fields": list(fields) or FIELDS, "match": ["email"], "create_here": True, "create_there": False, **more}


class Desk:
    """A connection and what a user does with it."""

    connection: Connection

    def object(self, name: str = "contacts") -> SyncObject:
        return SyncObject.objects.get(connection=self.connection, name=name)

    def map(self, document: Any = None, object: str = "contacts") -> None:
        save_mapping_draft(object=self.object(object), document=document or contacts_mapping(), actor=None)
        publish_mapping(object=self.object(object), actor=None)

    def sync(self, **options: Any) -> dict[str, Any]:
        """One round; answers the runs by kind and object, refreshed."""
        self.connection.refresh_from_db()
        with open_line(self.connection) as line:
            runs = do_round(Round(line, **options))
        for run in runs:
            run.refresh_from_db()
        return {f"{run.kind} {run.object.name}": run for run in runs if run.object}

    def hours_later(self, object: str = "contacts") -> None:
        """Rounds have gone by since: what changed before is in no window of the next one."""
        SyncObject.objects.filter(pk=self.object(object).pk).update(cursor_at=timezone.now() + timedelta(hours=1))

    def compare(self, object: str, question: dict[str, Any] | None = None) -> SyncRun:
        """The completeness proof of an object; of a part, if it was asked a question."""
        run = new_run(self.connection, RunKind.COMPARE, object=self.object(object))
        if question:
            run.plan = {"question": question}
            run.save()
        with open_line(self.connection) as line:
            do_requested(Round(line), run)
        run.refresh_from_db()
        return run


class Rig(Desk):
    """An account in memory and its connection."""

    def __init__(self, account: Account, name: str = "main") -> None:
        self.account = account
        self.connection = Connection.objects.create(name=name, vendor="hubspot", options={"account": name})
        assert all(step.is_ok for step in check_connection(self.connection))


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def rig(account: Account, monkeypatch: Any, db: None) -> Iterator[Rig]:
    monkeypatch.setattr("martech.services.sync.patience.pause", lambda seconds: None)
    with scripted(monkeypatch, main=account):
        made = Rig(account)
        made.map()
        yield made


@pytest.fixture
def second() -> Account:
    return Account()


@pytest.fixture
def both(account: Account, second: Account, monkeypatch: Any, db: None) -> Iterator[tuple[Rig, Rig]]:
    """Two systems, of which neither is read yet."""
    monkeypatch.setattr("martech.services.sync.patience.pause", lambda seconds: None)
    with scripted(monkeypatch, main=account, second=second):
        one, other = Rig(account), Rig(second, "second")
        one.map()
        other.map()
        yield one, other
