"""A practice server that is seeded with the own market agrees with it: nothing is to be written before somebody edits."""

from typing import Any

import pytest

from governance.policies import Role
from martech.models import Account, Person, PlannedWrite
from martech.selectors.practice import own_population
from tests.factories import make_person, make_user
from tests.martech.sync.practising import practising

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> None:
    """Companies with sites and types, and people of theirs, each with an owner."""
    owner = make_user(Role.SALES_REP)
    for number in range(6):
        site = f"firm-{number}.example"
        account = Account.objects.create(
            name=f"Firm {number}", domain=site, website=f"https://www.{site}", type="prospect", owner=owner
        )
        make_person(email=f"ana@{site}", first_name="Ana", company=account.name, account=account, owner=owner)


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("vendors", [("hubspot", "marketo"), ("salesforce", "hubspot"), ("marketo", "salesforce")])
def test_nothing_is_planned_in_whatever_order_the_systems_are_read(vendors: tuple[str, ...], monkeypatch: Any) -> None:
    population = own_population()
    with (
        practising(vendors[0], monkeypatch, population=population) as first,
        practising(vendors[1], monkeypatch, population=population) as second,
    ):
        for practice in (first, second):
            practice.connect()
        for practice in (first, second, first, second):
            practice.sync()
    assert list(PlannedWrite.objects.values_list("run__object__name", "before", "after")) == []
    assert set(Account.objects.values_list("type", flat=True)) == {"prospect"}
    assert Person.objects.count() == 6
