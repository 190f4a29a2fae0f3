"""Clients switch on `type`: each kind is documented, is in the schema, and is answered where the page says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory
from rest_framework.exceptions import Throttled

from martech.models import Person, Segment
from mops.core.api.problems import problem_response
from mops.core.pages import handler400, handler500
from mops.core.problems import KINDS
from tests.api import Api
from tests.factories import make_token

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def kind_of(answer: Any) -> tuple[int, str]:
    """(status, kind), read as a client reads it."""
    assert answer["Content-Type"] == "application/problem+json"
    said = json.loads(answer.content)
    assert list(said) == ["type", "title", "status", "detail", "errors"]
    assert said["status"] == answer.status_code
    return answer.status_code, said["type"].removeprefix("urn:problem-type:mops:")


def test_the_page_lists_every_kind_with_its_status() -> None:
    listed = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \| ", PAGE, re.MULTILINE)
    assert [(int(status), key) for status, key in listed] == [(kind.status, kind.key) for kind in KINDS.values()]


@pytest.mark.django_db
def test_a_call_that_never_reaches_a_service_says_why() -> None:
    call, reader = Api(), Api(scope="read")
    client = Client(headers={"Authorization": f"Bearer {make_token()}"})
    body = {"email": "ana@example.org"}
    assert kind_of(client.post("/api/v1/people/", "{", content_type="application/json")) == (400, "malformed")
    assert kind_of(Client().get("/api/v1/people/")) == (401, "not-signed-in")
    assert kind_of(Api("analyst")("POST", "people/", body)) == (403, "not-allowed")
    assert kind_of(reader("POST", "people/", body)) == (403, "read-only-token")
    assert kind_of(call("GET", "people/7/")) == (404, "not-found")
    assert kind_of(call("GET", "nothing/")) == (404, "no-such-address")
    assert kind_of(call("DELETE", "people/", body)) == (405, "method-not-allowed")
    assert kind_of(client.get("/api/v1/people/", headers={"Accept": "text/csv"})) == (406, "not-acceptable")
    assert kind_of(client.post("/api/v1/people/", "a=b", content_type="text/plain")) == (415, "unsupported-media-type")
    assert kind_of(call("POST", "people/", {"email": "ana"})) == (422, "refused")
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_body_that_is_too_long_is_a_problem_of_its_own(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = Api()("POST", "people/", {"email": "ana@example.org", "company": "A" * 100})
    assert kind_of(answer) == (413, "too-large")
    assert answer.json()["detail"] == "A call has at most 100 bytes; send it in several."
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_conflict_says_of_which_kind_it_is() -> None:
    call = Api()
    segment = {"name": "Germans", "condition": {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}}
    assert call("POST", "segments/", segment).status_code == 201
    assert kind_of(call("POST", "segments/", segment)) == (409, "duplicate")
    assert Segment.objects.count() == 1
    draft = "routing/policies/inbound/draft/"
    document = {"name": "Inbound", "rules": [], "otherwise": "all", "pools": {"all": {"strategy": "round_robin"}}}
    seen = call("PUT", draft, document)["ETag"]
    assert call("PUT", draft, {**document, "name": "Ours"}, **{"If-Match": seen}).status_code == 200
    assert kind_of(call("PUT", draft, {**document, "name": "Theirs"}, **{"If-Match": seen})) == (409, "stale")
    assert call("GET", draft).json()["name"] == "Ours"
    assert kind_of(call("POST", "routing/policies/none/publish/")) == (404, "not-found")


@pytest.mark.django_db
def test_money_that_is_not_there_is_a_kind_of_its_own() -> None:
    call = Api()
    line = {"name": "Fair", "fiscal_year": 2026, "currency": "EUR"}
    pk = call("POST", "planning/budget-lines/", line).json()["id"]
    entry = {"line": pk, "kind": "commit", "month": "2026-03-01", "amount": "10.00"}
    assert kind_of(call("POST", "planning/entries/", entry)) == (409, "over-budget")


@pytest.mark.django_db
def test_a_key_used_twice_is_told_from_one_that_is_too_long() -> None:
    call, body = Api(), {"email": "ana@example.org"}
    assert call("POST", "people/", body, **{"Idempotency-Key": "one"}).status_code == 201
    assert kind_of(call("POST", "people/", {"email": "bo@example.org"}, **{"Idempotency-Key": "one"})) == (
        422,
        "key-reused",
    )
    assert kind_of(call("POST", "people/", body, **{"Idempotency-Key": "k" * 256})) == (422, "key-too-long")
    assert Person.objects.count() == 1


def test_where_no_view_is_there_to_answer_it_is_a_problem_too() -> None:
    request = RequestFactory().get("/api/v1/people/")
    assert kind_of(handler400(request, BadRequest())) == (400, "malformed")
    assert kind_of(handler500(request)) == (500, "internal-error")
    page = RequestFactory().get("/martech/people/")
    assert handler500(page)["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_too_many_calls_say_how_long_to_wait() -> None:
    answer = problem_response(Throttled(wait=7), {})
    assert answer is not None
    assert answer.data["type"] == "urn:problem-type:mops:too-many-calls"
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.django_db
def test_the_schema_names_the_kinds_of_each_status() -> None:
    schema = Api()("GET", "schema/?format=json").json()
    answers = schema["paths"]["/api/v1/people/"]["post"]["responses"]
    said = answers["409"]["content"]["application/problem+json"]["schema"]["properties"]["type"]["enum"]
    wanted = ["conflict", "stale", "duplicate", "busy", "over-budget", "in-flight"]
    assert said == [f"urn:problem-type:mops:{key}" for key in wanted]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sent", "unknown", "known"),
    [
        ("routing/policies/inbound/replay/", {"day": 30}, "day", "days"),
        ("routing/preview/", {"person": {}, "police": "inbound"}, "police", "person, policy, draft"),
        ("routing/time-off/", {"first": "2026-03-02", "last": "2026-03-02", "who": "ana"}, "who", "first, last, since, until, reason, user"),
        ("accounts/match/", {"compny": "Acme"}, "compny", "company, email, website, phone, country"),
        ("segments/", {"name": "All", "conditions": {}}, "conditions", "name, condition, kind, description"),
    ],
)  # fmt: skip
def test_calls_of_routing_and_segments_refuse_what_they_do_not_take(
    path: str, sent: dict[str, Any], unknown: str, known: str
) -> None:
    answer = Api()("POST", path, sent)
    assert kind_of(answer) == (422, "refused")
    assert answer.json()["errors"][unknown] == [f"Unknown field; use {known}."]


@pytest.mark.django_db
def test_a_segment_is_not_half_changed() -> None:
    call = Api()
    condition = {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}
    pk = call("POST", "segments/", {"name": "Germans", "condition": condition}).json()["id"]
    for wrong in (
        {"name": "Austrians", "kind": "static"},
        {"name": "Austrians", "condition": {"field": "none"}},
        ["name"],
    ):
        assert kind_of(call("PATCH", f"segments/{pk}/", wrong)) == (422, "refused")
    assert Segment.objects.get().name == "Germans"
    assert call("PATCH", f"segments/{pk}/", {"name": "People of Germany"}).json()["name"] == "People of Germany"
