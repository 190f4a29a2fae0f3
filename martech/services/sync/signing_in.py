"""Signing in at a vendor's own page: somebody is sent there and comes back with a code, whose worth is kept sealed."""

from governance.models import User
from martech.connectors.consent import Consent
from martech.connectors.port import Session
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection
from martech.services.sync.budget import SharedBudget
from martech.services.sync.connections import save_connection
from martech.services.sync.sealed import open_secrets
from mops.core.errors import DomainError


def can_sign_in(connection: Connection) -> bool:
    """Whether the vendor has such a page and the connection says that it is used."""
    return vendor_of(connection.vendor).consent is not None and connection.options.get("sign_in") == "oauth"


def consent_of(connection: Connection) -> Consent:
    consent = vendor_of(connection.vendor).consent
    if consent is None or not can_sign_in(connection):
        raise DomainError("This connection signs in in another way.", errors={"sign_in": ["Choose oauth first."]})
    return consent


def session_of(connection: Connection) -> Session:
    policies = {policy.name: policy for policy in vendor_of(connection.vendor).policies(connection.options)}
    budget = SharedBudget(f"{connection.vendor}:{connection.name}", policies, is_interactive=True)
    return Session(connection.options, open_secrets(connection), budget, connection.base_url)


def sign_in_address(*, connection: Connection, redirect_uri: str, state: str) -> str:
    """Where somebody consents. Raises DomainError where that is no way in, or the app is not known yet."""
    consent, session = consent_of(connection), session_of(connection)
    missing = [name for name in ("client_id", "client_secret") if not session.secrets.get(name)]
    if missing:
        errors = {name: ["Enter it first; it is the app’s."] for name in missing}
        raise DomainError("The app is not known yet.", errors=errors)
    return consent.address(session, redirect_uri, state)


def finish_sign_in(*, connection: Connection, redirect_uri: str, code: str, actor: User | None) -> None:
    """Keep what the code is worth. Raises VendorError, DomainError."""
    given = consent_of(connection).redeem(session_of(connection), redirect_uri, code)
    save_connection(vendor=connection.vendor, name=connection.name, given=given, actor=actor)
