"""Webhooks and the journal of the practice server, checked with the vendor's own signature code."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from hubspot.utils.signature import Signature

from tests.martech.twins.hubspot import Portal, portal

FIRST = "10001"


class Receiver:
    """A subscriber that remembers what came and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks/1/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in json.loads(body)]


@pytest.fixture
def hub() -> Iterator[Portal]:
    with portal() as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


def change(hub: Portal, id: str = FIRST, **properties: str) -> None:
    assert hub.call("PATCH", f"/crm/v3/objects/contacts/{id}", {"properties": properties}).ok


def test_events_come_signed_so_that_the_vendors_code_accepts_them(hub: Portal, receiver: Receiver) -> None:
    now = datetime.now(UTC).timestamp()
    hub.advance(now - hub.twin.store.clock.now().timestamp())
    hub.control("webhooks", target=receiver.url)
    change(hub, city="Graz")
    assert hub.control("webhooks/deliver") == {"sent": 1, "refused": 0, "given_up": 0}
    event = receiver.events()[0]
    assert (event["subscriptionType"], event["objectId"], event["propertyName"], event["propertyValue"]) == (
        "contact.propertyChange",
        10001,
        "city",
        "Graz",
    )
    headers = receiver.headers[0]
    arguments = (
        headers["x-hubspot-signature-v3"],
        "practice-secret",
        receiver.bodies[0].decode(),
        receiver.url,
        "POST",
    )
    stamp = headers["x-hubspot-request-timestamp"]
    assert Signature.is_valid(*arguments, signature_version="v3", timestamp=stamp)


def test_refused_events_come_again_with_a_higher_attempt_and_are_given_up_in_the_end(
    hub: Portal, receiver: Receiver
) -> None:
    hub.control("webhooks", target=receiver.url, kinds=["contact.propertyChange"])
    receiver.status = 503
    change(hub, city="Graz")
    counts = [hub.control("webhooks/deliver") for _ in range(12)]
    assert [event["attemptNumber"] for event in receiver.events()] == list(range(11))
    assert [count["given_up"] for count in counts] == [0] * 10 + [1, 0]


def test_events_leave_by_themselves_and_wait_longer_each_time_they_are_refused(hub: Portal, receiver: Receiver) -> None:
    hub.control("webhooks", target=receiver.url)
    receiver.status = 500
    change(hub, city="Graz")
    arrived = []
    for _minute in range(8):
        hub.twin.tick()
        arrived.append(len(receiver.bodies))
        hub.advance(60)
    assert arrived == [1, 2, 2, 3, 3, 3, 3, 4]
    receiver.status = 200
    hub.advance(3600)
    hub.twin.tick()
    hub.twin.tick()
    assert [event["attemptNumber"] for event in receiver.events()] == [0, 1, 2, 3, 4]


def test_events_may_come_twice_and_out_of_order(hub: Portal, receiver: Receiver) -> None:
    hub.control("webhooks", target=receiver.url)
    for number in range(5):
        hub.advance(1)
        change(hub, city=f"City {number}")
    hub.control("webhooks/deliver", reorder=True, duplicate=True)
    stamps = [event["occurredAt"] for event in receiver.events()]
    assert len(stamps) == 10
    assert len(set(stamps)) == 5
    assert stamps != sorted(stamps)


def test_every_kind_of_event_is_told(hub: Portal, receiver: Receiver) -> None:
    hub.control("webhooks", target=receiver.url)
    hub.call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "new@example.com"}})
    hub.call("DELETE", "/crm/v3/objects/contacts/10003")
    hub.control("restore", object="contacts", id="10003")
    hub.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": FIRST, "objectIdToMerge": "10002"})
    hub.call("PUT", "/crm/v4/objects/contacts/10004/associations/default/companies/200000001")
    hub.control("webhooks/deliver")
    found = receiver.events()
    kinds = [event["subscriptionType"] for event in found]
    for kind in ("creation", "deletion", "restore", "merge", "associationChange"):
        assert f"contact.{kind}" in kinds
    merged = next(event for event in found if event["subscriptionType"] == "contact.merge")
    assert merged["mergedObjectIds"] == [10001, 10002]


SCOPES = tuple(f"developer.webhooks_journal.{name}" for name in ("read", "subscriptions.read", "subscriptions.write"))
JOURNAL = "/webhooks-journal/journal/2026-03"


def app_token(hub: Portal, *scopes: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": "practice-client", "client_secret": "practice-secret"}
    return hub.session.post(f"{hub.url}/oauth/v1/token", data={**form, "scope": " ".join(scopes)}, timeout=5)


class JournalReader:
    """The app, with a token of its own."""

    def __init__(self, hub: Portal, *scopes: str) -> None:
        self.hub, self.token = hub, app_token(hub, *(scopes or SCOPES)).json()["access_token"]

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.hub.call(method, path, body, headers={"Authorization": f"Bearer {self.token}"})

    def get(self, rest: str) -> requests.Response:
        return self.call("GET", f"{JOURNAL}/{rest}")

    def subscribe(self, *actions: str, **more: Any) -> requests.Response:
        asked = {"subscriptionType": "OBJECT", "objectTypeId": "0-1", "portalId": 4_821_500, "actions": actions}
        return self.call("POST", "/webhooks-journal/subscriptions/2026-03", {**asked, **more})

    def events(self) -> list[dict[str, Any]]:
        found = self.get("batch/earliest/100").json()["results"]
        files = [self.hub.session.get(entry["url"], timeout=5).json() for entry in found]
        return [event for file in files for event in file["journalEvents"]]


def test_the_journal_is_read_in_order_from_an_offset(hub: Portal) -> None:
    reader = JournalReader(hub)
    reader.subscribe("UPDATE")
    assert reader.get("earliest").status_code == 204
    change(hub, city="Graz")
    change(hub, city="Linz")
    first = reader.get("earliest").json()
    second = reader.get(f"offset/{first['currentOffset']}/next").json()
    assert first.keys() == {"url", "currentOffset", "expiresAt"}
    assert [body["propertyChanges"] for body in reader.events()] == [{"city": "Graz"}, {"city": "Linz"}]
    assert reader.get(f"offset/{second['currentOffset']}/next").status_code == 204
    assert reader.get(f"batch/{first['currentOffset']}/next/5").json()["results"] == [second]
    hub.advance(3 * 86_400 + 1)
    reader = JournalReader(hub)
    assert reader.get("earliest").status_code == 204
    assert reader.get(f"offset/{second['currentOffset']}/next").status_code == 404
    assert hub.session.get(second["url"], timeout=5).status_code == 404


def test_the_journal_takes_tokens_of_the_app_with_its_scopes_only(hub: Portal) -> None:
    assert (app_token(hub).status_code, app_token(hub, "crm.objects.contacts.read").status_code) == (400, 400)
    refused = hub.call("GET", f"{JOURNAL}/earliest")
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    reader = JournalReader(hub, "developer.webhooks_journal.subscriptions.read")
    assert reader.get("earliest").status_code == 403
    assert reader.subscribe("UPDATE").status_code == 403
    reader = JournalReader(hub)
    assert reader.call("GET", "/crm/v3/objects/contacts").status_code == 403
    hub.control("scope/remove", scope="developer.webhooks_journal.read")
    assert reader.get("earliest").status_code == 403
    assert app_token(hub, *SCOPES).status_code == 400


def test_the_journal_tells_what_was_subscribed_to(hub: Portal) -> None:
    reader = JournalReader(hub)
    change(hub, city="Graz")
    assert reader.subscribe("UPDATE", properties=["city"]).status_code == 201
    link = {"subscriptionType": "ASSOCIATION", "associatedObjectTypeIds": ["0-2"]}
    reader.subscribe("ASSOCIATION_ADDED", **link)
    change(hub, jobtitle="CEO")
    change(hub, city="Linz")
    hub.call("PUT", "/crm/v4/objects/contacts/10004/associations/default/companies/200000001")
    hub.call("DELETE", "/crm/v3/objects/contacts/10003")
    updated, linked = reader.events()
    assert (updated["action"], updated["propertyChanges"]) == ("UPDATE", {"city": "Linz"})
    assert (linked["action"], linked["objectId"], linked["associatedObjectId"]) == (
        "ASSOCIATION_ADDED",
        10004,
        200000001,
    )
    reader.subscribe("UPDATE", "DELETE", properties=[])
    assert len(reader.call("GET", "/webhooks-journal/subscriptions/2026-03").json()["results"]) == 2


def test_calls_of_the_journal_count_for_themselves() -> None:
    with portal(limits=True) as hub:
        reader, before = JournalReader(hub), hub.control("counts")
        assert [reader.get("earliest").status_code for _ in range(101)] == [204] * 100 + [429]
        assert hub.control("counts")["daily"] == before["daily"]


def test_faults_of_this_vendor_are_known_by_name(hub: Portal) -> None:
    for name, status in (("locked", 423), ("migrating", 477), ("bad_host", 530), ("daily_limited", 429)):
        hub.control("faults", name=name)
        assert hub.call("GET", "/crm/v3/objects/contacts").status_code == status
    hub.control("faults", name="bad_gateway_after_apply", on="PATCH")
    assert hub.call("PATCH", f"/crm/v3/objects/contacts/{FIRST}", {"properties": {"city": "Wien"}}).status_code == 502
    assert hub.control("truth", object="contacts")["records"][FIRST]["city"] == "Wien"


def test_every_behaviour_is_labelled_and_names_its_source(hub: Portal) -> None:
    listed = hub.session.get(f"{hub.url}/__twin__/behaviours", timeout=5).json()
    assert len({entry["key"] for entry in listed}) == len(listed) > 30
    assert {entry["label"] for entry in listed} == {"documented", "observed", "unverified"}
    assert all(entry["source"] for entry in listed)
