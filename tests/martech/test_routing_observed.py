"""What the leads of the last days say about a policy."""

from typing import Any

import pytest
from django.utils import timezone

from martech.models import RoutingPolicy
from martech.selectors.observed import all_findings
from tests.factories import make_person
from tests.martech.policies import document, make_reps, publish

pytestmark = pytest.mark.django_db


def said(text: dict[str, Any]) -> list[str]:
    publish(text)
    return [str(finding) for finding in all_findings(RoutingPolicy.objects.get()) if finding.path != "examples"]


def leads(number: int, **fields: Any) -> None:
    for _ in range(number):
        make_person(**{"created_at": timezone.now(), **fields})


def test_values_that_no_rule_names_are_told_with_their_number() -> None:
    leads(12, country="BR")
    leads(6, country="FR")
    leads(4, country="IT")
    leads(10, country="DE")
    assert said(document(make_reps("Ana"))) == [
        (
            "rules: no rule takes leads whose Country is Brazil (12), France (6); name these values in a rule, if everyone"
            " else’s pool is not meant for them"
        )
    ]


def test_a_field_that_hardly_anybody_fills_is_a_warning() -> None:
    leads(19, country="DE")
    leads(2, country="DE", properties={"plan": "pro"})
    text = document(make_reps("Ana"))
    text["rules"].append(
        {"name": "Pro", "when": {"field": "person.properties.plan", "op": "eq", "value": "pro"}, "to": "desk"}
    )
    assert any("rules[1].when: " in line and "is filled in 10% of the leads" in line for line in said(text))


def test_a_cap_below_what_the_weight_asks_for_is_a_warning() -> None:
    leads(120, country="DE")
    text = document(make_reps("Ana", "Bo"), [3, 1])
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 2}
    assert said(text) == [
        (
            "pools.desk.members[0].caps.per_day: ana@example.com’s weight asks for 3.0 leads a day, the cap is 2; raise the"
            " cap, lower the weight, or add somebody"
        )
    ]


def test_with_few_leads_nothing_is_said() -> None:
    leads(5, country="BR")
    assert said(document(make_reps("Ana"))) == []
