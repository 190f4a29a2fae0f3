"""Clocks, addresses and names of events, whatever they are."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.connectors.cdp.events import Event, read_request
from martech.connectors.cdp.journeys import UTM, journey_of
from martech.connectors.cdp.moments import EARLIEST, happened_at, read_time
from martech.connectors.cdp.traits import person_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECONDS = st.integers(-(10**8), 10**8)


@given(off=SECONDS, ago=st.integers(0, 10**7))
def test_a_clock_that_is_wrong_by_any_time_places_the_event_right(off: int, ago: int) -> None:
    theirs = NOW + timedelta(seconds=off)
    at = happened_at(received=NOW, sent=theirs, original=theirs - timedelta(seconds=ago))
    assert at == NOW - timedelta(seconds=ago)


@given(sent=st.none() | st.datetimes(timezones=st.just(UTC)), original=st.none() | st.datetimes(timezones=st.just(UTC)))
def test_nothing_happens_after_it_was_received_or_long_ago(sent: datetime | None, original: datetime | None) -> None:
    assert EARLIEST <= happened_at(received=NOW, sent=sent, original=original) <= NOW


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T12:00:00Z", NOW),
        ("2026-03-02T13:00:00.000+01:00", NOW),
        ("2026-03-02T12:00:00", NOW),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        (1_772_452_800, None),
        (None, None),
    ],
)
def test_times_are_read_or_left_alone(text: object, moment: datetime | None) -> None:
    assert read_time(text) == moment


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=200)


@given(utm=st.dictionaries(st.sampled_from(UTM), WORDS))
def test_utm_of_an_address_comes_out_as_it_went_in(utm: dict[str, str]) -> None:
    url = "https://acme.example/?" + urlencode({f"utm_{key}": value for key, value in utm.items()})
    found = journey_of("page", "", {"context": {"page": {"url": url}}})
    assert found.utm == utm


@given(campaign=st.dictionaries(st.sampled_from([*UTM, "name"]), WORDS | st.none() | st.integers()), url=st.text())
def test_no_campaign_or_address_breaks_the_reading(campaign: dict[str, object], url: str) -> None:
    found = journey_of("track", "Seen", {"context": {"campaign": campaign, "page": {"url": url}}, "properties": []})
    assert (len(found.url) <= 1000, len(found.source) <= 120) == (True, True)


@pytest.mark.parametrize(
    ("page", "source", "medium"),
    [
        ({"url": "https://acme.example/", "referrer": "https://www.google.de/search?q=x"}, "google", "organic"),
        (
            {"url": "https://acme.example/", "referrer": "https://blog.other.example/post"},
            "blog.other.example",
            "referral",
        ),
        ({"url": "https://acme.example/b", "referrer": "https://www.acme.example/a"}, "", ""),
        ({"url": "https://acme.example/?utm_source=ads", "referrer": "https://www.google.de/"}, "ads", ""),
    ],
)
def test_a_referrer_says_where_they_came_from_when_no_utm_does(page: dict[str, str], source: str, medium: str) -> None:
    found = journey_of("page", "", {"context": {"page": page}})
    assert (found.source, found.medium) == (source, medium)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["type", "userId", "anonymousId", "event", "messageId", "timestamp", "sentAt", "context", "traits"]
)


@given(events=st.lists(st.dictionaries(FIELDS, JSON | st.sampled_from(["track", "page", "u1"])) | JSON, max_size=5))
def test_every_event_is_either_taken_or_refused_with_a_reason(events: list[object]) -> None:
    found = list(read_request({"batch": events}, "batch", NOW))
    assert len(found) == len(events)
    assert all(one.message_id and one.type if isinstance(one, Event) else one.code and one.detail for one in found)


@given(traits=st.dictionaries(st.sampled_from(["email", "name", "company", "address", "plan"]), JSON))
def test_any_traits_give_texts_or_what_came_and_nothing_blank(traits: dict[str, object]) -> None:
    found = person_of(traits)
    said = [*traits.values(), *(inner for one in traits.values() if isinstance(one, dict) for inner in one.values())]
    others = [value for name, value in found.items() if name != "properties" and not isinstance(value, str)]
    assert all(any(value is one for one in said) for value in others)
    assert not any(value in ("", None, [], {}) for value in found.values())
