"""The line to an org: every call spends, is classified when it fails, and signs in again once when the session ended."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceExpiredSession
from simple_salesforce.util import exception_handler

from martech.connectors.errors import BudgetExhausted, Throttled, VendorError
from martech.connectors.port import Session
from martech.connectors.salesforce.allowance import Allowance
from martech.connectors.salesforce.refusals import LINE_ERRORS, classify
from martech.connectors.salesforce.settings import Settings
from martech.connectors.salesforce.signing_in import TOKEN_LIFE, Ticket, sign_in
from martech.connectors.transport import GuardedSession

T = TypeVar("T")


class Line:
    """One call at a time, though pages may be fetched by a thread ahead of the one that takes them in."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session, self.settings = session, settings
        self.http = GuardedSession(base_url=session.base_url, timeout=session.timeout)
        self.allowance = Allowance(session.budget, settings)
        self._client: Salesforce | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Salesforce:
        """The vendor's client, signed in with the kept session where there is one."""
        if self._client is None:
            self._client = self._with(Ticket.read(self.session.kept_token) or self.renew())
        return self._client

    def renew(self) -> Ticket:
        """Sign in and have the session kept. Raises SignInRefused."""
        ticket = sign_in(self.settings, self.session.secrets, self.http)
        self.session.keep_token(str(ticket), datetime.now(UTC) + TOKEN_LIFE)
        return ticket

    def _with(self, ticket: Ticket) -> Salesforce:
        client = Salesforce(
            instance=ticket.host,
            session_id=ticket.token,
            version=self.settings.api_version,
            session=self.http,
            object_pairs_hook=None,  # type: ignore[arg-type]  # plain dictionaries, made in C
        )
        client.headers.pop("X-PrettyPrint", None)
        return client

    def ask(self, call: Callable[[Salesforce], T], *, is_write: bool = False) -> T:
        """Make one call. Raises the classes of `errors`; a write that may have taken effect is OutcomeUnknown."""
        with self._lock:
            return self._ask(call, is_write)

    def _ask(self, call: Callable[[Salesforce], T], is_write: bool) -> T:
        self.allowance.spend()
        try:
            try:
                answer = call(self.client)
            except SalesforceExpiredSession:
                self._client = self._with(self.renew())
                self.allowance.spend()
                answer = call(self._client)
        except VendorError:
            raise
        except LINE_ERRORS as error:
            raise self._refused(error, is_write) from None
        if usage := self.client.api_usage.get("api-usage"):
            self.allowance.observe(usage.used, usage.total)
        return answer

    def _refused(self, error: Exception, is_write: bool) -> VendorError:
        found = classify(error, is_write=is_write)
        if isinstance(found, Throttled | BudgetExhausted):
            self.allowance.refused(found)
        return found

    def query(self, soql: str, *, deleted_too: bool = False) -> dict[str, Any]:
        return self.ask(lambda client: client.query(soql, include_deleted=deleted_too))

    def more(self, url: str) -> dict[str, Any]:
        return self.ask(lambda client: client.query_more(url, identifier_is_url=True))

    def rest(self, path: str, *, method: str = "GET", is_write: bool = False, **options: Any) -> Any:
        """Any resource behind the version; None for an empty answer."""
        return self.ask(lambda client: client.restful(path, method=method, **options), is_write=is_write)

    def fetch(self, path: str, **params: str) -> requests.Response:
        """A resource that is not JSON, with its headers."""

        def call(client: Salesforce) -> requests.Response:
            answer = client.session.get(client.base_url + path, params=params, headers=client.headers)
            if answer.status_code >= 300:
                exception_handler(answer, path)
            return answer

        return self.ask(call)

    def close(self) -> None:
        self.http.close()
