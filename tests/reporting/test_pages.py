"""The executive dashboard and the pages behind its numbers."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connections
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode
from rest_framework.test import APIClient

from martech.models import RoutingDecision, Spend
from mops.core.periods import Period as Dates
from reporting.models import DailyRollup
from reporting.scope import Scope
from reporting.selectors.dashboard import month_row, steps_of
from reporting.selectors.rollups import NOTHING
from reporting.services import refresh_rollups
from tests.factories import make_person
from tests.reporting.conftest import at

RECORDS = "/reporting/records/"


def test_an_installation_without_rows_says_how_to_fill_it(leader: APIClient) -> None:
    page = leader.get("/reporting/").content.decode()
    assert "No numbers yet" in page


def test_the_first_and_last_month_link_only_the_days_of_the_range() -> None:
    first = month_row(date(2026, 1, 1), {}, date(2026, 1, 15), date(2026, 2, 10), Scope())
    last = month_row(date(2026, 2, 1), {}, date(2026, 1, 15), date(2026, 2, 10), Scope())
    assert "from=2026-01-15&to=2026-02-01" in first.urls["leads"]
    assert "from=2026-02-01&to=2026-02-10" in last.urls["leads"]


def test_the_opened_amount_of_a_month_links_the_amounts_that_add_up_to_it(
    leader: APIClient, small_company: dict[str, Any]
) -> None:
    row = month_row(
        date(2026, 1, 1), {"deals_opened": (2, Decimal("1070"))}, date(2026, 1, 1), date(2026, 2, 1), Scope()
    )
    page = leader.get(row.urls["opened"]).content.decode()
    assert re.search(r"together <b>€\s?1,070", page)


def test_people_and_deals_of_the_funnel_are_never_divided_by_each_other() -> None:
    sums = {
        "people": (40, NOTHING[1]),
        "mql": (20, NOTHING[1]),
        "sql": (10, NOTHING[1]),
        "deals_opened": (5, NOTHING[1]),
        "deals_won": (1, NOTHING[1]),
    }
    dates = Dates(date(2026, 1, 1), date(2026, 2, 1), None, None, "January", "custom", "none")
    found = [(step.label, step.note) for step in steps_of(sums, dates, Scope())]
    assert found == [
        ("Lead · people", "—"),
        ("MQL · people", "50.0%"),
        ("SQL · people", "50.0%"),
        ("Opportunity · deals", "—"),
        ("Won · deals", "20.0%"),
    ]


def test_a_cost_per_lead_opens_its_spend_and_its_people(leader: APIClient, small_company: dict[str, Any]) -> None:
    query = {"metric": "cost_per_lead", "from": "2026-01-01", "to": "2026-02-01"}
    page = leader.get(RECORDS, query).content.decode()
    assert "part=numerator" in page
    assert "part=denominator" in page
    people = leader.get(RECORDS, {**query, "part": "denominator"}).context["lines"]
    assert [line.label for _row, line in people] == ["Bob M", "Ada L"]
    spent = leader.get(RECORDS, {**query, "part": "numerator"}).context["lines"]
    assert [row.pk for row, _line in spent] == list(
        Spend.objects.filter(date="2026-01-05").values_list("pk", flat=True)
    )


def queries_of(client: APIClient, metric: str) -> int:
    with CaptureQueriesContext(connections["default"]) as found:
        assert client.get(f"{RECORDS}?{urlencode({'metric': metric})}").status_code == 200
    return len(found)


def test_decisions_are_listed_in_as_many_queries_however_many_they_are(leader: APIClient) -> None:
    def answered() -> None:
        moment = at("2026-01-05", 8)
        person = make_person()
        RoutingDecision.objects.create(
            person=person, outcome="assigned", arrived_at=moment, responded_at=moment.replace(minute=5)
        )

    answered()
    queries_of(leader, "speed_to_lead_median")
    one = queries_of(leader, "speed_to_lead_median")
    for _ in range(5):
        answered()
    assert queries_of(leader, "speed_to_lead_median") == one


def test_a_refresh_writes_what_the_default_database_holds(settings: Any, small_company: dict[str, Any]) -> None:
    settings.REPORTING_DATABASE = "not configured"
    refresh_rollups()
    assert DailyRollup.objects.filter(subject="deals_won", grain="channel").aggregate(total=Sum("amount"))[
        "total"
    ] == Decimal("1080.40")
