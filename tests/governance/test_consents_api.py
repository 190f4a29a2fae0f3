"""Consent over the API."""

from typing import Any

import pytest
from django.test import Client

from governance.models import ConsentRecord
from governance.policies import Role
from governance.services.suppression import suppress
from tests.factories import make_token

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/governance/consents/"
ENTRY = {"email": "Ana@Example.com", "purpose": "newsletter", "channel": "email", "state": "granted"}


def call(data: Any = None, *, role: str = Role.INTEGRATION, scope: str = "write", email: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {make_token(role=role, scope=scope)}"}
    if data is not None:
        return Client().post(ADDRESS, data, content_type="application/json", headers=headers)
    return Client().get(ADDRESS, {} if email is None else {"email": email}, headers=headers)


def test_a_record_is_appended_and_the_folded_state_read_back() -> None:
    answer = call({**ENTRY, "source": "web form", "evidence": {"ip": "203.0.113.0"}})
    assert (answer.status_code, answer.json()["state"], answer.json()["origin"]) == (201, "granted", "person")
    assert answer.json()["standing"]["is_granted"] is True
    folded = call(email="ana@example.com").json()
    [stand] = folded["results"]
    assert (folded["email"], stand["purpose"], stand["channel"], stand["state"], stand["source"]) == (
        "ana@example.com",
        "newsletter",
        "email",
        "granted",
        "web form",
    )


def test_a_withdrawal_yields_to_the_person_and_not_to_an_import() -> None:
    call(ENTRY)
    call({**ENTRY, "state": "withdrawn"})
    refused = call({**ENTRY, "source": "import"})
    assert (refused.status_code, refused.json()["standing"]["state"]) == (201, "withdrawn")
    assert call({**ENTRY, "origin": "system"}).json()["standing"]["state"] == "withdrawn"
    assert call({**ENTRY, "source": "preference centre"}).json()["standing"]["state"] == "granted"
    assert ConsentRecord.objects.count() == 5


def test_an_address_nobody_heard_of_has_an_empty_list_and_a_missing_one_is_refused() -> None:
    assert call(email="nobody@example.com").json()["results"] == []
    for wrong in (None, "", "nonsense"):
        answer = call(email=wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


def test_suppression_of_the_address_is_told() -> None:
    suppress(address="ana@example.com", reason="asked", actor=None)
    assert call(email="ana@example.com").json()["suppressed"] == ["Everything"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 61}, "purpose"),
        ({"state": "voided"}, "state"),
        ({"state": "maybe"}, "state"),
        ({"origin": "god"}, "origin"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"voids": 1}, "voids"),
        ({"source": 7}, "source"),
        ({"evidence": {"a": "\x00"}}, "evidence"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_kept(wrong: dict[str, Any], field: str) -> None:
    answer = call({**ENTRY, **wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert ConsentRecord.objects.count() == 0


def test_who_may_not_record_consent_appends_nothing() -> None:
    assert call(ENTRY, role=Role.ANALYST).status_code == 403
    assert call(ENTRY, scope="read").status_code == 403
    assert call(email="ana@example.com", role=Role.REQUESTER).status_code == 403
    assert ConsentRecord.objects.count() == 0
