"""What a vendor ends is dated work half a year before, for connections that use it."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from governance.policies import Role
from martech.models import Connection, ConnectionState
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def due(on: str) -> str:
    with time_machine.travel(f"{on}T10:00:00Z", tick=False):
        client = Client()
        client.force_login(make_user(Role.OPS_MANAGER))
        return " ".join(client.get("/due/").content.decode().split())


def connect(**options: Any) -> Connection:
    return Connection.objects.create(name="crm", vendor="hubspot", state=ConnectionState.ACTIVE, options=options)


def test_the_nearest_end_stands_among_what_is_due_half_a_year_before() -> None:
    connect()
    assert "What vendors end" not in due("2026-09-01")
    page = due("2026-11-26")
    assert "What vendors end and connections use" in page
    assert "the first, of crm, ends on 30 Mar 2027" in page
    assert 'href="/martech/sync/#ends"' in page
    assert "the first, of crm, ended on 30 Mar 2027" in due("2027-04-02")


def test_the_page_of_connections_lists_what_ends_of_all_of_them_with_the_way_out(client: Client) -> None:
    connect()
    Connection.objects.create(name="second", vendor="hubspot", state=ConnectionState.ACTIVE)
    client.force_login(make_user(Role.OPS_MANAGER))
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        answer = client.get("/martech/sync/")
        assert "What vendors end and connections use" in due("2026-11-26")
    assert [str(line.connection) for line in answer.context["ends"]] == ["crm", "second"]
    card = answer.content.decode().split('id="ends"')[1]
    assert "30 Mar 2027, in 124 days. Choose a newer API version under Credentials." in " ".join(card.split())
    assert 'href="/martech/sync/to/second/edit/"' in card


def test_a_connection_that_uses_none_of_it_has_nothing_due() -> None:
    connect(api_version="2026-09", sign_in="oauth")
    assert "What vendors end" not in due("2026-11-26")


def test_a_connection_that_was_never_tested_has_nothing_due() -> None:
    Connection.objects.filter(pk=connect().pk).update(state=ConnectionState.NEW)
    assert "What vendors end" not in due("2026-11-26")
