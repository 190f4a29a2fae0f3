"""Whoever changes what somebody else changed meanwhile is told, wherever the schema says so; and it says so everywhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from martech.identity.standard import standard_document
from martech.models import Person
from tests.api import Api
from tests.factories import make_account, make_deal, make_person, make_user
from tests.martech.policies import document

pytestmark = pytest.mark.django_db
CHANGING = {"put", "patch", "delete"}
NOT_COMPARED = {
    "governance/tokens/{id}/",
    "planning/campaigns/{code}/",
    "quality/findings/{id}/",
    "quality/monitors/{key}/",
    "scoring/learned/",
    "segments/{id}/",
    "workflow/drafts/{key}/",
}
"""What is changed without a word of what was read: the last one wins."""


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """(Method, address below /api/v1/) → operation of the schema."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        (method, path.removeprefix("/api/v1/")): operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def names_if_match(operation: dict[str, Any]) -> bool:
    return any(one["name"] == "If-Match" and one["in"] == "header" for one in operation.get("parameters", []))


def names_etag(operation: dict[str, Any]) -> bool:
    return any("ETag" in answer.get("headers", {}) for answer in operation["responses"].values())


@pytest.fixture
def world() -> dict[str, str]:
    """What is compared, by its address in the schema: where one is of it."""
    api = Api("admin")
    rate = api("POST", "planning/exchange-rates/", {"currency": "USD", "date": "2026-01-01", "rate": "0.92"})
    first = timezone.localdate() + timedelta(days=7)
    absence = api("POST", "routing/time-off/", {"first": str(first), "last": str(first)})
    assert absence.status_code == 201, absence.json()
    assert api("PUT", "routing/policies/inbound/draft/", document([make_user()])).status_code == 200
    assert api("PUT", "match-rules/draft/", standard_document()).status_code == 200
    return {
        "accounts/{id}/": f"accounts/{make_account().pk}/",
        "deals/{id}/": f"deals/{make_deal().pk}/",
        "people/{id}/": f"people/{make_person().pk}/",
        "planning/exchange-rates/{id}/": f"planning/exchange-rates/{rate.json()['id']}/",
        "routing/time-off/{id}/": f"routing/time-off/{absence.json()['id']}/",
        "routing/policies/{key}/draft/": "routing/policies/inbound/draft/",
        "routing/policies/{key}/publish/": "routing/policies/inbound/publish/",
        "match-rules/draft/": "match-rules/draft/",
        "match-rules/publish/": "match-rules/publish/",
    }


def test_every_change_that_compares_states_names_if_match_in_the_schema_and_reads_it(world: dict[str, str]) -> None:
    api, day = Api("admin"), str(timezone.localdate() + timedelta(days=9))
    bodies = {
        "planning/exchange-rates/{id}/": {"rate": "0.95"},
        "routing/time-off/{id}/": {"first": day, "last": day},
        "match-rules/draft/": standard_document(),
    }
    naming = {key for key, operation in operations().items() if names_if_match(operation)}
    assert {path for _method, path in naming} == set(world)
    for method, path in sorted(naming):
        refused = api(
            method.upper(), world[path], bodies.get(path) if method != "delete" else None, **{"If-Match": '"never.x"'}
        )
        assert (path, refused.status_code) == (path, 422)
        assert refused.json()["errors"] == {"If-Match": ["Send the ETag as GET answered it."]}
    for path, address in world.items():
        if ("get", path) in operations():
            assert api("GET", address).status_code == 200


def test_every_address_that_answers_a_state_names_the_etag_in_the_schema(world: dict[str, str]) -> None:
    api, known = Api("admin"), operations()
    answering = {path for path, address in world.items() if "ETag" in api("GET", address).headers}
    assert answering == {path for path in world if ("get", path) in known}
    assert answering == {path for (method, path), one in known.items() if method == "get" and names_etag(one)}
    changing = {path for (method, path), one in known.items() if method in ("put", "patch") and names_etag(one)}
    assert changing == answering


def test_what_is_made_answers_the_etag_it_is_changed_with() -> None:
    api = Api("admin")
    made = {
        "people/": ({"email": "ana@example.org"}, {"job_title": "CMO"}),
        "accounts/": ({"name": "Acme"}, {"name": "Acme GmbH"}),
        "deals/": ({"name": "Rollout", "stage": "Proposal"}, {"name": "Roll-out"}),
        "planning/exchange-rates/": ({"currency": "USD", "date": "2026-01-01", "rate": "0.92"}, {"rate": "0.93"}),
    }
    for path, (body, change) in made.items():
        answer = api("POST", path, body)
        assert (path, answer.status_code) == (path, 201)
        address, seen = f"{path}{answer.json()['id']}/", {"If-Match": answer["ETag"]}
        assert (path, api("PATCH", address, change, **seen).status_code) == (path, 200)
        late = api("PATCH", address, change, **seen)
        assert (path, late.status_code, late.json()["type"]) == (path, 409, "urn:problem-type:mops:stale")
    telling = {path for (method, path), one in operations().items() if method == "post" and names_etag(one)}
    assert telling == {*made, "routing/time-off/"}


def test_a_person_changed_meanwhile_is_not_overwritten() -> None:
    api, person = Api(), make_person(job_title="CMO")
    path = f"people/{person.pk}/"
    seen = api("GET", path)["ETag"]
    changed = api("PATCH", path, {"job_title": "CEO"}, **{"If-Match": seen})
    assert changed.status_code == 200
    late = api("PATCH", path, {"job_title": "CFO"}, **{"If-Match": seen})
    assert (late.status_code, late.json()["type"]) == (409, "urn:problem-type:mops:stale")
    assert Person.objects.get().job_title == "CEO"
    assert api("PATCH", path, {"job_title": "CFO"}, **{"If-Match": changed["ETag"]}).status_code == 200


def test_if_match_is_refused_where_nothing_is_compared() -> None:
    changing = {path for (method, path), one in operations().items() if method in CHANGING and not names_if_match(one)}
    assert changing == NOT_COMPARED
    api = Api()
    refused = api("POST", "people/", {"email": "ana@example.org"}, **{"If-Match": '"7"'})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["If-Match"])
    assert not Person.objects.exists()
    assert api("POST", "people/", {"email": "ana@example.org"}, **{"If-Match": "*"}).status_code == 201
