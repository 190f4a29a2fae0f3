"""The set-up assistant's steps: each says what was tried, and what to do where it did not go well."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from martech.connectors.answers import CheckStep, failed_step
from martech.connectors.errors import SignInRefused, VendorError
from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.journal import Journal
from martech.connectors.hubspot.objects import ACTIVITIES, OBJECTS, OUR_ID
from martech.connectors.hubspot.paths import USAGE, Paths
from martech.connectors.hubspot.policies import DAILY, reads_journal

RECORDS = ("contacts", "companies", "deals")


class Checking:
    def __init__(self, calls: Calls, paths: Paths, journal: Journal) -> None:
        self.calls, self.paths, self.journal = calls, paths, journal

    def steps(self) -> Iterator[CheckStep]:
        account: dict[str, Any] = {}
        try:
            account = self.calls.account()
        except SignInRefused as error:
            yield CheckStep("Reach HubSpot", is_ok=True, detail="It answers.")
            yield failed_step("Sign in", error)
            return
        except VendorError as error:
            yield failed_step("Reach HubSpot", error, "Check the address and the network, then test again.")
            return
        yield CheckStep("Reach HubSpot", is_ok=True, detail="It answers.")
        zone, currency = account.get("timeZone"), account.get("companyCurrency")
        detail = f"Portal {account.get('portalId')}, time zone {zone}, currency {currency}."
        yield CheckStep("Sign in", is_ok=True, detail=detail)
        step = self.tried("Calls of the day", self.usage)
        yield step
        if not step.is_ok:
            return
        yield from (replace(self.tried(title, probe), is_part=True) for title, probe in self.parts())

    def parts(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """What a portal can do without: each is tried whatever became of the others."""
        yield "Owners", lambda: self.listed(self.paths.owners())
        for object in RECORDS:
            yield OBJECTS[object].label, lambda o=object: self.listed(self.paths.objects(o))  # type: ignore[misc]
            yield f"Fields of {OBJECTS[object].label.lower()}", lambda o=object: self.fields(o)  # type: ignore[misc]
        yield "Campaigns", lambda: self.listed(self.paths.campaigns())
        for object in ACTIVITIES:
            yield OBJECTS[object].label, lambda o=object: self.listed(self.paths.objects(o))  # type: ignore[misc]
        if reads_journal(self.calls.session.settings):
            yield "Webhooks journal", self.journal.subscribe

    def tried(self, title: str, probe: Callable[[], str]) -> CheckStep:
        try:
            return CheckStep(title, is_ok=True, detail=probe())
        except VendorError as error:
            return failed_step(title, error, "Try again in a moment.")

    def listed(self, path: str) -> str:
        self.calls.get(path, [("limit", "1")])
        return "Readable."

    def fields(self, object: str) -> str:
        rows = self.calls.get(self.paths.properties(object))["results"]
        has_id = any(row["name"] == OUR_ID and row.get("hasUniqueValue") for row in rows)
        hint = "" if has_id else f" Without a property {OUR_ID} of unique values, records are matched by what is there."
        return f"{len(rows)} properties.{hint}"

    def usage(self) -> str:
        """OAuth apps cannot ask for it, which is no fault."""
        if self.calls.session.settings.get("sign_in") == "oauth":
            return "HubSpot tells OAuth apps nothing of the day's calls."
        results = self.calls.get(USAGE).get("results") or []
        if not results:
            return "HubSpot names no limit."
        used, limit = int(results[0]["currentUsage"]), int(results[0]["usageLimit"])
        self.calls.session.budget.observe(DAILY, used=used, limit=limit)
        return f"{used:,} of {limit:,} calls used today, other tools included."
