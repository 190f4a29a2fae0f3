"""Campaigns, money, members, lists and activities of practice servers, as rounds take them in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from governance.policies import Role
from martech.connectors import marketing
from martech.connectors.errors import VendorDown
from martech.connectors.plain import code_in, day_of, money_of
from martech.models import (
    Activity,
    CampaignIdentity,
    Connection,
    DeadLetter,
    Person,
    RemoteRow,
    Segment,
    SegmentMembership,
    Spend,
    SyncObject,
    SyncRun,
    Touch,
)
from martech.services.sync import streams
from planning.models import BudgetEntry, Campaign, CampaignState
from planning.services import change_campaign
from tests.factories import make_campaign, make_user
from tests.martech.sync.practising import Practice, connected
from tests.martech.sync.test_hubspot_round import HubSpot
from tests.martech.sync.test_salesforce_round import Salesforce

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch, people=20) as practice:
        yield practice


@pytest.fixture
def org(monkeypatch: Any, db: None) -> Iterator[Salesforce]:
    with connected(Salesforce, "salesforce", monkeypatch, people=30) as practice:
        yield practice


@pytest.fixture
def marketo(monkeypatch: Any, db: None) -> Iterator[Practice]:
    with connected(Practice, "marketo", monkeypatch, people=30) as practice:
        yield practice


def last_run(object: str) -> SyncRun:
    return SyncRun.objects.filter(object__name=object).latest("pk")


def counts(object: str) -> tuple[int, int, int, int]:
    run = last_run(object)
    assert (run.state, run.problem) == ("done", {})
    return run.created, run.updated, run.unchanged, run.skipped


def only_campaign(hub: HubSpot, **properties: str) -> str:
    """The one campaign of the portal, without budget and cost."""
    hub.twin.campaigns.rows.clear()
    said = {"hs_name": "Autumn webinar", "hs_start_date": "2026-10-01", "hs_end_date": "2026-10-31", **properties}
    return str(hub.call("POST", "/marketing/v3/campaigns", {"properties": {"hs_currency_code": "EUR", **said}})["id"])


def add_item(hub: HubSpot, campaign: str, kind: str, amount: float, description: str = "") -> str:
    body = {"name": "Ads", "amount": amount, "order": 0, "description": description}
    return str(hub.call("POST", f"/marketing/v3/campaigns/{campaign}/{kind}", body)["id"])


def test_a_campaign_of_theirs_gets_a_code_of_ours_and_is_planned_and_paid_for(hub: HubSpot) -> None:
    id = only_campaign(hub, hs_campaign_status="in_progress")
    add_item(hub, id, "budget", 5_000)
    add_item(hub, id, "spend", 1_200.5, "2026-10-05")
    hub.sync()
    campaign = Campaign.objects.get()
    assert (campaign.code, campaign.name, campaign.state) == ("26Q4-GLOB-OTHR-0001", "Autumn webinar", "live")
    assert (campaign.starts_on, campaign.ends_on) == (date(2026, 10, 1), date(2026, 10, 31))
    entry = BudgetEntry.objects.get()
    assert (entry.kind, entry.amount, entry.month, entry.line.campaign) == (
        *("plan", Decimal(5_000), date(2026, 10, 1)),
        campaign,
    )
    spend = Spend.objects.get()
    assert (spend.date, spend.amount, spend.currency, spend.campaign, spend.source) == (
        *(date(2026, 10, 5), Decimal("1200.50"), "EUR"),
        *(campaign, "hubspot"),
    )
    assert counts("campaigns")[0] == 1
    hub.sync()
    assert counts("campaigns")[:2] == (0, 0)
    assert (Campaign.objects.count(), Spend.objects.count(), BudgetEntry.objects.count()) == (1, 1, 1)


def test_what_changes_there_follows_and_what_was_changed_here_stays(hub: HubSpot) -> None:
    id = only_campaign(hub)
    add_item(hub, id, "budget", 5_000)
    item = add_item(hub, id, "spend", 300, "2026-10-05")
    hub.sync()
    campaign = Campaign.objects.get()
    code = campaign.code
    change_campaign(campaign=campaign, name="Ours", actor=None)
    hub.call(
        "PATCH",
        f"/marketing/v3/campaigns/{id}",
        {"properties": {"hs_name": "Theirs", "hs_end_date": "2026-11-15"}},
    )
    budget = hub.twin.campaigns.rows[id]["budget"][0]["id"]
    hub.call("PUT", f"/marketing/v3/campaigns/{id}/budget/{budget}", {"name": "Plan", "amount": 4_000, "order": 0})
    hub.call("PUT", f"/marketing/v3/campaigns/{id}/spend/{item}", {"name": "Ads", "amount": 350, "order": 0})
    hub.sync()
    campaign.refresh_from_db()
    assert (campaign.code, campaign.name, campaign.ends_on) == (code, "Ours", date(2026, 11, 15))
    assert Spend.objects.get().amount == 350
    kinds = list(BudgetEntry.objects.order_by("pk").values_list("kind", "amount"))
    assert kinds == [("plan", 5_000), ("reversal", -5_000), ("plan", 4_000)]


def test_a_spend_item_that_was_deleted_there_is_no_cost_here(hub: HubSpot) -> None:
    id = only_campaign(hub)
    gone = add_item(hub, id, "spend", 300)
    add_item(hub, id, "spend", 50)
    hub.sync()
    assert Spend.objects.count() == 2
    hub.session.delete(
        f"{hub.url}/marketing/v3/campaigns/{id}/spend/{gone}",
        headers={"Authorization": f"Bearer {hub.twin.credentials['token']}"},
        timeout=30,
    ).raise_for_status()
    hub.sync()
    assert list(Spend.objects.values_list("amount", flat=True)) == [50]


def test_a_campaign_that_carries_our_code_is_ours_and_stays_as_it_is(hub: HubSpot) -> None:
    ours = make_campaign(name="Ours")
    only_campaign(hub, hs_utm=ours.code.lower(), hs_name="Something else")
    hub.sync()
    ours.refresh_from_db()
    assert (Campaign.objects.get(), ours.name) == (ours, "Ours")
    identity = CampaignIdentity.objects.get()
    assert (identity.campaign, identity.is_origin) == (ours, False)


def test_a_campaign_of_the_same_name_is_another_one(hub: HubSpot) -> None:
    make_campaign(name="Autumn webinar")
    only_campaign(hub)
    hub.sync()
    assert Campaign.objects.filter(name="Autumn webinar").count() == 2


def test_money_that_another_source_brought_already_is_not_counted_twice(hub: HubSpot) -> None:
    ours = make_campaign(name="Ours")
    Spend.objects.create(date=date(2026, 10, 1), campaign=ours, amount=10, currency="EUR", key="import 1")
    id = only_campaign(hub, hs_utm=ours.code)
    add_item(hub, id, "spend", 300)
    hub.sync()
    assert Spend.objects.get().key == "import 1"
    assert counts("campaign_spend") == (0, 0, 0, 1)


def test_an_engagement_of_a_colleague_is_known_in_the_round_that_brings_its_contact(hub: HubSpot) -> None:
    contact = hub.create(email="ana@nordwind.example")
    now = hub.twin.store.clock.milliseconds()
    owner = hub.twin.portal.owners[0]["id"]
    call = hub.call(
        "POST",
        "/crm/v3/objects/calls",
        {
            "properties": {"hs_timestamp": str(now), "hs_call_direction": "OUTBOUND", "hubspot_owner_id": owner},
            "associations": [
                {
                    "to": {"id": contact},
                    "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}],
                }
            ],
        },
    )["id"]
    hub.sync()
    assert Activity.objects.filter(external_id=call, person__email="ana@nordwind.example").count() == 1


def test_a_member_is_a_touch_of_the_campaign_and_an_answer_moves_it(org: Salesforce) -> None:
    campaign = org.insert("Campaign", Name="Fair", StartDate="2026-10-01", EndDate="2026-10-31", Type="Trade Show")
    lead = org.insert("Lead", LastName="Alba", Company="Nordwind", Email="ana@nordwind.example")
    member = org.insert("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Sent", HasResponded=False)
    org.sync()
    touch = Touch.objects.get(person__email="ana@nordwind.example")
    assert (touch.kind, touch.channel, touch.campaign.name, touch.properties) == (
        *("campaign_member", "event"),
        *("Fair", {"status": "Sent"}),
    )
    org.edit("CampaignMember", member, Status="Responded", HasResponded=True)
    org.sync()
    touch.refresh_from_db()
    assert (touch.kind, touch.properties) == ("campaign_response", {"status": "Responded"})
    org.sync()
    assert counts("CampaignMember")[:2] == (0, 0)
    org.control("delete", object="CampaignMember", id=member, hard=True)
    org.sync()
    assert not Touch.objects.filter(person__email="ana@nordwind.example").exists()


def test_everybody_in_every_campaign_is_known_after_the_first_round(org: Salesforce) -> None:
    members = org.living("CampaignMember")
    org.sync()
    assert RemoteRow.objects.filter(object__name="CampaignMember", local_id__isnull=False).count() == len(members)
    assert Touch.objects.count() == len(members)
    codes = {row["Mops_Id__c"] for row in org.living("Campaign", "Mops_Id__c").values()}
    assert Campaign.objects.count() == len(codes)


def test_what_a_campaign_costs_more_since_we_looked_is_spent_since(org: Salesforce) -> None:
    first = org.twin.store.clock.now().date() - timedelta(days=10)
    last = first + timedelta(days=30)
    days = {"StartDate": first.isoformat(), "EndDate": last.isoformat()}
    campaign = org.insert("Campaign", Name="Fair", BudgetedCost=900, ActualCost=100, **days)
    org.sync()
    org.edit("Campaign", campaign, ActualCost=250)
    org.sync()
    org.sync()
    fair = Campaign.objects.get(name="Fair")
    assert sum(fair.spend.values_list("amount", flat=True)) == 250
    assert BudgetEntry.objects.get(line__campaign=fair).amount == 900


def test_a_member_whose_person_is_not_known_yet_waits_for_them(org: Salesforce) -> None:
    lead = org.insert("Lead", LastName="Alba", Company="Nordwind", Email="ana@nordwind.example")
    campaign = org.insert("Campaign", Name="Fair")
    org.insert("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Sent")
    SyncObject.objects.filter(name="Lead").update(is_enabled=False)
    org.sync()
    assert not Touch.objects.filter(campaign__name="Fair").exists()
    assert RemoteRow.objects.filter(object__name="CampaignMember", due_at__isnull=False).exists()
    SyncObject.objects.filter(name="Lead").update(is_enabled=True)
    org.sync()
    assert Touch.objects.get(campaign__name="Fair").person.email == "ana@nordwind.example"
    assert not RemoteRow.objects.filter(object__name="CampaignMember", due_at__isnull=False).exists()


def test_programs_costs_members_lists_and_deeds_of_marketo(marketo: Practice) -> None:
    state = marketo.twin.state
    marketo.sync()
    assert Campaign.objects.count() == len(state.programs)
    assert Spend.objects.count() == sum(len(program.costs) for program in state.programs.values())
    members = sum(len(program.members) for program in state.programs.values())
    assert Touch.objects.filter(kind__in=["campaign_member", "campaign_response"]).count() == members
    segment = Segment.objects.get(name="Newsletter")
    assert segment.members == len(state.lists[1_001].members)
    before = (Touch.objects.count(), Spend.objects.count(), SegmentMembership.objects.count())
    marketo.sync()
    assert (Touch.objects.count(), Spend.objects.count(), SegmentMembership.objects.count()) == before


def test_who_joins_or_leaves_a_static_list_joins_or_leaves_its_segment(marketo: Practice) -> None:
    state = marketo.twin.state
    marketo.sync()
    inside = min(state.lists[1_001].members)
    outside = next(number for number in sorted(state.leads) if number not in state.lists[1_001].members)
    say(marketo, "POST", "/rest/v1/lists/1001/leads.json", outside)
    say(marketo, "DELETE", "/rest/v1/lists/1001/leads.json", inside)
    marketo.sync()
    now = set(SegmentMembership.objects.filter(left_at=None).values_list("person__email", flat=True))
    assert state.leads[outside]["email"] in now
    assert state.leads[inside]["email"] not in now
    assert Segment.objects.get().members == len(now)


def say(marketo: Practice, method: str, path: str, lead: int) -> None:
    given = {"grant_type": "client_credentials", **marketo.twin.credentials}
    token = marketo.session.get(f"{marketo.url}/identity/oauth/token", params=given, timeout=30).json()["access_token"]
    answer = marketo.session.request(
        method,
        marketo.url + path,
        json={"input": [{"id": lead}]},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).json()
    assert answer["success"], answer


def test_a_run_that_broke_half_way_goes_on_behind_what_was_committed(org: Salesforce, monkeypatch: Any) -> None:
    for number in range(5):
        org.insert("Campaign", Name=f"Fair {number}")
    real, calls = streams.take_portion, []

    def broken(stream: Any, records: Any) -> Any:
        calls.append(stream.object.name)
        if stream.object.name == "Campaign" and len(calls) == 1:
            real(stream, records)
            raise VendorDown("Gone.")
        return real(stream, records)

    monkeypatch.setattr(streams, "take_portion", broken)
    org.sync()
    assert not Campaign.objects.exists()
    assert not SyncObject.objects.get(name="Campaign").backfilled_at
    org.sync()
    assert Campaign.objects.filter(name__startswith="Fair").count() == 5


def test_a_record_that_cannot_be_kept_is_a_dead_letter_and_stops_nothing(hub: HubSpot) -> None:
    id = only_campaign(hub, hs_currency_code="ZZZ")
    add_item(hub, id, "budget", 10)
    other = hub.call("POST", "/marketing/v3/campaigns", {"properties": {"hs_name": "Good"}})["id"]
    hub.sync()
    letter = DeadLetter.objects.get()
    assert (letter.external_id, letter.reason) == (id, "invalid_value")
    assert "ZZZ" in letter.message
    assert CampaignIdentity.objects.get().external_id == other
    assert Connection.objects.get().state == "active"


@given(
    st.builds(
        marketing.RemoteTouch,
        kind=st.text(),
        at=st.datetimes(timezones=st.just(UTC)),
        people=st.lists(st.tuples(st.text(), st.text())).map(tuple),
        campaign=st.none() | st.tuples(st.text(), st.text()),
        properties=st.dictionaries(st.text(), st.none() | st.text()),
    )
    | st.builds(
        marketing.RemoteCampaign,
        name=st.text(),
        starts_on=st.none() | st.dates(),
        budget=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    )
)
def test_what_the_mirror_keeps_is_read_back_as_it_was(said: Any) -> None:
    assert marketing.from_values(type(said), marketing.as_values(said)) == said


def test_codes_days_and_money_are_read_and_nothing_is_guessed() -> None:
    assert code_in(None, "x 26Q4-EMEA-WEB-0042 fair") == "26Q4-EMEA-WEB-0042"
    assert code_in("26q4-emea-web-0042") == "26Q4-EMEA-WEB-0042"
    assert code_in("26Q4-EMEA-WEB-0042-b", "126Q4-EMEA-WEB-0042") == ""
    assert day_of("1790812800000") == datetime.fromtimestamp(1790812800, UTC).date()
    assert (day_of("2026-10-05T10:00:00Z"), day_of("soon"), day_of(None)) == (date(2026, 10, 5), None, None)
    assert (money_of("12.345"), money_of("dear"), money_of("1e30")) == (Decimal("12.34"), None, None)


def test_a_campaign_whose_days_say_it_is_over_is_done(hub: HubSpot) -> None:
    only_campaign(hub, hs_start_date="2020-01-01", hs_end_date="2020-02-01")
    hub.sync()
    assert Campaign.objects.get().state == CampaignState.DONE
    assert Person.objects.exists()


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_campaigns_page_says_what_it_is_planned_and_paid_elsewhere(hub: HubSpot, operator: Client) -> None:
    id = only_campaign(hub)
    add_item(hub, id, "budget", 5_000)
    add_item(hub, id, "spend", 300)
    hub.sync()
    page = text(operator.get(Campaign.objects.get().get_absolute_url()))
    assert "In other systems" in page
    assert "Came from there" in page
    assert "planned €5,000.00" in page
    assert "cost €300.00" in page
    assert "is not counted" not in page
    Spend.objects.update(source="an import")
    assert "is not counted" in text(operator.get(Campaign.objects.get().get_absolute_url()))


def test_a_stream_is_left_out_and_read_again(hub: HubSpot, operator: Client) -> None:
    only_campaign(hub)
    address = "/martech/sync/to/hubspot/campaigns/do/"
    operator.post(address, {"do": "leave"})
    hub.sync()
    assert not Campaign.objects.exists()
    assert "Not read" in text(operator.get("/martech/sync/to/hubspot/"))
    operator.post(address, {"do": "read"})
    hub.sync()
    assert Campaign.objects.count() == 1
    operator.post(address, {"do": "backfill"})
    hub.sync()
    assert counts("campaigns") == (0, 0, 1, 0)
    assert operator.post(address, {"do": "compare"}).status_code == 404
