"""A round in which nothing happened costs next to nothing, and finds what happens afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.policies import Role
from martech.models import Account, Deal, Person, PlannedWrite, RemoteOwner, SyncObject, SyncRun
from martech.services.people import update_person
from martech.services.sync.runs import drop_empty, new_run
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.practising import Practice, connected

pytestmark = pytest.mark.django_db


def an_hour_passes() -> None:
    """What is here was changed an hour ago; the last plan looked at it since."""
    for model in (Person, Account, Deal):
        model._default_manager.update(updated_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize(("vendor", "most"), [("hubspot", 144), ("salesforce", 151), ("marketo", 86)])
def test_an_idle_round_asks_the_database_little(vendor: str, most: int, monkeypatch: Any) -> None:
    with connected(Practice, vendor, monkeypatch, is_synced=True) as practice:
        practice.sync()
        an_hour_passes()
        with CaptureQueriesContext(connection) as told:
            runs = practice.sync()
    assert len(told) <= most, len(told)
    assert not [name for name in runs if name.startswith("push")]


def test_a_round_without_a_plan_misses_nothing_that_changes_afterwards(monkeypatch: Any) -> None:
    with connected(Practice, "hubspot", monkeypatch, is_synced=True) as practice:
        an_hour_passes()
        before = practice.object().pushed_at
        assert "push contacts" not in practice.sync()
        assert not SyncRun.objects.filter(kind="push", object=practice.object()).exists()
        assert practice.object().pushed_at > before
        update_person(person=Person.objects.exclude(email="").first(), data={"job_title": "CEO"}, actor=None)
        assert practice.sync()["push contacts"].updated == 1
        SyncObject.objects.update(pushed_at=None)
        assert "push contacts" not in practice.sync()


def test_an_empty_run_goes_with_what_was_planned_in_it(rig: Rig) -> None:
    run = new_run(rig.connection, "push", object=rig.object())
    PlannedWrite.objects.create(run=run, local_id=1, action="update")
    drop_empty(run)
    assert (SyncRun.objects.filter(pk=run.pk).count(), PlannedWrite.objects.count()) == (0, 0)


def test_colleagues_are_asked_for_once_however_many_owners_are_nobody_here(rig: Rig) -> None:
    names = [f"Stranger {number}" for number in range(5)]
    RemoteOwner.objects.bulk_create(
        [
            RemoteOwner(connection=rig.connection, external_id=name, name=name, email=f"{n}@x.test")
            for n, name in enumerate(names)
        ]
    )
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    with CaptureQueriesContext(connection) as told:
        page = client.get(rig.connection.get_absolute_url()).content.decode()
    assert all(name in page for name in names)
    by_name = [
        query
        for query in told.captured_queries
        if 'ORDER BY "governance_user"."name" ASC, "governance_user"."email"' in query["sql"]
    ]
    assert len(by_name) == 1
