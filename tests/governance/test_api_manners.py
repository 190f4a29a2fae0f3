"""Mistakes every integration makes once: each is answered, none is taken for something else."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.generators import SchemaGenerator

from martech.models import AccountIdentity, Deal, DealIdentity, Person
from tests.api import Api
from tests.factories import make_account, make_deal, make_person, make_token

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


def test_a_post_without_the_last_slash_stays_a_post() -> None:
    client = Client(headers={"Authorization": f"Bearer {make_token()}"})
    body = {"email": "ana@example.org"}
    answer = client.post("/api/v1/people", body, content_type="application/json")
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/people/")
    assert not Person.objects.exists()
    followed = client.post("/api/v1/people", body, content_type="application/json", follow=True)
    assert followed.status_code == 201
    assert Person.objects.get().email == "ana@example.org"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("deals/?stge=Won", {"stge": ["Unknown parameter; use account, cursor, external_id, limit, stage, state, system."]}),
        ("people/?owner=7&limit=1", {"owner": ["Unknown parameter; use cursor, email, external_id, grade, limit, q, segment, system."]}),
        ("segments/?limits=2", {"limits": ["Unknown parameter; use cursor, limit."]}),
        ("deals/?state=closed", {"state": ["Use one of open, won, lost."]}),
        ("deals/?account=Acme", {"account": ["Use its id, a whole number."]}),
        ("touches/?person=ana", {"person": ["Use its id, a whole number."]}),
        ("planning/entries/?line=", {"line": ["Use its id, a whole number."]}),
    ],
)  # fmt: skip
def test_a_list_is_never_narrowed_by_what_it_does_not_read(path: str, error: dict[str, list[str]]) -> None:
    answer = Api()("GET", path)
    assert answer.status_code == 422
    assert answer.json()["errors"] == error


def test_a_metric_is_asked_nothing_it_does_not_read() -> None:
    answer = Api()("GET", "reporting/metrics/mqls/?form=2026-01-01")
    assert answer.status_code == 422
    known = "by, channel, compare, currency, from, model, owner, region, to"
    assert answer.json()["errors"] == {"form": [f"Unknown parameter; use {known}."]}
    assert Api()("GET", "reporting/metrics/mqls/?from=2026-01-01&to=2026-02-01&compare=year").status_code == 200


def test_deals_are_narrowed_by_stage_state_account_and_the_id_elsewhere() -> None:
    acme = make_account()
    won, lost = make_deal(stage="Won", state="won", account=acme), make_deal(stage="Lost", state="lost")
    DealIdentity.objects.create(deal=lost, system="crm", external_id="D-7")
    call = Api()
    assert ids(call("GET", "deals/?stage=won")) == ids(call("GET", "deals/?state=won")) == [won.pk]
    assert ids(call("GET", f"deals/?account={acme.pk}")) == [won.pk]
    assert ids(call("GET", "deals/?external_id=D-7&system=crm")) == [lost.pk]
    assert ids(call("GET", "deals/?external_id=D-7")) == []


def test_accounts_and_people_are_found_by_what_is_known_of_them() -> None:
    acme, person = make_account(name="Acme GmbH", domain="acme.example"), make_person(external_id="C-1")
    AccountIdentity.objects.create(account=acme, system="api", external_id="A-1")
    make_account(name="Borealis", domain="borealis.example"), make_person()
    call = Api()
    for query in ("domain=ACME.example", "q=acme", "external_id=A-1"):
        assert ids(call("GET", f"accounts/?{query}")) == [acme.pk]
    assert ids(call("GET", "people/?external_id=C-1&system=crm")) == [person.pk]


def test_a_deal_keeps_its_currency_when_a_later_call_leaves_it_out() -> None:
    call, acme = Api(), make_account()
    sent = {"external_id": "D-1", "name": "Rollout", "stage": "Open", "account": acme.pk}
    assert call("POST", "deals/", {**sent, "amount": "900.00", "currency": "USD"}).status_code == 201
    answer = call("POST", "deals/", {**sent, "stage": "Won"})
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("amount", "currency", "stage")} == {
        "amount": "900.00",
        "currency": "USD",
        "stage": "Won",
    }
    assert answer.json()["account"] == {"id": acme.pk, "name": acme.name}


def test_a_deal_that_is_won_without_a_day_was_won_now_and_keeps_that_day() -> None:
    call, sent = Api(), {"external_id": "D-1", "name": "Rollout"}
    expected = {"stage": "Open", "closed_at": "2099-12-31T00:00:00Z"}
    assert call("POST", "deals/", {**sent, **expected}).json()["closed_at"] == "2099-12-31T00:00:00Z"
    before = timezone.now()
    won = parse_datetime(call("POST", "deals/", {**sent, "stage": "Won"}).json()["closed_at"])
    assert won is not None
    assert before <= won <= timezone.now()
    assert parse_datetime(call("POST", "deals/", {**sent, "stage": "Won"}).json()["closed_at"]) == won


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (
            {"opened_at": "2026-03-02T00:00:00Z", "closed_at": "2026-03-01T00:00:00Z"},
            {"closed_at": ["The deal closes before it opens; correct one of the two."]},
        ),
        ({"account": 987}, {"account": ["There is no account 987; send the id or the name of one."]}),
        ({"account": True}, {"account": ["Send the id or the name of an account."]}),
        ({"currency": "EURO"}, {"currency": ["Use a currency code of three letters, like EUR."]}),
    ],
)
def test_a_deal_refused_says_what_to_send(sent: dict[str, Any], errors: dict[str, list[str]]) -> None:
    answer = Api()("POST", "deals/", {"name": "Rollout", "stage": "Open", **sent})
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)
    assert not Deal.objects.exists()


def test_a_call_that_cannot_be_read_says_what_to_send() -> None:
    client, path = Client(headers={"Authorization": f"Bearer {make_token()}"}), "/api/v1/people/"
    form = client.post(path, "email=ana", content_type="application/x-www-form-urlencoded")
    assert (form.status_code, form.json()["detail"]) == (
        415,
        "The body is not of a kind this address reads; send it with “Content-Type: application/json”.",
    )
    broken = client.post(path, '{"email": ', content_type="application/json")
    assert (broken.status_code, broken.json()["detail"]) == (
        400,
        "The body is not JSON in UTF-8: Expecting value: line 1 column 11 (char 10).",
    )
    for levels in (101, 5000):
        deep = client.post(path, '{"properties": ' * levels + "1" + "}" * levels, content_type="application/json")
        assert (deep.status_code, deep.json()["detail"]) == (
            400,
            "The body is nested too deep; use at most 100 levels.",
        )
    nobody = Client().get(path)
    assert (nobody.status_code, nobody.json()["detail"]) == (
        401,
        "Send the header “Authorization: Bearer mops_…”; a token is made under your profile.",
    )


@pytest.mark.parametrize(
    ("path", "sent", "unknown", "known"),
    [
        (
            "planning/campaigns/",
            {"name": "EMEA | Webinar | 2026Q2", "chanel": "email"},
            "chanel",
            "name, channel, region, objective, starts_on, ends_on",
        ),
        ("workflow/requests/", {"form": "campaign", "answers": {}, "requestor": "ana@example.org"}, "requestor", "form, answers"),
        ("governance/tokens/", {"name": "script", "scopes": "write"}, "scopes", "name, scope, expires_at"),
    ],
)  # fmt: skip
def test_a_field_that_a_call_does_not_take_is_never_lost(
    path: str, sent: dict[str, Any], unknown: str, known: str
) -> None:
    answer = Api()("POST", path, sent)
    assert answer.status_code == 422
    assert answer.json()["errors"][unknown] == [f"Unknown field; use {known}."]


def calls_without_a_body() -> list[tuple[str, str]]:
    """(method, path) of every call that writes and whose schema has no body."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [
        (method.upper(), re.sub(r"{\w+}", "1", path).removeprefix("/api/v1/"))
        for path, calls in paths.items()
        for method, call in calls.items()
        if method in ("post", "put", "patch", "delete") and "requestBody" not in call
    ]


def test_a_call_that_takes_no_body_refuses_fields_before_it_does_anything() -> None:
    call, asked = Api("admin"), calls_without_a_body()
    assert {("POST", "quality/run/"), ("POST", "routing/policies/1/publish/"), ("DELETE", "deals/1/")} <= {*asked}
    refusal = {"draft": ["This call takes no fields; leave it out."]}
    wrong = {}
    for method, path in asked:
        answer = call(method, path, {"draft": True})
        if answer.status_code != 422 or answer.json()["errors"] != refusal:
            wrong[method, path] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("body", [None, {}, []])
def test_nothing_is_said_by_an_empty_body(body: Any) -> None:
    assert Api()("POST", "quality/run/", body).status_code == 202


def test_a_list_is_no_empty_body() -> None:
    refused = Api()("POST", "quality/run/", [{"monitors": ["reachable"]}])
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["non_field_errors"])
    assert Api()("POST", "quality/run/").status_code == 202


def test_the_description_of_the_api_says_how_to_sign_in_and_names_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    assert "arning" not in capsys.readouterr().err
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert {name: one["type"] for name, one in schema["components"]["securitySchemes"].items()} == {
        "session": "apiKey",
        "token": "http",
    }
    assert schema["paths"]["/api/v1/people/"]["post"]["security"] == [{"token": []}, {"session": []}]
