"""The way out to HubSpot: the vendor's client as transport, with budget, time limits, one renewal and no retry.

The client's models are left aside: reading a page through them takes several times as long as the whole rest, and
they know neither dated addresses nor headers. Its connection pool, address handling and errors are what is used; one
client is kept, since each `client.crm.…` access of the library opens connections of its own.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import urllib3
from hubspot.crm.objects import ApiClient, Configuration
from hubspot.crm.objects.exceptions import ApiException

from martech.connectors.errors import (
    BudgetExhausted,
    Misconfigured,
    OutcomeUnknown,
    RetryNow,
    SignInRefused,
    Throttled,
    VendorDown,
    VendorError,
)
from martech.connectors.hubspot.paths import ACCOUNT, PUBLIC, TOKEN
from martech.connectors.hubspot.policies import BURST, DAILY, SEARCH
from martech.connectors.hubspot.refusals import document, refusal
from martech.connectors.port import Session
from martech.connectors.transport import refuse_private

NEVER_SENT = (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError)
Query = Sequence[tuple[str, str]]


class Refusal(Misconfigured):
    """A refusal with its whole document, for those who ask which row it is about."""

    def __init__(self, error: Misconfigured, said: Mapping[str, Any]) -> None:
        super().__init__(error.detail, remedy=error.remedy, code=error.code, fields=error.fields)
        self.said = said


class Calls:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.base = (session.base_url or PUBLIC).rstrip("/")
        configuration = Configuration(host=self.base)
        configuration.retries = False  # no redirects either
        self._client = ApiClient(configuration)
        self._rest = self._client.rest_client
        self._is_checked = bool(session.base_url)
        self._is_oauth = session.settings.get("sign_in") == "oauth"
        self._token = session.kept_token if self._is_oauth else session.secrets.get("token", "")
        self._zone = str(session.settings.get("time_zone") or "")
        self.told: Mapping[str, Any] = {}

    def close(self) -> None:
        self._rest.pool_manager.clear()
        self._client.close()

    def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        return self.read("GET", path, query=query)

    def read(
        self, method: str, path: str, body: Any = None, *, query: Query = (), policy: str = BURST
    ) -> dict[str, Any]:
        """Ask something that changes nothing."""
        _status, found = self.call(method, path, body, query=query, policy=policy, is_write=False)
        return found

    def search(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self.read("POST", path, body, policy=SEARCH)

    def write(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer of a change. Raises OutcomeUnknown where nobody knows whether it took effect."""
        return self.call(method, path, body, policy=BURST, is_write=True)

    def call(
        self, method: str, path: str, body: Any, *, query: Query = (), policy: str, is_write: bool
    ) -> tuple[int, dict[str, Any]]:
        if self._is_oauth and not self._token:
            self.renew()
        try:
            return self.once(method, path, body, query, policy, is_write=is_write)
        except SignInRefused:
            if not self._is_oauth:
                raise
        self.renew()
        return self.once(method, path, body, query, policy, is_write=is_write)

    def once(
        self, method: str, path: str, body: Any, query: Query, policy: str, *, is_write: bool
    ) -> tuple[int, dict[str, Any]]:
        self.session.budget.spend(policy, DAILY)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        status, given, raw = self.send(method, path, headers, is_write=is_write, query_params=list(query), body=body)
        self.observe(given)
        if not 200 <= status < 300:
            raise self.noted(refusal(status, given, raw, is_write=is_write, zone=self.zone), raw)
        return status, self.parsed(status, raw, is_write=is_write)

    def send(
        self, method: str, path: str, headers: dict[str, str], *, is_write: bool, **options: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        if not self._is_checked:
            refuse_private(self.base)
            self._is_checked = True
        timeout = self.session.timeout
        try:
            answer = self._rest.request(method, self.base + path, headers=headers, _request_timeout=timeout, **options)
            return answer.status, answer.urllib3_response.headers, answer.data
        except ApiException as error:
            if not error.status:
                raise VendorDown("No secure connection to HubSpot.", remedy="Check the address.") from error
            return int(error.status), dict(error.headers or {}), error.body or b""
        except NEVER_SENT as error:
            host = urlsplit(self.base).netloc
            raise VendorDown(f"{host} does not answer.", remedy="Check the address and the network.") from error
        except urllib3.exceptions.TimeoutError as error:
            if is_write:
                raise OutcomeUnknown("HubSpot did not answer a write in time.") from error
            raise VendorDown("HubSpot did not answer in time.") from error
        except urllib3.exceptions.HTTPError as error:
            if is_write:
                raise OutcomeUnknown("The connection broke while HubSpot was writing.") from error
            raise RetryNow("The connection to HubSpot broke.") from error

    def parsed(self, status: int, raw: bytes, *, is_write: bool) -> dict[str, Any]:
        if status == 204:
            return {}
        try:
            found = json.loads(raw)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        if is_write:
            raise OutcomeUnknown("HubSpot's answer to a write cannot be read.")
        raise VendorDown("HubSpot's answer cannot be read: it is no JSON, or was cut short.")

    def observe(self, headers: Mapping[str, str]) -> None:
        """Tell the budget what HubSpot says of the whole account's use."""
        for policy, most, left in ((BURST, "Max", "Remaining"), (DAILY, "Daily", "Daily-Remaining")):
            limit = headers.get(f"X-HubSpot-RateLimit-{most}")
            remaining = headers.get(f"X-HubSpot-RateLimit-{left}")
            if limit and remaining:
                self.session.budget.observe(policy, used=int(limit) - int(remaining), limit=int(limit))

    def noted(self, error: VendorError, raw: bytes) -> VendorError:
        """Let the budget know of a refusal, and keep what it says of rows."""
        if isinstance(error, Throttled):
            self.session.budget.penalise(error.policy, seconds=error.seconds)
        elif isinstance(error, BudgetExhausted):
            seconds = (error.until - datetime.now(UTC)).total_seconds()
            self.session.budget.penalise(error.policy, seconds=max(seconds, 1))
        elif isinstance(error, Misconfigured):
            return Refusal(error, document(raw))
        return error

    @property
    def zone(self) -> str:
        """The portal's time zone: a setting, or as the account said when it was asked."""
        return self._zone

    def account(self) -> dict[str, Any]:
        found = self.get(ACCOUNT)
        self.told, self._zone = found, str(found.get("timeZone") or "") or self._zone
        return found

    def renew(self) -> None:
        """Get an access token with the refresh token, and keep it. Raises SignInRefused."""
        if not self.session.secrets.get("refresh_token"):
            remedy = "Choose “Sign in over there”: HubSpot asks somebody to consent, and leads back here."
            raise SignInRefused("Nobody has signed in over there yet.", remedy=remedy)
        self.token("refresh_token", {"refresh_token": self.session.secrets.get("refresh_token", "")})

    def token(self, grant: str, more: Mapping[str, str]) -> dict[str, Any]:
        """Sign in; the access token is kept. Raises SignInRefused."""
        said = self.granted(grant, more)
        self._token = str(said["access_token"])
        self.session.keep_token(self._token, lasts_until(said))
        return said

    def granted(self, grant: str, more: Mapping[str, str]) -> dict[str, Any]:
        """What HubSpot gives for a grant of the app. Raises SignInRefused."""
        secrets = self.session.secrets
        form = [
            ("grant_type", grant),
            *((n, secrets.get(n, "")) for n in ("client_id", "client_secret")),
            *more.items(),
        ]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _given, raw = self.send("POST", TOKEN, headers, is_write=False, post_params=form)
        said = dict(document(raw))
        if status in {429, *range(500, 600)}:
            raise VendorDown(f"HubSpot's sign-in does not work at the moment (status {status}).")
        if status != 200 or not said.get("access_token"):
            remedy = "Connect the app anew: its refresh token was revoked, or client id and secret do not belong to it."
            raise SignInRefused(f"HubSpot refused the sign-in: {said.get('message', status)}.", remedy=remedy)
        return said


def lasts_until(said: Mapping[str, Any]) -> datetime:
    """A minute before an access token ends."""
    return datetime.now(UTC) + timedelta(seconds=int(said.get("expires_in", 1800)) - 60)
