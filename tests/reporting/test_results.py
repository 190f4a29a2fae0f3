"""What a campaign brought, on its page: the rows its records list, beside its channel over the same days."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from governance.policies import Role
from planning.models import Campaign
from reporting.selectors.results import results_of
from reporting.services import refresh_rollups
from tests.factories import make_campaign, make_deal, make_person, make_user
from tests.reporting.conftest import at, spend

PAGE = "/planning/campaigns/26Q1-DACH-SRCH-0001/"


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make_campaign(
        code="26Q1-DACH-SRCH-0001", channel="paid_search", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31)
    )


@pytest.fixture
def results(campaign: Campaign) -> dict[str, tuple[str, str]]:
    """Two of the channel's four leads, one an MQL, one deal won, half of what was spent."""
    mine: dict[str, Any] = {"campaign": campaign, "channel": "paid_search"}
    make_person(created_at=at("2026-01-05"), furthest_stage="mql", **mine)
    make_person(created_at=at("2026-01-06"), **mine)
    for day in ("2026-01-07", "2026-01-31"):
        make_person(created_at=at(day), channel="paid_search")
    won = {"state": "won", "amount": Decimal("900"), "currency": "EUR", "channel": "paid_search"}
    make_deal(campaign=campaign, opened_at=at("2026-01-08"), closed_at=at("2026-01-20"), **won)
    spend("2026-01-05", "200", campaign=campaign)
    spend("2026-01-05", "100", campaign_name="26Q1-DACH-SRCH-0001")
    spend("2026-01-06", "300")
    refresh_rollups()
    return {tile.label: (tile.value, tile.note) for tile in results_of(campaign).tiles()}


def test_every_figure_stands_beside_the_channel(results: dict[str, tuple[str, str]]) -> None:
    assert results == {
        "Leads": ("2", "50% of its channel’s"),
        "Cost per lead": ("€150", "channel €150"),
        "MQLs": ("1", "50% of leads; channel 25%"),
        "Pipeline": ("€900", "1 deal"),
        "Revenue won": ("€900", "1 deal"),
        "Spend": ("€300", "3.0× came back; channel 1.5×"),
    }


def test_every_figure_opens_the_rows_that_make_it(leader: APIClient, campaign: Campaign, results: Any) -> None:
    rows = {tile.label: leader.get(tile.url).context for tile in results_of(campaign).tiles()}
    assert {label: found["count"] for label, found in rows.items()} == {
        "Leads": 2,
        "Cost per lead": 2,
        "MQLs": 1,
        "Pipeline": 1,
        "Revenue won": 1,
        "Spend": 2,
    }


def test_a_campaign_by_which_nobody_came_says_so(leader: APIClient, campaign: Campaign) -> None:
    assert "Nobody came by it yet" in leader.get(PAGE).content.decode()


def test_who_may_not_see_numbers_sees_none_of_a_campaign(client: Any, campaign: Campaign) -> None:
    client.force_login(make_user(Role.REQUESTER), backend="django.contrib.auth.backends.ModelBackend")
    assert "What it brought" not in client.get(PAGE).content.decode()
