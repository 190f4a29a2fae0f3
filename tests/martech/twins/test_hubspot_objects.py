"""HubSpot's practice server, asked by the vendor's own client; raw calls only for what that client hides."""

from collections.abc import Iterator

import pytest
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)

from tests.martech.twins.hubspot import Portal, portal

FIRST = "10001"
PATHS = ["/crm/v3/objects", "/crm/objects/2025-09", "/crm/objects/2026-03", "/crm/objects/2026-09"]


@pytest.fixture(scope="module")
def shared() -> Iterator[Portal]:
    """For tests that only read."""
    with portal(people=250) as found:
        yield found


@pytest.fixture
def hub() -> Iterator[Portal]:
    with portal() as found:
        yield found


def created(hub: Portal, **properties: str) -> str:
    api = hub.client().crm.contacts.basic_api
    return str(api.create(SimplePublicObjectInputForCreate(properties=properties, associations=[])).id)


def test_the_client_reads_every_page_of_a_list(shared: Portal) -> None:
    found = shared.client().crm.contacts.get_all(properties=["email", "lifecyclestage"])
    assert [row.id for row in found] == [str(10_000 + n) for n in range(1, 251)]
    assert found[0].properties["email"] == shared.twin.store.get("contacts", FIRST).properties["email"]
    assert found[0].updated_at.tzinfo is not None
    assert found[0].archived is False


@pytest.mark.parametrize("path", PATHS)
def test_every_path_family_gives_the_same_answer(shared: Portal, path: str) -> None:
    plain = shared.call("GET", "/crm/v3/objects/contacts?limit=3&properties=email,phone").json()
    other = shared.call("GET", f"{path}/contacts?limit=3&properties=email&properties=phone").json()
    assert other["results"] == plain["results"]
    assert other["paging"]["next"]["after"] == "10003"
    search = {"filterGroups": [], "limit": 2}
    assert shared.call("POST", f"{path}/contacts/search", search).json()["total"] == 250


def test_a_page_holds_a_hundred_and_fifty_with_history(shared: Portal) -> None:
    assert len(shared.call("GET", "/crm/v3/objects/contacts").json()["results"]) == 10
    assert shared.call("GET", "/crm/v3/objects/contacts?limit=101").status_code == 400
    assert shared.call("GET", "/crm/v3/objects/contacts?limit=51&propertiesWithHistory=phone").status_code == 400
    last = shared.call("GET", "/crm/v3/objects/contacts?limit=100&after=10200").json()
    assert (len(last["results"]), "paging" in last) == (50, False)


def test_a_record_is_created_read_changed_and_archived(hub: Portal) -> None:
    api = hub.client().crm.contacts.basic_api
    id = created(hub, email="ida@example.com", firstname="Ida")
    assert api.get_by_id(id, properties=["firstname"]).properties["firstname"] == "Ida"
    assert api.get_by_id("IDA@example.com", id_property="email").id == id
    hub.advance(60)
    changed = api.update(id, SimplePublicObjectInput(properties={"firstname": "Ada"}))
    assert changed.properties["firstname"] == "Ada"
    assert changed.properties["lastmodifieddate"] == "2026-09-10T12:01:00.000Z"
    api.archive(id)
    with pytest.raises(ApiException) as refused:
        api.get_by_id(id)
    assert refused.value.status == 404
    assert api.get_by_id(id, archived=True).archived_at is not None
    assert [row.id for row in api.get_page(archived=True).results] == [id]


def test_history_tells_what_a_value_was(hub: Portal) -> None:
    hub.advance(5)
    api = hub.client().crm.contacts.basic_api
    api.update(FIRST, SimplePublicObjectInput(properties={"phone": "+4930111"}))
    found = api.get_by_id(FIRST, properties_with_history=["phone"])
    values = [entry.value for entry in found.properties_with_history["phone"]]
    assert values[0] == "+4930111"
    assert len(values) == 2


def test_a_second_record_with_the_address_names_the_first(hub: Portal) -> None:
    id = created(hub, email="ida@example.com")
    answer = hub.call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "Ida@Example.com"}})
    assert answer.status_code == 409
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {id}"
    assert answer.json()["category"] == "CONFLICT"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nope", "1", "PROPERTY_DOESNT_EXIST"),
        ("lastmodifieddate", "1", "READ_ONLY_VALUE"),
        ("email", "not an address", "INVALID_EMAIL"),
        ("lifecyclestage", "hot", "INVALID_OPTION"),
        ("interests", "routing;knitting", "INVALID_OPTION"),
        ("score", "many", "INVALID_FLOAT"),
        ("birthday", "2026-02-30", "INVALID_DATE"),
        ("birthday", "2026-02-03T10:00:00Z", "INVALID_DATE"),
        ("hs_email_optout", "perhaps", "INVALID_OPTION"),
        ("hubspot_owner_id", "12", "INVALID_OWNER_ID"),
        ("hubspot_owner_id", "70000007", "INVALID_OWNER_ID"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_is_stored(hub: Portal, name: str, value: str, code: str) -> None:
    before = hub.control("truth", object="contacts")
    answer = hub.call("PATCH", f"/crm/v3/objects/contacts/{FIRST}", {"properties": {name: value, "firstname": "X"}})
    assert answer.status_code == 400
    body = answer.json()
    assert body["message"].startswith('Property values were not valid: [{"isValid":false,')
    assert [(error["code"], error["context"]["propertyName"]) for error in body["errors"]] == [(code, [name])]
    assert hub.control("truth", object="contacts") == before


@pytest.mark.parametrize(
    ("name", "value"), [("birthday", "2026-02-03"), ("interests", "sync;routing"), ("score", "1.5")]
)
def test_good_values_of_every_type_are_stored(hub: Portal, name: str, value: str) -> None:
    hub.client().crm.contacts.basic_api.update(FIRST, SimplePublicObjectInput(properties={name: value}))
    assert hub.control("truth", object="contacts")["records"][FIRST][name] == value


def test_batches_create_read_update_and_archive(hub: Portal) -> None:
    api = hub.client().crm.contacts.batch_api
    rows = [{"properties": {"email": f"n{n}@example.com"}, "associations": []} for n in range(3)]
    made = api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=rows))
    ids = [row.id for row in made.results]
    assert made.status == "COMPLETE"
    changes = [{"id": id, "properties": {"city": "Graz"}} for id in ids]
    assert len(api.update(BatchInputSimplePublicObjectBatchInput(inputs=changes)).results) == 3
    wanted = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": id} for id in [*ids, "1"]], properties=["city"], properties_with_history=[]
    )
    found, status, _headers = api.read_with_http_info(wanted)
    assert status == 207
    assert [row.properties["city"] for row in found.results] == ["Graz"] * 3
    assert found.errors[0].context == {"ids": ["1"]}
    api.archive(BatchInputSimplePublicObjectId(inputs=[{"id": id} for id in ids]))
    assert hub.control("truth", object="contacts")["archived"] == ids


def test_upsert_tells_new_from_known(hub: Portal) -> None:
    api = hub.client().crm.contacts.batch_api
    email = hub.twin.store.get("contacts", FIRST).properties["email"]
    rows = [
        {"id": email, "idProperty": "email", "properties": {"city": "Graz"}},
        {"id": "new@example.com", "idProperty": "email", "properties": {"city": "Linz"}},
    ]
    found = api.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=rows))
    assert [(row.id == FIRST, row.new) for row in found.results] == [(True, False), (False, True)]


def test_mixed_outcomes_need_a_trace_of_their_own_for_every_input(hub: Portal) -> None:
    good, bad = {"properties": {"email": "a@example.com"}}, {"properties": {"nope": "1"}}
    url = "/crm/v3/objects/contacts/batch/create"
    for traces in ([None, None], ["t", "t"], ["t", None]):
        inputs = [{**row, "objectWriteTraceId": trace} for row, trace in zip([good, bad], traces, strict=True)]
        answer = hub.call("POST", url, {"inputs": inputs})
        assert answer.status_code == 400
        assert len(hub.control("truth", object="contacts")["records"]) == 30
    inputs = [{**good, "objectWriteTraceId": "t1"}, {**bad, "objectWriteTraceId": "t2"}]
    answer = hub.call("POST", url, {"inputs": inputs})
    assert answer.status_code == 207
    body = answer.json()
    assert body["results"][0]["objectWriteTraceId"] == "t1"
    assert (body["numErrors"], body["errors"][0]["context"]) == (1, {"objectWriteTraceId": ["t2"]})


def test_an_upsert_by_address_knows_no_partial_success(hub: Portal) -> None:
    rows = [
        {"id": "a@example.com", "idProperty": "email", "properties": {}, "objectWriteTraceId": "1"},
        {"id": "b@example.com", "idProperty": "email", "properties": {"nope": "1"}, "objectWriteTraceId": "2"},
    ]
    assert hub.call("POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": rows}).status_code == 400
    rows[0] = {
        "id": "m-1",
        "idProperty": "mops_id",
        "properties": {"email": "a@example.com"},
        "objectWriteTraceId": "1",
    }
    rows[1] |= {"id": "m-2", "idProperty": "mops_id"}
    answer = hub.call("POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": rows})
    assert (answer.status_code, answer.json()["results"][0]["new"]) == (207, True)


def test_ids_of_a_batch_must_differ_and_inputs_must_be_there(hub: Portal) -> None:
    twice = [{"id": FIRST, "properties": {"city": "A"}}, {"id": FIRST, "properties": {"city": "B"}}]
    answer = hub.call("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": twice})
    assert answer.json()["message"] == f"Duplicate IDs found in batch input: [{FIRST}]. IDs must be unique"
    assert answer.json()["context"] == {"ids": [FIRST]}
    answer = hub.call("POST", "/crm/v3/objects/contacts/batch/update", {"records": twice})
    assert (answer.status_code, answer.json()["status"], answer.json()["results"]) == (200, "COMPLETE", [])
    many = [{"properties": {"email": f"m{n}@example.com"}} for n in range(101)]
    assert hub.call("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": many}).status_code == 400


def test_a_merge_makes_a_new_record_that_the_old_ids_lead_to(hub: Portal) -> None:
    api = hub.client().crm.contacts.basic_api
    second = hub.twin.store.get("contacts", "10002").properties["email"]
    merged = api.merge(PublicMergeInput(primary_object_id=FIRST, object_id_to_merge="10002"))
    assert merged.id not in {FIRST, "10002"}
    assert merged.properties["hs_merged_object_ids"] == f"{FIRST};10002"
    assert merged.properties["hs_additional_emails"] == second
    assert api.get_by_id(FIRST).id == api.get_by_id("10002").id == merged.id
    chained = api.merge(PublicMergeInput(primary_object_id="10003", object_id_to_merge=merged.id))
    assert chained.properties["hs_merged_object_ids"] == f"{FIRST};10002;10003;{merged.id}"
    assert FIRST not in chained.properties["hs_calculated_merged_vids"]
    assert api.get_by_id(FIRST).id == chained.id
    assert api.get_page(archived=True).results == []
    links = hub.control("truth", object="contacts")["links"]["companies"]
    assert FIRST not in links
    assert len(links[chained.id]) >= 1


def test_a_merge_may_keep_the_id_of_the_primary(hub: Portal) -> None:
    hub.control("merge", keeps_id=True)
    merged = hub.client().crm.contacts.basic_api.merge(
        PublicMergeInput(primary_object_id=FIRST, object_id_to_merge="10002")
    )
    assert (merged.id, merged.properties["hs_merged_object_ids"]) == (FIRST, "10002")


def test_an_erased_person_is_neither_listed_nor_archived(hub: Portal) -> None:
    answer = hub.call("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": FIRST})
    assert answer.status_code == 204
    truth = hub.control("truth", object="contacts")
    assert FIRST not in truth["records"]
    assert truth["archived"] == []


def test_an_archived_record_can_be_restored(hub: Portal) -> None:
    api = hub.client().crm.contacts.basic_api
    api.archive(FIRST)
    hub.control("restore", object="contacts", id=FIRST)
    assert api.get_by_id(FIRST).archived is False
    found = hub.client().crm.contacts.search_api.do_search(PublicObjectSearchRequest(limit=1))
    assert found.total == 30


def test_what_cannot_be_read_is_refused_in_the_vendors_words(hub: Portal) -> None:
    assert hub.call("GET", "/crm/v3/objects/unicorns").json()["message"] == "Unable to infer object type from: unicorns"
    broken = hub.session.post(
        f"{hub.url}/crm/v3/objects/contacts", data="{", headers={"Authorization": f"Bearer {hub.token}"}, timeout=5
    )
    assert (broken.status_code, broken.json()["message"].split(" on ")[0]) == (400, "Invalid input JSON")
    assert hub.call("GET", "/crm/v3/nothing").status_code == 404
