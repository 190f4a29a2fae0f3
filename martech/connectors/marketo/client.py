"""Calls to Marketo: one token for all workers, one budget, and a class of error for whatever goes wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from martech.connectors import errors
from martech.connectors.marketo.classify import CALLS, CONCURRENT, DAY, TOKEN_CODES, raise_for
from martech.connectors.port import Session
from martech.connectors.transport import GuardedSession

LONGEST_QUERY = 6_000
EARLIER = timedelta(seconds=60)
ENDING = 5
"""Seconds before its end in which a token may be refused already while the identity service still gives it."""
CREDENTIALS = "Copy client id and secret again from Marketo under Admin › LaunchPoint › View Details."


class Client:
    """Speaks for one connection. A token that another worker renewed is found by a second refusal at most."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.address = f"https://{str(session.settings.get('munchkin_id', '')).strip()}.mktorest.com"
        self.http = GuardedSession(base_url=session.base_url, timeout=session.timeout)
        self.token = session.kept_token

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """A read. A long query goes as a form with `_method=GET`."""
        said = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
        if sum(len(name) + len(value) for name, value in said.items()) > LONGEST_QUERY:
            return self.call("POST", path, is_write=False, params={"_method": "GET"}, data=said)
        return self.call("GET", path, is_write=False, params=said)

    def post(self, path: str, document: Mapping[str, Any], *, is_write: bool = True) -> dict[str, Any]:
        return self.call("POST", path, is_write=is_write, json=dict(document))

    def call(self, method: str, path: str, *, is_write: bool, **options: Any) -> dict[str, Any]:
        """The envelope of a call that succeeded. Signs in again once. Raises the classes of errors."""
        for is_last in (False, True):
            answer = self.send(method, path, is_write=is_write, **options)
            envelope = read_envelope(answer, is_write=is_write)
            if envelope.get("success"):
                return envelope
            self.take_refusal(envelope, is_write=is_write, is_last=is_last)
        raise AssertionError("unreachable")

    def part_of_file(self, path: str, first: int, last: int) -> requests.Response:
        """Bytes of a file, which comes without an envelope; a refusal comes in one, in place of the file."""
        for is_last in (False, True):
            answer = self.send("GET", path, is_write=False, headers={"Range": f"bytes={first}-{last}"})
            if not answer.headers.get("Content-Type", "").startswith("application/json"):
                return answer
            self.take_refusal(read_envelope(answer, is_write=False), is_write=False, is_last=is_last)
        raise AssertionError("unreachable")

    def take_refusal(self, envelope: Mapping[str, Any], *, is_write: bool, is_last: bool) -> None:
        """Renew a token that ended, the first time; raise what anything else asks for."""
        found = (envelope.get("errors") or [{}])[0]
        if str(found.get("code")) in TOKEN_CODES and not is_last:
            self.renew(refused=self.token)
        else:
            self.heed(found, is_write=is_write)

    def heed(self, found: Mapping[str, Any], *, is_write: bool) -> None:
        """Raise the error, and let nobody call before its wait is over."""
        try:
            raise_for(found, is_write=is_write)
        except errors.Throttled as throttled:
            self.session.budget.penalise(throttled.policy, seconds=throttled.seconds)
            raise

    def send(self, method: str, path: str, *, is_write: bool, **options: Any) -> requests.Response:
        """One HTTP call under the budget and the token. Raises VendorDown or OutcomeUnknown for a broken one."""
        if not self.token:
            self.renew()
        self.session.budget.spend(CALLS, CONCURRENT, DAY)
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        try:
            answer = self.http.request(method, self.address + path, headers=headers, **options)
        except requests.exceptions.ConnectTimeout as error:
            raise errors.VendorDown("Marketo does not answer.") from error
        except requests.exceptions.RequestException as error:
            raise broken(error, is_write=is_write) from error
        if answer.status_code >= 400:
            raise_for_status(answer.status_code, is_write=is_write)
        return answer

    def renew(self, *, refused: str = "") -> None:
        """Ask for the token that everybody shares. A renewal that gives the refused one again changes nothing."""
        said = {
            "grant_type": "client_credentials",
            "client_id": self.session.secrets.get("client_id", ""),
            "client_secret": self.session.secrets.get("client_secret", ""),
        }
        try:
            answer = self.http.request("GET", self.address + "/identity/oauth/token", params=said)
        except requests.exceptions.RequestException as error:
            raise errors.VendorDown("Marketo's identity service does not answer.") from error
        if answer.status_code in (400, 401, 403):
            raise errors.SignInRefused("Marketo does not know this client id and secret.", remedy=CREDENTIALS)
        token, seconds = read_token(answer)
        if token == refused and seconds <= ENDING:
            raise errors.RetryNow("Marketo's token is just ending, and there is no new one yet.")
        if token == refused:
            raise errors.SignInRefused("Marketo refuses the token that it has just given.", remedy=CREDENTIALS)
        self.token = token
        self.session.keep_token(token, datetime.now(UTC) + timedelta(seconds=seconds) - EARLIER)


def read_token(answer: requests.Response) -> tuple[str, int]:
    try:
        said = answer.json()
        return str(said["access_token"]), int(said.get("expires_in", 0))
    except (ValueError, KeyError, TypeError) as error:
        raise errors.VendorDown("Marketo's identity service gave no sensible answer.") from error


def broken(error: requests.exceptions.RequestException, *, is_write: bool) -> errors.VendorError:
    """A call that ended without an answer: a refused connection had no effect, anything else may have."""
    refused = "NewConnectionError" in repr(error) or "Connection refused" in str(error)
    if is_write and not refused:
        return errors.OutcomeUnknown("The connection broke before Marketo answered.")
    return errors.VendorDown("Marketo does not answer.")


def raise_for_status(status: int, *, is_write: bool) -> None:
    if status in (401, 403):
        raise errors.SignInRefused("Marketo refused the call.", remedy=CREDENTIALS, code=str(status))
    if status in (413, 414):
        raise errors.Misconfigured("The call is too large for Marketo.", code=str(status), remedy="Map fewer fields.")
    if status == 429:
        raise errors.Throttled("Marketo is called too often.", policy=CALLS, seconds=20)
    if status >= 500 and is_write:
        raise errors.OutcomeUnknown("Marketo's gateway gave no answer.", code=str(status))
    if status == 500:
        raise errors.RetryNow("Marketo had a passing fault.", code=str(status))
    raise errors.VendorDown("Marketo gave no sensible answer.", code=str(status))


def read_envelope(answer: requests.Response, *, is_write: bool) -> dict[str, Any]:
    """The body as JSON; a page, or a body cut short, is no answer."""
    try:
        found = answer.json()
    except ValueError as error:
        if is_write:
            raise errors.OutcomeUnknown("Marketo's answer cannot be read.") from error
        raise errors.VendorDown("Marketo's answer is no JSON.") from error
    if not isinstance(found, dict):
        raise errors.VendorDown("Marketo's answer is no envelope.")
    return found
