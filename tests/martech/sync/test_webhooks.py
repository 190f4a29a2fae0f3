"""Webhooks: believed when signed, kept once, and only a hint to look."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.connectors.errors import Forged, Stale
from martech.connectors.port import Hint
from martech.models import Connection, HintSource, Person, SyncHint, SyncObject
from martech.services.sync.hints import follow_hints
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account, ScriptedConnector

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed(monkeypatch: Any) -> None:
    """The scripted vendor signs with a plain word."""

    def hints(self: Any, *, body: bytes, headers: Any, now: Any, **_rest: Any) -> list[Hint]:
        if headers.get("x-signature") == "late":
            raise Stale("The webhook was signed more than five minutes ago, or our clocks differ.")
        if headers.get("x-signature") != "good":
            raise Forged("The signature is not the vendor's.")
        account = headers.get("x-account", "")
        return [Hint(f"k{one}", "contacts", str(one), "change", now, account=account) for one in json.loads(body)]

    monkeypatch.setattr(ScriptedConnector, "hints", hints)


def send(ids: list[int], signature: str = "good", account: str = "") -> Any:
    headers = {"X-Signature": signature, "X-Account": account}
    return Client().post("/hooks/main/", json.dumps(ids), content_type="application/json", headers=headers)


def test_a_signed_webhook_makes_us_look_at_the_record(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    assert send([int(one)]).json() == {"accepted": 1}
    follow_hints(list(SyncHint.objects.all()))
    assert Person.objects.get().job_title == "CMO"


def test_a_repeated_webhook_is_kept_once(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org"})
    send([int(one)])
    assert send([int(one)]).json() == {"accepted": 0}
    assert SyncHint.objects.count() == 1


def test_a_forged_webhook_changes_nothing(rig: Rig, account: Account) -> None:
    answer = send([1], signature="bad")
    assert (answer.status_code, answer.json()) == (401, {"detail": "The signature is not the vendor's."})
    assert SyncHint.objects.count() == 0


def test_a_webhook_for_nobody_is_not_found(rig: Rig) -> None:
    assert Client().post("/hooks/other/", "[]", content_type="application/json").status_code == 404


def told(client: Client) -> str:
    page = client.get("/martech/sync/to/main/").content.decode()
    return page[page.index("What we are told between rounds") :]


def test_refused_webhooks_show_on_the_page_until_a_right_one_comes(rig: Rig, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    assert "None came yet" in told(client)
    send([1], signature="bad")
    said = told(client)
    assert "One was refused just now: The signature is not the vendor&#x27;s. It changed nothing" in said
    assert "compare the client secret under Credentials" in said
    assert "None came yet" not in said
    send([1])
    assert "They come to " in told(client)
    assert "One was refused" not in told(client)


def test_a_webhook_that_comes_a_day_late_says_what_to_compare(rig: Rig, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    assert send([1], signature="late").status_code == 401
    assert "signed more than five minutes ago" in told(client)
    assert "compare the clock of this server" in told(client)


def test_many_forged_webhooks_are_noted_once_a_minute(rig: Rig) -> None:
    send([1], signature="bad")
    first = HintSource.objects.get().problem
    send([1], signature="late")
    assert HintSource.objects.get().problem == first


def test_a_right_webhook_about_what_is_not_read_was_heard(rig: Rig) -> None:
    SyncObject.objects.filter(name="contacts").update(is_enabled=False)
    assert send([1]).json() == {"accepted": 0}
    assert HintSource.objects.get().heard_at is not None


def test_what_a_webhook_says_of_another_account_is_left_out_and_said(rig: Rig, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    Connection.objects.update(account_id="100")
    assert send([1], account="200").json() == {"accepted": 0}
    assert SyncHint.objects.count() == 0
    said = told(client)
    assert "Some are of account 200 and not 100: those are left out." in said
    assert "None of this account came." in said
    assert send([1], account="100").json() == {"accepted": 1}
    said = told(client)
    assert "Some are of account 200 and not 100" in said
    assert "None of this account came." not in said


def test_a_forged_webhook_is_said_though_one_of_another_account_came_just_before(rig: Rig, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    Connection.objects.update(account_id="100")
    send([1], account="200")
    send([2], signature="bad")
    assert "One was refused just now: The signature is not" in told(client)
    send([3], account="100")
    said = told(client)
    assert "One was refused" not in said
    assert "Some are of account 200 and not 100" in said
