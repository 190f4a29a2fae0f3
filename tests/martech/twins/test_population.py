"""The people of a practice server: repeatable, coherent, and read from the own database where that is asked."""

import itertools
import socket

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from martech.models import Account, Person
from martech.selectors.practice import own_population
from martech.twins.invention import invented
from martech.twins.making import VENDORS, make_twin
from martech.twins.population import DEAL_STAGES, STAGES, Population
from planning.models import Campaign
from tests.factories import make_account, make_campaign, make_deal, make_person, make_user


def assert_coherent(found: Population) -> None:
    numbers = {
        name: {row.number for row in getattr(found, name)}
        for name in ("owners", "companies", "people", "deals", "campaigns")
    }
    for person in found.people:
        assert person.company is None or person.company in numbers["companies"]
        assert person.owner is None or person.owner in numbers["owners"]
        assert person.campaign is None or person.campaign in numbers["campaigns"]
        assert person.stage in STAGES
        assert person.updated_at >= person.created_at
    for deal in found.deals:
        assert set(deal.people) <= numbers["people"]
        assert deal.stage in DEAL_STAGES
        assert (deal.closed_at is None) == (deal.state == "open")
    for row in itertools.chain(found.members, found.touches, found.activities):
        assert row.person in numbers["people"]
    assert len({person.email for person in found.people}) == len(found.people)


@settings(max_examples=15)
@given(people=st.integers(1, 60), seed=st.integers(0, 10_000))
def test_an_invented_population_is_coherent_and_comes_out_the_same_again(people: int, seed: int) -> None:
    found = invented(people, seed=seed)
    assert len(found.people) == people
    assert_coherent(found)
    assert found == invented(people, seed=seed)


def test_another_seed_gives_other_people() -> None:
    assert invented(10, seed=1).people != invented(10, seed=2).people


@pytest.mark.django_db
def test_the_own_market_becomes_a_population_without_the_merged() -> None:
    owner = make_user(name="Ana Ferreira")
    account = make_account(name="Nordwind GmbH", domain="nordwind.de", owner=owner)
    campaign = make_campaign()
    kept = make_person(email="ida@nordwind.de", account=account, campaign=campaign, owner=owner)
    make_person(email="old@nordwind.de", merged_into=kept)
    deal = make_deal(account=account, stage="Proposal")
    deal.people.add(kept)
    found = own_population()
    assert_coherent(found)
    assert [(person.number, person.email) for person in found.people] == [(kept.pk, "ida@nordwind.de")]
    assert [company.name for company in found.companies] == ["Nordwind GmbH"]
    assert [(row.people, row.stage) for row in found.deals] == [((kept.pk,), "proposal")]
    assert [row.code for row in found.campaigns] == [Campaign.objects.get().code]
    assert (found.owners[0].first_name, found.owners[0].last_name) == ("Ana", "Ferreira")


@pytest.mark.django_db
def test_only_as_many_of_the_newest_people_come_as_are_asked_for() -> None:
    for number in range(3):
        make_person(email=f"p{number}@example.com", account=make_account(name=f"Firm {number}"))
    found = own_population(people=1)
    assert [person.number for person in found.people] == [Person.objects.order_by("-created_at", "-id")[0].pk]
    assert len(found.companies) == 1 < Account.objects.count()


def test_a_vendor_without_a_practice_server_is_named() -> None:
    with pytest.raises(LookupError, match="no practice server for pipedrive"):
        make_twin("pipedrive", invented(1))
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("twin", "pipedrive")
    assert VENDORS == ("hubspot", "salesforce", "marketo")


def test_the_command_refuses_an_unknown_fault_and_a_port_in_use() -> None:
    with pytest.raises(CommandError, match="nope is no fault of this server"):
        call_command("twin", "hubspot", people=1, faults="nope")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="in use"):
            call_command("twin", "hubspot", people=1, port=taken.getsockname()[1])
