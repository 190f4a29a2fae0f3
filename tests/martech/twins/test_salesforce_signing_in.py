"""Signing in to the practice Salesforce, its limits, its faults and its controls."""

from collections.abc import Iterator
from datetime import UTC, datetime

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceRefusedRequest,
)

from martech.twins.clock import TwinClock
from martech.twins.salesforce.behaviours import BEHAVIOURS
from martech.twins.salesforce.twin import SalesforceTwin, new_store
from martech.twins.serving import serve
from tests.martech.salesforce_practice import Org, practice, session_to


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_client_credentials_give_a_session_that_works(org: Org) -> None:
    client = Salesforce(
        consumer_key="practice-key",
        consumer_secret="practice-secret",
        domain="practice.my",
        session=session_to(org.url),
    )
    assert client.sf_instance == "practice.my.salesforce.com"
    assert client.query("SELECT Name FROM Organization")["records"][0]["Name"] == "Practice"


def test_a_password_with_app_and_a_soap_login_work_as_long_as_they_last(org: Org) -> None:
    session = session_to(org.url)
    user = {"username": "ops@practice.example", "password": "practice-password"}
    app = {"consumer_key": "practice-key", "consumer_secret": "practice-secret"}
    assert SalesforceLogin(**user, **app, session=session)[1] == "practice.my.salesforce.com"
    token, host = SalesforceLogin(**user, security_token="practice-token", session=session)
    assert Salesforce(session_id=token, instance=host, session=session).query("SELECT Id FROM User")["totalSize"] == 1
    with pytest.raises(SalesforceAuthenticationFailed) as retired:
        SalesforceLogin(**user, security_token="practice-token", sf_version="65.0", session=session)
    assert retired.value.code == "UNSUPPORTED_API_VERSION"
    with pytest.raises(SalesforceAuthenticationFailed) as wrong:
        SalesforceLogin(username="ops@practice.example", password="no", security_token="t", session=session)
    assert wrong.value.code == "INVALID_LOGIN"


def test_a_jwt_is_taken_with_its_end_as_text_or_as_a_number(private_key: str) -> None:
    twin = SalesforceTwin(new_store(TwinClock(datetime.now(UTC))))
    running = serve(twin)
    try:
        who = {"username": "ops@practice.example", "consumer_key": "practice-key", "privatekey": private_key}
        assert SalesforceLogin(**who, session=session_to(running.url))[0].startswith("00D")
        claims = {"iss": "practice-key", "sub": who["username"], "aud": "https://login.salesforce.com"}
        for end, status in ((datetime.now(UTC).timestamp() + 180, 200), (datetime.now(UTC).timestamp() - 180, 400)):
            assertion = jwt.encode({**claims, "exp": int(end)}, private_key, algorithm="RS256")
            grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
            answer = requests.post(f"{running.url}/services/oauth2/token", data=grant, timeout=5)
            assert answer.status_code == status
            assert "expires_in" not in answer.json()
    finally:
        running.stop()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": "practice-key", "client_secret": "y"}, "invalid_client"),
        ({"grant_type": "refresh"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"}, "invalid_grant"),
    ],
)
def test_wrong_credentials_are_refused_with_a_reason(org: Org, form: dict[str, str], error: str) -> None:
    answer = requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_session_ends_in_the_middle_of_a_run_and_after_two_quiet_hours(org: Org) -> None:
    client = org.client()
    client.query("SELECT Id FROM Lead")
    org.control("sessions/expire")
    with pytest.raises(SalesforceExpiredSession) as ended:
        client.query("SELECT Id FROM Lead")
    assert ended.value.content[0]["errorCode"] == "INVALID_SESSION_ID"
    client = org.client()
    org.control("clock", advance=7_201)
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Lead")


def test_the_client_with_credentials_signs_in_again_by_itself(org: Org) -> None:
    app = {"consumer_key": "practice-key", "consumer_secret": "practice-secret", "domain": "practice.my"}
    client = Salesforce(**app, session=session_to(org.url))
    org.control("sessions/expire")
    assert client.query("SELECT Id FROM Lead")["totalSize"] == 0
    org.control("sessions/revoke")
    with pytest.raises(SalesforceAuthenticationFailed):
        client.query("SELECT Id FROM Lead")


def test_the_daily_limit_counts_calls_of_a_rolling_day_and_every_answer_tells_how_many(org: Org) -> None:
    org.control("limit", daily=3)
    client = org.client()
    client.query("SELECT Id FROM Lead")
    client.query("SELECT Id FROM Lead")
    assert client.api_usage["api-usage"] == (2, 3)
    assert client.limits()["DailyApiRequests"] == {"Max": 3, "Remaining": 0}
    with pytest.raises(SalesforceRefusedRequest) as refused:
        client.query("SELECT Id FROM Lead")
    assert refused.value.content == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    org.control("clock", advance=86_400)
    assert org.client().query("SELECT Id FROM Lead")["totalSize"] == 0


def test_both_limits_have_one_code_and_two_texts(org: Org) -> None:
    client = org.client()
    for fault, text in (("total_limit", "TotalRequests Limit exceeded."), ("concurrent_limit", "ConcurrentRequests")):
        org.control("faults", name=fault)
        with pytest.raises(SalesforceRefusedRequest) as refused:
            client.query("SELECT Id FROM Lead")
        assert refused.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
        assert refused.value.content[0]["message"].startswith(text)


def test_retired_versions_are_gone_and_unknown_ones_not_found(org: Org) -> None:
    with pytest.raises(SalesforceGeneralError) as gone:
        org.client("30.0").query("SELECT Id FROM Lead")
    assert gone.value.status == 410
    assert org.raw("GET", "/nonsense").status_code == 404
    versions = requests.get(f"{org.url}/services/data", timeout=5).json()
    assert {"label": "v59", "url": "/services/data/v59.0", "version": "59.0"} in versions


def test_the_org_knows_its_id_and_rough_counts(org: Org) -> None:
    org.fill("Lead", 3)
    client = org.client()
    assert client.is_sandbox() is True
    counted = client.restful("limits/recordCount", params={"sObjects": "Lead,Account"})
    assert counted == {"sObjects": [{"count": 3, "name": "Lead"}, {"count": 0, "name": "Account"}]}


def test_faults_strike_the_calls_they_are_armed_for(org: Org) -> None:
    org.control("faults", name="bad_gateway_after_apply", on="POST /services/data/v59.0/sobjects/Lead")
    answer = org.raw("POST", "/sobjects/Lead", json={"LastName": "Ng", "Company": "Acme"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert len(org.control("truth", object="Lead")["living"]) == 1
    org.control("faults", name="query_timeout", on="/query")
    assert org.raw("GET", "/query", params={"q": "SELECT Id FROM Lead"}).json()[0]["errorCode"] == "QUERY_TIMEOUT"


def test_controls_count_calls_and_list_what_is_imitated_with_its_source(org: Org) -> None:
    org.client().query("SELECT Id FROM Lead")
    assert org.control("calls") == {"total": 1, "by": {"GET query": 1}}
    listed = requests.get(f"{org.url}/__twin__/behaviours", timeout=5).json()
    assert len(listed) == len(BEHAVIOURS) == len({one["key"] for one in listed})
    assert all(one["source"] and one["label"] in ("documented", "observed", "unverified") for one in listed)
    unknown = requests.post(f"{org.url}/__twin__/nonsense", json={}, timeout=5)
    assert unknown.status_code == 404
    assert "merge" in unknown.json()["known"]
