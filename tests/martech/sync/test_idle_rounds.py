"""A round in which nothing happened costs next to nothing, and finds what happens afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from martech.models import Account, Deal, Person, SyncObject, SyncRun
from martech.services.people import update_person
from tests.martech.sync.practising import Practice, connected

pytestmark = pytest.mark.django_db


def an_hour_passes() -> None:
    """What is here was changed an hour ago; the last plan looked at it since."""
    for model in (Person, Account, Deal):
        model._default_manager.update(updated_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize(("vendor", "most"), [("hubspot", 136), ("salesforce", 143), ("marketo", 82)])
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
