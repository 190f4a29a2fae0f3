"""Search of the practice server: what it sees when, how far it pages, and what it silently does not find."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hubspot.crm.contacts import PublicObjectSearchRequest, SimplePublicObjectInput

from tests.martech.twins.hubspot import NOON, Portal, crowd, portal

FIRST = "10001"


@pytest.fixture
def hub() -> Iterator[Portal]:
    with portal() as found:
        yield found


def search(hub: Portal, *filters: dict[str, Any], object: str = "contacts", **more: Any) -> dict[str, Any]:
    body = {"filterGroups": [{"filters": list(filters)}] if filters else [], "limit": 100, **more}
    answer = hub.call("POST", f"/crm/v3/objects/{object}/search", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def since(ms: int, name: str = "lastmodifieddate") -> dict[str, str]:
    return {"propertyName": name, "operator": "GTE", "value": str(ms)}


def stamp(seconds: float = 0) -> int:
    return int((NOON + timedelta(seconds=seconds)).timestamp() * 1000)


def test_the_client_finds_what_changed(hub: Portal) -> None:
    hub.client().crm.contacts.basic_api.update(FIRST, SimplePublicObjectInput(properties={"city": "Graz"}))
    asked = PublicObjectSearchRequest(
        filter_groups=[{"filters": [since(stamp())]}], properties=["city"], limit=10, sorts=["lastmodifieddate"]
    )
    found = hub.client().crm.contacts.search_api.do_search(asked)
    assert (found.total, found.results[0].id, found.results[0].properties["city"]) == (1, FIRST, "Graz")


def test_a_change_reaches_search_after_the_lag_and_single_reads_at_once() -> None:
    with portal(lag=10) as hub:
        hub.call("PATCH", f"/crm/v3/objects/contacts/{FIRST}", {"properties": {"city": "Graz"}})
        assert (
            hub.call("GET", f"/crm/v3/objects/contacts/{FIRST}?properties=city").json()["properties"]["city"] == "Graz"
        )
        assert search(hub, since(stamp()))["total"] == 0
        hub.advance(9)
        assert search(hub, since(stamp()))["total"] == 0
        hub.advance(1)
        assert search(hub, since(stamp()))["total"] == 1
        hub.control("late", object="contacts", seconds=60)
        hub.call("PATCH", "/crm/v3/objects/contacts/10002", {"properties": {"city": "Linz"}})
        hub.advance(15)
        assert [row["id"] for row in search(hub, since(stamp()))["results"]] == [FIRST]
        hub.advance(60)
        assert search(hub, since(stamp()))["total"] == 2


def test_contacts_are_not_found_by_the_property_of_other_objects(hub: Portal) -> None:
    assert search(hub, since(0, "hs_lastmodifieddate"))["total"] == 0
    assert search(hub, since(0, "hs_lastmodifieddate"), object="companies")["total"] == 5


def test_a_query_ends_at_ten_thousand() -> None:
    with portal() as big:
        crowd(big, 10_020)
        body = {"filterGroups": [], "limit": 200, "after": "9800"}
        last = big.call("POST", "/crm/v3/objects/contacts/search", body).json()
        assert (last["total"], len(last["results"]), last["paging"]["next"]["after"]) == (10_050, 200, "10000")
        beyond = big.call("POST", "/crm/v3/objects/contacts/search", {**body, "after": "10000"})
        assert (beyond.status_code, beyond.json()["category"]) == (400, "VALIDATION_ERROR")
        at = big.control("bulk-edit", object="contacts", properties={"city": "Graz"})["at"]
        equal = {"propertyName": "lastmodifieddate", "operator": "EQ", "value": str(at)}
        behind = {"propertyName": "hs_object_id", "operator": "GT", "value": "1009969"}
        found = search(big, equal, behind, sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}])
        assert (found["total"], found["results"][0]["id"]) == (50, "1009970")


def test_search_answers_have_no_limit_headers_and_lists_have(hub: Portal) -> None:
    listed = hub.call("GET", "/crm/v3/objects/contacts")
    assert listed.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    found = hub.call("POST", "/crm/v3/objects/contacts/search", {})
    assert [name for name in found.headers if "ratelimit" in name.lower()] == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([("firstname", "EQ", "IDA")], 2),
        ([("firstname", "NEQ", "ida")], 28),
        ([("score", "GT", "4")], 1),
        ([("score", "LTE", "5"), ("firstname", "EQ", "ida")], 1),
        ([("score", "HAS_PROPERTY", None)], 2),
        ([("score", "NOT_HAS_PROPERTY", None)], 28),
        ([("email", "CONTAINS_TOKEN", "*example.com")], 2),
        ([("email", "NOT_CONTAINS_TOKEN", "example")], 28),
    ],
)
def test_filters_decide_like_the_vendors(hub: Portal, filters: list[tuple[str, str, str | None]], count: int) -> None:
    for id, score in ((FIRST, "3"), ("10002", "7")):
        values = {"firstname": "Ida", "score": score, "email": f"ida{score}@example.com"}
        hub.call("PATCH", f"/crm/v3/objects/contacts/{id}", {"properties": values})
    asked = [{"propertyName": name, "operator": operator, "value": value} for name, operator, value in filters]
    assert search(hub, *asked)["total"] == count


def test_values_in_lists_and_between(hub: Portal) -> None:
    ids = {"propertyName": "hs_object_id", "operator": "IN", "values": [FIRST, "10003"]}
    assert [row["id"] for row in search(hub, ids)["results"]] == [FIRST, "10003"]
    between = {"propertyName": "hs_object_id", "operator": "BETWEEN", "value": "10004", "highValue": "10006"}
    assert search(hub, between)["total"] == 3
    hub.control("bulk-edit", object="contacts", ids=[FIRST])
    window = {
        "propertyName": "lastmodifieddate",
        "operator": "BETWEEN",
        "value": str(stamp()),
        "highValue": str(stamp()),
    }
    assert search(hub, window)["total"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"sorts": ["email", "city"]},
        {"filterGroups": [{"filters": [{"propertyName": "nope", "operator": "EQ", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [since(0)] * 7}]},
        {"filterGroups": [{"filters": [since(0)]}] * 6},
        {"filterGroups": [{"filters": [{**since(0), "value": "2026-09-10T12:00:00Z"}]}]},
    ],
)
def test_what_search_does_not_take(hub: Portal, body: dict[str, Any]) -> None:
    answer = hub.call("POST", "/crm/v3/objects/contacts/search", body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_record_can_be_left_out_of_answers_without_a_word(hub: Portal) -> None:
    hub.control("drop", object="contacts", ids=[FIRST], where="search")
    found = search(hub)
    assert (found["total"], len(found["results"])) == (30, 29)
    assert len(search(hub)["results"]) == 30


def test_archived_and_changed_records_leave_and_enter_the_index(hub: Portal) -> None:
    hub.call("DELETE", f"/crm/v3/objects/contacts/{FIRST}")
    assert search(hub)["total"] == 29
    hub.control("bulk-edit", object="contacts", properties={"city": "Graz"})
    assert search(hub, since(stamp()))["total"] == 29
