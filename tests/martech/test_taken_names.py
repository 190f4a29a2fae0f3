"""Nothing is given a name under which another page answers, so that nobody could open it."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Monitor, RoutingPolicy, WorkingCalendar
from martech.services.quality.monitors import create_monitor
from mops.core.errors import ConflictError
from tests.factories import make_token, make_user
from tests.martech.policies import document, make_reps
from tests.martech.test_calendar_pages import GIVEN

pytestmark = pytest.mark.django_db


def client_of(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("key", ["board", "hours", "new", "time-off"])
def test_a_policy_is_not_called_as_a_page_of_routing(key: str) -> None:
    answer: Any = client_of().post("/martech/routing/new/", {"name": "Mine", "key": key})
    assert answer.status_code == 422
    reason = f"A page of mops is called {key}. Choose another key, such as {key}-leads."
    assert answer.context["form"].errors == {"key": [reason]}
    headers = {"Authorization": f"Bearer {make_token()}"}
    path, body = f"/api/v1/routing/policies/{key}/draft/", json.dumps(document(make_reps("Ana")))
    sent = Client().put(path, body, content_type="application/json", headers=headers)
    assert (sent.status_code, sent.json()["errors"]) == (409, {"key": [reason]})
    assert not RoutingPolicy.objects.exists()


def test_working_hours_are_not_called_new() -> None:
    answer: Any = client_of().post("/martech/routing/hours/new/", {**GIVEN, "name": "New!"})
    assert answer.context["form"].errors == {
        "name": ["A page of mops is called new. Choose a longer name, such as New! hours."]
    }
    assert not WorkingCalendar.objects.exists()


def test_a_monitor_is_not_called_new() -> None:
    text = {"name": "New", "kind": "condition", "when": {"all": []}}
    with pytest.raises(ConflictError) as refused:
        create_monitor(document=text, actor=None)
    assert refused.value.errors == {"name": ["A page of mops is called new; choose another name."]}
    assert not Monitor.objects.exists()
