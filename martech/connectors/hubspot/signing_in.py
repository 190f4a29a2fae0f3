"""Signing in with HubSpot (OAuth, authorization code): the page where somebody consents, and what their code is worth."""

from urllib.parse import urlencode

from martech.connectors.errors import SignInRefused
from martech.connectors.hubspot.calls import Calls
from martech.connectors.port import Session

PAGE = "https://app.hubspot.com/oauth/authorize"
SCOPES = (
    *(f"crm.objects.{name}.{right}" for name in ("contacts", "companies", "deals") for right in ("read", "write")),
    *(f"crm.schemas.{name}.read" for name in ("contacts", "companies", "deals")),
    "crm.objects.owners.read",
    "oauth",
)
OPTIONAL = ("sales-email-read", "marketing.campaigns.read")
"""What not every edition has; what needs it is left out where it is not given."""


def address(session: Session, redirect_uri: str, state: str) -> str:
    """Where to send somebody. A practice server has the page itself."""
    page = f"{session.base_url.rstrip('/')}/oauth/authorize" if session.base_url else PAGE
    asked = {
        "client_id": session.secrets.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "optional_scope": " ".join(OPTIONAL),
        "state": state,
    }
    return f"{page}?{urlencode(asked)}"


def redeem(session: Session, redirect_uri: str, code: str) -> dict[str, str]:
    """The secrets that a code is worth. Raises SignInRefused for one that is wrong, used or too old."""
    calls = Calls(session)
    try:
        said = calls.token("authorization_code", {"redirect_uri": redirect_uri, "code": code})
    finally:
        calls.close()
    if not said.get("refresh_token"):
        raise SignInRefused("HubSpot gave no lasting sign-in.", remedy="Sign in once more.")
    return {"refresh_token": str(said["refresh_token"])}
