"""The dashboard narrowed to a channel, region or owner, the funnel of a cohort, and what waits for a decision."""

import statistics
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from governance.models import Team, User
from governance.policies import Role
from martech.models import Person, StageMove
from mops.core.periods import Period as Dates
from planning.models import Campaign
from reporting.metrics import median_of
from reporting.models import DailyRollup, Grain, StepRollup
from reporting.scope import Scope
from reporting.selectors.dashboard import Dashboard, dashboard
from reporting.selectors.rollups import daily, values_of
from reporting.services import refresh_rollups
from tests.factories import make_campaign, make_deal, make_person, make_user
from tests.reporting.conftest import at, client_for, move, spend

EVERYTHING = Scope()
YEAR = Dates(date(2026, 1, 1), date(2027, 1, 1), None, None, "2026", "custom", "none")


@pytest.fixture(autouse=True)
def _nothing_kept(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def board(scope: Scope = EVERYTHING, dates: Dates = YEAR) -> Dashboard:
    refresh_rollups()
    return dashboard(dates, scope)


def steps(found: Dashboard) -> list[tuple[str, int, float | None, float | None]]:
    return [(step.label, step.people, step.rate, step.days) for step in found.cohort]


def walk(person: Person, **days: str) -> Person:
    for stage, day in days.items():
        move(person, stage.split("_")[0], day)
    return person


# --- the middle of counted values -----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 400), min_size=1))
def test_the_median_of_counted_values_is_that_of_the_values(values: list[int]) -> None:
    histogram = [(value, values.count(value)) for value in sorted(set(values))]
    assert median_of(histogram) == statistics.median(values)


def test_nothing_has_no_median() -> None:
    assert median_of([]) is None


# --- the cohort -----------------------------------------------------------------------------------------------------


def test_a_cohort_counts_who_came_how_far_and_in_how_many_days() -> None:
    one = make_person(created_at=at("2026-01-01"), furthest_stage="customer", lifecycle_stage="customer")
    walk(one, mql="2026-01-05", sal="2026-01-07", sql="2026-01-15", opportunity="2026-01-16", customer="2026-03-01")
    two = make_person(created_at=at("2026-01-02"), furthest_stage="sql", lifecycle_stage="sql")
    walk(two, mql="2026-01-10", sal="2026-01-14", sql="2026-02-03")
    walk(make_person(created_at=at("2026-01-03"), furthest_stage="mql", lifecycle_stage="mql"), mql="2026-01-20")
    assert steps(board()) == [
        ("MQL", 3, None, None),
        ("SAL", 2, 2 / 3, 3.0),
        ("SQL", 2, 1.0, 14.0),
        ("Opportunity", 1, 0.5, 1.0),
        ("Won", 1, 1.0, 44.0),
    ]


def test_who_is_recycled_and_comes_again_counts_once_by_their_first_entries() -> None:
    person = make_person(created_at=at("2026-01-01"), furthest_stage="sql", lifecycle_stage="mql")
    walk(person, mql="2026-01-05", sal="2026-01-06", sql="2026-01-10", recycled="2026-02-01", mql_again="2026-06-01")
    walk(person, sal_again="2026-06-20", sql_again="2026-09-01")
    assert steps(board())[:3] == [("MQL", 1, None, None), ("SAL", 1, 1.0, 1.0), ("SQL", 1, 1.0, 4.0)]
    summer = Dates(date(2026, 6, 1), date(2026, 7, 1), None, None, "June", "custom", "none")
    assert steps(board(dates=summer))[0] == ("MQL", 0, None, None)


def test_a_skipped_stage_counts_as_passed_on_the_day_of_the_later_one() -> None:
    person = make_person(created_at=at("2026-01-01"), furthest_stage="opportunity", lifecycle_stage="opportunity")
    walk(person, mql="2026-01-05", opportunity="2026-01-25")
    assert steps(board())[1:4] == [("SAL", 1, 1.0, 20.0), ("SQL", 1, 1.0, 0.0), ("Opportunity", 1, 1.0, 0.0)]


def test_every_number_of_the_cohort_opens_as_many_rows(leader: APIClient, small_company: dict[str, Any]) -> None:
    found = board(Scope(channel="paid_search"))
    assert [step.people for step in found.cohort] == [2, 2, 2, 1, 1]
    for step in found.cohort:
        page = leader.get(step.url)
        assert page.context["count"] == step.people
        if step.days_url and step.people:
            assert leader.get(step.days_url).context["total"] == step.days


def test_a_stage_entered_later_is_counted_at_the_next_refresh() -> None:
    person = walk(make_person(created_at=at("2026-01-01"), furthest_stage="mql"), mql="2026-01-05")
    assert steps(board())[1] == ("SAL", 0, 0.0, None)
    Person.objects.filter(pk=person.pk).update(furthest_stage="sal")
    move(person, "sal", "2026-01-09")
    assert steps(board())[1] == ("SAL", 1, 1.0, 4.0)


# --- narrowed -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_regions(db: None) -> dict[str, User]:
    """Ana sells in EMEA, Bo in AMER; each has people, a deal and the spend of a campaign."""
    found = {}
    for name, region, day in (("ana", "EMEA", "2026-02-01"), ("bo", "AMER", "2026-03-01")):
        user = make_user(Role.SALES_REP, name=name.capitalize(), email=f"{name}@example.com")
        User.objects.filter(pk=user.pk).update(team=Team.objects.create(name=region, region=region))
        campaign = make_campaign(region=region, owner=user, channel="email")
        for _ in range(2 if name == "ana" else 3):
            make_person(created_at=at(day), channel="email", owner=user)
        won = {"state": "won", "closed_at": at(day), "opened_at": at("2026-01-02")}
        make_deal(amount=100 if name == "ana" else 50, owner=user, region=region, channel="email", **won)
        spend(day, "10.00" if name == "ana" else "20.00", "email", campaign=campaign)
        found[name] = user
    make_person(created_at=at("2026-04-01"), channel="webinar")
    return found


def figures(found: Dashboard) -> tuple[str, str, str]:
    values = {kpi.label: kpi.value for kpi in found.kpis}
    return values["Leads"], values["Revenue won"], values["Spend"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), ("6", "€150", "€30")),
        (Scope(region="EMEA"), ("2", "€100", "€10")),
        (Scope(owner="bo@example.com"), ("3", "€50", "€20")),
        (Scope(region="EMEA", owner="bo@example.com"), ("0", "€0", "€0")),
        (Scope(channel="webinar"), ("1", "€0", "€0")),
        (Scope(owner="-"), ("1", "€0", "€0")),
        (Scope(channel="email", region="AMER"), ("3", "€50", "€20")),
    ],
)
def test_the_numbers_are_those_of_the_scope(
    two_regions: dict[str, User], scope: Scope, expected: tuple[str, str, str]
) -> None:
    assert figures(board(scope)) == expected


def test_every_number_of_a_narrowed_page_opens_as_many_rows(leader: APIClient, two_regions: dict[str, User]) -> None:
    refresh_rollups()
    query = {"from": "2026-01-01", "to": "2026-12-31", "region": "EMEA"}
    found = leader.get("/reporting/", query).context["board"]
    channel = found.channels[0]
    assert leader.get(found.kpis[0].url).context["count"] == channel.leads == 2
    assert leader.get(channel.urls["revenue"]).context["total"] == 100
    assert leader.get(channel.urls["spend"]).context["total"] == 10
    assert leader.get(found.months[-1].urls["leads"]).context["count"] == found.months[-1].leads


def test_the_page_keeps_its_filters_and_offers_what_was_counted(
    leader: APIClient, two_regions: dict[str, User]
) -> None:
    refresh_rollups()
    answer = leader.get("/reporting/", {"owner": "ana@example.com", "range": "all"})
    filters = {entry.name: entry for entry in answer.context["filters"]}
    assert filters["owner"].options == [("ana@example.com", "Ana"), ("bo@example.com", "Bo"), ("-", "Without")]
    assert [value for value, _label in filters["region"].options] == ["AMER", "EMEA", "-"]
    assert '<option value="ana@example.com" selected>Ana</option>' in answer.content.decode()
    assert '<input type="hidden" name="owner" value="ana@example.com">' in answer.content.decode()


def test_a_value_nobody_has_shows_nothing_and_stays_chosen(leader: APIClient, two_regions: dict[str, User]) -> None:
    refresh_rollups()
    answer = leader.get("/reporting/", {"owner": "x" * 400, "range": "all"})
    assert answer.status_code == 200
    assert answer.context["board"].kpis[0].value == "0"


def test_the_api_answers_within_the_same_scope(leader: APIClient, two_regions: dict[str, User]) -> None:
    answer = leader.get("/api/v1/reporting/metrics/people_created/", {"by": "owner", "region": "AMER"}).json()
    assert [(row["by"], row["value"]) for row in answer["rows"]] == [("bo@example.com", 3)]
    assert leader.get(answer["rows"][0]["records"]).json()["count"] == 3
    assert leader.get("/api/v1/reporting/metrics/people_created/", {"owner": "-"}).json()["total"] == 1


# --- what the sums rest on ------------------------------------------------------------------------------------------


def by_region() -> dict[str, int]:
    refresh_rollups()
    rows = DailyRollup.objects.filter(grain=Grain.REGION, subject="people").values_list("region", "rows")
    found: dict[str, int] = {}
    for region, number in rows:
        found[region] = found.get(region, 0) + number
    return found


def test_what_decides_owner_and_region_is_noticed_wherever_it_changes(two_regions: dict[str, User]) -> None:
    assert by_region() == {"EMEA": 2, "AMER": 3, "": 1}
    Team.objects.filter(name="AMER").update(region="LATAM")
    assert by_region() == {"EMEA": 2, "LATAM": 3, "": 1}
    User.objects.filter(pk=two_regions["bo"].pk).update(team=Team.objects.get(name="EMEA"))
    assert by_region() == {"EMEA": 5, "": 1}
    User.objects.filter(pk=two_regions["bo"].pk).update(email="bob@example.com")
    refresh_rollups()
    assert values_of("owner") == ["ana@example.com", "bob@example.com"]
    Person.objects.filter(owner=two_regions["ana"]).update(owner=None)
    assert by_region() == {"EMEA": 3, "": 3}
    Campaign.objects.filter(owner=two_regions["ana"]).update(region="APAC")
    refresh_rollups()
    assert [row.rows for row in daily(Scope(region="APAC"), date(2026, 1, 1), date(2027, 1, 1))] == [1]


def test_signing_in_makes_nothing_stale(two_regions: dict[str, User]) -> None:
    refresh_rollups()
    User.objects.update(last_login=at("2026-05-01"))
    assert refresh_rollups() == 0


def test_all_grains_add_up_to_the_same(small_company: dict[str, Any], two_regions: dict[str, User]) -> None:
    refresh_rollups()
    with connection.cursor() as cursor:
        cursor.execute("select subject, sum(rows), sum(amount) from reporting_dailyrollup group by grain, subject")
        daily_sums = cursor.fetchall()
    assert len(set(daily_sums)) == len({subject for subject, _rows, _amount in daily_sums}) == 7
    people = {grain: sum(StepRollup.objects.filter(grain=grain).values_list("people", flat=True)) for grain in Grain}
    assert len(set(people.values())) == 1
    assert people[Grain.ALL] > 0


def test_an_answer_is_kept_until_something_is_counted_again(two_regions: dict[str, User]) -> None:
    first = board()
    with connection.execute_wrapper(refuse_rollups):
        assert dashboard(YEAR, Scope()) == first
    make_person(created_at=at("2026-04-02"))
    assert figures(board())[0] == "7"


def refuse_rollups(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert "reporting_dailyrollup" not in sql
    return execute(sql, params, many, context)


# --- decisions ------------------------------------------------------------------------------------------------------


def test_leaders_see_what_waits_for_a_decision_with_its_count_and_a_link(leader: APIClient) -> None:
    for _ in range(3):
        make_person(owner=None, created_at=at("2026-04-01"))
    refresh_rollups()
    page = leader.get("/reporting/")
    assert [(due.title, due.count) for due in page.context["decisions"]] == [("Leads without an owner", 3)]
    due = page.context["decisions"][0]
    assert f'href="{due.url}"' in page.content.decode().replace("&amp;", "&")
    assert leader.get(due.url).context["total"].number == 3


def test_an_analyst_sees_only_what_their_role_may_open() -> None:
    make_person(owner=None, created_at=at("2026-04-01"))
    refresh_rollups()
    analyst = client_for(Role.ANALYST)
    assert all(analyst.get(due.url).status_code == 200 for due in analyst.get("/reporting/").context["decisions"])
    assert StageMove.objects.count() == 0
