"""What the executive dashboard opens with, and the plan its spend is held against."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from martech.models import Connection, SyncRun
from planning.models import BudgetLine, EntryKind, ExchangeRate
from planning.services.budget import post_entry
from reporting.scope import Scope
from reporting.selectors.opening import Figures, Part, opening
from reporting.selectors.plans import planned_spend
from reporting.services import refresh_rollups
from tests.factories import make_campaign
from tests.reporting.conftest import spend

NOW = Figures(4_008, Decimal(1_240_000), Decimal(166_785))
BEFORE = Figures(3_485, Decimal(1_631_000), Decimal(137_000))


def part(label: str, spend: int = 0, revenue: int = 0, before: int = 0) -> Part:
    return Part(label, Decimal(spend), Decimal(revenue), Decimal(before), "/rows/")


SEARCH = part("Paid search", 88_000, 240_000, 260_000)
SOCIAL = part("Paid social", 27_000, 54_000, 284_000)
CONTENT = part("Content & SEO", 19_000, 948_000, 421_000)


def test_it_says_what_changed_what_moved_it_and_where_to_look() -> None:
    assert opening(NOW, BEFORE, "previous period", [SEARCH, SOCIAL, CONTENT], None) == (
        '<b>€1.24m was won</b>, 24% less than in the previous period: <a href="/rows/">Paid social</a> brought €230k '
        "less. 4,008 leads came in, 15% more, at €41.61 each. Look at <b>Paid search</b> first: it takes 66% of the "
        "spend and brings 19% of the revenue."
    )


def test_a_rise_names_the_channel_that_rose_most_and_escapes_it() -> None:
    said = opening(BEFORE, NOW, "last year", [SEARCH, part("Content <& SEO", 0, 9, 3)], None)
    assert "32% more than in the last year" in said
    assert "Content &lt;&amp; SEO</a> brought €6 more" in said


def test_without_a_period_before_nothing_is_said_of_change() -> None:
    assert opening(Figures(1, Decimal(500), Decimal(0)), None, "previous period", [], None) == (
        "<b>€500 was won</b>. 1 lead came in."
    )


def test_a_period_before_in_which_nothing_was_won_is_no_comparison() -> None:
    said = opening(NOW, Figures(0, Decimal(0), Decimal(0)), "previous period", [SEARCH], None)
    assert said.startswith("<b>€1.24m was won</b>. 4,008 leads came in, at")


def test_the_same_revenue_is_neither_more_nor_less() -> None:
    same = Figures(4_000, NOW.revenue, NOW.spend)
    assert ", as before in the previous period." in opening(NOW, same, "previous period", [SEARCH], None)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (180_000, "Spend is 7% under its plan of €180k."),
        (150_000, "Spend is 11% over its plan of €150k."),
        (170_000, ""),
    ],
)
def test_spend_is_held_against_its_plan_where_they_differ(plan: int, said: str) -> None:
    text = opening(NOW, None, "", [], Decimal(plan))
    assert (said in text) if said else ("plan" not in text)


def line(channel: str = "", currency: str = "EUR", **plan: int) -> BudgetLine:
    code = f"26Q1-EMEA-SRCH-{BudgetLine.objects.count():04}"
    campaign = make_campaign(code=code, channel=channel) if channel else None
    made = BudgetLine.objects.create(name=code, campaign=campaign, fiscal_year=2026, currency=currency)
    for month, amount in plan.items():
        day = date(2026, int(month.removeprefix("m")), 1)
        post_entry(line=made, kind=EntryKind.PLAN, month=day, amount=Decimal(amount), actor=None)
    return made


@pytest.mark.django_db
def test_the_plan_is_cut_to_the_days_and_the_channel_and_converted() -> None:
    ExchangeRate.objects.create(currency="USD", date=date(2026, 1, 1), rate=Decimal("0.5"))
    line("paid_search", m1=3_100, m2=2_800)
    line("email", currency="USD", m2=100)
    line("email", currency="GBP", m2=999)
    assert planned_spend(Scope(), date(2026, 1, 22), date(2026, 3, 1)) == Decimal(1_000 + 2_800 + 50)
    assert planned_spend(Scope(channel="email"), date(2026, 1, 1), date(2026, 3, 1)) == Decimal(50)
    assert planned_spend(Scope(), date(2025, 1, 1), date(2026, 1, 1)) is None


def test_the_tile_of_spend_shows_how_far_it_is_from_its_plan(leader: APIClient) -> None:
    spend("2026-01-05", "1550")
    refresh_rollups()
    line("paid_search", m1=3_100)
    page = leader.get("/reporting/?from=2026-01-01&to=2026-01-31").content.decode()
    assert "of €3,100 planned" in page
    assert 'aria-label="50%, target 100%"' in page
    assert "Spend is 50% under its plan of €3.1k." in page


def test_the_trust_strip_says_when_each_system_was_read(leader: APIClient) -> None:
    spend("2026-01-05", "10")
    refresh_rollups()
    read = Connection.objects.create(name="main", vendor="hubspot", state="active", options={"account": "1"})
    Connection.objects.create(name="other", vendor="hubspot", state="active", options={"account": "2"})
    Connection.objects.create(name="untested", vendor="hubspot", state="new", options={"account": "3"})
    now = timezone.now()
    SyncRun.objects.create(connection=read, kind="pull", state="done", finished_at=now - timedelta(minutes=5))
    page = leader.get("/reporting/").content.decode()
    assert "<b>main</b> read 5 min ago" in page
    assert "<b>other</b> not read yet" in page
    assert "untested" not in page


def test_what_was_won_in_a_currency_without_a_rate_is_not_taken_for_nothing() -> None:
    nothing = Figures(2, Decimal(0), Decimal(0))
    assert opening(nothing, None, "previous period", [], None, unconverted=1) == (
        "<b>€0 was won</b>. 1 amount is left out, as no exchange rate to EUR is known for its day: "
        "<a href='/planning/rates/'>add rates</a>. "
        "2 leads came in."
    )
