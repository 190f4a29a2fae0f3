"""The practice Salesforce filled with an invented market, read back by the vendor's usual client."""

from collections import Counter

import pytest

from martech.twins.clock import TwinClock
from martech.twins.invention import invented
from martech.twins.making import make_twin
from martech.twins.salesforce.store import stamp
from martech.twins.serving import serve
from tests.martech.salesforce_practice import NOW, Org

POPULATION = invented(people=300, seed=7)


@pytest.fixture(scope="module")
def org() -> Org:
    twin = make_twin("salesforce", POPULATION, clock=TwinClock(NOW))
    running = serve(twin)
    yield Org(twin, running.url)  # type: ignore[misc, arg-type]
    running.stop()


def test_everybody_is_a_living_lead_or_a_contact_once(org: Org) -> None:
    client = org.client()
    leads = client.query_all("SELECT Email FROM Lead WHERE IsConverted = false")["records"]
    contacts = client.query_all("SELECT Email, AccountId FROM Contact")["records"]
    assert Counter(one["Email"] for one in [*leads, *contacts]) == Counter(one.email for one in POPULATION.people)
    assert all(one["AccountId"] for one in contacts)
    converted = client.query_all("SELECT ConvertedContactId FROM Lead WHERE IsConverted = true")["records"]
    assert 0 < len(converted) < len(contacts)


def test_deals_have_their_contacts_and_went_through_their_stages(org: Org) -> None:
    client = org.client()
    deals = client.query_all("SELECT Id, StageName, IsWon, CreatedDate, SystemModstamp FROM Opportunity")["records"]
    assert len(deals) == len(POPULATION.deals)
    assert sum(one["IsWon"] for one in deals) == sum(one.stage == "won" for one in POPULATION.deals)
    first = deals[0]
    rows = client.query_all(
        f"SELECT StageName, CreatedDate FROM OpportunityHistory WHERE OpportunityId = '{first['Id']}' ORDER BY CreatedDate"
    )["records"]
    assert rows[0] == {**rows[0], "StageName": "Prospecting", "CreatedDate": first["CreatedDate"]}
    assert {one["StageName"] for one in rows} >= {first["StageName"]}
    roles = client.query("SELECT COUNT(Id) n FROM OpportunityContactRole WHERE IsPrimary = true")["records"][0]["n"]
    assert roles == sum(bool(one.people) for one in POPULATION.deals)


def test_campaigns_carry_their_code_and_costs_and_members_their_answers(org: Org) -> None:
    client = org.client()
    found = {
        one["Mops_Id__c"]: one["ActualCost"]
        for one in client.query_all("SELECT Mops_Id__c, ActualCost FROM Campaign")["records"]
    }
    assert found == {
        one.code: pytest.approx(sum(cost.amount for cost in one.costs), abs=0.01) for one in POPULATION.campaigns
    }
    answered = client.query("SELECT COUNT() FROM CampaignMember WHERE HasResponded = true")["totalSize"]
    assert answered == sum(one.responded_at is not None for one in POPULATION.members)


def test_activities_are_done_by_people_with_people(org: Org) -> None:
    client = org.client()
    tasks = client.query("SELECT COUNT() FROM Task WHERE IsClosed = true")["totalSize"]
    events = client.query("SELECT COUNT() FROM Event")["totalSize"]
    assert tasks + events == len(POPULATION.activities)
    assert client.query("SELECT COUNT() FROM Task WHERE WhoId = null")["totalSize"] == 0


def test_records_keep_the_moments_of_the_story(org: Org) -> None:
    one = POPULATION.people[0]
    client = org.client()
    rows = [
        row
        for object in ("Lead", "Contact")
        for row in client.query(f"SELECT CreatedDate, SystemModstamp FROM {object} WHERE Email = '{one.email}'")[
            "records"
        ]
    ]
    assert (rows[0]["CreatedDate"], rows[0]["SystemModstamp"]) == (stamp(one.created_at), stamp(one.updated_at))
