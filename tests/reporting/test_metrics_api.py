"""Every metric of the contract on a company small enough to count by hand."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from governance.policies import Role
from martech.models import Deal, Person, RoutingDecision
from reporting.metrics import METRICS
from tests.factories import make_deal, make_person
from tests.reporting.conftest import at, client_for

pytestmark = pytest.mark.usefixtures("small_company")

URL = "/api/v1/reporting/metrics/"


def ask(client: APIClient, key: str, **query: str) -> dict[str, Any]:
    response = client.get(f"{URL}{key}/", {name.rstrip("_"): value for name, value in query.items()})
    assert response.status_code == 200, response.json()
    return response.json()


def values(answer: dict[str, Any]) -> dict[str | None, Any]:
    return {row["by"]: row["value"] for row in answer["rows"]}


@pytest.mark.parametrize(
    ("key", "total"),
    [
        ("people_created", 4),
        ("mqls", 3),
        ("sqls", 2),
        ("deals_opened", 5),
        ("deals_won", 3),
        ("deals_lost", 1),
        ("win_rate", 0.75),
        ("revenue_won", "1080.40"),
        ("pipeline_open", "300.00"),
        ("average_deal", "540.20"),
        ("cycle_days_median", 30.0),
        ("lead_to_won_rate", 0.5),
        ("spend", "158.10"),
        ("impressions", 1100),
        ("clicks", 15),
        ("conversions", 3),
        ("cost_per_lead", "39.525"),
        ("cost_per_conversion", "52.70"),
        ("roas", 2.530044),
        ("speed_to_lead_median", None),
        ("mql_to_sal", 2),
        ("mql_to_sql", 2),
        ("mql_to_opportunity", 1),
        ("mql_to_customer", 1),
        ("mql_to_sal_days_median", 11.0),
        ("mql_to_sql_days_median", 0.0),
        ("mql_to_opportunity_days_median", 0.0),
        ("mql_to_customer_days_median", 0.0),
    ],
)
def test_every_metric_has_its_exact_total(leader: APIClient, key: str, total: Any) -> None:
    assert ask(leader, key)["total"] == total


def test_the_list_names_every_metric_with_its_definition(leader: APIClient) -> None:
    results = leader.get(URL).json()["results"]
    assert [entry["key"] for entry in results] == list(METRICS)
    assert all(entry["definition"] and entry["unit"] and entry["version"] == 1 for entry in results)


def test_the_answer_has_the_shape_of_the_contract(leader: APIClient) -> None:
    answer = ask(leader, "mqls", by="month")
    assert {"key", "definition", "unit", "as_of", "total", "rows", "unconverted"} <= answer.keys()
    assert {"by", "value", "records"} <= answer["rows"][0].keys()
    assert answer["as_of"].endswith("Z")


def test_a_first_entry_counts_once_in_its_own_month(leader: APIClient) -> None:
    assert values(ask(leader, "mqls", by="month")) == {"2026-01": 1, "2026-02": 2}


def test_a_stage_that_was_skipped_counts_as_passed(leader: APIClient) -> None:
    assert values(ask(leader, "sqls", by="month")) == {"2026-02": 2}


def test_days_begin_at_midnight_of_the_company(leader: APIClient) -> None:
    assert values(ask(leader, "people_created", by="month"))["2026-04"] == 1


def test_the_end_of_a_period_is_not_in_it(leader: APIClient) -> None:
    assert ask(leader, "people_created", from_="2026-01-05", to="2026-01-20")["total"] == 1


def test_breakdowns_answer_what_the_rows_say(leader: APIClient) -> None:
    assert values(ask(leader, "deals_won", by="quarter")) == {"2026-Q1": 3}
    assert values(ask(leader, "deals_won", by="account")) == {"Acme": 1, None: 2}
    assert values(ask(leader, "deals_won", by="owner")) == {"Moses": 2, None: 1}
    assert values(ask(leader, "people_created", by="properties.size")) == {"big": 1, None: 3}
    assert values(ask(leader, "people_created", by="campaign")) == {"26Q1-EMEA-WEB-0001": 1, None: 3}
    assert values(ask(leader, "people_created", by="source")) == {"google": 2, "news": 1, None: 1}


def test_a_ratio_divides_sums_and_never_averages_ratios(leader: APIClient) -> None:
    answer = ask(leader, "cost_per_lead", by="channel")
    assert values(answer) == {"paid_search": "54.05", "email": "25.00"}
    assert answer["rows"][0]["numerator"]["value"] == "108.10"
    assert answer["rows"][0]["denominator"]["value"] == 2


def test_spend_without_leads_has_no_cost_per_lead(leader: APIClient) -> None:
    Person.objects.filter(channel="email").update(channel="direct")
    assert values(ask(leader, "cost_per_lead", by="channel"))["email"] is None


def test_money_is_converted_at_the_rate_of_its_day(leader: APIClient) -> None:
    answer = ask(leader, "revenue_won", by="month")
    assert answer["currency"] == "EUR"
    assert values(answer) == {"2026-02": "1000.00", "2026-03": "80.40"}


def test_money_in_another_currency_uses_the_rates_of_both(leader: APIClient) -> None:
    answer = ask(leader, "revenue_won", by="month", currency="USD")
    assert answer["currency"] == "USD"
    assert Decimal(values(answer)["2026-02"]).quantize(Decimal("0.01")) == Decimal("1111.11")
    assert values(answer)["2026-03"] == "100.50"


def test_an_amount_without_a_rate_is_listed_and_not_guessed(leader: APIClient) -> None:
    assert ask(leader, "revenue_won")["unconverted"] == [
        {
            "kind": "deals",
            "currency": "BRL",
            "count": 1,
            "amount": "500.00",
            "reason": "There is no exchange rate for BRL on or before its day.",
        }
    ]


def test_a_currency_needs_no_rate_to_be_told_in_itself(leader: APIClient) -> None:
    answer = ask(leader, "revenue_won", currency="BRL")
    assert (answer["currency"], answer["total"]) == ("BRL", "500.00")
    assert {entry["currency"] for entry in answer["unconverted"]} == {"EUR", "USD"}


def test_deals_without_an_amount_are_counted_beside_the_sum(leader: APIClient) -> None:
    make_deal(amount=None)
    answer = ask(leader, "pipeline_open")
    assert (answer["total"], answer["without_amount"]) == ("300.00", 1)


def test_the_pipeline_of_a_past_day_has_the_deals_that_were_open_then(leader: APIClient) -> None:
    assert ask(leader, "pipeline_open", to="2026-02-01")["total"] == "1070.00"


def test_deals_without_an_opening_day_stand_in_a_row_of_their_own(leader: APIClient) -> None:
    make_deal(opened_at=None)
    assert values(ask(leader, "deals_opened", by="month"))[None] == 1
    assert ask(leader, "deals_opened", from_="2026-01-01", to="2027-01-01")["total"] == 5


def test_return_on_spend_can_use_won_deals(leader: APIClient) -> None:
    assert ask(leader, "roas", model="won")["total"] == 6.833650


def test_a_comparison_comes_with_its_own_rows(leader: APIClient) -> None:
    answer = ask(leader, "people_created", from_="2026-02-01", to="2026-03-01", compare="previous", by="channel")
    assert answer["total"] == 1
    assert answer["compare"]["from"] == "2026-01-04"
    assert answer["compare"]["total"] == 2


def test_the_time_to_the_first_answer_is_a_median_of_minutes(leader: APIClient, small_company: dict[str, Any]) -> None:
    for minutes in (4, 6, 20):
        RoutingDecision.objects.create(
            person=small_company["ada"],
            outcome="assigned",
            arrived_at=at("2026-01-05", 8),
            responded_at=at("2026-01-05", 8).replace(minute=minutes),
        )
    assert ask(leader, "speed_to_lead_median")["total"] == 6.0


@pytest.mark.parametrize("key", list(METRICS))
@pytest.mark.parametrize("by", ["", "month", "channel"])
def test_the_records_behind_every_value_add_up_to_it(leader: APIClient, key: str, by: str) -> None:
    answer = ask(leader, key, by=by) if by else ask(leader, key)
    for row in answer["rows"]:
        if answer["kind"] == "median":
            assert leader.get(row["records"]).json()["total"] == row["value"]
        elif answer["kind"] == "sum":
            assert added(leader, row["records"]) == Decimal(str(row["value"]))
        else:
            for part in ("numerator", "denominator"):
                name = "denominator" if part == "denominator" and "part=" not in row[part]["records"] else "value"
                assert added(leader, row[part]["records"], name) == Decimal(str(row[part]["value"]))


def added(client: APIClient, url: str, name: str = "value") -> Decimal:
    """The sum over all pages of the records, two at a time."""
    total, following = Decimal(0), f"{url}&limit=2"
    while following:
        page = client.get(following).json()
        total += sum(Decimal(str(row[name] or 0)) for row in page["results"])
        following = page["next"]
    return total


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "colour"}, "by"),
        ({"by": "product"}, "by"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-01", "to": "2026-02-01"}, "to"),
        ({"currency": "ZZZ"}, "currency"),
        ({"compare": "never"}, "compare"),
        ({"compare": "year"}, "compare"),
        ({"model": "markov"}, "model"),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(leader: APIClient, query: dict[str, str], field: str) -> None:
    response = leader.get(f"{URL}people_created/", query)
    assert response.status_code == 422
    assert list(response.json()["errors"]) == [field]


def test_a_wrong_group_is_refused(leader: APIClient) -> None:
    response = leader.get(f"{URL}mqls/records/", {"by": "month", "value": "March"})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["value"]


def test_an_unknown_metric_is_not_found(leader: APIClient) -> None:
    assert leader.get(f"{URL}happiness/").status_code == 404


def test_roles_without_the_right_are_refused() -> None:
    for role in (Role.REQUESTER, Role.SALES_REP):
        assert client_for(role).get(f"{URL}mqls/").status_code == 403
    assert APIClient().get(f"{URL}mqls/").status_code == 401


def test_an_approver_sees_numbers_but_not_the_people_behind_them() -> None:
    approver = client_for(Role.APPROVER)
    assert ask(approver, "mqls")["total"] == 3
    assert approver.get(f"{URL}mqls/records/").status_code == 403


def test_an_analyst_sees_no_address_in_the_records() -> None:
    make_person(first_name="", last_name="", email="secret@example.org", created_at=at("2026-01-07"))
    text = client_for(Role.ANALYST).get(f"{URL}people_created/records/").content.decode()
    assert "secret@example.org" not in text
    assert Deal.objects.count() == 5
