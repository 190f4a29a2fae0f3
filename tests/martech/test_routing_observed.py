"""What the leads of the last days say about a policy."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from martech.models import RoutingPolicy, TimeOff
from martech.selectors.observed import all_findings
from martech.services.policies import create_policy, save_draft
from tests.factories import make_person, make_user
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


def without_gaps(text: dict[str, Any]) -> list[str]:
    return [one for one in said(text) if not one.startswith("rules: no rule takes")]


def test_a_value_that_no_recent_lead_has_is_a_warning() -> None:
    leads(20, country="DE", source="google")
    text = document(make_reps("Ana"))
    text["rules"] = [
        {"name": "Search", "when": {"all": [{"field": "person.source", "op": "eq", "value": "gogle"}]}, "to": "desk"}
    ]
    assert without_gaps(text) == [
        "rules[0].when: none of the 20 leads of the last 30 days meets “Source is gogle”; look at how the value is spelled on a lead"
    ]


@pytest.mark.parametrize(
    ("caps", "place"),
    [
        ({"per_day": 1}, "per_day: ana@example.com’s weight asks for 2.0 leads a day, the cap is 1"),
        ({"per_hour": 0}, "per_hour: ana@example.com’s weight asks for 2.0 leads a day, the cap is 0 an hour, 0 a day"),
        (
            {"rolling": {"hours": 168, "leads": 7}},
            "rolling: ana@example.com’s weight asks for 2.0 leads a day, the cap is 7 in 168 hours, 1.0 a day",
        ),
        ({"per_day": 2, "per_hour": 1, "rolling": {"hours": 24, "leads": 2}}, ""),
    ],
)
def test_a_cap_of_any_kind_below_what_the_weight_asks_for_is_a_warning(caps: dict[str, Any], place: str) -> None:
    leads(90, country="DE")
    text = document(make_reps("Ana", "Bo"), [2, 1])
    text["pools"]["desk"]["members"][0]["caps"] = caps
    remedy = "; raise the cap, lower the weight, or add somebody"
    assert without_gaps(text) == ([f"pools.desk.members[0].caps.{place}{remedy}"] if place else [])


def test_who_is_away_is_told_and_a_pool_where_everybody_is_away_is_a_warning() -> None:
    ana, bo = make_reps("Ana", "Bo")
    now = timezone.now()
    back = f"{timezone.localtime(now + timedelta(days=2)):%-d %b %H:%M}"
    TimeOff.objects.create(user=ana, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=2))
    TimeOff.objects.create(user=bo, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    told = f"ana@example.com is away until {back}; nothing is to be done; the others take the leads"
    assert said(document([ana, bo])) == [f"pools.desk.members[0].user: {told}"]
    everybody = f"everybody in it is away: ana@example.com until {back}; add somebody, or let another pool take over"
    assert said(document([ana])) == [f"pools.desk.members: {everybody}"]


def test_the_page_says_what_to_do_about_a_finding_where_it_stands_and_each_once() -> None:
    leads(20, country="DE")
    text = document(make_reps("Ana"))
    text["rules"][0]["when"] = {"field": "person.country", "op": "in", "value": ["Germany"]}
    policy = create_policy(key="inbound", name="Inbound", actor=None)
    save_draft(policy=policy, document=text, actor=None)
    at_the_rule = [str(one) for one in all_findings(policy) if one.path.startswith("rules[0]")]
    assert at_the_rule == ["rules[0].when: Country has no value “Germany”; write DE for Germany"]
    client = Client()
    client.force_login(make_user("ops_manager"))
    assert (
        "Country has no value “Germany”. Write DE for Germany."
        in client.get("/martech/routing/inbound/").content.decode()
    )
