"""A connection's settings as this connector reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from martech.connectors.offers import Setting

API_VERSION = "62.0"
CLIENT_CREDENTIALS, JWT, PASSWORD, SOAP = "client_credentials", "jwt", "password", "soap"

SETTINGS = (
    Setting(
        "domain",
        "My Domain",
        help="The part before .salesforce.com, e.g. acme.my or acme--test.sandbox.my",
    ),
    Setting(
        "sign_in",
        "Sign in with",
        help="Client credentials and JWT need an external client app. Password and SOAP are for old orgs only.",
        default=CLIENT_CREDENTIALS,
        choices=(CLIENT_CREDENTIALS, JWT, PASSWORD, SOAP),
        needs={
            CLIENT_CREDENTIALS: ("consumer_key", "consumer_secret"),
            JWT: ("consumer_key", "private_key", "username"),
            PASSWORD: ("consumer_key", "consumer_secret", "username", "password"),
            SOAP: ("username", "password"),
        },
        uses={SOAP: ("security_token",)},
    ),
    Setting("consumer_key", "Consumer key", is_secret=True, is_required=False),
    Setting("consumer_secret", "Consumer secret", help="Not for JWT", is_secret=True, is_required=False),
    Setting(
        "private_key",
        "Private key",
        help="The whole PEM file, for JWT only.",
        is_secret=True,
        is_required=False,
        takes="pem",
    ),
    Setting("username", "User name", help="For JWT, password and SOAP", is_required=False),
    Setting("password", "Password", help="For password and SOAP", is_secret=True, is_required=False),
    Setting("security_token", "Security token", help="For SOAP", is_secret=True, is_required=False),
    Setting("environment", "Environment", default="production", choices=("production", "sandbox")),
    Setting("api_version", "API version", default=API_VERSION, is_required=False, takes="version"),
    Setting(
        "daily_limit",
        "API calls a day",
        help="Read from the org at the first call",
        default="15000",
        is_required=False,
        takes="number",
    ),
    Setting(
        "run_share_percent", "Share of a run, % of the day's calls", default="25", is_required=False, takes="percent"
    ),
    Setting("stop_percent", "Stop when the org has used, %", default="80", is_required=False, takes="percent"),
    Setting(
        "duplicate_rules",
        "Duplicate rules",
        help="Whether a rule of the org that only warns may stop a row",
        default="respect",
        choices=("respect", "pass"),
        is_required=False,
    ),
)
_DEFAULTS = {one.name: one.default for one in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """Typed, with the defaults filled in. `host` is the org's own, without https://."""

    host: str
    sign_in: str
    username: str
    is_sandbox: bool
    api_version: str
    daily_limit: int
    run_share: float
    stop_at: float
    passes_duplicates: bool

    @property
    def domain(self) -> str:
        """What simple-salesforce puts before .salesforce.com."""
        return self.host.removesuffix(".salesforce.com")

    @property
    def login(self) -> str:
        return "test" if self.is_sandbox else "login"


def read_settings(given: Mapping[str, Any]) -> Settings:
    said = {name: str(given.get(name) or default) for name, default in _DEFAULTS.items()}
    host = said["domain"].strip().lower().removeprefix("https://").split("/")[0]
    if host and "." not in host:
        host = f"{host}.my"
    if host and not host.endswith(".salesforce.com"):
        host = f"{host}.salesforce.com"
    return Settings(
        host=host,
        sign_in=said["sign_in"],
        username=said["username"],
        is_sandbox=said["environment"] == "sandbox",
        api_version=said["api_version"].lower().removeprefix("v"),
        daily_limit=int(said["daily_limit"]),
        run_share=float(said["run_share_percent"]) / 100,
        stop_at=float(said["stop_percent"]) / 100,
        passes_duplicates=said["duplicate_rules"] == "pass",
    )
