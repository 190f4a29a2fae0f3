"""Who may call, what for and how often."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from martech.twins.clock import TwinClock
from martech.twins.hubspot.answers import Refused, rate_limited, scopes_missing, unauthenticated
from martech.twins.hubspot.stamps import to_text
from martech.twins.serving import Answer, Call
from martech.twins.windows import DailyQuota, RollingWindow

PORTAL, APP = 4_821_500, 731_004
TOKEN = "pat-eu1-practice-0000-0000-000000000001"  # noqa: S105 (invented, the same everywhere)
CLIENT_ID, CLIENT_SECRET, REFRESH = "practice-client", "practice-secret", "practice-refresh-token"
ACCESS_SECONDS = 1800
JOURNAL = "WEBHOOKS_JOURNAL"
JOURNAL_SCOPES = [
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
]
"""What an app may ask for itself, with a token that is good for no account's records."""
SCOPES = [
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.companies.read",
    "crm.schemas.deals.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.write",
    "crm.schemas.deals.write",
    "sales-email-read",
    "marketing.campaigns.read",
    "marketing.campaigns.write",
    "oauth",
]


@dataclass
class Grant:
    """A token that works until `expires` (milliseconds, None for ever); `scopes` of one that is the app's own."""

    expires: int | None = None
    is_oauth: bool = False
    scopes: frozenset[str] | None = None
    window: RollingWindow = field(default_factory=lambda: RollingWindow(190, 10))


class Account:
    """Tokens, scopes and the three policies of calls."""

    def __init__(self, clock: TwinClock, *, limits: bool, zone: str = "Europe/Berlin") -> None:
        self.clock, self.is_limited, self.zone = clock, limits, zone
        self.grants = {TOKEN: Grant()}
        self.scopes, self.app_scopes = set(SCOPES), set(JOURNAL_SCOPES)
        self.acting = Grant()
        self.searches, self.journal = RollingWindow(5, 1), RollingWindow(100, 60)
        self.daily = DailyQuota(625_000, ZoneInfo(zone))
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def grant_of(self, call: Call) -> Grant:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        grant = self.grants.get(token.strip())
        if kind.lower() != "bearer" or grant is None:
            raise unauthenticated()
        if grant.expires is not None and grant.expires <= self.clock.milliseconds():
            raise Refused(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
        return grant

    def admit(self, call: Call, *, is_search: bool) -> Grant:
        """Count the call, or raise Refused (401, 429)."""
        grant, now = self.grant_of(call), self.clock.now()
        if not self.is_limited:
            self.calls["SECONDLY" if is_search else "TEN_SECONDLY_ROLLING"] += 1
            self.daily.take(now)
            return grant
        if is_search and not self.searches.take(now):
            self.refuse("SECONDLY")
        if not is_search and not grant.window.take(now):
            self.refuse("TEN_SECONDLY_ROLLING")
        if not self.daily.take(now):
            self.refuse("DAILY")
        self.calls["SECONDLY" if is_search else "TEN_SECONDLY_ROLLING"] += 1
        return grant

    def admit_journal(self, call: Call) -> Grant:
        """Calls of the journal count for none of the other policies."""
        grant = self.grant_of(call)
        if self.is_limited and not self.journal.take(self.clock.now()):
            self.refuse(JOURNAL)
        self.calls[JOURNAL] += 1
        return grant

    def refuse(self, policy: str) -> None:
        self.refused[policy] += 1
        raise rate_limited(policy)

    def need(self, *scopes: str) -> None:
        """Raises Refused (403) unless the token of this call, and its app, have these scopes."""
        own = self.acting.scopes
        granted = self.scopes if own is None else own & self.app_scopes
        if missing := [scope for scope in scopes if scope not in granted]:
            raise scopes_missing(missing)

    def stamp(self, answer: Answer, grant: Grant) -> None:
        """The headers of the limits, which search answers lack, and the daily ones of OAuth apps."""
        now = self.clock.now()
        answer.headers["X-HubSpot-RateLimit-Max"] = str(grant.window.limit)
        answer.headers["X-HubSpot-RateLimit-Remaining"] = str(
            grant.window.remaining(now) if self.is_limited else grant.window.limit
        )
        answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        if not grant.is_oauth:
            answer.headers["X-HubSpot-RateLimit-Daily"] = str(self.daily.limit)
            answer.headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(self.daily.remaining(now))

    def issue(self, scopes: frozenset[str] | None = None) -> str:
        """A new access token of half an hour: the account's, or the app's own with these scopes."""
        token = f"practice-{secrets.token_hex(12)}"
        expires = self.clock.milliseconds() + ACCESS_SECONDS * 1000
        self.grants[token] = Grant(expires, is_oauth=True, scopes=scopes, window=RollingWindow(110, 10))
        return token

    def revoke(self, tokens: Iterable[str] = ()) -> None:
        for token in list(tokens) or list(self.grants):
            self.grants.pop(token, None)

    def renew(self, tokens: Iterable[str] = ()) -> None:
        """Tokens that work again, for ever; the usual one when none is named."""
        for token in list(tokens) or [TOKEN]:
            self.grants[token] = Grant()

    def usage(self) -> dict[str, Any]:
        limit, now = self.daily.limit, self.clock.now()
        used = limit - self.daily.remaining(now)
        midnight = now.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        resets = int(midnight.timestamp() * 1000) + 86_400_000
        return {
            "results": [
                {
                    "name": "private-apps-api-calls-daily",
                    "usageLimit": limit,
                    "currentUsage": used,
                    "collectedAt": to_text(self.clock.milliseconds()),
                    "fetchStatus": "SUCCESS",
                    "resetsAt": to_text(resets),
                }
            ]
        }

    def details(self) -> dict[str, Any]:
        return {
            "portalId": PORTAL,
            "accountType": "STANDARD",
            "timeZone": self.zone,
            "companyCurrency": "EUR",
            "additionalCurrencies": ["USD", "GBP"],
            "utcOffset": "+01:00",
            "utcOffsetMilliseconds": 3_600_000,
            "uiDomain": "app-eu1.hubspot.com",
            "dataHostingLocation": "eu1",
        }
