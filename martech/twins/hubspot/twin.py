"""HubSpot as a practice server: addresses to handlers, with sign-in, limits and scopes in front of them."""

import re
from collections.abc import Callable
from typing import Any

from martech.twins.clock import TwinClock
from martech.twins.controls import Controls
from martech.twins.faults import Faults
from martech.twins.hubspot.account import CLIENT_ID, CLIENT_SECRET, REFRESH, TOKEN, Account
from martech.twins.hubspot.answers import Refused, invalid
from martech.twins.hubspot.associations import Associations
from martech.twins.hubspot.batch import Batch
from martech.twins.hubspot.behaviours import BEHAVIOURS, FAULTS
from martech.twins.hubspot.campaigns import Campaigns
from martech.twins.hubspot.controls import HubSpotControls
from martech.twins.hubspot.journal import Journal
from martech.twins.hubspot.keeping import Keeping
from martech.twins.hubspot.objects import Objects
from martech.twins.hubspot.portal import Portal
from martech.twins.hubspot.rendering import Renderer
from martech.twins.hubspot.schema import ACTIVITIES, NAMES
from martech.twins.hubspot.search import Search
from martech.twins.hubspot.seeds import campaign_rows, owners_of, plant
from martech.twins.hubspot.store import Record, Store
from martech.twins.hubspot.validation import Validation
from martech.twins.hubspot.webhooks import Webhooks
from martech.twins.population import Population
from martech.twins.serving import Answer, Call
from martech.twins.shelf import Shelf

DATES = "2025-09|2026-03|2026-09"
OBJECTS = rf"/crm/(?:v3/objects|objects/(?:{DATES}))/"
RECORD_LINKS = rf"/crm/(?:v4/objects|objects/(?:{DATES}))/"
BATCH_LINKS = rf"/crm/(?:v4/associations|associations/(?:v4|{DATES}))/"
CAMPAIGNS = rf"/marketing/(?:v3/campaigns|campaigns/(?:{DATES}))"
JOURNAL = r"/webhooks-journal/journal(?:-local)?/(?:2026-03|2026-09)/"
SUBSCRIPTIONS = r"/webhooks-journal/subscriptions/(?:2026-03|2026-09)"
Handler = Callable[..., Answer]


def portal_path(name: str) -> str:
    return rf"/crm/(?:v3/{name}|{name}/(?:{DATES}))"


class HubSpotTwin:
    name = "HubSpot"

    def __init__(self, population: Population, *, clock: TwinClock, lag_seconds: float, limits: bool) -> None:
        self.store = Store(clock, lag_seconds=lag_seconds)
        self.account = Account(clock, limits=limits)
        self.faults = Faults(FAULTS)
        self.controls = Controls(clock, self.faults, BEHAVIOURS)
        self.renderer = Renderer(self.store.schemas)
        self.merge_keeps_id = False
        self.dropped: dict[tuple[str, str, int], int] = {}
        self.portal = Portal(self, owners_of(population))
        self.validation = Validation(self.store, self.portal.has_active_owner)
        self.associations = Associations(self)
        self.objects, self.batch, self.search = Objects(self), Batch(self), Search(self)
        self.campaigns = Campaigns(self, campaign_rows(population))
        self.webhooks, self.journal = Webhooks(clock), Journal(self)
        HubSpotControls(self)
        plant(self.store, population)
        self.store.listeners += [self.webhooks.hear, self.journal.hear]
        self.credentials = {
            "token": TOKEN,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH,
        }
        self.routes = [(method, re.compile(pattern), handler) for method, pattern, handler in self.table()]

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, pattern of the whole path and handler; the first that fits answers."""
        properties = portal_path("properties") + r"/(?P<object>[\w-]+)"
        one_property = properties + r"/(?P<name>\w+)"
        found: list[tuple[str, str, Handler]] = [("POST", rf"{OBJECTS}(?P<object>[\w-]+)/search", self.search.answer)]
        found += [(method, RECORD_LINKS + path, handler) for method, path, handler in self.associations.record_routes()]
        found += [(method, OBJECTS + path, handler) for method, path, handler in self.batch.routes()]
        found += [(method, OBJECTS + path, handler) for method, path, handler in self.objects.routes()]
        found += [(method, BATCH_LINKS + path, handler) for method, path, handler in self.associations.batch_routes()]
        found += [(method, CAMPAIGNS + path, handler) for method, path, handler in self.campaigns.routes()]
        found += [(method, JOURNAL + path, handler) for method, path, handler in self.journal.routes()]
        found += [
            ("GET", SUBSCRIPTIONS, self.journal.list_subscriptions),
            ("POST", SUBSCRIPTIONS, self.journal.subscribe),
        ]
        portal = self.portal
        return [
            *found,
            ("GET", properties, portal.properties),
            ("POST", properties, portal.create_property),
            ("GET", one_property, portal.property),
            ("PATCH", one_property, portal.change_property),
            ("DELETE", one_property, portal.archive_property),
            ("GET", portal_path("owners"), portal.list_owners),
            ("GET", portal_path("owners") + r"/(?P<id>\d+)", portal.owner),
            ("GET", portal_path("pipelines") + r"/(?P<object>[\w-]+)", portal.pipelines),
            ("GET", r"/account-info/(?:v3|2026-03)/details", portal.details),
            ("GET", r"/account-info/(?:v3|2026-03)/api-usage/daily/private-apps", portal.usage),
        ]

    def answer(self, call: Call) -> Answer:
        with self.store.lock:
            try:
                return self.open_answer(call) or self.signed_in(call)
            except Refused as refused:
                return refused.answer()
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                return invalid(f"Invalid input JSON: {type(error).__name__} {error}").answer()

    def open_answer(self, call: Call) -> Answer | None:
        """What needs no token: tokens themselves, and the files of the journal."""
        if (call.method, call.path) == ("POST", "/oauth/v1/token"):
            self.note_account()
            return self.portal.oauth_token(call)
        if (call.method, call.path) == ("GET", "/oauth/authorize"):
            return self.portal.consent(call)
        if call.method == "GET" and call.path.startswith("/oauth/v1/access-tokens/"):
            return self.portal.oauth_info(call, call.path.rsplit("/", 1)[1])
        if call.path == "/oauth/v2/private-apps/get/access-token-info":
            return self.portal.token_info(call)
        if call.path.startswith("/webhooks-journal/files/"):
            return self.journal.file(call, call.path.rsplit("/", 1)[1])
        return None

    def signed_in(self, call: Call) -> Answer:
        is_search = call.method == "POST" and call.path.endswith("/search")
        is_journal = call.path.startswith("/webhooks-journal/")
        grant = self.account.admit_journal(call) if is_journal else self.account.admit(call, is_search=is_search)
        self.account.acting = grant
        try:
            answer = self.dispatch(call)
        except Refused as refused:
            answer = refused.answer()
        if not is_search and not is_journal:
            self.account.stamp(answer, grant)
        return answer

    def dispatch(self, call: Call) -> Answer:
        known = False
        for method, pattern, handler in self.routes:
            if found := pattern.fullmatch(call.path.rstrip("/")):
                if method == call.method:
                    return handler(call, **found.groupdict())
                known = True
        raise Refused(405 if known else 404, "", "Method not allowed" if known else "No such address")

    def control(self, call: Call) -> Answer:
        with self.store.lock:
            answer = self.controls.answer(call)
            self.note_account()
            return answer

    def tick(self) -> None:
        """What the server does by itself; called about every second, without the lock."""
        self.webhooks.tick()

    def keep(self, shelf: Shelf) -> None:
        """Take in what was kept, and keep every change from now on."""
        Keeping(self, shelf)

    def document(self, call: Call, kind: type = dict) -> Any:
        """The body as JSON of this kind. Raises Refused (400)."""
        try:
            found = call.json
        except ValueError as error:
            raise invalid(f"Invalid input JSON on line 1, column 1: {error}") from error
        if not isinstance(found, kind):
            raise invalid(f"Invalid input JSON: expected {kind.__name__}")
        return found

    def address(self, call: Call) -> str:
        return f"http://{call.headers.get('host', '127.0.0.1')}"

    def readable(self, object: str) -> str:
        return self.allowed(object, "read")

    def writable(self, object: str) -> str:
        return self.allowed(object, "write")

    def allowed(self, object: str, right: str) -> str:
        """The plain name of an object that the token may read or write. Raises Refused (400, 403)."""
        if object not in NAMES:
            raise invalid(f"Unable to infer object type from: {object}")
        name = NAMES[object]
        self.account.need("crm.objects.contacts.read" if name in ACTIVITIES else f"crm.objects.{name}.{right}")
        if name == "emails":
            self.account.need("sales-email-read")
        return name

    def without_dropped(self, object: str, where: str, records: list[Record]) -> list[Record]:
        """The records less those that a control said to lose silently."""
        if not self.dropped:
            return records
        kept = []
        for record in records:
            key = (object, where, record.id)
            if self.dropped.get(key, 0) > 0:
                self.dropped[key] -= 1
            else:
                kept.append(record)
        return kept

    def note_account(self) -> None:
        """Something about tokens, scopes or the clock may have changed; `keeping` hooks in here."""

    def note_schema(self, object: str) -> None:
        """Something about an object's properties changed; `keeping` hooks in here."""

    def note_campaign(self, id: str) -> None:
        """Something about a campaign changed; `keeping` hooks in here."""


def make(
    population: Population, *, clock: TwinClock | None = None, lag_seconds: float = 0, limits: bool = True
) -> HubSpotTwin:
    return HubSpotTwin(population, clock=clock or TwinClock(), lag_seconds=lag_seconds, limits=limits)
