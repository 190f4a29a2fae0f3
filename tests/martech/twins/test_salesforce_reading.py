"""The practice Salesforce read by simple-salesforce and by plain requests."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from tests.martech.salesforce_practice import NOW, Org, practice


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


def test_the_client_reads_every_page_of_a_query_in_order(org: Org) -> None:
    ids = org.fill("Lead", 4_500)
    found = list(org.client().query_all_iter("SELECT Id, Email, IsConverted FROM Lead ORDER BY SystemModstamp, Id"))
    assert [one["Id"] for one in found] == sorted(ids)
    assert found[0]["Email"] == "lead0@mail.test"
    assert found[0]["IsConverted"] is False
    assert found[0]["attributes"] == {"type": "Lead", "url": f"/services/data/v59.0/sobjects/Lead/{found[0]['Id']}"}


def test_the_batch_size_is_a_hint_within_bounds(org: Org) -> None:
    org.fill("Lead", 700)
    for said, page in (("300", 300), ("50", 200), ("9999", 700)):
        answer = org.client().query("SELECT Id FROM Lead", headers={"Sforce-Query-Options": f"batchSize={said}"})
        assert len(answer["records"]) == page
        assert answer["totalSize"] == 700


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("LastName = 'ANNA'", {"Anna"}),
        ("LastName != 'Anna'", {"Bob", "Zoë"}),
        ("LastName LIKE '%O_'", {"Bob", "Zoë"}),
        ("Score__c >= 10 AND Score__c < 20", {"Anna"}),
        ("Score__c = null", {"Zoë"}),
        ("NOT (Score__c = 10 OR LastName = 'Bob')", {"Zoë"}),
        ("LastName IN ('Anna', 'Bob') AND HasOptedOutOfEmail = false", {"Anna"}),
        ("LastName NOT IN ('Anna')", {"Bob", "Zoë"}),
        ("Interests__c INCLUDES ('Analytics;Security')", {"Bob"}),
        ("Interests__c EXCLUDES ('Security')", {"Anna", "Zoë"}),
        ("CreatedDate >= 2026-09-01T14:00:00+02:00", {"Anna", "Bob", "Zoë"}),
        ("CreatedDate > 2026-09-01T12:00:00.500Z", set()),
        ("CreatedDate = TODAY", {"Anna", "Bob", "Zoë"}),
        ("Owner.Email = 'ops@practice.example' AND Company = 'O\\'Neil'", {"Zoë"}),
    ],
)
def test_conditions_mean_what_they_mean_in_soql(org: Org, where: str, names: set[str]) -> None:
    owner = {"OwnerId": org.twin.store.user_id, "Company": "Acme"}
    for values in (
        {"LastName": "Anna", "Score__c": 10, "Interests__c": "Analytics"},
        {"LastName": "Bob", "Score__c": 20, "HasOptedOutOfEmail": True, "Interests__c": "Analytics;Security"},
        {"LastName": "Zoë", "Company": "O'Neil"},
    ):
        org.twin.store.insert("Lead", {**owner, **values})
    found = org.client().query(f"SELECT LastName FROM Lead WHERE {where}")
    assert {one["LastName"] for one in found["records"]} == names


def test_order_limit_and_offset_cut_the_rows(org: Org) -> None:
    for score in (3, None, 1, 2):
        org.fill("Lead", 1, Score__c=score)
    read = lambda tail: [one["Score__c"] for one in org.client().query(f"SELECT Score__c FROM Lead {tail}")["records"]]  # noqa: E731
    assert read("ORDER BY Score__c") == [None, 1, 2, 3]
    assert read("ORDER BY Score__c DESC NULLS LAST") == [3, 2, 1, None]
    assert read("ORDER BY Score__c ASC NULLS LAST LIMIT 2 OFFSET 1") == [2, 3]


def test_counts_groups_and_walks_along_references(org: Org) -> None:
    org.fill("Lead", 3, Industry="Media")
    org.fill("Lead", 2, Industry="Retail")
    client = org.client()
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == 5
    rows = client.query("SELECT Industry, COUNT(Id) n, MAX(LastName) FROM Lead GROUP BY Industry")["records"]
    assert {(one["Industry"], one["n"], one["expr1"]) for one in rows} == {
        ("Media", 3, "Lead 2"),
        ("Retail", 2, "Lead 1"),
    }
    one = client.query("SELECT Id, Owner.Name, Owner.Email FROM Lead LIMIT 1")["records"][0]
    assert one["Owner"]["Name"] == "Olga Operations"
    assert one["Owner"]["attributes"]["type"] == "User"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Nonsense FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY"),
        ("SELECT Id, Id FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE LastName = 3", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead LIMIT x", "MALFORMED_QUERY"),
    ],
)
def test_a_wrong_query_is_refused_with_its_code(org: Org, query: str, code: str) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        org.client().query(query)
    assert refused.value.content[0]["errorCode"] == code


def test_a_cursor_ends_after_two_days_or_when_it_is_lost(org: Org) -> None:
    org.fill("Lead", 2_100)
    client = org.client()
    following = client.query("SELECT Id FROM Lead")["nextRecordsUrl"]
    assert len(client.query_more(following, identifier_is_url=True)["records"]) == 100
    org.control("cursors/expire")
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.query_more(following, identifier_is_url=True)
    assert refused.value.content[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    following = client.query("SELECT Id FROM Lead")["nextRecordsUrl"]
    org.control("clock", advance=2 * 86_400 + 1)
    with pytest.raises(SalesforceMalformedRequest):
        org.client().query_more(following, identifier_is_url=True)


def test_a_cursor_shows_what_was_there_when_it_was_opened(org: Org) -> None:
    ids = org.fill("Lead", 2_001, Company="Before")
    client = org.client()
    first = client.query("SELECT Id, Company FROM Lead ORDER BY Id")
    org.control("edit", object="Lead", ids=[ids[-1]], values={"Company": "After"})
    last = client.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]
    assert [(one["Id"], one["Company"]) for one in last] == [(ids[-1], "Before")]


def test_a_late_change_shows_behind_newer_stamps(org: Org) -> None:
    late, soon = org.fill("Lead", 2)
    org.control("edit", object="Lead", ids=[late], values={"Company": "Late"}, visible_after=90)
    org.control("clock", advance=30)
    org.control("edit", object="Lead", ids=[soon], values={"Company": "Soon"})
    seen = "SELECT Id, Company, SystemModstamp FROM Lead ORDER BY SystemModstamp, Id"
    before = org.client().query(seen)["records"]
    assert [one["Company"] for one in before] == ["Company 0", "Soon"]
    org.control("clock", advance=61)
    after = org.client().query(seen)["records"]
    assert [one["Company"] for one in after] == ["Late", "Soon"]
    assert after[0]["SystemModstamp"] < before[1]["SystemModstamp"]


def test_a_bulk_edit_gives_every_record_the_same_stamp(org: Org) -> None:
    org.fill("Lead", 300)
    org.control("clock", advance=5)
    assert org.control("edit", object="Lead", values={"Status": "Working - Contacted"})["edited"] == 300
    stamps = org.client().query("SELECT SystemModstamp, COUNT(Id) n FROM Lead GROUP BY SystemModstamp")["records"]
    assert [(one["SystemModstamp"], one["n"]) for one in stamps] == [("2026-09-01T12:00:05.000+0000", 300)]


def test_query_all_shows_tombstones_of_deletes_and_merges(org: Org) -> None:
    kept, lost, deleted = org.fill("Lead", 3)
    org.control("merge", object="Lead", master=kept, losers=[lost])
    client = org.client()
    client.Lead.delete(deleted)
    assert [one["Id"] for one in client.query_all("SELECT Id FROM Lead")["records"]] == [kept]
    dead = client.query_all("SELECT Id, MasterRecordId FROM Lead WHERE IsDeleted = true", include_deleted=True)
    assert {(one["Id"], one["MasterRecordId"]) for one in dead["records"]} == {(lost, kept), (deleted, None)}
    with pytest.raises(SalesforceResourceNotFound) as gone:
        client.Lead.get(deleted)
    assert gone.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_a_merge_moves_the_children_and_stamps_them(org: Org) -> None:
    kept, lost = org.fill("Lead", 2)
    campaign = org.twin.store.insert("Campaign", {"Name": "Fair"}).id
    member = org.twin.store.insert("CampaignMember", {"CampaignId": campaign, "LeadId": lost}).id
    org.control("clock", advance=60)
    org.control("merge", object="Lead", master=kept, losers=[lost])
    moved = org.client().CampaignMember.get(member)
    assert (moved["LeadId"], moved["SystemModstamp"]) == (kept, "2026-09-01T12:01:00.000+0000")


def test_archived_activities_show_in_query_all_only(org: Org) -> None:
    org.twin.store.insert("Task", {"Subject": "Old", "IsArchived": True})
    client = org.client()
    assert client.query("SELECT Id FROM Task")["totalSize"] == 0
    assert client.query("SELECT Id FROM Task", include_deleted=True)["totalSize"] == 1


def test_a_converted_lead_names_what_it_became_and_is_closed(org: Org) -> None:
    (lead,) = org.fill("Lead", 1)
    campaign = org.twin.store.insert("Campaign", {"Name": "Fair"}).id
    org.twin.store.insert("CampaignMember", {"CampaignId": campaign, "LeadId": lead})
    made = org.control("convert", id=lead, opportunity="New deal")
    client = org.client()
    record = client.Lead.get(lead)
    assert record["IsConverted"] is True
    assert record["ConvertedDate"] == "2026-09-01"
    assert {name: record[name] for name in made} == made
    contact = client.Contact.get(made["ConvertedContactId"])
    assert (contact["Email"], contact["AccountId"]) == ("lead0@mail.test", made["ConvertedAccountId"])
    member = client.query("SELECT LeadId, ContactId FROM CampaignMember")["records"][0]
    assert (member["LeadId"], member["ContactId"]) == (lead, made["ConvertedContactId"])
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Lead.update(lead, {"Company": "Other"})
    assert refused.value.content[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_a_deleted_campaign_member_leaves_nothing_but_an_entry_of_the_log(org: Org) -> None:
    (lead,) = org.fill("Lead", 1)
    campaign = org.twin.store.insert("Campaign", {"Name": "Fair"}).id
    member = org.twin.store.insert("CampaignMember", {"CampaignId": campaign, "LeadId": lead}).id
    client = org.client()
    client.CampaignMember.delete(member)
    assert client.query("SELECT Id FROM CampaignMember", include_deleted=True)["totalSize"] == 0
    log = client.CampaignMember.deleted(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert log["deletedRecords"] == [{"id": member, "deletedDate": "2026-09-01T12:00:00.000+0000"}]


def test_feeds_of_changes_reach_back_so_far_and_say_when_the_log_has_a_gap(org: Org) -> None:
    ids = org.fill("Lead", 3)
    client = org.client()
    client.Lead.delete(ids[0])
    log = client.Lead.deleted(NOW - timedelta(days=1), NOW + timedelta(minutes=1))
    assert [one["id"] for one in log["deletedRecords"]] == [ids[0]]
    assert log["earliestDateAvailable"] < "2026-08-31"
    org.control("delete_log/purge", object="Lead")
    log = client.Lead.deleted(NOW - timedelta(days=1), NOW + timedelta(minutes=1))
    assert (log["deletedRecords"], log["earliestDateAvailable"]) == ([], "2026-09-01T12:00:00.000+0000")
    updated = client.Lead.updated(NOW - timedelta(days=1), NOW + timedelta(minutes=1))
    assert sorted(updated["ids"]) == sorted(ids[1:])
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Lead.deleted(NOW - timedelta(days=20), NOW)
    assert refused.value.content[0]["errorCode"] == "INVALID_REPLICATION_DATE"


def test_describe_says_what_may_be_written_filtered_and_matched(org: Org) -> None:
    org.control("unfilterable", object="Account", field="SystemModstamp")
    client = org.client()
    lead = {one["name"]: one for one in client.Lead.describe()["fields"]}
    assert lead["Status"]["restrictedPicklist"] is True
    assert lead["Status"]["picklistValues"][0]["value"] == "Open - Not Contacted"
    assert (lead["LastName"]["nillable"], lead["Name"]["createable"]) == (False, False)
    assert lead["OwnerId"]["referenceTo"] == ["User"]
    assert (lead["Mops_Id__c"]["externalId"], lead["Legacy_Key__c"]["unique"]) == (True, False)
    account = {one["name"]: one for one in client.Account.describe()["fields"]}
    assert account["SystemModstamp"]["filterable"] is False
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.query("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00Z")
    assert "can not be filtered" in refused.value.content[0]["message"]
    assert {"Lead", "Opportunity", "Task"} <= {one["name"] for one in client.describe()["sobjects"]}


def test_a_field_or_an_object_taken_away_is_as_if_it_were_not_there(org: Org) -> None:
    org.control("permissions", object="Lead", field="Score__c")
    org.control("permissions", object="Opportunity")
    client = org.client()
    assert "Score__c" not in {one["name"] for one in client.Lead.describe()["fields"]}
    for query, code in (("SELECT Score__c FROM Lead", "INVALID_FIELD"), ("SELECT Id FROM Opportunity", "INVALID_TYPE")):
        with pytest.raises(SalesforceMalformedRequest) as refused:
            client.query(query)
        assert refused.value.content[0]["errorCode"] == code
    with pytest.raises(SalesforceResourceNotFound):
        client.Opportunity.describe()


def test_a_dropped_record_is_missing_without_a_word(org: Org) -> None:
    ids = org.fill("Lead", 3)
    org.control("drop", object="Lead", id=ids[1])
    client = org.client()
    assert [one["Id"] for one in client.query("SELECT Id FROM Lead")["records"]] == [ids[0], ids[2]]
    assert ids[1] in org.control("truth", object="Lead")["living"]


def test_collections_read_up_to_two_thousand_ids_and_say_null_for_who_is_gone(org: Org) -> None:
    ids = org.fill("Lead", 1_200)
    org.client().Lead.delete(ids[7])
    body = {"ids": ids, "fields": ["Id", "Email"]}
    found = org.client().restful("composite/sobjects/Lead", method="POST", json=body)
    assert found[7] is None
    assert [one["Id"] for one in found if one] == ids[:7] + ids[8:]
    answer = org.raw("POST", "/composite/sobjects/Lead", json={"ids": ids * 2, "fields": ["Id"]})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_ids_of_fifteen_characters_are_understood(org: Org) -> None:
    (id,) = org.fill("Lead", 1)
    assert org.client().Lead.get(id[:15])["Id"] == id
    assert org.client().query(f"SELECT Id FROM Lead WHERE Id = '{id[:15]}'")["totalSize"] == 1
