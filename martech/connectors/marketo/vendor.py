"""Marketo as the registry knows it."""

from collections.abc import Mapping
from typing import Any

from martech.connectors.marketo.classify import CALLS, CONCURRENT, DAY
from martech.connectors.marketo.connector import MarketoConnector
from martech.connectors.marketo.marketing import campaign, listing, spend, touch
from martech.connectors.marketo.schema import ACTIVITY, COST, LEAD, LIST_MEMBER, MEMBER, PROGRAM
from martech.connectors.offers import Retirement, Setting, Suggestion
from martech.connectors.port import BudgetPolicy, Kind, ObjectCapability, Vendor

DOCS = "AdobeDocs/marketo-developer.en help/rest-api/"
SETTINGS = (
    Setting(
        "munchkin_id", "Munchkin account id", "In Marketo under Admin › Munchkin, like 123-ABC-456", takes="munchkin"
    ),
    Setting("client_id", "Client id", "Under Admin › LaunchPoint › View Details", is_secret=True),
    Setting("client_secret", "Client secret", "Beside the client id", is_secret=True),
    Setting(
        "daily_calls", "Calls a day", "The subscription's quota", is_required=False, default="50000", takes="number"
    ),
    Setting(
        "backfill_from", "Leads since", "A day, as 2024-01-31; empty for everybody", is_required=False, takes="date"
    ),
    Setting(
        "activity_days",
        "Days of activities",
        "How far back a backfill goes",
        is_required=False,
        default="90",
        takes="number",
    ),
    Setting(
        "list_id", "Only of static list", "The id of a list; empty for everybody", is_required=False, takes="number"
    ),
)
OBJECTS = {
    LEAD: ObjectCapability(
        Kind.PERSON,
        "Leads",
        can_write=True,
        can_create=True,
        can_delete=True,
        has_tombstones=True,
        match_fields=("email", "id"),
        batch=300,
        default_fields=("email", "firstName", "lastName", "company", "title", "phone", "country", "city"),
    ),
    ACTIVITY: ObjectCapability(Kind.ACTIVITY, "Activities", link_objects=(LEAD,)),
    PROGRAM: ObjectCapability(Kind.CAMPAIGN, "Programs"),
    COST: ObjectCapability(Kind.SPEND, "Program costs", link_objects=(PROGRAM,)),
    MEMBER: ObjectCapability(Kind.MEMBER, "Program members", link_objects=(LEAD, PROGRAM)),
    LIST_MEMBER: ObjectCapability(Kind.LISTED, "Members of static lists", has_tombstones=True, link_objects=(LEAD,)),
}
SUGGESTIONS = {
    LEAD: (
        Suggestion("email", "email"),
        Suggestion("first_name", "firstName"),
        Suggestion("last_name", "lastName"),
        Suggestion("company", "company"),
        Suggestion("job_title", "title"),
        Suggestion("phone", "phone"),
        Suggestion("website", "website"),
        Suggestion("country", "country"),
        Suggestion("city", "city"),
        Suggestion("source", "leadSource", owner="theirs", direction="pull"),
        Suggestion("created_at", "createdAt", owner="theirs", direction="pull"),
    )
}
RETIREMENTS = (
    Retirement(
        "marketo.list_reads",
        "Reads of activities and changes by a static list of 10,000 or more leads fail.",
        "2026-12-30",
        "Empty “Only of static list”, or choose a smaller list.",
        DOCS + "activities.md",
        lambda settings: bool(settings.get("list_id")),
    ),
    Retirement(
        "marketo.token_parameter",
        "The token is no longer read from the parameter access_token.",
        "2026-08-31",
        "Nothing to do: mops sends it in the header.",
        DOCS + "authentication.md",
        lambda settings: False,
    ),
)


def policies(settings: Mapping[str, Any]) -> tuple[BudgetPolicy, ...]:
    """As documented: 100 calls in 20 seconds, 10 at once, and the day's quota from midnight US Central."""
    return (
        BudgetPolicy(CALLS, 100, 20),
        BudgetPolicy(CONCURRENT, 10, 1, is_concurrency=True),
        BudgetPolicy(DAY, int(settings.get("daily_calls") or 50_000), 86_400, resets="America/Chicago"),
    )


def record_url(settings: Mapping[str, Any], object: str, id: str) -> str:
    """A lead's page in Marketo's classic database view."""
    munchkin = str(settings.get("munchkin_id", "")).strip()
    return f"https://app.marketo.com/leadDatabase/loadLeadDetail?leadId={id}" if object == LEAD and munchkin else ""


VENDOR = Vendor(
    key="marketo",
    label="Marketo",
    open=MarketoConnector,
    settings=SETTINGS,
    objects=OBJECTS,
    policies=policies,
    suggestions=SUGGESTIONS,
    retirements=RETIREMENTS,
    record_url=record_url,
    campaign=campaign,
    spend=spend,
    touch=touch,
    listing=listing,
)
