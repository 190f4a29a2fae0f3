"""The webhooks journal of HubSpot: read in order and in batches, with a token of its own, and never from elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from martech.connectors.errors import (
    AddressRefused,
    BudgetExhausted,
    RetryNow,
    ScopeMissing,
    SignInRefused,
    Throttled,
    VendorDown,
    VendorError,
)
from martech.connectors.hubspot import VENDOR
from martech.connectors.hubspot.journal import BATCH
from martech.connectors.hubspot.journal_entries import events_of, hints_of
from martech.connectors.hubspot.policies import DAILY, JOURNAL, JOURNAL_FILES
from martech.connectors.port import Hint, JournalPage, Session
from martech.twins.serving import Answer
from tests.martech.connectors.hubspot import Bench, Ledger, bench, opened

FIRST, PORTAL = "10001", "4821500"


@pytest.fixture
def made() -> Iterator[Bench]:
    """A portal whose journal tells us what we subscribe to."""
    with bench(journal="on", timeout=(1.0, 0.5)) as found:
        assert all(step.is_ok for step in found.connector.check())
        yield found


def read(made: Bench, position: Any = None) -> list[JournalPage]:
    return list(made.connector.journal(position or {}))


def told(pages: list[JournalPage]) -> list[Hint]:
    return [hint for page in pages for hint in page.hints]


def test_what_happens_is_told_once_and_in_order(made: Bench) -> None:
    made.change(FIRST, city="Graz")
    created = made.hub.call("POST", "/crm/v3/objects/companies", {"properties": {"name": "New"}}).json()["id"]
    made.hub.call("DELETE", "/crm/v3/objects/contacts/10003")
    made.hub.call("PUT", "/crm/v4/objects/contacts/10004/associations/default/companies/200000001")
    pages = read(made)
    found = [(hint.object, hint.id, hint.event, hint.field) for hint in told(pages)]
    assert found[:3] == [
        ("contacts", FIRST, "update", "city"),
        ("companies", created, "create", ""),
        ("contacts", "10003", "delete", ""),
    ]
    assert ("contacts", "10004", "association_added", "") in found
    assert [hint.at for hint in told(pages)] == sorted(hint.at for hint in told(pages))
    assert read(made, pages[-1].position) == []
    made.change(FIRST, city="Linz")
    assert [hint.id for hint in told(read(made, pages[-1].position))] == [FIRST]
    assert told(read(made))[: len(found)] == told(pages)


def test_a_merge_concerns_the_new_record_and_those_that_went_into_it(made: Bench) -> None:
    made.hub.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": FIRST, "objectIdToMerge": "10002"})
    merges = [hint for hint in told(read(made)) if hint.event == "merge"]
    assert {hint.id for hint in merges} > {FIRST, "10002"}
    assert len({hint.key for hint in merges}) == 3


def test_a_long_journal_comes_in_batches_from_which_one_may_go_on(made: Bench) -> None:
    for number in range(BATCH + 5):
        made.change(FIRST, city=f"City {number}")
    pages = read(made)
    assert [len(page.hints) for page in pages] == [BATCH, 5]
    assert told(read(made, pages[0].position)) == list(pages[1].hints)
    assert pages[0].position["portal"] == PORTAL


def test_a_position_that_expired_begins_at_the_earliest_and_says_that_something_is_missing(made: Bench) -> None:
    made.change(FIRST, city="Graz")
    position = read(made)[-1].position
    made.change(FIRST, city="Linz")
    made.hub.advance(3 * 86_400 + 1)
    [empty] = read(made, position)
    assert (empty.hints, empty.is_gap, empty.position) == ([], True, {"portal": PORTAL, "offset": ""})
    made.change(FIRST, city="Wien")
    [after] = read(made, position)
    assert ([hint.field for hint in after.hints], after.is_gap) == (["city"], True)
    assert [page.is_gap for page in read(made, empty.position)] == [False]
    assert read(made, after.position) == []


def test_the_token_is_the_apps_own_and_the_other_ones_are_left_alone(made: Bench) -> None:
    tokens: list[str] = []
    session = Session(
        {"journal": "on"},
        {"client_id": "practice-client", "client_secret": "practice-secret", "token": "pat-wrong"},
        Ledger(),
        made.hub.url,
        keep_journal_token=lambda token, until: tokens.append(token),
        keep_token=lambda token, until: pytest.fail("It is not the account's."),
    )
    made.change(FIRST, city="Graz")
    connector = VENDOR.open(session)
    position = {"portal": PORTAL}
    assert len(told(list(connector.journal(position)))) == 1
    assert len(tokens) == 1
    with pytest.raises(SignInRefused):
        next(connector.everything("contacts", []))
    made.hub.advance(1_801)
    assert len(told(list(connector.journal(position)))) == 1
    assert len(tokens) == 2


def test_an_app_without_its_scopes_is_told_which(made: Bench) -> None:
    made.hub.control("scope/remove", scope="developer.webhooks_journal.read")
    with pytest.raises(ScopeMissing, match=r"developer\.webhooks_journal\.read"):
        read(made)
    again = made.again(journal="on")
    with pytest.raises(SignInRefused) as refused:
        list(again.journal({}))
    assert "developer.webhooks_journal.read" in refused.value.remedy
    last = list(again.check())[-1]
    assert (last.title, last.is_ok) == ("Webhooks journal", False)
    nobody = opened(made.hub, made.ledger, [], secrets={"token": made.hub.token}, journal="on")
    with pytest.raises(SignInRefused, match="client id and secret"):
        list(nobody.journal({"portal": PORTAL}))


def test_what_is_subscribed_to_is_made_once(made: Bench) -> None:
    assert len(made.hub.twin.journal.subscriptions) == 6
    assert list(made.again(journal="on").check())[-1].detail == "Readable."
    known = made.hub.twin.journal.subscriptions[1]
    known["actions"] = ["CREATE"]
    assert list(made.again(journal="on").check())[-1].detail == "Readable; 1 subscriptions were made."
    assert "UPDATE" in made.hub.twin.journal.subscriptions[1]["actions"]


def test_without_the_setting_nothing_of_it_is_called() -> None:
    with bench() as made:
        assert "Webhooks journal" not in [step.title for step in made.connector.check()]
        assert JOURNAL not in made.ledger.spent
        assert made.hub.twin.journal.subscriptions == {}
        assert JOURNAL not in {policy.name for policy in VENDOR.policies({})}


def test_calls_are_spent_from_policies_of_their_own(made: Bench) -> None:
    made.change(FIRST, city="Graz")
    made.ledger.spent.clear()
    read(made, {"portal": PORTAL})
    assert made.ledger.spent == [JOURNAL, JOURNAL_FILES, JOURNAL]
    made.ledger.exhausted = DAILY
    assert len(read(made, {"portal": PORTAL})) == 1
    made.ledger.exhausted = JOURNAL_FILES
    with pytest.raises(BudgetExhausted):
        read(made, {"portal": PORTAL})
    made.hub.control("faults", name="daily_limited")
    with pytest.raises(Throttled):
        read(made, {"portal": PORTAL})
    assert made.ledger.penalties == [(JOURNAL, 60.0)]


FAULTS: list[tuple[str, str, type[VendorError]]] = [
    ("bad_gateway", "batch", VendorDown),
    ("truncated_json", "batch", VendorDown),
    ("hang_up", "batch", RetryNow),
    ("bad_gateway", "files", RetryNow),
    ("truncated_json", "files", RetryNow),
    ("slow_body", "files", RetryNow),
    ("read_timeout", "files", RetryNow),
    ("hang_up", "files", RetryNow),
]


@pytest.mark.parametrize(("fault", "where", "kind"), FAULTS)
def test_a_fault_loses_nothing(made: Bench, fault: str, where: str, kind: type[VendorError]) -> None:
    made.change(FIRST, city="Graz")
    made.hub.control("faults", name=fault, on=where)
    with pytest.raises(kind):
        read(made)
    assert [hint.id for hint in told(read(made))] == [FIRST]


def shown(made: Bench, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """From now on the journal names this address for every file."""
    monkeypatch.setattr(
        made.hub.twin.journal, "shown", lambda call, file: {"url": url, "currentOffset": file[0], "expiresAt": ""}
    )


FOREIGN = (
    "http://127.0.0.1:1/file",
    "https://elsewhere.example/file",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
)


@pytest.mark.parametrize("url", FOREIGN)
def test_a_file_elsewhere_is_not_fetched(made: Bench, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    made.change(FIRST, city="Graz")
    shown(made, monkeypatch, url)
    with pytest.raises(AddressRefused):
        read(made)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.hubspot.example/1",
        "https://127.0.0.1/1",
        "https://10.0.0.1/1",
        "https://[::1]/1",
        "https://api.hubapi.com@127.0.0.1/1",
        "https:///1",
    ],
)
def test_at_hubspot_itself_files_come_over_https_from_public_addresses(url: str) -> None:
    connector: Any = VENDOR.open(Session({"journal": "on"}, {}, Ledger()))
    with pytest.raises(AddressRefused):
        connector._journal.fetched(url)
    assert JOURNAL not in connector.session.budget.spent


def test_a_file_that_leads_elsewhere_is_not_followed(made: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    made.change(FIRST, city="Graz")
    away = Answer(302, headers={"Location": "http://127.0.0.1:1/"})
    monkeypatch.setattr(made.hub.twin.journal, "file", lambda call, offset: away)
    with pytest.raises(AddressRefused):
        read(made)


def test_a_file_that_is_gone_or_too_large_or_no_journal_is_passed_by_and_said(
    made: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.change(FIRST, city="Graz")
    shown(made, monkeypatch, f"{made.hub.url}/webhooks-journal/files/none")
    [page] = read(made)
    assert (page.hints, page.is_gap) == ([], True)
    assert read(made, page.position) == []
    monkeypatch.undo()
    monkeypatch.setattr("martech.connectors.hubspot.journal.LARGEST", 10)
    assert [page.is_gap for page in read(made)] == [True]
    assert events_of(b'{"events": []}') is None
    assert events_of(b"[]") is None


def test_entries_that_are_not_ours_or_no_entries_are_no_hints() -> None:
    entry = {
        "portalId": 7,
        "objectTypeId": "0-1",
        "objectId": 1,
        "action": "CREATE",
        "occurredAt": "2026-09-10T12:00:00Z",
    }
    [one] = hints_of(entry, "7")
    assert (one.object, one.id, one.event, one.at.isoformat()) == (
        "contacts",
        "1",
        "create",
        "2026-09-10T12:00:00+00:00",
    )
    assert hints_of(json.loads(json.dumps(entry)), "7") == [one]
    assert hints_of({**entry, "occurredAt": 1_789_041_600_000}, "7")[0].at == one.at
    for other in ({"portalId": 8}, {"objectTypeId": "0-5"}, {"objectId": None}, {"objectId": "../x"}):
        assert hints_of({**entry, **other}, "7") == []
    assert hints_of("entry", "7") == []
    assert hints_of({**entry, "occurredAt": "soon"}, "7")[0].id == "1"
