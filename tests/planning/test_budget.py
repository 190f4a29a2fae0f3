"""The ledger: appended, guarded, reversed; parallel commitments never exceed what is there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from mops.core.errors import ConflictError, DomainError
from planning.models import BudgetEntry, BudgetLine, Campaign
from planning.selectors import lines_for
from planning.services import create_budget_line, create_campaign, post_entry, reverse_entry, transfer_money
from tests.api import Api
from tests.factories import make_user

MARCH = date(2026, 3, 1)


def make_line(name: str = "Search", plan: str = "100.00") -> BudgetLine:
    line = create_budget_line(name=name, fiscal_year=2026, currency="EUR", actor=None)
    if Decimal(plan):
        post_entry(line=line, kind="plan", month=MARCH, amount=Decimal(plan), actor=None)
    return line


def remaining(line: BudgetLine) -> Decimal:
    return lines_for(make_user()).get(pk=line.pk).remaining


@pytest.mark.django_db
def test_a_commitment_beyond_the_plan_is_refused_with_the_numbers() -> None:
    line = make_line()
    with pytest.raises(ConflictError, match="has 100.00 EUR available, 20.00 less"):
        post_entry(line=line, kind="commit", month=MARCH, amount=Decimal("120.00"), actor=None)
    assert remaining(line) == Decimal("100.00")


@pytest.mark.django_db
def test_a_line_in_what_is_no_currency_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        create_budget_line(name="Search", fiscal_year=2026, currency="U1D", actor=None)
    assert refused.value.errors == {"currency": ["Use a currency code of three letters, like EUR."]}
    assert not BudgetLine.objects.exists()


@pytest.mark.django_db
def test_an_actual_is_a_fact_and_is_never_refused() -> None:
    line = make_line()
    post_entry(line=line, kind="actual", month=MARCH, amount=Decimal("130.00"), actor=None)
    assert remaining(line) == Decimal("-30.00")


@pytest.mark.django_db
def test_a_mistake_is_reversed_once_and_both_entries_stay() -> None:
    line = make_line()
    entry = post_entry(line=line, kind="actual", month=MARCH, amount=Decimal("40.00"), actor=None)
    reverse_entry(entry=entry, actor=None)
    assert remaining(line) == Decimal("100.00")
    assert line.entries.count() == 3
    with pytest.raises(ConflictError):
        reverse_entry(entry=entry, actor=None)


@pytest.mark.django_db
def test_entries_cannot_be_changed_or_deleted_by_anybody() -> None:
    line = make_line()
    for change in (lambda: line.entries.update(amount=1), lambda: line.entries.all().delete()):
        with pytest.raises((DatabaseError, InternalError)), transaction.atomic():
            change()
    assert line.entries.get().amount == Decimal("100.00")


@pytest.mark.django_db
def test_a_transfer_moves_both_sides_or_nothing() -> None:
    source, target = make_line("A"), make_line("B", "0")
    transfer_money(source=source, target=target, month=MARCH, amount=Decimal("60.00"), actor=None)
    assert (remaining(source), remaining(target)) == (Decimal("40.00"), Decimal("60.00"))
    with pytest.raises(ConflictError):
        transfer_money(source=source, target=target, month=MARCH, amount=Decimal("60.00"), actor=None)
    assert (remaining(source), remaining(target)) == (Decimal("40.00"), Decimal("60.00"))


@pytest.mark.django_db(transaction=True)
def test_of_20_parallel_commitments_of_10_against_100_exactly_10_succeed() -> None:
    line = make_line()

    def commit(_number: int) -> bool:
        try:
            post_entry(line=line, kind="commit", month=MARCH, amount=Decimal("10.00"), actor=None)
        except ConflictError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(commit, range(20))) == 10
    assert BudgetEntry.objects.filter(kind="commit").count() == 10


def new_campaign(name: str = "Spring") -> Campaign:
    last = date(2026, 3, 31)
    return create_campaign(name=name, channel="webinar", region="EMEA", starts_on=MARCH, ends_on=last, actor=None)


@pytest.mark.django_db
def test_a_campaign_code_says_quarter_region_channel_and_number_and_never_changes() -> None:
    assert new_campaign().code == "26Q1-EMEA-WEB-0001"
    second = new_campaign()
    assert second.code == "26Q1-EMEA-WEB-0002"
    with pytest.raises((DatabaseError, InternalError)), transaction.atomic():
        Campaign.objects.filter(pk=second.pk).update(code="x")


@pytest.mark.django_db(transaction=True)
def test_campaigns_created_at_once_get_codes_of_their_own() -> None:
    def create(number: int) -> str:
        try:
            return new_campaign(f"Campaign {number}").code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(create, range(24)))
    assert codes == {f"26Q1-EMEA-WEB-{number:04d}" for number in range(1, 25)}


@pytest.mark.django_db
def test_dates_the_wrong_way_round_are_named_and_nothing_is_created() -> None:
    with pytest.raises(DomainError) as refused:
        create_campaign(
            name="X", channel="webinar", region="Mars", starts_on=MARCH, ends_on=date(2026, 2, 1), actor=None
        )
    assert set(refused.value.errors) == {"ends_on", "region"}
    assert Campaign.objects.count() == 0


@pytest.mark.django_db
def test_what_was_moved_is_listed_by_api_as_its_two_entries() -> None:
    api, source, target = Api(), make_line("Fairs"), make_line("Search", plan="0")
    body = {"source": source.pk, "target": target.pk, "month": "2026-03-01", "amount": "40.00"}
    assert api("POST", "planning/transfers/", body).status_code == 201
    told = api("GET", "planning/transfers/").json()["results"]
    assert {(row["line"], row["kind"], row["amount"]) for row in told} == {
        (source.pk, "transfer_out", "40.00"),
        (target.pk, "transfer_in", "40.00"),
    }
    assert len(api("GET", f"planning/transfers/?line={target.pk}").json()["results"]) == 1
