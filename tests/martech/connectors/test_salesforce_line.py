"""The line to Salesforce: signing in, what each failure means, and what a run may spend."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from martech.connectors import errors
from martech.connectors.errors import BudgetExhausted, Misconfigured, SignInRefused, Throttled, VendorDown, VendorError
from martech.connectors.port import Action, Outcome, Write
from martech.connectors.registry import vendor
from martech.connectors.salesforce.settings import read_settings
from martech.twins.clock import TwinClock
from martech.twins.faults import GENERIC
from martech.twins.salesforce.controls import FAULTS
from tests.martech.salesforce_line import connect, window
from tests.martech.salesforce_practice import Org, practice

SLOW = {"slow_body", "read_timeout", "timeout_after_apply"}


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


USER = {"username": "ops@practice.example"}


@pytest.mark.parametrize(
    ("way", "settings", "secrets"),
    [
        ("client_credentials", {}, {}),
        ("password", USER, {"password": "practice-password"}),
        ("soap", USER, {"password": "practice-password", "security_token": "practice-token"}),
    ],
)
def test_every_way_of_signing_in_gives_the_same_org(
    org: Org, way: str, settings: dict[str, str], secrets: dict[str, str]
) -> None:
    connector = connect(org, sign_in=way, secrets=secrets, **settings)
    assert connector.account_id() == org.twin.sign_in.org_id
    assert len(connector.kept) == 1


def test_a_jwt_signs_in(org: Org, private_key: str) -> None:
    org.twin.store.clock = TwinClock()
    connector = connect(org, sign_in="jwt", secrets={"private_key": private_key}, **USER)
    assert connector.account_id() == org.twin.sign_in.org_id
    with pytest.raises(Misconfigured, match="private key cannot be read"):
        connect(org, sign_in="jwt", secrets={"private_key": "nonsense"}, **USER).account_id()


def test_a_kept_session_is_used_again_and_renewed_once_when_it_ended(org: Org) -> None:
    first = connect(org)
    first.account_id()
    again = connect(org, kept_token=first.kept[0][0])
    again.account_id()
    assert again.kept == []
    org.control("sessions/expire")
    again.account_id()
    assert len(again.kept) == 1
    org.control("faults", name="session_expired", on="/query", times=2)
    with pytest.raises(SignInRefused):
        again.account_id()
    assert len(again.kept) == 2


@pytest.mark.parametrize(
    ("settings", "secrets", "error", "remedy"),
    [
        ({}, {"consumer_secret": "wrong"}, SignInRefused, "Check the consumer secret."),
        ({}, {"consumer_key": "wrong"}, SignInRefused, "Check the consumer key."),
        ({}, {"consumer_secret": ""}, Misconfigured, "Give them under Credentials."),
        ({"sign_in": "jwt"}, {"private_key": "x"}, Misconfigured, "Give them under Credentials."),
        ({"sign_in": "magic"}, {}, Misconfigured, "Use one of client_credentials, jwt, password, soap."),
        (
            {"sign_in": "soap", **USER},
            {"password": "wrong"},
            SignInRefused,
            "Check user name, password and security token.",
        ),
    ],
)
def test_wrong_credentials_say_what_to_do(
    org: Org, settings: dict[str, str], secrets: dict[str, str], error: type[VendorError], remedy: str
) -> None:
    with pytest.raises(error) as refused:
        connect(org, secrets=secrets, **settings).account_id()
    assert refused.value.remedy == remedy
    assert "wrong" not in str(refused.value)


READ_CLASSES: dict[str, str] = {
    "bad_gateway": "VendorDown",
    "bad_gateway_after_apply": "VendorDown",
    "unavailable": "VendorDown",
    "html_error": "VendorDown",
    "truncated_json": "VendorDown",
    "slow_body": "RetryNow",
    "read_timeout": "RetryNow",
    "timeout_after_apply": "RetryNow",
    "hang_up": "RetryNow",
    "hang_up_after_apply": "RetryNow",
    "total_limit": "BudgetExhausted",
    "concurrent_limit": "Throttled",
    "query_timeout": "QueryTooLong",
    "server_unavailable": "VendorDown",
    "unknown_exception": "RetryNow",
    "lost_cursor": "PositionLost",
    "no_access": "ScopeMissing",
    "api_disabled": "ScopeMissing",
}


def test_every_fault_of_the_practice_server_has_a_class() -> None:
    # The session is renewed, and a value of the wrong type is refused in writes only.
    assert set(READ_CLASSES) | {"session_expired", "value_of_wrong_type"} == set(GENERIC) | set(FAULTS)


@pytest.mark.parametrize("fault", READ_CLASSES)
def test_each_fault_of_a_read_raises_its_class(org: Org, fault: str) -> None:
    connector = connect(org, timeout=(2.0, 0.3) if fault in SLOW else (2.0, 10.0))
    connector.account_id()
    org.control("faults", name=fault)
    with pytest.raises(VendorError) as failed:
        connector.account_id()
    assert type(failed.value).__name__ == READ_CLASSES[fault]
    assert connector.account_id() == org.twin.sign_in.org_id


SURE = {
    "total_limit": BudgetExhausted,
    "concurrent_limit": Throttled,
    "query_timeout": errors.RetryNow,
    "lost_cursor": errors.PositionLost,
    "no_access": errors.ScopeMissing,
    "api_disabled": errors.ScopeMissing,
}
"""Faults by which the vendor says that nothing was written."""


@pytest.mark.parametrize("fault", READ_CLASSES)
def test_each_fault_of_a_write_raises_or_leaves_the_rows_unknown(org: Org, fault: str) -> None:
    connector = connect(org, timeout=(2.0, 0.3) if fault in SLOW else (2.0, 10.0))
    connector.account_id()
    org.control("faults", name=fault)
    rows = [Write(key, Action.CREATE, {"LastName": "Ng", "Company": "Acme"}) for key in "ab"]
    if fault in SURE:
        with pytest.raises(SURE[fault]):
            connector.write("Lead", rows)
        assert org.control("truth", object="Lead")["living"] == {}
    else:
        assert {(one.key, one.outcome) for one in connector.write("Lead", rows)} == {
            ("a", Outcome.UNKNOWN),
            ("b", Outcome.UNKNOWN),
        }


def test_a_session_that_ends_before_a_write_is_renewed_and_the_row_is_written_once(org: Org) -> None:
    connector = connect(org)
    connector.account_id()
    org.control("sessions/expire")
    (result,) = connector.write("Lead", [Write("a", Action.CREATE, {"LastName": "Ng", "Company": "Acme"})])
    assert result.outcome is Outcome.CREATED
    assert len(org.control("truth", object="Lead")["living"]) == 1


def test_a_server_that_is_not_there_is_down_for_reads_and_writes() -> None:
    with practice() as org:
        connector = connect(org)
        connector.account_id()
    connector.line.http.close()
    with pytest.raises(VendorDown):
        connector.account_id()
    with pytest.raises(VendorDown):
        connector.write("Lead", [Write("a", Action.CREATE, {"LastName": "Ng"})])


def test_both_limits_bar_their_own_policy_for_everybody(org: Org) -> None:
    connector = connect(org)
    connector.account_id()
    org.control("faults", name="concurrent_limit")
    with pytest.raises(Throttled) as throttled:
        connector.account_id()
    assert (throttled.value.policy, throttled.value.seconds) == ("concurrent", 5.0)
    org.control("faults", name="total_limit")
    with pytest.raises(BudgetExhausted) as exhausted:
        connector.account_id()
    assert exhausted.value.policy == "daily"
    assert connector.budget.barred == {"concurrent": 5.0, "daily": 3600.0}


def test_a_run_takes_its_share_of_the_day_and_no_more(org: Org) -> None:
    org.control("limit", daily=40)
    connector = connect(org, daily_limit="1000")
    for _ in range(10):
        connector.account_id()
    with pytest.raises(BudgetExhausted, match="share of 25%"):
        connector.account_id()
    assert org.control("calls")["total"] == 10
    assert connector.budget.observed == {"daily": (10, 40)}


def test_nothing_is_called_once_everybody_together_used_most_of_the_day(org: Org) -> None:
    org.control("limit", daily=100)
    client = org.client()
    for _ in range(79):
        client.query("SELECT Id FROM Lead")
    connector = connect(org)
    connector.account_id()
    with pytest.raises(BudgetExhausted, match="80 of its 100 calls"):
        connector.account_id()


def test_the_set_up_goes_step_by_step_and_stops_where_it_fails(org: Org) -> None:
    steps = list(connect(org).check())
    assert [step.title for step in steps[:4]] == ["Reach the org", "Sign in", "API calls of the day", "Users"]
    assert all(step.is_ok for step in steps)
    assert steps[1].detail == "Practice (sandbox)"
    org.control("permissions", object="Account")
    [wrong] = [step for step in connect(org).check() if not step.is_ok]
    assert (wrong.title, wrong.is_part) == ("Accounts", True)
    assert "permission set" in wrong.remedy


@pytest.mark.parametrize(
    ("settings", "title", "detail"),
    [
        ({"api_version": "99.0"}, "Reach the org", "The org does not offer API version 99.0."),
        ({"domain": ""}, "Reach the org", "No My Domain is given."),
        ({"secrets": {"consumer_secret": "no"}}, "Sign in", "Salesforce did not let us in (invalid_client)."),
    ],
)
def test_a_failed_step_says_what_to_do(org: Org, settings: dict[str, str], title: str, detail: str) -> None:
    last = list(connect(org, **settings).check())[-1]
    assert (last.title, last.is_ok, last.detail) == (title, False, detail)
    assert last.remedy


def test_the_registry_knows_salesforce_and_what_ends_when() -> None:
    found = vendor("salesforce")
    assert set(found.suggestions) <= set(found.objects)
    assert {one.name for one in found.policies({"daily_limit": "1000"})} == {"daily", "concurrent"}
    assert next(one.limit for one in found.policies({"daily_limit": "1000"}) if one.name == "daily") == 800
    ends = {one.key: one for one in found.retirements}
    assert (ends["soap-login"].on, ends["soap-login"].applies({"sign_in": "soap"})) == ("2027-06-01", True)
    assert ends["soap-login"].applies({"sign_in": "jwt"}) is False
    assert [one.key for one in found.retirements if one.applies({"api_version": "30.0"})] == ["old-versions"]
    assert found.record_url({"domain": "acme.my"}, "Lead", "00Q1") == "https://acme.my.salesforce.com/00Q1"
    assert found.record_url({}, "Lead", "00Q1") == ""


@pytest.mark.parametrize(
    "said", ["acme", "acme.my", "https://acme.my.salesforce.com/", "ACME.my.salesforce.com", "acme.my.salesforce.com/x"]
)
def test_my_domain_may_be_given_in_any_form(said: str) -> None:
    assert read_settings({"domain": said}).host == "acme.my.salesforce.com"


def test_without_a_practice_address_a_private_network_is_never_called(
    monkeypatch: pytest.MonkeyPatch, org: Org
) -> None:
    connector = connect(org)
    connector.line.http.get_adapter("https://x").base = None
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.8", 443))])
    with pytest.raises(errors.AddressRefused):
        list(connector.changes("Lead", ["Email"], window=window(0, 1)))
