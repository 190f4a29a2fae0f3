"""A small company whose numbers can be checked by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from governance.policies import Role
from martech.models import DealPerson, Person, Spend, StageMove
from planning.models import ExchangeRate
from tests.factories import make_account, make_campaign, make_deal, make_person, make_user


def at(text: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).replace(hour=hour)


def spend(day: str, amount: str | None, channel: str = "paid_search", **fields: Any) -> Spend:
    count = Spend.objects.count()
    fields = {"currency": "EUR", "key": f"row {count}", **fields}
    value = None if amount is None else Decimal(amount)
    return Spend.objects.create(date=date.fromisoformat(day), channel=channel, amount=value, **fields)


def move(person: Person, stage: str, day: str) -> StageMove:
    return StageMove.objects.create(person=person, stage=stage, at=at(day))


@pytest.fixture
def small_company(db: None) -> dict[str, Any]:
    """Four people (one merged away), five deals in two currencies, four spend rows. All in 2026."""
    ExchangeRate.objects.create(currency="USD", date=date(2026, 1, 1), rate=Decimal("0.9"))
    ExchangeRate.objects.create(currency="USD", date=date(2026, 3, 1), rate=Decimal("0.8"))
    campaign = make_campaign(code="26Q1-EMEA-WEB-0001")
    ada = make_person(
        first_name="Ada",
        last_name="L",
        created_at=at("2026-01-05"),
        channel="paid_search",
        source="google",
        campaign=campaign,
        furthest_stage="sql",
        lifecycle_stage="sql",
        properties={"size": "big"},
    )
    bob = make_person(
        first_name="Bob",
        last_name="M",
        created_at=at("2026-01-20"),
        channel="email",
        source="news",
        furthest_stage="mql",
        lifecycle_stage="recycled",
    )
    cy = make_person(
        first_name="Cy",
        last_name="N",
        created_at=at("2026-02-10"),
        channel="paid_search",
        source="google",
        furthest_stage="customer",
        lifecycle_stage="customer",
    )
    dee = make_person(first_name="Dee", last_name="O", created_at=at("2026-03-31", 23), channel="email")
    make_person(created_at=at("2026-01-06"), merged_into=ada)
    move(ada, "mql", "2026-01-10")
    move(ada, "sql", "2026-02-01")
    move(bob, "mql", "2026-02-02")
    move(bob, "recycled", "2026-02-20")
    move(bob, "mql", "2026-03-02")
    acme = make_account(name="Acme")
    won = make_deal(
        name="Won EUR",
        amount=Decimal("1000"),
        state="won",
        stage="Won",
        opened_at=at("2026-01-10"),
        closed_at=at("2026-02-09"),
        account=acme,
        channel="paid_search",
        owner_name="Moses",
    )
    won_usd = make_deal(
        name="Won USD",
        amount=Decimal("100.50"),
        currency="USD",
        state="won",
        stage="Won",
        opened_at=at("2026-02-01"),
        closed_at=at("2026-03-11"),
        channel="email",
        owner_name="Moses",
    )
    make_deal(
        name="Won BRL",
        amount=Decimal("500"),
        currency="BRL",
        state="won",
        stage="Won",
        opened_at=at("2026-02-01"),
        closed_at=at("2026-03-03"),
        channel="email",
    )
    make_deal(
        name="Lost",
        amount=Decimal("70"),
        state="lost",
        stage="Lost",
        opened_at=at("2026-01-15"),
        closed_at=at("2026-03-15"),
        channel="email",
    )
    make_deal(name="Open", amount=Decimal("300"), stage="Engaging", opened_at=at("2026-03-01"), channel="email")
    DealPerson.objects.create(deal=won, person=ada)
    DealPerson.objects.create(deal=won_usd, person=ada)
    spend("2026-01-05", "100.10", clicks=10, impressions=1000, conversions=Decimal("2"), revenue=Decimal("400"))
    spend("2026-02-05", "50", channel="email", clicks=5, impressions=100, conversions=Decimal("1"))
    spend("2026-03-05", "10", currency="USD", campaign=campaign)
    spend("2026-03-06", "99", currency="BRL")
    return {"ada": ada, "bob": bob, "cy": cy, "dee": dee, "won": won}


def client_for(role: str = Role.LEADER, **fields: Any) -> APIClient:
    client = APIClient()
    client.force_login(make_user(role, **fields), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def leader(db: None) -> APIClient:
    return client_for(Role.LEADER)
