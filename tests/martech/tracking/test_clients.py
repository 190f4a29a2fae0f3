"""The stock clients of Segment and RudderStack over HTTP, unchanged."""

from typing import Any

import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from martech.models import Person, RefusedEvent, SourceEvent, Touch
from martech.services.tracking import revoke_write_key
from tests.martech.tracking.calls import apply, make_source


def everything(client: Any) -> None:
    client.page(
        "u1", name="Pricing", properties={"url": "https://acme.example/pricing?utm_source=google&utm_medium=cpc"}
    )
    client.identify("u1", {"email": "ana@acme.example", "first_name": "Ana"})
    client.track("u1", "Demo Requested", {"plan": "pro"})
    client.screen("u1", name="Home")
    client.group("u1", "g1", {"name": "Acme Robotics"})
    client.alias("anonymous-1", "u1")


@pytest.mark.parametrize("make", [SegmentClient, RudderClient])
@pytest.mark.parametrize("is_zipped", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_stock_client_sends_everything_it_has(live_server: Any, make: Any, is_zipped: bool) -> None:
    _source, key = make_source()
    failed: list[Any] = []
    client = make(
        key,
        host=f"{live_server.url}/cdp",
        on_error=lambda error, batch: failed.append(error),
        gzip=is_zipped,
        max_retries=1,
    )
    everything(client)
    client.shutdown()
    apply()
    assert failed == []
    assert RefusedEvent.objects.count() == 0
    assert sorted(SourceEvent.objects.values_list("type", flat=True)) == [
        "alias",
        "group",
        "identify",
        "page",
        "screen",
        "track",
    ]
    person = Person.objects.get()
    assert (person.email, person.first_name, person.company) == ("ana@acme.example", "Ana", "Acme Robotics")
    assert dict(Touch.objects.values_list("kind", "channel")) == {
        "page": "paid_search",
        "screen": "other",
        "form": "other",
    }


@pytest.mark.parametrize("make", [SegmentClient, RudderClient])
@pytest.mark.django_db(transaction=True)
def test_a_stock_client_learns_of_a_revoked_key(live_server: Any, make: Any) -> None:
    source, key = make_source()
    revoke_write_key(key=source.keys.get(), actor=None)
    failed: list[Any] = []
    client = make(
        key, host=f"{live_server.url}/cdp", on_error=lambda error, batch: failed.append((error, batch)), max_retries=1
    )
    client.track("u1", "Seen")
    client.shutdown()
    [(error, batch)] = failed
    assert ("bad_key" in str(error), len(batch)) == (True, 1)
    assert SourceEvent.objects.count() == 0
