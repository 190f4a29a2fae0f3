"""Associations, properties, owners, campaigns, sign-in and limits of the practice server, by the vendor's client."""

from collections.abc import Iterator

import pytest
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.contacts.exceptions import ApiException, ForbiddenException, UnauthorizedException
from hubspot.crm.properties import PropertyCreate, PropertyUpdate

from tests.martech.twins.hubspot import Portal, portal

FIRST, OTHER = "10001", "200000005"


@pytest.fixture
def hub() -> Iterator[Portal]:
    with portal() as found:
        yield found


def company_of(hub: Portal, id: str = FIRST) -> str:
    return hub.control("truth", object="contacts")["links"]["companies"][id][0]


def test_associations_are_read_singly_and_in_batches_both_ways(hub: Portal) -> None:
    api = hub.client().crm.associations.v4
    company = company_of(hub)
    found = api.basic_api.get_page("contacts", FIRST, "companies").results
    assert [(str(row.to_object_id), [(t.type_id, t.label) for t in row.association_types]) for row in found] == [
        (company, [(1, "Primary"), (279, None)])
    ]
    back = api.basic_api.get_page("companies", company, "contacts").results
    assert FIRST in {str(row.to_object_id) for row in back}
    batch = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": FIRST}, {"id": "99"}])
    read, status, _headers = api.batch_api.get_page_with_http_info("contacts", "companies", batch)
    assert (status, str(read.results[0].to[0].to_object_id)) == (207, company)
    assert hub.call("POST", "/crm/associations/2026-03/contacts/companies/batch/read", {"inputs": [{"id": FIRST}]}).ok


def test_a_label_brings_the_plain_association_which_stays_when_the_label_goes(hub: Portal) -> None:
    kind = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    path = f"/crm/v4/objects/contacts/{FIRST}/associations/companies/{OTHER}"
    before = hub.control("truth", object="contacts")["records"][FIRST]["modified"]
    hub.advance(60)
    assert hub.call("PUT", path, kind).status_code == 201
    read = hub.client().crm.associations.v4.basic_api.get_page("contacts", FIRST, "companies").results
    types = {str(row.to_object_id): [t.type_id for t in row.association_types] for row in read}
    assert types[OTHER] == [1, 279]
    assert [kinds for id, kinds in types.items() if id != OTHER] in ([], [[279]])
    body = {"inputs": [{"from": {"id": FIRST}, "to": {"id": OTHER}, "types": kind}]}
    assert hub.call("POST", "/crm/v4/associations/contacts/companies/batch/labels/archive", body).status_code == 204
    read = hub.client().crm.associations.v4.basic_api.get_page("contacts", FIRST, "companies").results
    assert [t.type_id for row in read if str(row.to_object_id) == OTHER for t in row.association_types] == [279]
    assert hub.control("truth", object="contacts")["records"][FIRST]["modified"] == before


def test_associations_are_made_and_broken_in_batches(hub: Portal) -> None:
    pair = {"from": {"id": FIRST}, "to": {"id": OTHER}}
    body = {"inputs": [{**pair, "types": [{"associationTypeId": 279}]}, {"from": {"id": "1"}, "to": {"id": OTHER}}]}
    answer = hub.call("POST", "/crm/v4/associations/contacts/companies/batch/create", body)
    assert (answer.status_code, len(answer.json()["results"]), answer.json()["numErrors"]) == (207, 1, 1)
    gone = {"inputs": [{"from": {"id": FIRST}, "to": [{"id": OTHER}]}]}
    assert hub.call("POST", "/crm/v4/associations/contacts/companies/batch/archive", gone).status_code == 204
    assert OTHER not in hub.control("truth", object="contacts")["links"]["companies"].get(FIRST, [])


def test_an_admins_limit_refuses_one_more(hub: Portal) -> None:
    company_of(hub)
    hub.control("link-limit", object="contacts", to="companies", limit=1)
    path = f"/crm/v4/objects/contacts/{FIRST}/associations/default/companies/{OTHER}"
    answer = hub.call("PUT", path)
    assert (answer.status_code, answer.json()["subCategory"]) == (400, "crm.associations.LIMIT")


def test_properties_are_described_created_changed_and_archived(hub: Portal) -> None:
    api = hub.client().crm.properties.core_api
    known = {row.name: row for row in api.get_all("contacts").results}
    assert known["email"].type == "string"
    assert known["lastmodifieddate"].modification_metadata.read_only_value is True
    assert [option.value for option in known["interests"].options] == ["routing", "attribution", "sync"]
    new = PropertyCreate(
        name="tier", label="Tier", type="enumeration", field_type="select", group_name="mops", options=[]
    )
    assert api.create("contacts", new).name == "tier"
    with pytest.raises(Exception, match="Properties.PROPERTY_WITH_NAME_EXISTS"):
        api.create("contacts", new)
    changed = api.update("contacts", "interests", PropertyUpdate(options=[{"label": "One", "value": "one"}]))
    assert [option.value for option in changed.options] == ["one"]
    api.archive("contacts", "tier")
    assert "tier" not in {row.name for row in api.get_all("contacts").results}
    assert [row.name for row in api.get_all("contacts", archived=True).results] == ["tier"]
    assert api.create("contacts", new).archived is False


def test_owners_who_left_are_listed_apart(hub: Portal) -> None:
    api = hub.client().crm.owners.owners_api
    assert len(api.get_page(limit=100).results) == 6
    assert [owner.email for owner in api.get_page(archived=True).results] == ["gita.sharma@brightline.example"]
    assert api.get_page(email="ana.ferreira@brightline.example").results[0].id == "70000001"
    hub.control("owner/remove", id="70000001")
    assert api.get_page(email="ana.ferreira@brightline.example").results == []


def test_pipelines_name_their_stages(hub: Portal) -> None:
    found = hub.client().crm.pipelines.pipelines_api.get_all("deals").results
    assert [stage.id for stage in found[0].stages][-2:] == ["closedwon", "closedlost"]
    assert found[0].stages[-1].metadata["isClosed"] == "true"


def test_campaigns_with_their_budget_and_spend(hub: Portal) -> None:
    listed = hub.call("GET", "/marketing/v3/campaigns?limit=2&properties=hs_name,hs_start_date").json()
    assert (listed["total"], len(listed["results"]), listed["paging"]["next"]["after"]) == (90, 2, "2")
    id = listed["results"][0]["id"]
    totals = hub.call("GET", f"/marketing/campaigns/2026-03/{id}/budget/totals").json()
    assert totals["remainingBudget"] == round(totals["budgetTotal"] - totals["spendTotal"], 2)
    assert len(totals["spendItems"]) == 4
    item = hub.call("POST", f"/marketing/v3/campaigns/{id}/spend", {"name": "Ads", "amount": 10.5, "order": 5}).json()
    newest = hub.call("GET", "/marketing/v3/campaigns?sort=-updatedAt&limit=1").json()["results"][0]
    assert newest["id"] == id
    after = hub.call("GET", f"/marketing/v3/campaigns/{id}/budget/totals").json()
    assert after["spendTotal"] == round(totals["spendTotal"] + 10.5, 2)
    assert hub.call("DELETE", f"/marketing/v3/campaigns/{id}/spend/{item['id']}").status_code == 204
    made = hub.call("POST", "/marketing/v3/campaigns", {"properties": {"hs_name": "New"}})
    assert made.status_code == 201
    assert hub.call("PATCH", f"/marketing/v3/campaigns/{made.json()['id']}", {"properties": {"hs_utm": "x"}}).ok


def test_a_refresh_token_gives_an_access_token_of_half_an_hour(hub: Portal) -> None:
    api = hub.client().oauth.tokens_api
    given = {"client_id": "practice-client", "client_secret": "practice-secret"}
    token = api.create(grant_type="refresh_token", refresh_token="practice-refresh-token", **given)
    assert (token.expires_in, token.refresh_token) == (1800, "practice-refresh-token")
    assert hub.client(token.access_token).crm.contacts.basic_api.get_page().results
    answer = hub.call("GET", "/crm/v3/objects/contacts", headers={"Authorization": f"Bearer {token.access_token}"})
    assert "X-HubSpot-RateLimit-Daily" not in answer.headers
    assert answer.headers["X-HubSpot-RateLimit-Max"] == "110"
    hub.advance(1801)
    with pytest.raises(UnauthorizedException, match="EXPIRED_AUTHENTICATION"):
        hub.client(token.access_token).crm.contacts.basic_api.get_page()
    with pytest.raises(Exception, match="missing or invalid refresh token"):
        api.create(grant_type="refresh_token", refresh_token="other", **given)


def test_a_revoked_token_and_a_missing_scope_say_so(hub: Portal) -> None:
    hub.control("scope/remove", scope="crm.objects.contacts.write")
    with pytest.raises(ForbiddenException) as refused:
        hub.client().crm.contacts.basic_api.archive(FIRST)
    assert "MISSING_SCOPES" in refused.value.body
    assert "crm.objects.contacts.write" in refused.value.body
    hub.control("revoke")
    with pytest.raises(UnauthorizedException, match="INVALID_AUTHENTICATION"):
        hub.client().crm.contacts.basic_api.get_page()
    hub.control("renew")
    assert hub.client().crm.contacts.basic_api.get_page().results


def test_each_policy_refuses_in_its_own_words_and_frees_itself() -> None:
    with portal(limits=True) as hub:
        hub.control("limits", calls=3, search=2, daily=100)
        answers = [hub.call("GET", "/crm/v3/objects/contacts") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        body = answers[3].json()
        del body["correlationId"]
        assert body == {
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "TEN_SECONDLY_ROLLING",
        }
        assert "Retry-After" not in answers[3].headers
        searches = [hub.call("POST", "/crm/v3/objects/contacts/search", {}) for _ in range(3)]
        assert [answer.status_code for answer in searches] == [200, 200, 429]
        assert searches[2].json()["policyName"] == "SECONDLY"
        hub.advance(10)
        assert hub.call("GET", "/crm/v3/objects/contacts").ok
        assert hub.control("counts")["refused"] == {"TEN_SECONDLY_ROLLING": 1, "SECONDLY": 1}


def test_the_day_begins_anew_at_midnight_of_the_portal() -> None:
    with portal(limits=True) as hub:
        hub.control("limits", daily=1)
        usage = hub.call("GET", "/account-info/v3/api-usage/daily/private-apps").json()["results"][0]
        assert (usage["currentUsage"], usage["usageLimit"], usage["resetsAt"]) == (1, 1, "2026-09-10T22:00:00.000Z")
        refused = hub.call("GET", "/account-info/v3/details")
        assert (refused.status_code, refused.json()["policyName"]) == (429, "DAILY")
        hub.advance(10 * 3600 - 1)
        assert hub.call("GET", "/account-info/v3/details").status_code == 429
        hub.advance(1)
        assert hub.call("GET", "/account-info/v3/details").json()["timeZone"] == "Europe/Berlin"


def test_activities_are_objects_like_others(hub: Portal) -> None:
    for name in ("calls", "meetings", "emails", "tasks"):
        found = hub.call("GET", f"/crm/v3/objects/{name}?properties=hs_timestamp&associations=contacts").json()[
            "results"
        ]
        assert all(row["properties"]["hs_timestamp"] and row["associations"]["contacts"] for row in found)
    kinds = hub.client().crm.objects.basic_api.get_page("meetings").results
    assert all(row.id.startswith("6000") for row in kinds)


def test_token_info_names_the_scopes(hub: Portal) -> None:
    answer = hub.call("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": hub.token})
    assert "crm.objects.contacts.read" in answer.json()["scopes"]
    with pytest.raises(ApiException):
        hub.client("wrong").crm.contacts.basic_api.get_page()
