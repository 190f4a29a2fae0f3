"""The webhooks journal: what webhooks would tell, fetched by those who cannot be reached from outside.

It knows the app and not the account: its token is of the grant client_credentials, never used for records, and kept apart.
Entries are in files whose addresses the journal names. Such an address is only followed where the API itself may be called.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from martech.connectors.errors import (
    AddressRefused,
    BudgetExhausted,
    PositionLost,
    RetryNow,
    SignInRefused,
    Throttled,
    VendorDown,
)
from martech.connectors.hubspot.calls import Calls, Query, lasts_until
from martech.connectors.hubspot.journal_entries import events_of, hints_of
from martech.connectors.hubspot.objects import OBJECTS, TYPE_IDS
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.policies import JOURNAL, JOURNAL_FILES
from martech.connectors.hubspot.refusals import refusal
from martech.connectors.port import Hint, JournalPage, Position
from martech.connectors.transport import GuardedSession

SCOPES = tuple(f"developer.webhooks_journal.{name}" for name in ("read", "subscriptions.read", "subscriptions.write"))
BATCH = 25
LARGEST = 32 * 1_048_576
"""Bytes of a file; what a larger one tells comes with the next pull."""
WATCHED = ("contacts", "companies", "deals")
CHANGES = ("CREATE", "UPDATE", "DELETE", "MERGE", "RESTORE")
LINKS = ("ASSOCIATION_ADDED", "ASSOCIATION_REMOVED")
GONE = {403, 404, 410}
WAIT_SECONDS = 60.0


class Journal:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths, self.session = calls, paths, calls.session
        self._token = self.session.kept_journal_token
        self._files: GuardedSession | None = None

    def close(self) -> None:
        if self._files is not None:
            self._files.close()

    def pages(self, position: Position) -> Iterator[JournalPage]:
        """A page for each batch of files; the position keeps the portal, so that it is asked for once."""
        portal, offset = str(position.get("portal") or ""), str(position.get("offset") or "")
        portal = portal or str(self.calls.account()["portalId"])
        while True:
            is_lost = False
            try:
                files = self.batch(portal, offset)
            except PositionLost:
                files, is_lost = self.batch(portal, ""), True
            if not files and not is_lost:
                return
            hints, is_whole = self.told(portal, files)
            offset = str(files[-1]["currentOffset"]) if files else ""
            yield JournalPage(hints, {"portal": portal, "offset": offset}, is_gap=is_lost or not is_whole)
            if not files:
                return

    def batch(self, portal: str, offset: str) -> list[dict[str, Any]]:
        """The next files behind an offset. Raises PositionLost when it is older than three days, or of another journal."""
        path = self.paths.journal(f"batch/{offset}/next/{BATCH}" if offset else f"batch/earliest/{BATCH}")
        files = self.ask("GET", path, query=[("installPortalId", portal)]).get("results") or []
        if not all(isinstance(file, dict) and file.get("url") and file.get("currentOffset") for file in files):
            raise VendorDown("HubSpot's journal gave an answer without addresses of files.")
        return list(files)

    def told(self, portal: str, files: list[dict[str, Any]]) -> tuple[list[Hint], bool]:
        """What files tell of this portal, and whether all of them could be read."""
        hints, is_whole = list[Hint](), True
        for file in files:
            events = events_of(self.fetched(str(file["url"])))
            is_whole = is_whole and events is not None
            hints += [hint for event in events or () for hint in hints_of(event, portal)]
        return hints, is_whole

    def fetched(self, url: str) -> bytes | None:
        """The body of a file; None for one that is gone or too large, and will never be read. Raises AddressRefused."""
        self.refuse_foreign(url)
        self.session.budget.spend(JOURNAL_FILES)
        self._files = self._files or GuardedSession(base_url=self.session.base_url, timeout=self.session.timeout)
        try:
            with self._files.get(url, stream=True) as answer:
                if answer.status_code in GONE:
                    return None
                if answer.is_redirect:
                    raise AddressRefused("A file of HubSpot's journal leads to another address.")
                if answer.status_code != 200:
                    raise RetryNow(f"A file of HubSpot's journal cannot be read (status {answer.status_code}).")
                return whole(answer, self.session.timeout[1])
        except requests.RequestException as error:
            raise RetryNow("The connection broke while a file of HubSpot's journal was read.") from error

    def refuse_foreign(self, url: str) -> None:
        """An address in an answer is not believed: where the connection was given an address of its own, files are there;
        elsewhere they come over https from public addresses, which the session looks at."""
        parts, own = urlsplit(url), urlsplit(self.session.base_url)
        if self.session.base_url:
            is_good = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        else:
            is_good = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
        if not is_good:
            raise AddressRefused(
                f"HubSpot's journal names a file at {parts.hostname or 'no address'}, which is not asked.",
                remedy="Nothing is lost: changes come with each round. Ask HubSpot's support what this file is.",
            )

    def subscribe(self) -> str:
        """Have the journal tell what we want to hear of; what is subscribed to already stays as it is."""
        portal = int(self.calls.account()["portalId"])
        known = self.ask("GET", self.paths.subscriptions()).get("results") or []
        missing = [one for one in subscriptions(portal) if not any(covers(row, one) for row in known)]
        for one in missing:
            self.ask("POST", self.paths.subscriptions(), one)
        self.batch(str(portal), "")
        return f"Readable; {len(missing)} subscriptions were made." if missing else "Readable."

    def ask(self, method: str, path: str, body: Any = None, *, query: Query = ()) -> dict[str, Any]:
        if not self._token:
            self.renew()
        try:
            return self.once(method, path, body, query)
        except SignInRefused:
            self.renew()
        return self.once(method, path, body, query)

    def once(self, method: str, path: str, body: Any, query: Query) -> dict[str, Any]:
        self.session.budget.spend(JOURNAL)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        status, given, raw = self.calls.send(method, path, headers, is_write=False, query_params=list(query), body=body)
        if 200 <= status < 300:
            return self.calls.parsed(status, raw, is_write=False)
        if status == 404:
            raise PositionLost("The journal no longer reaches back to where it was read last.")
        error = refusal(status, given, raw, is_write=False, zone=self.calls.zone)
        if isinstance(error, Throttled | BudgetExhausted):
            self.session.budget.penalise(JOURNAL, seconds=WAIT_SECONDS)
            raise Throttled("HubSpot asks to read the journal more slowly.", policy=JOURNAL, seconds=WAIT_SECONDS)
        raise error

    def renew(self) -> None:
        """A token of the app itself. Raises SignInRefused where it has not the scopes, or is not known."""
        secrets = self.session.secrets
        if not secrets.get("client_id") or not secrets.get("client_secret"):
            raise SignInRefused("The journal needs the app's client id and secret.", remedy="Enter both.")
        try:
            said = self.calls.granted("client_credentials", {"scope": " ".join(SCOPES)})
        except SignInRefused as refused:
            remedy = f"Check client id and secret, and that the app has the scopes {', '.join(SCOPES)}."
            raise SignInRefused(refused.detail, remedy=remedy) from refused
        self._token = str(said["access_token"])
        self.session.keep_journal_token(self._token, lasts_until(said))


def whole(answer: requests.Response, seconds: float) -> bytes | None:
    """The body, None when it is too large. Raises RetryNow when it comes too slowly."""
    found, end = bytearray(), time.monotonic() + seconds
    for chunk in answer.iter_content(65_536):
        found += chunk
        if len(found) > LARGEST:
            return None
        if time.monotonic() > end:
            raise RetryNow("A file of HubSpot's journal comes too slowly.")
    return bytes(found)


def subscriptions(portal: int) -> list[dict[str, Any]]:
    """Changes of records, of the fields that mappings begin with, and of their associations."""
    found: list[dict[str, Any]] = []
    for object in WATCHED:
        own = {"portalId": portal, "objectTypeId": TYPE_IDS[object]}
        fields, others = list(OBJECTS[object].default_fields), [o for o in WATCHED if o != object]
        found.append({**own, "subscriptionType": "OBJECT", "actions": list(CHANGES), "properties": fields})
        linked = [TYPE_IDS[other] for other in others]
        found.append(
            {**own, "subscriptionType": "ASSOCIATION", "actions": list(LINKS), "associatedObjectTypeIds": linked}
        )
    return [{**one, "objectIds": []} for one in found]


def covers(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a subscription tells all that is wanted; one without properties tells of all of them."""
    same = ("portalId", "objectTypeId", "subscriptionType")
    if any(known.get(name) != wanted[name] for name in same) or known.get("deletedAt"):
        return False
    lists = ("actions", "properties", "associatedObjectTypeIds")
    missing = [set(wanted.get(name) or ()) - set(known.get(name) or ()) for name in lists]
    return not missing[0] and (not missing[1] or not known.get("properties")) and not missing[2]
