"""Webhooks come through whatever stands before mops: they are checked against its public address, which its page says."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Connection, ConnectionState, SyncHint, SyncObject
from martech.services.sync.sealed import sealed_secrets
from martech.services.tracking.sources import create_source
from martech.twins.hubspot.webhooks import signature
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SECRET = "the-app-s-client-secret"


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.BASE_URL, settings.WEBHOOK_URL = "https://mops.example", "https://in.example/mops"


@pytest.fixture
def crm() -> Connection:
    made = Connection(name="crm", vendor="hubspot", state=ConnectionState.ACTIVE)
    made.sealed = sealed_secrets(made, {"token": "pat-x", "client_secret": SECRET})
    made.save()
    SyncObject.objects.create(connection=made, name="contacts", kind="person")
    return made


def send(signed_for: str, path: str = "/hooks/crm/", **headers: str) -> Any:
    event = {"eventId": 1, "portalId": 5, "subscriptionType": "contact.creation", "occurredAt": 1_000, "objectId": 7}
    body, stamp = json.dumps([event]).encode(), str(int(time.time() * 1000))
    given = {"X-HubSpot-Request-Timestamp": stamp}
    given["X-HubSpot-Signature-v3"] = signature(SECRET, "POST", signed_for, body, stamp)
    return Client().post(path, body, content_type="application/json", headers={**given, **headers})


def test_behind_a_proxy_that_ends_tls_and_says_nothing_a_webhook_is_believed(crm: Connection) -> None:
    assert send("https://in.example/mops/hooks/crm/", Host="localhost").json() == {"accepted": 1}
    assert SyncHint.objects.get().external_id == "7"


def test_the_address_that_a_request_came_to_counts_too(crm: Connection) -> None:
    assert send("http://localhost/hooks/crm/", Host="localhost").json() == {"accepted": 1}


def test_an_address_that_is_neither_is_forged(crm: Connection) -> None:
    answer = send("https://elsewhere.example/hooks/crm/", Host="localhost")
    assert (answer.status_code, SyncHint.objects.count()) == (401, 0)


def test_a_webhook_is_not_sent_to_https_and_lost_on_the_way(crm: Connection, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert send("https://in.example/mops/hooks/crm/").json() == {"accepted": 1}


def test_an_address_that_was_typed_without_its_last_slash_is_right(crm: Connection) -> None:
    assert send("https://in.example/mops/hooks/crm", "/hooks/crm").json() == {"accepted": 1}


def told(crm: Connection) -> str:
    page = manager().get(crm.get_absolute_url()).content.decode()
    return page[page.index("What we are told between rounds") :]


def test_the_page_says_which_address_to_register(crm: Connection) -> None:
    assert "register https://in.example/mops/hooks/crm/ for the webhooks of your app in HubSpot." in told(crm)
    assert "client secret" not in told(crm)
    assert "MOPS_WEBHOOK_URL" not in told(crm)


def test_the_page_says_what_is_missing_for_webhooks_to_come(crm: Connection, settings: Any) -> None:
    settings.WEBHOOK_URL = "http://127.0.0.1:8000"
    Connection.objects.filter(pk=crm.pk).update(sealed=sealed_secrets(crm, {"token": "pat-x"}))
    said = told(crm)
    assert "signed with the app’s client secret: enter it under Credentials first" in said
    assert "HubSpot sends only to a public https address: say it in MOPS_WEBHOOK_URL." in said


def test_after_webhooks_came_the_page_still_says_where_to(crm: Connection) -> None:
    send("https://in.example/mops/hooks/crm/")
    assert "They come to https://in.example/mops/hooks/crm/." in told(crm)


def manager() -> Client:
    client = Client(headers={"Host": "localhost"})
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def test_signing_in_over_there_leads_back_to_the_public_address() -> None:
    made = Connection(name="app", vendor="hubspot", state=ConnectionState.ACTIVE, options={"sign_in": "oauth"})
    made.sealed = sealed_secrets(made, {"client_id": "an-app", "client_secret": SECRET})
    made.save()
    there = manager().get("/martech/sync/to/app/sign-in/")["Location"]
    assert "redirect_uri=https%3A%2F%2Fmops.example%2Fmartech%2Fsync%2Fsigned-in%2F" in there


def test_an_event_source_says_the_public_address() -> None:
    source, _key = create_source(name="Website", actor=None)
    assert "https://mops.example/cdp" in manager().get(f"/martech/sources/{source.pk}/").content.decode()
