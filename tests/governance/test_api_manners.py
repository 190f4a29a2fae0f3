"""Tokens, scopes, idempotency keys and problem+json, over HTTP."""

from typing import Any

import pytest
from django.test import Client

from governance.models import ApiToken, IdempotencyKey
from governance.policies import Role
from martech.models import Person, PersonEmail
from tests.factories import make_person, make_token, make_user

pytestmark = pytest.mark.django_db
PEOPLE = "/api/v1/people/"


def headers(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def post(path: str, body: Any, token: str, **more: str) -> Any:
    return Client().post(path, body, content_type="application/json", headers=headers(token, **more))


def test_a_token_is_stored_as_a_digest_and_shown_once() -> None:
    token = make_token()
    row = ApiToken.objects.get()
    assert token.startswith("mops_")
    assert token not in (row.digest, row.prefix, row.name)
    assert len(row.digest) == 64


def test_no_token_a_wrong_one_and_a_revoked_one_are_refused() -> None:
    token = make_token()
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    for given in ({}, headers("mops_wrong"), headers(token)):
        answer = Client().get(PEOPLE, headers=given)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == 'Bearer realm="mops"'


def test_a_read_token_reads_and_does_not_write() -> None:
    token = make_token(scope="read")
    assert Client().get(PEOPLE, headers=headers(token)).status_code == 200
    answer = post(PEOPLE, {"email": "ana@example.org"}, token)
    assert answer.status_code == 403
    assert Person.objects.count() == 0


def test_a_method_that_an_address_lacks_is_named_with_those_it_takes() -> None:
    token = make_token()
    answer = Client().put(PEOPLE, {}, content_type="application/json", headers=headers(token))
    assert answer.status_code == 405
    assert answer.json()["detail"] == "This address takes GET, POST, not PUT."
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_person_is_new_once_and_matched_by_address_after() -> None:
    token = make_token()
    body = {"email": "Ana.Ferreira@Example.org", "first_name": "Ana", "country": "Germany", "phone": "030 901820"}
    first = post(PEOPLE, body, token)
    assert first.status_code == 201
    assert first.json()["country"] == "DE"
    assert first.json()["phone"] == "+4930901820"
    again = post(PEOPLE, {"email": "ana.ferreira@example.org", "last_name": "Ferreira"}, token)
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]
    assert (again.json()["first_name"], again.json()["last_name"]) == ("Ana", "Ferreira")
    assert PersonEmail.objects.get().key == "ana.ferreira@example.org"


def test_wrong_values_are_named_with_the_reason_and_nothing_is_stored() -> None:
    answer = post(PEOPLE, {"email": "no address", "country": "Atlantis", "nickname": "x"}, make_token())
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == {"email", "country", "nickname"}
    assert Person.objects.count() == 0


def test_the_same_key_and_body_get_the_stored_answer_byte_for_byte() -> None:
    token = make_token()
    first = post(PEOPLE, {"email": "ana@example.org"}, token, **{"Idempotency-Key": "k1"})
    second = post(PEOPLE, {"email": "ana@example.org"}, token, **{"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Idempotency-Replayed"] == "true"
    assert Person.objects.count() == 1


def test_the_same_key_with_another_body_is_refused_and_has_no_effect() -> None:
    token = make_token()
    post(PEOPLE, {"email": "ana@example.org"}, token, **{"Idempotency-Key": "k1"})
    answer = post(PEOPLE, {"email": "bo@example.org"}, token, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 422
    assert Person.objects.count() == 1


def test_a_key_belongs_to_its_credential() -> None:
    post(PEOPLE, {"email": "ana@example.org"}, make_token(), **{"Idempotency-Key": "k1"})
    answer = post(PEOPLE, {"email": "ana@example.org"}, make_token(), **{"Idempotency-Key": "k1"})
    assert answer.status_code == 200
    assert IdempotencyKey.objects.count() == 2


def test_bulk_keeps_every_good_row_and_explains_every_bad_one() -> None:
    rows = [{"email": "a@example.org"}, {"email": "bad"}, {"email": "a@example.org", "first_name": "Ana"}]
    answer = post("/api/v1/people/bulk/", rows, make_token())
    assert [row["status"] for row in answer.json()] == ["created", "rejected", "updated"]
    assert list(answer.json()[1]["errors"]) == ["email"]
    assert Person.objects.get().first_name == "Ana"


def test_a_merged_id_answers_308_to_the_survivor() -> None:
    survivor = make_person()
    merged = make_person(merged_into=survivor)
    answer = Client().get(f"{PEOPLE}{merged.pk}/", headers=headers(make_token()))
    assert answer.status_code == 308
    assert answer["Location"] == f"{PEOPLE}{survivor.pk}/"


def test_pages_follow_each_other_and_hold_everybody_once() -> None:
    expected = {make_person().pk for _ in range(7)}
    client, token, url, seen = Client(), make_token(), f"{PEOPLE}?limit=3", []
    while url:
        page = client.get(url, headers=headers(token)).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == 7
    assert set(seen) == expected


def test_an_analyst_sees_no_addresses_anywhere() -> None:
    make_person(email="secret@example.org", first_name="Priya")
    token = make_token(make_user(Role.ANALYST), scope="read")
    body = Client().get(PEOPLE, headers=headers(token))
    assert body.json()["results"][0]["first_name"] == "Priya"
    assert "secret@example.org" not in body.content.decode()
    assert Client().get(f"{PEOPLE}?email=secret@example.org", headers=headers(token)).json()["results"] == []


def test_a_sales_rep_sees_own_and_unowned_people_only() -> None:
    rep, other = make_user(Role.SALES_REP), make_user(Role.SALES_REP)
    mine, free, hidden = make_person(owner=rep), make_person(), make_person(owner=other)
    token = make_token(rep)
    seen = {row["id"] for row in Client().get(PEOPLE, headers=headers(token)).json()["results"]}
    assert seen == {mine.pk, free.pk}
    assert Client().get(f"{PEOPLE}{hidden.pk}/", headers=headers(token)).status_code == 404


def test_the_schema_is_valid_openapi() -> None:
    answer = Client().get("/api/v1/schema/?format=json", headers=headers(make_token()))
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert "/api/v1/people/bulk/" in paths
    assert "/api/v1/routing/policies/{key}/publish/" in paths
