"""The roll-ups hold what counting the rows would give, whatever happened to the rows or to the settings."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from martech.models import Person
from planning.models import ExchangeRate
from reporting.models import DailyRollup
from reporting.services import refresh_rollups

pytestmark = pytest.mark.usefixtures("small_company")


def amount(subject: str) -> Decimal:
    return DailyRollup.objects.filter(subject=subject, grain="channel").aggregate(
        total=Sum("amount", default=Decimal(0))
    )["total"]


def days(subject: str) -> list[date]:
    return list(
        DailyRollup.objects.filter(subject=subject, grain="channel").order_by("day").values_list("day", flat=True)
    )


def test_another_base_currency_restates_every_amount(settings: Any) -> None:
    refresh_rollups()
    assert amount("deals_won") == Decimal("1080.40")
    settings.BASE_CURRENCY = "BRL"
    refresh_rollups()
    assert amount("deals_won") == Decimal("580.40")


def test_another_time_zone_moves_late_hours_to_their_new_day(settings: Any) -> None:
    refresh_rollups()
    assert days("people")[-1] == date(2026, 4, 1)
    settings.TIME_ZONE = "UTC"
    refresh_rollups()
    assert days("people")[-1] == date(2026, 3, 31)


def test_a_refresh_with_nothing_changed_counts_nothing() -> None:
    refresh_rollups()
    assert refresh_rollups() == 0


def test_a_truncated_table_leaves_no_sums_behind() -> None:
    refresh_rollups()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("truncate martech_spend cascade")
    refresh_rollups()
    assert days("spend") == []
    assert amount("deals_won") == Decimal("1080.40")


def test_a_new_rate_restates_the_amounts_it_applies_to() -> None:
    refresh_rollups()
    ExchangeRate.objects.create(currency="USD", date=date(2026, 3, 10), rate=Decimal("1.0"))
    refresh_rollups()
    assert amount("deals_won") == Decimal("1100.50")
    assert amount("spend") == Decimal("158.10")


def test_a_merged_person_leaves_the_sums(small_company: dict[str, Any]) -> None:
    refresh_rollups()
    assert len(days("people")) == 4
    Person.objects.filter(pk=small_company["bob"].pk).update(merged_into=small_company["ada"])
    refresh_rollups()
    assert date(2026, 1, 20) not in days("people")
