"""Webhooks: believed when signed, kept once, and only a hint to look."""

import json
from typing import Any

import pytest
from django.test import Client

from martech.connectors.errors import Forged
from martech.connectors.port import Hint
from martech.models import Person, SyncHint
from martech.services.sync.hints import follow_hints
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account, ScriptedConnector

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed(monkeypatch: Any) -> None:
    """The scripted vendor signs with a plain word."""

    def hints(self: Any, *, body: bytes, headers: Any, now: Any, **_rest: Any) -> list[Hint]:
        if headers.get("x-signature") != "good":
            raise Forged("The signature is not the vendor's.")
        return [Hint(f"k{one}", "contacts", str(one), "change", now) for one in json.loads(body)]

    monkeypatch.setattr(ScriptedConnector, "hints", hints)


def send(ids: list[int], signature: str = "good") -> Any:
    return Client().post(
        "/hooks/main/", json.dumps(ids), content_type="application/json", headers={"X-Signature": signature}
    )


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
