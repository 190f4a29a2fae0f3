"""Sign-in, errors, budgets, checks and webhooks of the HubSpot connector."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from martech.connectors.errors import (
    AddressRefused,
    BudgetExhausted,
    Forged,
    Misconfigured,
    RetryNow,
    ScopeMissing,
    SignInRefused,
    Stale,
    Throttled,
    VendorDown,
    VendorError,
)
from martech.connectors.hubspot import VENDOR
from martech.connectors.hubspot.policies import BURST, DAILY, SEARCH, next_midnight
from martech.connectors.port import Session
from martech.connectors.registry import vendor
from martech.twins.hubspot.webhooks import signature
from tests.martech.connectors.hubspot import NOON, Bench, Ledger, bench, records, until_now, update

FIRST = "10001"
SECRET = "practice-secret"


@pytest.fixture
def made() -> Iterator[Bench]:
    with bench(timeout=(1.0, 0.3)) as found:
        yield found


READ_FAULTS: list[tuple[str, type[VendorError]]] = [
    ("bad_gateway", VendorDown),
    ("unavailable", VendorDown),
    ("html_error", VendorError),
    ("truncated_json", VendorDown),
    ("slow_body", VendorDown),
    ("read_timeout", VendorDown),
    ("hang_up", RetryNow),
    ("gateway_timeout", VendorDown),
    ("cloudflare_timeout", VendorDown),
    ("rate_limited", Throttled),
    ("search_limited", Throttled),
    ("daily_limited", BudgetExhausted),
    ("locked", RetryNow),
    ("migrating", Throttled),
    ("bad_host", SignInRefused),
    ("unauthenticated", SignInRefused),
    ("address_too_long", Misconfigured),
]


@pytest.mark.parametrize(("fault", "kind"), READ_FAULTS)
def test_each_fault_of_a_read_has_its_class_and_the_next_call_goes_through(
    made: Bench, fault: str, kind: type[VendorError]
) -> None:
    made.hub.control("faults", name=fault)
    with pytest.raises(kind) as raised:
        next(made.connector.everything("contacts", ["email"]))
    assert raised.value.detail
    assert len(records(made.connector.everything("contacts", ["email"]))) == 30


def test_a_wait_follows_from_the_policy_and_the_budget_is_told(made: Bench) -> None:
    made.hub.control("faults", name="rate_limited")
    made.hub.control("faults", name="search_limited", on="search")
    with pytest.raises(Throttled) as burst:
        next(made.connector.everything("contacts", []))
    assert (burst.value.policy, burst.value.seconds) == (BURST, 10)
    with pytest.raises(Throttled) as search:
        next(made.connector.changes("contacts", [], window=until_now(made.hub)))
    assert (search.value.policy, search.value.seconds) == (SEARCH, 1)
    assert made.ledger.penalties == [(BURST, 10), (SEARCH, 1)]
    made.hub.control("faults", name="daily_limited")
    with pytest.raises(BudgetExhausted) as day:
        next(made.connector.everything("contacts", []))
    assert day.value.until > datetime.now(UTC)


def test_the_day_ends_at_midnight_of_the_portal() -> None:
    assert next_midnight("Europe/Berlin", NOON) == datetime(2026, 9, 10, 22, tzinfo=UTC)
    assert next_midnight("no/where", NOON) == datetime(2026, 9, 11, tzinfo=UTC)


def test_each_kind_of_call_spends_from_its_policies(made: Bench) -> None:
    next(made.connector.everything("contacts", []))
    next(made.connector.changes("contacts", [], window=until_now(made.hub)))
    made.connector.write("contacts", [update("u", FIRST, city="Graz")])
    assert made.ledger.spent == [BURST, DAILY, SEARCH, DAILY, BURST, DAILY]
    assert made.ledger.observed[DAILY] == (3, 625_000)
    assert made.ledger.observed[BURST][1] == 190
    made.ledger.exhausted = DAILY
    with pytest.raises(BudgetExhausted):
        next(made.connector.everything("contacts", []))
    assert made.hub.control("counts")["daily"] == 3


def test_the_limits_depend_on_edition_and_sign_in() -> None:
    limits = {policy.name: policy.limit for policy in VENDOR.policies({"tier": "starter"})}
    assert limits == {SEARCH: 5, BURST: 100, DAILY: 250_000}
    assert {p.name: p.limit for p in VENDOR.policies({"sign_in": "oauth"})}[BURST] == 110


def test_a_limit_that_is_met_is_told_to_the_budget() -> None:
    with bench(people=450, limits=True) as made:
        made.hub.control("limits", search=2)
        assert len(records(made.connector.everything("contacts", []))) == 450
        for _ in range(2):
            next(made.connector.changes("contacts", [], window=until_now(made.hub)))
        with pytest.raises(Throttled):
            next(made.connector.changes("contacts", [], window=until_now(made.hub)))
        assert made.ledger.penalties == [(SEARCH, 1)]


def test_a_revoked_token_and_a_missing_scope_are_told_apart(made: Bench) -> None:
    made.hub.control("scope/remove", scope="crm.objects.contacts.write")
    with pytest.raises(ScopeMissing) as missing:
        made.connector.write("contacts", [update("u", FIRST, city="Graz")])
    assert missing.value.code == "crm.objects.contacts.write"
    assert "crm.objects.contacts.write" in missing.value.remedy
    made.hub.control("revoke")
    with pytest.raises(SignInRefused) as refused:
        next(made.connector.everything("contacts", []))
    assert made.hub.token not in str(refused.value)


def test_oauth_renews_once_keeps_the_token_and_uses_a_kept_one() -> None:
    with bench(sign_in="oauth") as made:
        assert len(records(made.connector.everything("contacts", []))) == 30
        assert len(made.tokens) == 1
        made.hub.advance(1801)
        assert made.connector.write("contacts", [update("u", FIRST, city="Graz")])[0].id == FIRST
        assert len(made.tokens) == 2
        kept = made.again(sign_in="oauth", kept_token=made.tokens[-1][0])
        assert len(records(kept.everything("contacts", []))) == 30
        assert len(made.tokens) == 2
        wrong = made.again(sign_in="oauth", secrets={"client_id": "x", "client_secret": "y", "refresh_token": "z"})
        with pytest.raises(SignInRefused, match="missing or invalid client secret"):
            next(wrong.everything("contacts", []))


def test_the_set_up_goes_through_every_step(made: Bench) -> None:
    steps = list(made.connector.check())
    assert [step.title for step in steps if not step.is_ok] == []
    assert steps[1].detail == "Portal 4821500, time zone Europe/Berlin, currency EUR."
    assert "of 625,000 calls used today" in steps[2].detail
    assert made.connector.account_id() == "4821500"


def test_the_set_up_stops_at_what_is_wrong_and_says_what_to_do(made: Bench) -> None:
    made.hub.control("scope/remove", scope="crm.objects.deals.read")
    [wrong] = [step for step in made.connector.check() if not step.is_ok]
    assert (wrong.title, wrong.is_part) == ("Deals", True)
    assert "crm.objects.deals.read" in wrong.remedy
    made.hub.control("scope/remove", scope="crm.objects.owners.read")
    wrong_parts = [(step.title, step.is_part) for step in made.connector.check() if not step.is_ok]
    assert wrong_parts == [("Owners", True), ("Deals", True)]
    wrong = made.again(secrets={"token": "pat-wrong"})
    assert [(step.title, step.is_ok) for step in wrong.check()] == [("Reach HubSpot", True), ("Sign in", False)]
    nowhere = made.again(base_url="http://127.0.0.1:9")
    steps = list(nowhere.check())
    assert (steps[0].is_ok, steps[0].remedy) == (False, "Check the address and the network.")


def test_an_address_in_a_private_network_is_refused_unless_given_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("martech.connectors.hubspot.calls.PUBLIC", "http://127.0.0.1:9")
    connector = VENDOR.open(Session(settings={}, secrets={"token": "x"}, budget=Ledger()))
    with pytest.raises(AddressRefused):
        next(connector.everything("contacts", []))
    steps = list(connector.check())
    assert [step.is_ok for step in steps] == [False]


def test_a_version_nobody_knows_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no version v9"), bench(api_version="v9"):
        pass


def hook(
    events: list[dict[str, Any]], *, url: str, now: datetime, secret: str = SECRET, signed: str = ""
) -> dict[str, Any]:
    body, stamp = json.dumps(events).encode(), str(int(now.timestamp() * 1000))
    headers = {
        "X-HubSpot-Signature-v3": signature(secret, "POST", signed or url, body, stamp),
        "X-HubSpot-Request-Timestamp": stamp,
    }
    return {"method": "POST", "urls": [url], "headers": headers, "body": body}


def event(kind: str, at: int, **more: Any) -> dict[str, Any]:
    return {"eventId": 1, "portalId": 5, "subscriptionType": kind, "occurredAt": at, "objectId": 7, **more}


URL = "https://mops.example/hooks/1/"


def test_a_webhook_becomes_hints_in_the_order_of_what_happened(made: Bench) -> None:
    events = [event("contact.propertyChange", 2_000, propertyName="city"), event("contact.creation", 1_000)]
    found = made.connector.hints(**hook(events, url=URL, now=NOON), now=NOON)
    assert [(hint.object, hint.id, hint.event, hint.field) for hint in found] == [
        ("contacts", "7", "creation", ""),
        ("contacts", "7", "propertyChange", "city"),
    ]
    assert len({hint.key for hint in found}) == 2
    merge = event("company.merge", 1, newObjectId=9, primaryObjectId=7, mergedObjectIds=[7, 8])
    found = made.connector.hints(**hook([merge], url=URL, now=NOON), now=NOON)
    assert {hint.id for hint in found} == {"7", "8", "9"}
    link = {**event("deal.associationChange", 1, fromObjectId=3, toObjectId=4)}
    del link["objectId"]
    assert made.connector.hints(**hook([link], url=URL, now=NOON), now=NOON)[0].id == "3"
    assert made.connector.hints(**hook([event("ticket.creation", 1)], url=URL, now=NOON), now=NOON) == []


def test_an_encoded_address_is_accepted_as_hubspot_signs_it(made: Bench) -> None:
    url, plain = f"{URL}?to=a%40b.example%3Ac", f"{URL}?to=a@b.example:c"
    assert made.connector.hints(**hook([event("contact.creation", 1)], url=url, signed=plain, now=NOON), now=NOON)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_webhook_from_another_time_is_stale(made: Bench, minutes: int) -> None:
    with pytest.raises(Stale):
        made.connector.hints(**hook([], url=URL, now=NOON + timedelta(minutes=minutes)), now=NOON)


def test_a_forged_webhook_is_refused(made: Bench) -> None:
    good = hook([event("contact.creation", 1)], url=URL, now=NOON)
    for changed in (
        {"body": good["body"] + b" "},
        {"urls": ["https://mops.example/hooks/2/"]},
        {"method": "PUT"},
        {"headers": {}},
        hook([event("contact.creation", 1)], url=URL, now=NOON, secret="other"),
        hook({"no": "list"}, url=URL, now=NOON),  # type: ignore[arg-type]
    ):
        with pytest.raises(Forged):
            made.connector.hints(**{**good, **changed}, now=NOON)
    with pytest.raises(Forged):
        made.again(secrets={"token": "x"}).hints(**good, now=NOON)


def test_what_the_practice_server_sends_is_accepted(made: Bench) -> None:
    made.hub.twin.webhooks.target = URL
    sent: list[bytes] = []
    made.hub.twin.webhooks.post = lambda body: bool(sent.append(body)) or True  # type: ignore[method-assign]
    made.change(FIRST, city="Graz")
    made.hub.control("webhooks/deliver", duplicate=True)
    found = made.connector.hints(**hook(json.loads(sent[0]), url=URL, now=NOON), now=NOON)
    assert len(found) == 2
    assert len({hint.key for hint in found}) == 1


def test_the_vendor_is_registered_with_dated_ends_and_links_to_records() -> None:
    found = vendor("hubspot")
    assert [r.key for r in found.retirements if r.applies({})] == ["hubspot-v4", "hubspot-v3", "hubspot-private-apps"]
    dated = [r.key for r in found.retirements if r.applies({"api_version": "2026-09", "sign_in": "oauth"})]
    assert dated == ["hubspot-2026-09"]
    assert found.record_url({"portal_id": 5}, "contacts", "7") == "https://app.hubspot.com/contacts/5/record/0-1/7"
    assert found.record_url({}, "contacts", "7") == ""
    assert found.record_url({"portal_id": 5}, "campaign_spend", "a:1").endswith("/campaigns/details/a")
