"""The match rules by API: read with what is known of each, changed in a draft, tried, put in force."""

from typing import Any

import pytest

from martech.identity.standard import standard_document
from martech.models import DuplicatePair, IdentityRules
from martech.selectors.match_rules import OFF, treated
from mops.core.work import run_due
from tests.api import Api
from tests.martech.identity.test_match_rules import anna

pytestmark = pytest.mark.django_db
RULES, DRAFT, TRY, PUBLISH = (f"match-rules/{part}" for part in ("", "draft/", "draft/try/", "publish/"))


def without(*keys: str) -> dict[str, Any]:
    document = standard_document()
    return {**document, "rules": [treated(row, OFF) if row["key"] in keys else row for row in document["rules"]]}


def test_rules_are_drafted_tried_and_published() -> None:
    api = Api()
    one, other = anna(), anna()
    run_due("identity")
    told = api("GET", RULES).json()
    lines = {line["key"]: line for line in told["rules"]}
    assert (told["version"], told["draft"], told["document"]) == (1, None, standard_document())
    assert (lines["name_org"]["waiting"], lines["name_org"]["treatment"]) == (1, "ask")
    assert (api("GET", TRY).status_code, api("POST", PUBLISH).status_code) == (404, 422)

    saved = api("PUT", DRAFT, without("name_org", "slip_org"))
    assert (saved.status_code, saved.json()) == (200, without("name_org", "slip_org"))
    untried = api("POST", PUBLISH)
    assert (untried.status_code, untried.json()["errors"]) == (409, {"draft": ["Try them first."]})
    assert api("GET", TRY).json() == {"draft": 2, "state": "none", "share": 0.0, "outcome": None}

    assert (api("POST", TRY).status_code, api("POST", TRY).status_code) == (202, 409)
    assert api("GET", TRY).json()["state"] == "running"
    run_due("rules_trial")
    outcome = api("GET", TRY).json()["outcome"]
    assert outcome["split"] == {"clusters": 1, "samples": [sorted([one.pk, other.pk])]}
    assert (outcome["people"], outcome["clusters_before"], outcome["clusters_after"]) == (2, 1, 0)
    counts = {"today": 2, "in_force": 1, "draft": 2}
    assert outcome["stages"] == [{"name": "People", **counts}, {"name": "Ever Lead", **counts}]

    published = api("POST", PUBLISH, **{"If-Match": api("GET", DRAFT)["ETag"]})
    assert (published.status_code, published.json()["version"], published.json()["draft"]) == (200, 2, None)
    run_due("identity")
    assert not DuplicatePair.objects.filter(state="open").exists()


def test_a_draft_of_somebody_else_is_neither_overwritten_nor_published_unseen() -> None:
    api = Api()
    seen = api("GET", DRAFT)["ETag"]
    assert api("PUT", DRAFT, without("name_org"), **{"If-Match": seen}).status_code == 200
    late = api("PUT", DRAFT, without("slip_org"), **{"If-Match": seen})
    assert (late.status_code, late.json()["detail"]) == (409, "Somebody changed the match rules meanwhile.")
    assert api("POST", PUBLISH, **{"If-Match": seen}).status_code == 409
    assert api("GET", DRAFT).json() == without("name_org")
    assert (api("DELETE", DRAFT).status_code, api("DELETE", DRAFT).status_code) == (204, 404)
    assert [rules.number for rules in IdentityRules.objects.all()] == [1]


def test_what_are_no_rules_is_refused_at_its_place_and_nothing_is_kept() -> None:
    document = standard_document()
    document["rules"][0]["band"] = "perhaps"
    answer = Api()("PUT", DRAFT, document)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert list(answer.json()["errors"]) == ["rules[0].band"]
    assert Api()("PUT", DRAFT, ["no", "rules"]).status_code == 422
    assert not IdentityRules.objects.filter(state="draft").exists()


def test_a_leader_reads_them_and_changes_none() -> None:
    leader = Api("leader")
    assert leader("GET", RULES).status_code == 200
    refused = [
        leader(method, path, {}).status_code
        for method, path in (("PUT", DRAFT), ("DELETE", DRAFT), ("POST", TRY), ("POST", PUBLISH))
    ]
    assert refused == [403, 403, 403, 403]
    assert Api("sales_rep")("GET", RULES).status_code == 403
