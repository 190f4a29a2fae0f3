"""Signing in with HubSpot: off to its page, back with a code, tokens sealed and renewed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Connection
from martech.services.sync.connections import check_connection, save_connection
from martech.services.sync.sealed import open_secrets
from tests.factories import make_user
from tests.martech.sync.practising import Practice, practising

pytestmark = pytest.mark.django_db
APP = {"sign_in": "oauth", "client_id": "practice-client", "client_secret": "practice-secret"}


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[Practice]:
    with practising("hubspot", monkeypatch, people=5) as practice:
        yield practice


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def app(hub: Practice, **given: str) -> Connection:
    connection, _ = save_connection(
        vendor="hubspot", name="crm", given={**APP, **given}, base_url=hub.url, actor=None, is_practice=True
    )
    return connection


def consented(hub: Practice, operator: Client) -> str:
    """The address that HubSpot sends somebody back to after they consented."""
    there = operator.get("/martech/sync/to/crm/sign-in/")
    assert there.status_code == 302
    assert there["Location"].startswith(f"{hub.url}/oauth/authorize?client_id=practice-client")
    back = hub.session.get(there["Location"], allow_redirects=False, timeout=30)
    assert back.status_code == 302
    return str(back.headers["Location"].removeprefix("http://testserver"))


def test_somebody_signs_in_and_the_connection_works(hub: Practice, operator: Client) -> None:
    connection = app(hub)
    assert "Sign in over there" in operator.get("/martech/sync/to/crm/").content.decode()
    answer = operator.get(consented(hub, operator))
    assert answer["Location"] == "/martech/sync/to/crm/test/?begin=1"
    connection.refresh_from_db()
    assert open_secrets(connection)["refresh_token"] == "practice-refresh-token"
    assert "practice-refresh-token" not in connection.sealed + str(connection.options)
    assert all(step.is_ok for step in check_connection(connection))


def test_an_access_token_that_ended_is_renewed_by_itself(hub: Practice, operator: Client) -> None:
    connection = app(hub)
    operator.get(consented(hub, operator))
    connection.refresh_from_db()
    assert all(step.is_ok for step in check_connection(connection))
    hub.control("clock", advance=3_600)
    assert all(step.is_ok for step in check_connection(connection))


def test_a_code_is_worth_something_once(hub: Practice, operator: Client) -> None:
    app(hub)
    back = consented(hub, operator)
    code = back.partition("code=")[2].partition("&")[0]
    operator.get(back)
    again = consented(hub, operator)
    fresh = again.partition("code=")[2].partition("&")[0]
    answer = operator.get(again.replace(fresh, code), follow=True)
    assert "HubSpot refused the sign-in: missing or unknown auth code." in answer.content.decode()


def test_a_state_of_somebody_else_or_none_changes_nothing(hub: Practice, operator: Client) -> None:
    connection = app(hub)
    back = consented(hub, operator)
    stranger = Client()
    stranger.force_login(make_user(Role.OPS_MANAGER))
    for client, address in ((stranger, back), (operator, back.replace("state=", "state=x"))):
        answer = client.get(address, follow=True)
        assert "was not begun here" in answer.content.decode()
    connection.refresh_from_db()
    assert "refresh_token" not in open_secrets(connection)


def test_who_declines_is_told_so(hub: Practice, operator: Client) -> None:
    app(hub)
    back = consented(hub, operator)
    code = back.partition("code=")[2].partition("&")[0]
    answer = operator.get(back.replace(f"code={code}", "error=access_denied"), follow=True)
    assert "No access was given" in answer.content.decode()


def test_an_app_that_is_not_known_yet_is_asked_for_first(hub: Practice, operator: Client) -> None:
    Connection.objects.create(vendor="hubspot", name="crm", options={"sign_in": "oauth"}, base_url=hub.url)
    answer = operator.get("/martech/sync/to/crm/sign-in/")
    assert answer["Location"] == "/martech/sync/to/crm/edit/"


def test_a_wrong_secret_of_the_app_is_said(hub: Practice, operator: Client) -> None:
    app(hub, client_secret="wrong")
    answer = operator.get(consented(hub, operator), follow=True)
    assert "missing or invalid client secret" in answer.content.decode()
