"""Reading from Salesforce: nothing missed and nothing twice, whatever happens in the middle."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from martech.connectors.errors import Misconfigured, PositionLost, RetryNow, ScopeMissing, SignInRefused
from martech.connectors.port import FieldType, Link, Window
from tests.martech.salesforce_line import LEAD_FIELDS, connect, read_in_parts, records_of, window
from tests.martech.salesforce_practice import NOW, Org, practice


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


def test_a_window_is_half_open_and_gives_exactly_the_fields_asked_for(org: Org) -> None:
    for moment in range(3):
        org.fill("Lead", 1, Score__c=moment)
        org.control("clock", advance=10)
    pages = list(connect(org).changes("Lead", ["Email", "Score__c"], window=window(0, 20)))
    assert [record.values for record in records_of(iter(pages))] == [
        {"Email": "lead0@mail.test", "Score__c": 0},
        {"Email": "lead0@mail.test", "Score__c": 1},
    ]
    assert pages[-1].position is None
    assert pages[-1].seen_until == NOW + timedelta(seconds=10)
    assert pages[-1].records[0].created_at == NOW
    assert pages[-1].total == 2


def test_an_empty_window_is_one_empty_page(org: Org) -> None:
    (page,) = connect(org).changes("Lead", LEAD_FIELDS, window=window(0, 60))
    assert (page.records, page.position, page.seen_until) == ([], None, None)


def test_twenty_five_thousand_records_of_one_second_come_once_each_and_every_page_can_be_resumed(org: Org) -> None:
    ids = org.fill("Lead", 25_000)
    org.control("clock", advance=60)
    org.control("edit", object="Lead", values={"Company": "Moved"})
    connector = connect(org)
    found = read_in_parts(connector, "Lead", ["Company"], window(30, 120))
    assert [record.id for record in found] == ids
    assert {record.values["Company"] for record in found} == {"Moved"}
    assert connector.budget.spent["daily"] <= 25_000 / 2_000 + 3


def test_the_loss_of_cursors_and_sessions_in_the_middle_costs_nothing(org: Org) -> None:
    ids = org.fill("Lead", 9_000)
    connector = connect(org)
    pages, found = connector.changes("Lead", LEAD_FIELDS, window=window(0, 60)), []
    for number, page in enumerate(pages):
        found += [record.id for record in page.records]
        org.control("cursors/expire" if number % 2 else "sessions/expire")
    assert found == ids
    assert len(connector.kept) == 3


def test_a_record_changed_while_it_is_read_comes_in_the_next_window(org: Org) -> None:
    ids = org.fill("Lead", 4_100)
    connector = connect(org)
    pages = connector.changes("Lead", ["Company"], window=window(0, 60))
    first = next(pages)
    org.control("clock", advance=60)
    org.control("edit", object="Lead", ids=[ids[-1], ids[0]], values={"Company": "New"})
    org.control("cursors/expire")
    rest = records_of(pages)
    assert [record.id for record in (*first.records, *rest)] == ids[:-1]
    again = records_of(connector.changes("Lead", ["Company"], window=window(60, 120)))
    assert {record.id: record.values["Company"] for record in again} == {ids[0]: "New", ids[-1]: "New"}


def test_changes_that_show_late_are_met_by_the_overlap(org: Org) -> None:
    """Runs every five minutes with the overlap the connector asks for; changes show up to ten minutes late."""
    ids = org.fill("Lead", 60)
    connector = connect(org)
    lookback = timedelta(seconds=600)
    seen: dict[str, set[str]] = {id: set() for id in ids}
    mark = NOW
    for turn in range(8):
        org.control("clock", advance=300)
        for number, id in enumerate(ids):
            if turn < 5 and number % 5 == turn:
                late = (number * 37) % 600
                org.control("edit", object="Lead", ids=[id], values={"Company": f"T{turn}"}, visible_after=late)
        now = org.twin.clock.now()
        versions = Counter()
        for record in records_of(connector.changes("Lead", ["Company"], window=Window(mark - lookback, now))):
            versions[record.id] += 1
            seen[record.id].add(str(record.values["Company"]))
        assert max(versions.values(), default=1) == 1
        mark = now
    assert all(f"T{number % 5}" in seen[id] for number, id in enumerate(ids))


def test_a_query_that_takes_too_long_is_cut_in_half_until_it_is_answered(org: Org) -> None:
    ids = []
    for _ in range(8):
        ids += org.fill("Lead", 10)
        org.control("clock", advance=600)
    org.control("faults", name="query_timeout", on="/queryAll", times=3)
    connector = connect(org)
    pages = list(connector.changes("Lead", ["Company"], window=window(0, 4_800)))
    assert [record.id for record in records_of(iter(pages))] == ids
    assert [page.position is None for page in pages] == [False] * (len(pages) - 1) + [True]
    org.control("faults", name="query_timeout", on="/queryAll", times=20)
    with pytest.raises(RetryNow, match="Even a minute"):
        list(connector.changes("Lead", ["Company"], window=window(0, 4_800)))


def test_objects_whose_stamp_cannot_be_filtered_go_by_their_last_change(org: Org) -> None:
    org.control("unfilterable", object="Account", field="SystemModstamp")
    made = org.fill("Account", 3, Name="Acme")
    connector = connect(org)
    assert [record.id for record in records_of(connector.changes("Account", ["Name"], window=window(0, 60)))] == made
    assert "LastModifiedDate" in next(iter([step.detail for step in connector.check() if step.title == "Accounts"]))


def test_deleted_merged_and_converted_records_are_no_changes(org: Org) -> None:
    kept, lost, deleted, converted = org.fill("Lead", 4)
    org.control("merge", object="Lead", master=kept, losers=[lost])
    org.control("delete", object="Lead", id=deleted)
    org.control("convert", id=converted)
    connector = connect(org)
    assert [record.id for record in records_of(connector.changes("Lead", ["Email"], window=window(0, 60)))] == [kept]
    assert [record.id for record in records_of(connector.everything("Lead", ["Email"]))] == [kept]


def test_archived_activities_are_read_too(org: Org) -> None:
    old = org.twin.store.insert("Task", {"Subject": "Call", "IsArchived": True}).id
    found = records_of(connect(org).changes("Task", ["Subject"], window=window(0, 60)))
    assert [record.id for record in found] == [old]


@pytest.mark.parametrize("rows", [1_500, 12_345])
def test_everything_is_the_same_by_pages_and_by_bulk_job_and_goes_on_behind_any_page(org: Org, rows: int) -> None:
    ids = org.fill("Lead", rows, Score__c=1.5, City='Bo"nn,\nam Rhein')
    org.control("clock", advance=60)
    connector = connect(org)
    fields = [*LEAD_FIELDS, "City", "SystemModstamp"]
    pages = list(connector.everything("Lead", fields))
    assert sorted(record.id for record in records_of(iter(pages))) == ids
    assert pages[0].total == rows
    as_rest = connector.read("Lead", fields, ids[:3])
    by_id = {record.id: record for record in records_of(iter(pages))}
    assert [by_id[record.id] for record in as_rest] == as_rest
    found = [record.id for record in pages[0].records]
    if pages[0].position:
        rest = connect(org).everything("Lead", fields, position=pages[0].position)
        found += [record.id for record in records_of(rest)]
    assert sorted(found) == ids
    assert (len(pages) > 1) is (rows > 2_000)


def test_pages_by_id_can_be_resumed(org: Org) -> None:
    ids = org.fill("Lead", 1_200)
    found = records_of(connect(org).everything("Lead", ["Email"], position={"id": ids[499]}))
    assert [record.id for record in found] == ids[500:]


def test_a_bulk_job_that_fails_is_read_page_by_page_and_one_that_is_gone_is_begun_again(org: Org) -> None:
    ids = org.fill("Lead", 6_000)
    org.control("bulk", fail=1)
    connector = connect(org)
    assert sorted(record.id for record in records_of(connector.everything("Lead", ["Email"]))) == ids
    first = next(connector.everything("Lead", ["Email"]))
    org.control("bulk", forget=True)
    with pytest.raises(PositionLost):
        list(connector.everything("Lead", ["Email"], position=first.position))


def test_records_are_read_by_id_in_any_number_and_by_external_id(org: Org) -> None:
    ids = org.fill("Lead", 2_500)
    keyed = org.fill("Lead", 1, Legacy_Key__c="a/b'c")
    gone = org.fill("Lead", 1)
    org.control("delete", object="Lead", id=gone[0])
    connector = connect(org)
    before = connector.budget.spent["daily"]
    found = connector.read("Lead", ["Email"], [*ids, *gone])
    assert [record.id for record in found] == ids
    assert connector.budget.spent["daily"] - before == 3
    (one,) = connector.read("Lead", ["Email"], ["a/b'c", "nobody"], by="Legacy_Key__c")
    assert one.id == keyed[0]
    assert connector.read("Lead", ["Email"], []) == []


def test_links_are_complete_for_the_records_asked_for(org: Org) -> None:
    store = org.twin.store
    account = store.insert("Account", {"Name": "Acme"}).id
    people = [store.insert("Contact", {"LastName": f"C{n}", "AccountId": account}).id for n in range(3)]
    deal = store.insert("Opportunity", {"Name": "Deal", "AccountId": account}).id
    role = {"OpportunityId": deal, "Role": "Decision Maker"}
    store.insert("OpportunityContactRole", {**role, "ContactId": people[0], "IsPrimary": True})
    store.insert("OpportunityContactRole", {"OpportunityId": deal, "ContactId": people[1], "IsPrimary": False})
    campaign = store.insert("Campaign", {"Name": "Fair"}).id
    store.insert("CampaignMember", {"CampaignId": campaign, "ContactId": people[2], "Status": "Sent"})
    connector = connect(org)
    assert connector.links("Opportunity", "Contact", [deal]) == [
        Link("Opportunity", deal, "Contact", people[0], "Decision Maker", True),
        Link("Opportunity", deal, "Contact", people[1], "", False),
    ]
    assert connector.links("Contact", "Opportunity", [people[1]]) == [Link("Contact", people[1], "Opportunity", deal)]
    assert connector.links("Campaign", "Contact", [campaign]) == [
        Link("Campaign", campaign, "Contact", people[2], "Sent", False)
    ]
    assert connector.links("Campaign", "Lead", [campaign]) == []
    many = connector.links("Contact", "Account", people * 100)
    assert {link.from_id for link in many} == set(people)
    assert {(link.to_id, link.is_primary) for link in many} == {(account, True)}
    with pytest.raises(Misconfigured):
        connector.links("User", "Lead", ["x"])


def test_the_stages_of_a_deal_are_read_with_their_times(org: Org) -> None:
    client = org.client()
    values = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": 10}
    deal = client.Opportunity.create(values)["id"]
    org.control("clock", advance=3_600)
    client.Opportunity.update(deal, {"StageName": "Closed Won"})
    entries = connect(org).stages("Opportunity", [deal])
    assert [(one.deal_id, one.stage, one.at, one.amount) for one in entries] == [
        (deal, "Prospecting", NOW, 10),
        (deal, "Closed Won", NOW + timedelta(hours=1), 10),
    ]


def test_the_schema_says_what_can_be_written_and_with_what(org: Org) -> None:
    schema = connect(org).describe("Lead")
    fields = {field.name: field for field in schema.fields}
    assert (schema.object, schema.label) == ("Lead", "Lead")
    assert (fields["LastName"].is_required, fields["LastName"].longest) == (True, 80)
    assert (fields["Name"].is_writable, fields["OwnerId"].refers_to) == (False, ("User",))
    assert fields["Status"].type is FieldType.CHOICE
    assert "Retired" not in fields["Status"].options
    assert fields["Interests__c"].type is FieldType.CHOICES
    assert (fields["Mops_Id__c"].is_unique, fields["IsConverted"].is_writable) == (True, False)


def test_a_field_or_object_that_is_gone_is_named(org: Org) -> None:
    org.control("permissions", object="Lead", field="Score__c")
    org.control("permissions", object="Opportunity")
    connector = connect(org)
    with pytest.raises(Misconfigured) as missing:
        list(connector.changes("Lead", LEAD_FIELDS, window=window(0, 60)))
    assert missing.value.fields == ("Score__c",)
    with pytest.raises(ScopeMissing):
        connector.describe("Opportunity")
    org.control("permissions", object="Lead", field="Company")
    with pytest.raises(Misconfigured) as vanished:
        list(connector.changes("Lead", ["Company"], window=window(0, 60)))
    assert vanished.value.fields == ("Company",)


def test_revoked_credentials_end_the_run(org: Org) -> None:
    org.fill("Lead", 4_100)
    connector = connect(org)
    pages = connector.changes("Lead", ["Email"], window=window(0, 60))
    assert len(next(pages).records) == 2_000
    org.control("sessions/revoke")
    with pytest.raises(SignInRefused):
        next(pages)
