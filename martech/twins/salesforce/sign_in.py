"""Signing in: client credentials, JWT bearer, password, and the SOAP login that retires; sessions and their end."""

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.store import Store
from martech.twins.serving import Answer, Call, answer_json

SESSION = timedelta(hours=2)
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SOAP = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body>{0}</soapenv:Body>'
    "</soapenv:Envelope>"
)


@dataclass
class Credentials:
    """Whom the org lets in. The practice org takes any JWT signature of a known user and key."""

    consumer_key: str = "practice-key"
    consumer_secret: str = "practice-secret"  # noqa: S105 - everybody may know it
    username: str = "ops@practice.example"
    password: str = "practice-password"  # noqa: S105
    security_token: str = "practice-token"  # noqa: S105


@dataclass
class SignIn:
    store: Store
    host: str = "practice.my.salesforce.com"
    credentials: Credentials = field(default_factory=Credentials)
    sessions: dict[str, datetime] = field(default_factory=dict)
    revoked: bool = False
    allows_soap: bool = True
    made: int = 0

    def check(self, call: Call) -> None:
        """Raises Refusal INVALID_SESSION_ID unless the call carries a living session."""
        token = call.headers.get("authorization", "").partition(" ")[2]
        until = self.sessions.get(token)
        if until is None or until <= self.store.clock.now():
            raise Refusal("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        self.sessions[token] = self.store.clock.now() + SESSION

    def expire(self) -> None:
        self.sessions.clear()

    def open(self) -> str:
        self.made += 1
        token = f"{self.org_id[:15]}!AQ{self.made:06d}practice"
        self.sessions[token] = self.store.clock.now() + SESSION
        return token

    @property
    def org_id(self) -> str:
        return next(iter(self.store.tables["Organization"].rows))

    def token(self, call: Call) -> Answer:
        """POST /services/oauth2/token."""
        form = {name: values[0] for name, values in call.form.items()}
        error = self._wrong(form, call.headers.get("authorization", ""))
        if error:
            return answer_json({"error": error[0], "error_description": error[1]}, 400)
        now = int(self.store.clock.now().timestamp() * 1000)
        return answer_json(
            {
                "access_token": self.open(),
                "instance_url": f"https://{self.host}",
                "id": f"https://login.salesforce.com/id/{self.org_id}/{self.store.user_id}",
                "token_type": "Bearer",
                "issued_at": str(now),
                "signature": "practice",
            }
        )

    def _wrong(self, form: dict[str, str], authorization: str) -> tuple[str, str] | None:
        """What is wrong with a request for a token, as (error, description)."""
        if self.revoked:
            return "invalid_grant", "app_not_found: the External client app is not installed in this org"
        match form.get("grant_type"):
            case "client_credentials":
                key, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
                return self._wrong_app(key, secret)
            case "password":
                wrong = self._wrong_app(form.get("client_id", ""), form.get("client_secret", ""))
                return wrong or self._wrong_user(form.get("username", ""), form.get("password", ""))
            case grant if grant == JWT:
                return self._wrong_assertion(form.get("assertion", ""))
        return "unsupported_grant_type", "grant type not supported"

    def _wrong_app(self, key: str, secret: str) -> tuple[str, str] | None:
        if key != self.credentials.consumer_key:
            return "invalid_client_id", "client identifier invalid"
        return None if secret == self.credentials.consumer_secret else ("invalid_client", "invalid client credentials")

    def _wrong_user(self, username: str, password: str) -> tuple[str, str] | None:
        known = self.credentials
        is_right = username == known.username and password in (known.password, known.password + known.security_token)
        return None if is_right else ("invalid_grant", "authentication failure")

    def _wrong_assertion(self, assertion: str) -> tuple[str, str] | None:
        claims = _claims(assertion)
        if claims is None:
            return "invalid_grant", "invalid assertion"
        if claims.get("iss") != self.credentials.consumer_key:
            return "invalid_client_id", "client identifier invalid"
        if claims.get("aud") not in ("https://login.salesforce.com", "https://test.salesforce.com"):
            return "invalid_grant", "audience is invalid"
        expires = datetime.fromtimestamp(float(claims.get("exp", 0)), UTC)
        if not self.store.clock.now() - timedelta(minutes=1) < expires:
            return "invalid_grant", "expired authorization code"
        is_known = claims.get("sub") == self.credentials.username
        return None if is_known else ("invalid_grant", "user hasn't approved this consumer")

    def soap(self, call: Call, version: str) -> Answer:
        """POST /services/Soap/u/{version}: login()."""
        if float(version) >= 65 or not self.allows_soap:
            return _fault("UNSUPPORTED_API_VERSION", "SOAP API login() is disabled by default in this org.")
        text = call.body.decode()
        username, password = (unescape(_element(text, name)) for name in ("username", "password"))
        if self.revoked or self._wrong_user(username, password):
            return _fault(
                "INVALID_LOGIN", "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
            )
        url = f"https://{self.host}/services/Soap/u/{version}/{self.org_id[:15]}"
        result = f"<loginResponse><result><serverUrl>{url}</serverUrl><sessionId>{self.open()}</sessionId></result></loginResponse>"
        return Answer(200, _SOAP.format(result).encode(), "text/xml;charset=UTF-8")


def _fault(code: str, message: str) -> Answer:
    fault = (
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{message}</faultstring><detail><sf:LoginFault>"
        f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault>"
        "</detail></soapenv:Fault>"
    )
    return Answer(500, _SOAP.format(fault).encode(), "text/xml;charset=UTF-8")


def _element(text: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}>(.*?)</(?:\w+:)?{name}>", text, re.DOTALL)
    return found[1] if found else ""


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    key, _, secret = base64.b64decode(encoded).decode().partition(":")
    return key, secret


def _claims(assertion: str) -> dict[str, Any] | None:
    parts = assertion.split(".")
    if len(parts) != 3:
        return None
    try:
        return dict(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except ValueError:
        return None
