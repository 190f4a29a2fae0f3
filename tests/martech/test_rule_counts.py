"""While a rule is written its page tells how many of the last 30 days' leads it would take, as the list behind it counts them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import PolicyVersion
from martech.selectors.matching import RuleCount
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish

pytestmark = pytest.mark.django_db
FRENCH = {"field": "person.country", "op": "eq", "value": "FR"}
GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}
EVERYBODY: dict[str, Any] = {"all": []}


@pytest.fixture
def ops() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER), backend="django.contrib.auth.backends.ModelBackend")
    text = document(make_reps("Ana"))
    text["rules"] = [
        {"name": "Germans", "when": GERMAN, "to": "desk"},
        {"name": "Rest", "when": EVERYBODY, "to": "desk"},
    ]
    publish(text)
    for country in ("DE", "DE", "FR"):
        make_person(country=country, created_at=timezone.now())
    make_person(country="FR", created_at=timezone.now() - timedelta(days=40))
    return client


def counted(client: Client, path: str, when: Any) -> Any:
    return client.post(f"/martech/routing/inbound/rules/{path}/count/", {"when": json.dumps(when)})


def test_a_new_rule_takes_what_no_rule_above_takes(ops: Client) -> None:
    answer = counted(ops, "new", FRENCH)
    assert answer.context["count"] == RuleCount(takes=0, above=1, leads=3)
    assert "1 more meets it, but a rule above takes that one." in " ".join(answer.content.decode().split())


def test_a_rule_that_is_changed_is_counted_in_its_place_and_nothing_is_saved(ops: Client) -> None:
    assert counted(ops, "1", FRENCH).context["count"] == RuleCount(takes=1, above=0, leads=3)
    assert counted(ops, "2", EVERYBODY).context["count"] == RuleCount(takes=1, above=2, leads=3)
    assert PolicyVersion.objects.count() == 1


def test_a_condition_that_is_not_complete_yet_is_told_so(ops: Client) -> None:
    answer = counted(ops, "new", {**FRENCH, "value": ""})
    assert answer.status_code == 200
    assert "has no value" in answer.content.decode()
    assert counted(ops, "new", {"field": "person.nothing", "op": "eq", "value": 1}).status_code == 200


def test_who_may_not_change_routing_counts_nothing() -> None:
    client = Client()
    client.force_login(make_user(Role.SALES_REP), backend="django.contrib.auth.backends.ModelBackend")
    assert counted(client, "new", FRENCH).status_code == 403
