"""The practice Salesforce written to by simple-salesforce and by plain requests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceMoreThanOneRecord

from tests.martech.salesforce_practice import Org, practice


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


@pytest.fixture
def client(org: Org) -> Salesforce:
    return org.client()


def lead(**values: Any) -> dict[str, Any]:
    return {"LastName": "Ng", "Company": "Acme", **values}


def typed(*records: dict[str, Any], object: str = "Lead") -> list[dict[str, Any]]:
    return [{"attributes": {"type": object}, **record} for record in records]


def test_a_record_is_created_read_changed_and_deleted(org: Org, client: Salesforce) -> None:
    made = client.Lead.create(lead(FirstName="Ann", Email="ann@mail.test", Score__c=3))
    assert made["success"] is True
    org.control("clock", advance=60)
    assert client.Lead.update(made["id"], {"Score__c": None, "Company": "Beta"}) == 204
    record = client.Lead.get(made["id"])
    assert (record["Name"], record["Company"], record["Score__c"]) == ("Ann Ng", "Beta", None)
    assert (record["Status"], record["OwnerId"]) == ("Open - Not Contacted", org.twin.store.user_id)
    assert record["CreatedDate"] == "2026-09-01T12:00:00.000+0000"
    assert record["SystemModstamp"] == "2026-09-01T12:01:00.000+0000"
    assert client.Lead.delete(made["id"]) == 204
    assert org.control("truth", object="Lead")["deleted"] == {made["id"]: None}


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG", ["FirstName"]),
        ({"Email": "not an address"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"Status": "Lukewarm"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Status"]),
        ({"Interests__c": "Analytics;Golf"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Interests__c"]),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        ({"Nonsense": "x"}, "INVALID_FIELD", ["Nonsense"]),
        ({"OwnerId": "001000000000000"}, "MALFORMED_ID", ["OwnerId"]),
        ({"OwnerId": "005000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY", ["OwnerId"]),
        ({"NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", None),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_written(
    org: Org, client: Salesforce, values: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Lead.create(lead(**values))
    error = refused.value.content[0]
    assert (error["errorCode"], error.get("fields")) == (code, fields)
    assert org.control("truth", object="Lead") == {"living": {}, "deleted": {}}


def test_an_unrestricted_picklist_takes_any_value(client: Salesforce) -> None:
    made = client.Lead.create(lead(LeadSource="Word of mouth"))
    assert client.Lead.get(made["id"])["LeadSource"] == "Word of mouth"


def test_an_option_that_was_retired_is_refused_from_then_on(org: Org, client: Salesforce) -> None:
    made = client.Lead.create(lead(LeadSource="Web"))
    org.control("picklist", object="Lead", field="LeadSource", options=["Event"])
    [field] = [one for one in client.Lead.describe()["fields"] if one["name"] == "LeadSource"]
    assert field["restrictedPicklist"]
    assert [one["value"] for one in field["picklistValues"] if one["active"]] == ["Event"]
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Lead.create(lead(LeadSource="Web", Email="two@acme.test"))
    assert refused.value.content[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert client.Lead.get(made["id"])["LeadSource"] == "Web"


def test_an_inactive_owner_and_a_validation_rule_refuse_a_row(org: Org, client: Salesforce) -> None:
    gone = org.twin.store.insert("User", {"LastName": "Gone", "IsActive": False}).id
    deal = {"Name": "Deal", "StageName": "Closed Won", "CloseDate": "2026-09-30"}
    for object, values, code in (
        ("Lead", lead(OwnerId=gone), "INACTIVE_OWNER_OR_USER"),
        ("Opportunity", deal, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    ):
        with pytest.raises(SalesforceMalformedRequest) as refused:
            getattr(client, object).create(values)
        assert refused.value.content[0]["errorCode"] == code
    made = client.Opportunity.create({**deal, "Amount": 1000})
    record = client.Opportunity.get(made["id"])
    assert (record["IsClosed"], record["IsWon"], record["Probability"]) == (True, True, 100)


def test_an_opportunity_keeps_the_history_of_its_stages(org: Org, client: Salesforce) -> None:
    made = client.Opportunity.create({"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-09-30"})
    for minutes, stage in ((10, "Qualification"), (20, "Closed Lost")):
        org.control("clock", advance=600)
        assert minutes
        client.Opportunity.update(made["id"], {"StageName": stage})
    client.Opportunity.update(made["id"], {"NextStep": "None"})
    rows = client.query(f"SELECT StageName, CreatedDate FROM OpportunityHistory WHERE OpportunityId = '{made['id']}'")
    assert [(one["StageName"], one["CreatedDate"][11:16]) for one in rows["records"]] == [
        ("Prospecting", "12:00"),
        ("Qualification", "12:10"),
        ("Closed Lost", "12:20"),
    ]


def test_a_campaign_member_responds_by_what_its_status_means(org: Org, client: Salesforce) -> None:
    campaign = client.Campaign.create({"Name": "Fair"})["id"]
    client.CampaignMemberStatus.create({"CampaignId": campaign, "Label": "Attended", "HasResponded": True})
    person = client.Lead.create(lead())["id"]
    member = client.CampaignMember.create({"CampaignId": campaign, "LeadId": person})["id"]
    assert client.CampaignMember.get(member)["HasResponded"] is False
    client.CampaignMember.update(member, {"Status": "Attended"})
    record = client.CampaignMember.get(member)
    assert (record["HasResponded"], record["FirstRespondedDate"]) == (True, "2026-09-01")
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.CampaignMember.create({"CampaignId": campaign, "LeadId": person})
    assert refused.value.content[0]["errorCode"] == "DUPLICATE_VALUE"


def test_upsert_by_external_id_creates_then_updates_and_is_ambiguous_when_several_have_it(
    org: Org, client: Salesforce
) -> None:
    first = client.Lead.upsert("Mops_Id__c/p-1", lead(), raw_response=True)
    second = client.Lead.upsert("Mops_Id__c/p-1", {"Company": "Beta"}, raw_response=True)
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (second.status_code, second.json()["created"], second.json()["id"]) == (200, False, first.json()["id"])
    assert client.Lead.get_by_custom_id("Mops_Id__c", "p-1")["Company"] == "Beta"
    ids = org.fill("Lead", 2, Legacy_Key__c="old")
    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        client.Lead.upsert("Legacy_Key__c/old", {"Company": "Beta"})
    assert several.value.content == [f"/services/data/v59.0/sobjects/Lead/{id}" for id in ids]
    with pytest.raises(SalesforceMalformedRequest) as taken:
        client.Lead.create(lead(Mops_Id__c="p-1"))
    assert taken.value.content[0]["errorCode"] == "DUPLICATE_VALUE"


def test_an_external_id_with_a_slash_must_be_quoted(org: Org) -> None:
    answer = org.raw("PATCH", "/sobjects/Lead/Legacy_Key__c/a%2Fb", json=lead())
    assert answer.status_code == 201
    assert org.client().query("SELECT Legacy_Key__c FROM Lead")["records"][0]["Legacy_Key__c"] == "a/b"


def test_duplicate_rules_name_the_record_and_a_header_passes_them(org: Org, client: Salesforce) -> None:
    known = client.Contact.create({"LastName": "Ng", "Email": "ann@mail.test"})["id"]
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Lead.create(lead(Email="ANN@mail.test"))
    error = refused.value.content[0]
    assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    match = error["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (match["attributes"]["type"], match["Id"]) == ("Contact", known)
    allowed = client.Lead.create(
        lead(Email="ann@mail.test"), headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    )
    assert allowed["success"] is True


def test_assignment_rules_take_new_leads_unless_the_call_says_no(org: Org, client: Salesforce) -> None:
    queue = org.twin.store.insert("User", {"LastName": "Rule", "IsActive": True}).id
    org.control("assignment", owner=queue)
    by_rule = client.Lead.create(lead(OwnerId=org.twin.store.user_id))["id"]
    kept = client.Lead.create(lead(OwnerId=org.twin.store.user_id), headers={"Sforce-Auto-Assign": "FALSE"})["id"]
    assert client.Lead.get(by_rule)["OwnerId"] == queue
    assert client.Lead.get(kept)["OwnerId"] == org.twin.store.user_id


def test_a_locked_parent_refuses_its_children_for_a_while(org: Org, client: Salesforce) -> None:
    account = client.Account.create({"Name": "Acme"})["id"]
    org.control("lock", parent=account, times=1)
    records = typed(*({"LastName": f"C{n}", "AccountId": account} for n in range(2)), object="Contact")
    result = client.restful("composite/sobjects", method="POST", json={"records": records})
    assert [one["success"] for one in result] == [False, True]
    assert result[0]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


def test_a_collection_answers_row_by_row_in_order(org: Org, client: Salesforce) -> None:
    records = typed(lead(), {"LastName": "Only"}, lead(Email="bad"), lead(LastName="Last"))
    result = client.restful("composite/sobjects", method="POST", json={"allOrNone": False, "records": records})
    assert [one["success"] for one in result] == [True, False, False, True]
    assert result[1]["errors"] == [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [Company]",
            "fields": ["Company"],
        }
    ]
    changes = [
        {"attributes": {"type": "Lead"}, "Id": result[0]["id"], "Company": "New"},
        *typed({"Id": "00Q000000000000AAA"}),
    ]
    changed = client.restful("composite/sobjects", method="PATCH", json={"records": changes})
    assert [one["success"] for one in changed] == [True, False]
    gone = client.restful("composite/sobjects", params={"ids": f"{result[0]['id']},{result[0]['id']}"}, method="DELETE")
    assert [one["success"] for one in gone] == [True, False]
    assert gone[1]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_all_or_none_takes_everything_back(org: Org, client: Salesforce) -> None:
    before = client.Lead.create(lead(Company="Before"))["id"]
    records = [
        {"attributes": {"type": "Lead"}, "Id": before, "Company": "After"},
        *typed({"Id": before, "Status": "?"}),
    ]
    result = client.restful("composite/sobjects", method="PATCH", json={"allOrNone": True, "records": records})
    assert [one["errors"][0]["statusCode"] for one in result] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    ]
    assert client.Lead.get(before)["Company"] == "Before"


def test_a_collection_has_at_most_ten_chunks_and_two_hundred_rows(org: Org) -> None:
    mixed = [one for _ in range(6) for one in (*typed(lead()), *typed({"Name": "Acme"}, object="Account"))]
    too_mixed = org.raw("POST", "/composite/sobjects", json={"records": mixed})
    assert (too_mixed.status_code, too_mixed.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    too_many = org.raw("POST", "/composite/sobjects", json={"records": typed(*[lead()] * 201)})
    assert too_many.json()[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert org.control("truth", object="Lead")["living"] == {}
    sorted_ = sorted(mixed, key=lambda one: one["attributes"]["type"])
    assert len(org.raw("POST", "/composite/sobjects", json={"records": sorted_}).json()) == 12


def test_one_value_of_a_wrong_json_type_brings_down_the_whole_collection(org: Org) -> None:
    records = typed(lead(), lead(Score__c="high"))
    answer = org.raw("POST", "/composite/sobjects", json={"records": records})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert org.control("truth", object="Lead")["living"] == {}


def test_collections_upsert_by_external_id_and_say_who_is_new(org: Org, client: Salesforce) -> None:
    org.fill("Lead", 2, Legacy_Key__c="twice")
    records = typed(
        lead(Legacy_Key__c="one"),
        lead(Legacy_Key__c="one", Company="B"),
        lead(Legacy_Key__c="twice"),
        lead(Legacy_Key__c=""),
    )
    result = client.restful("composite/sobjects/Lead/Legacy_Key__c", method="PATCH", json={"records": records})
    assert [one.get("created") for one in result] == [True, False, None, None]
    codes = [one["errors"][0]["statusCode"] for one in result[2:]]
    assert codes == ["DUPLICATE_EXTERNAL_ID", "MISSING_ARGUMENT"]


def test_bulk_ingest_goes_through_its_states_and_reports_row_by_row(org: Org) -> None:
    said = {"object": "Lead", "operation": "upsert", "externalIdFieldName": "Mops_Id__c", "contentType": "CSV"}
    job = org.raw("POST", "/jobs/ingest", json=said).json()
    assert (job["state"], job["contentUrl"]) == ("Open", f"services/data/v59.0/jobs/ingest/{job['id']}/batches")
    csv = "Mops_Id__c,LastName,Company,Score__c\np-1,Ng,Acme,4\np-2,,Acme,\n"
    assert (
        org.raw("PUT", f"/jobs/ingest/{job['id']}/batches", data=csv, headers={"Content-Type": "text/csv"}).status_code
        == 201
    )
    closed = org.raw("PATCH", f"/jobs/ingest/{job['id']}", json={"state": "UploadComplete"}).json()
    states = [org.raw("GET", f"/jobs/ingest/{job['id']}").json()["state"] for _ in range(2)]
    assert [closed["state"], *states] == ["UploadComplete", "InProgress", "JobComplete"]
    info = org.raw("GET", f"/jobs/ingest/{job['id']}").json()
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (2, 1)
    good = org.raw("GET", f"/jobs/ingest/{job['id']}/successfulResults").text
    assert good.startswith('"sf__Id","sf__Created","Mops_Id__c"')
    assert "REQUIRED_FIELD_MISSING" in org.raw("GET", f"/jobs/ingest/{job['id']}/failedResults").text


def test_in_bulk_an_empty_cell_changes_nothing_and_a_mark_empties_the_field(org: Org, client: Salesforce) -> None:
    id = client.Lead.create(lead(Title="Boss", City="Bonn"))["id"]
    result = client.bulk2.Lead.update(records=[{"Id": id, "Title": "#N/A", "City": ""}], wait=0)
    assert result[0]["numberRecordsProcessed"] == 1
    record = client.Lead.get(id)
    assert (record["Title"], record["City"]) == (None, "Bonn")


def test_the_client_reads_a_bulk_query_part_by_part(org: Org, client: Salesforce) -> None:
    org.fill("Lead", 250, Score__c=1.5)
    parts = list(
        client.bulk2.Lead.query(
            "SELECT Id, Score__c, IsConverted, CreatedDate, City FROM Lead", max_records=100, wait=0
        )
    )
    assert len(parts) == 3
    lines = [line for part in parts for line in part.splitlines()[1:]]
    assert len(lines) == 250
    assert lines[0].endswith('"1.5","false","2026-09-01T12:00:00.000Z",""')


def test_a_failed_bulk_job_says_so(org: Org, client: Salesforce) -> None:
    org.control("bulk", fail=1, polls=0)
    job = org.raw("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Lead"}).json()
    failed = org.raw("GET", f"/jobs/query/{job['id']}").json()
    assert (failed["state"], failed["errorMessage"][:19]) == ("Failed", "InternalServerError")
    refused = org.raw("GET", f"/jobs/query/{job['id']}/results")
    assert refused.json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_what_is_not_json_is_refused(org: Org) -> None:
    answer = org.raw("POST", "/sobjects/Lead", data="{nonsense")
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert org.raw("POST", "/sobjects/Lead", data=json.dumps([])).status_code == 400
