"""What the leads of the last days say about a policy."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import User
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


def of_many_pools(number: int) -> dict[str, Any]:
    reps = make_reps(*(f"Rep{place}" for place in range(number * 2)))
    text = document(reps[:2])
    for place in range(1, number):
        pair = reps[2 * place : 2 * place + 2]
        members = [{"user": one.email, "caps": {"per_day": 9, "rolling": {"hours": 2, "leads": 5}}} for one in pair]
        text["pools"][f"pool {place}"] = {"members": members}
        when = {"field": "person.source", "op": "eq", "value": f"source {place}"}
        text["rules"].append({"name": f"Rule {place}", "when": when, "to": f"pool {place}"})
    return text


def shown_to_ops(query: str = "") -> str:
    client = Client()
    client.force_login(User.objects.filter(email="ops@example.com").first() or make_user(email="ops@example.com"))
    return client.get(f"/martech/routing/inbound/{query}").content.decode()


def test_a_policy_of_more_than_six_pools_is_a_line_a_pool_that_opens_its_people() -> None:
    text = of_many_pools(7)
    text["pools"]["pool 3"]["members"][0]["caps"] = {"per_day": 0}
    text["pools"]["pool 3"]["members"][1]["paused"] = True
    create = create_policy(key="inbound", name="Inbound", actor=None)
    save_draft(policy=create, document=text, actor=None)
    shown = shown_to_ops()
    assert "Members of" not in shown
    assert re.findall(r"(\d+ of \d+)</td>", shown) == ["2 of 2"] * 3 + ["0 of 2"] + ["2 of 2"] * 3
    assert '<a class="pill pill-bad" href="?pool=pool%203#pool">1 to clear</a>' in shown
    opened = shown_to_ops("?pool=pool 3")
    assert re.findall(r'aria-label="Members of ([^"]+)"', opened) == ["pool 3"]
    assert "Nobody in it can get a lead." in opened


def test_a_policy_of_six_pools_shows_everybody() -> None:
    publish(of_many_pools(6))
    assert shown_to_ops().count("Members of") == 6


def test_a_policy_s_page_asks_the_database_hardly_more_for_more_pools() -> None:
    """One statement more for each pool, for what its caps have counted; it was four."""
    leads(30, country="FR")
    asked = []
    for number in (7, 17):
        User.objects.filter(email__startswith="rep").delete()
        RoutingPolicy.objects.all().delete()
        publish(of_many_pools(number))
        shown_to_ops()
        with CaptureQueriesContext(connection) as queries:
            shown_to_ops()
        asked.append(len(queries))
    assert asked[1] - asked[0] == 10


def test_a_member_who_may_not_own_leads_is_a_warning_with_the_remedy() -> None:
    analyst = make_user("analyst", email="ann@example.com")
    text = document([*make_reps("Ana"), analyst])
    assert said(text) == [
        (
            "pools.desk.members[1].user: ann@example.com may not own leads: they would get some and could not say that they"
            " answered; give them the role Sales representative, or remove them"
        )
    ]
    text["pools"]["desk"]["members"][1]["paused"] = True
    assert said(text) == []


def test_a_deactivated_member_is_told_as_such_only() -> None:
    gone = make_user("analyst", email="ann@example.com", is_active=False)
    assert said(document([*make_reps("Ana"), gone])) == [
        "pools.desk.members[1].user: ann@example.com is deactivated and gets nothing; remove them"
    ]
