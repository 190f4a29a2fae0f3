"""HubSpot's limits by the names it refuses with, and how long each asks to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from martech.connectors.port import BudgetPolicy

JOURNAL, JOURNAL_FILES = "WEBHOOKS_JOURNAL", "WEBHOOKS_JOURNAL_FILES"
"""Calls of the journal are exempt from the others. HubSpot names no figure: 100 a minute is what its users report, and
files are fetched from its storage, where the limit is our own."""
SEARCH, BURST, DAILY = "SECONDLY", "TEN_SECONDLY_ROLLING", "DAILY"
WAIT_SECONDS = {SEARCH: 1.0, BURST: 10.0}
MIGRATION_SECONDS = 30.0
TIERS = {"starter": (100, 250_000), "professional": (190, 625_000), "enterprise": (190, 1_000_000)}
OAUTH_BURST = 110


def policies(settings: Mapping[str, Any]) -> tuple[BudgetPolicy, ...]:
    """Search is limited for the whole account, bursts for each app, the day for the account."""
    burst, daily = TIERS.get(str(settings.get("tier") or "professional"), TIERS["professional"])
    if settings.get("sign_in") == "oauth":
        burst = OAUTH_BURST
    zone = str(settings.get("time_zone") or "UTC")
    journal = (
        (
            BudgetPolicy(JOURNAL, 100, 60, label="journal"),
            BudgetPolicy(JOURNAL_FILES, 600, 60, label="files of the journal"),
        )
        if reads_journal(settings)
        else ()
    )
    return (
        BudgetPolicy(SEARCH, 5, 1, label="search"),
        BudgetPolicy(BURST, burst, 10),
        BudgetPolicy(DAILY, daily, 86_400, resets=zone),
        *journal,
    )


def reads_journal(settings: Mapping[str, Any]) -> bool:
    return settings.get("journal") == "on"


def next_midnight(zone: str, now: datetime | None = None) -> datetime:
    """When a new day begins in the portal; in UTC where its zone is not known."""
    try:
        place = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        place = ZoneInfo("UTC")
    local = (now or datetime.now(UTC)).astimezone(place)
    return datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), place).astimezone(UTC)
