"""Signing in: a token and the host that takes it, by whatever the connection was given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from jwt.exceptions import PyJWTError
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import SalesforceLogin

from martech.connectors.errors import Misconfigured, SignInRefused, VendorDown, VendorError
from martech.connectors.salesforce.refusals import LINE_ERRORS, classify
from martech.connectors.salesforce.settings import CLIENT_CREDENTIALS, JWT, PASSWORD, SOAP, Settings

TOKEN_LIFE = timedelta(hours=1)
"""Salesforce does not say how long a session lasts; the shortest that an org can set is 15 minutes, two hours are usual.
One that ended earlier is renewed at the first refusal."""


@dataclass(frozen=True)
class Ticket:
    """A session and the host it belongs to; kept as one text."""

    token: str
    host: str

    def __str__(self) -> str:
        return f"{self.host} {self.token}"

    @classmethod
    def read(cls, kept: str) -> "Ticket | None":
        host, _, token = kept.partition(" ")
        return cls(token, host) if host and token else None


NEEDS: Mapping[str, tuple[str, ...]] = {
    CLIENT_CREDENTIALS: ("consumer_key", "consumer_secret"),
    JWT: ("consumer_key", "private_key"),
    PASSWORD: ("consumer_key", "consumer_secret", "password"),
    SOAP: ("password",),
}

REMEDIES = {
    "invalid_client_id": "Check the consumer key.",
    "invalid_client": "Check the consumer secret.",
    "INVALID_LOGIN": "Check user name, password and security token.",
    "UNSUPPORTED_API_VERSION": "SOAP sign-in is switched off in this org: use client credentials or JWT.",
    "invalid_grant": "Check that the app is installed, that the user is allowed for it, and that nothing has expired.",
}


def sign_in(settings: Settings, secrets: Mapping[str, str], http: requests.Session) -> Ticket:
    """Ask for a session. Raises SignInRefused, Misconfigured, VendorDown."""
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        CLIENT_CREDENTIALS: lambda: {"domain": settings.domain},
        JWT: lambda: {"username": settings.username, "domain": settings.login, "instance_url": settings.domain or None},
        PASSWORD: lambda: {"username": settings.username, "domain": settings.domain or settings.login},
        SOAP: lambda: {
            "username": settings.username,
            "security_token": secrets.get("security_token", ""),
            "domain": settings.domain or settings.login,
            "sf_version": min(settings.api_version, "64.0", key=float),
        },
    }
    if settings.sign_in not in ways:
        raise Misconfigured(f"“{settings.sign_in}” is no way to sign in.", remedy=f"Use one of {', '.join(ways)}.")
    needed = NEEDS[settings.sign_in]
    missing = [name for name in needed if not secrets.get(name)]
    missing += ["username"] if settings.sign_in != CLIENT_CREDENTIALS and not settings.username else []
    if missing:
        raise Misconfigured(f"Signing in needs {' and '.join(missing)}.", remedy="Give them under Credentials.")
    given = {"privatekey" if name == "private_key" else name: secrets[name] for name in needed}
    return _asked(http, {**given, **ways[settings.sign_in]()})


def _asked(http: requests.Session, how: dict[str, Any]) -> Ticket:
    try:
        token, host = SalesforceLogin(session=http, **how)
    except SalesforceAuthenticationFailed as refused:
        raise _refused(refused) from None
    except PyJWTError:
        raise Misconfigured("The private key cannot be read.", remedy="Paste the whole PEM file.") from None
    except VendorError:
        raise
    except LINE_ERRORS as error:
        raise classify(error, is_write=False) from None
    return Ticket(str(token), str(host))


def _refused(refused: SalesforceAuthenticationFailed) -> VendorError:
    code = str(refused.code)
    if code.isdigit():
        return VendorDown(f"Salesforce is not available (HTTP {code}).")
    remedy = REMEDIES.get(code, "Check the connection's credentials.")
    return SignInRefused(f"Salesforce did not let us in ({code}).", remedy=remedy, code=code)
