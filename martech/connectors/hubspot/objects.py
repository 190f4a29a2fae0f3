"""The objects HubSpot shares with us: what each is, what can be done with it, which fields are asked for at first."""

from collections.abc import Mapping

from martech.connectors.port import Kind, ObjectCapability

ACTIVITIES = ("calls", "meetings", "emails", "tasks")
RECORDS = ("contacts", "companies", "deals", *ACTIVITIES)
CAMPAIGNS, SPEND, OWNERS = "campaigns", "campaign_spend", "owners"
TYPE_IDS = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "tasks": "0-27",
    "meetings": "0-47",
    "calls": "0-48",
    "emails": "0-49",
}
LOOKBACK_SECONDS = 300
OUR_ID = "mops_id"
"""The property with unique values that people make for us, so that companies and deals can be matched."""


def modified_property(object: str) -> str:
    """Searching contacts by the name that all others use finds nothing and says nothing."""
    return "lastmodifieddate" if object == "contacts" else "hs_lastmodifieddate"


def writable(
    kind: Kind, label: str, links: tuple[str, ...], match: tuple[str, ...], fields: str, lookup: tuple[str, ...] = ()
) -> ObjectCapability:
    return ObjectCapability(
        kind,
        label,
        can_write=True,
        can_create=True,
        can_delete=True,
        has_tombstones=True,
        link_objects=links,
        match_fields=match,
        lookup_fields=lookup,
        lookback_seconds=LOOKBACK_SECONDS,
        default_fields=tuple(fields.split()),
    )


def activity(label: str, fields: str) -> ObjectCapability:
    return ObjectCapability(
        Kind.ACTIVITY,
        label,
        has_tombstones=True,
        link_objects=("contacts",),
        default_fields=("hs_timestamp", "hubspot_owner_id", *fields.split()),
    )


PERSON_FIELDS = "email firstname lastname phone jobtitle company country city lifecyclestage hubspot_owner_id"
COMPANY_FIELDS = "name domain industry numberofemployees country city phone hubspot_owner_id"
DEAL_FIELDS = "dealname amount deal_currency_code dealstage pipeline closedate createdate hubspot_owner_id"
CAMPAIGN_FIELDS = (
    "hs_name hs_utm hs_start_date hs_end_date hs_currency_code hs_owner hs_campaign_status "
    "hs_budget_items_sum_amount hs_spend_items_sum_amount"
)

OBJECTS: Mapping[str, ObjectCapability] = {
    "owners": ObjectCapability(
        Kind.OWNER,
        "Owners",
        has_tombstones=True,
        default_fields=("email", "firstName", "lastName", "userId", "archived"),
    ),
    "companies": writable(Kind.ACCOUNT, "Companies", ("contacts",), (OUR_ID,), COMPANY_FIELDS, ("domain",)),
    "contacts": writable(Kind.PERSON, "Contacts", ("companies",), ("email", OUR_ID), PERSON_FIELDS),
    "deals": writable(Kind.DEAL, "Deals", ("contacts", "companies"), (OUR_ID,), DEAL_FIELDS),
    "campaigns": ObjectCapability(
        Kind.CAMPAIGN,
        "Campaigns",
        can_write=True,
        can_create=True,
        batch=10,
        default_fields=tuple(CAMPAIGN_FIELDS.split()),
    ),
    "campaign_spend": ObjectCapability(
        Kind.SPEND,
        "Campaign spend",
        link_objects=("campaigns",),
        default_fields=("campaign_id", "name", "amount", "currency", "description", "created_at"),
    ),
    "calls": activity("Calls", "hs_call_title hs_call_direction"),
    "meetings": activity("Meetings", "hs_meeting_title"),
    "emails": activity("E-mails", "hs_email_subject hs_email_direction"),
    "tasks": activity("Tasks", "hs_task_subject hs_task_status"),
}
