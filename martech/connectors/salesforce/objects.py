"""What the connector can do with each object."""

from martech.connectors.port import Kind, ObjectCapability
from martech.connectors.salesforce.links import link_objects

LOOKBACK = 600
"""Ten minutes: changes become visible late, by what users of Salesforce saw."""
KEYS = ("Mops_Id__c",)
"""The external id field that a push by key needs in the org; other external ids can be mapped too."""

_PERSON = ("FirstName", "LastName", "Email", "Phone", "Title", "LeadSource", "OwnerId", "HasOptedOutOfEmail")


def _object(
    name: str, kind: Kind, label: str, *fields: str, writes: bool = True, keys: bool = True, optional: str = ""
) -> ObjectCapability:
    return ObjectCapability(
        kind=kind,
        label=label,
        can_write=writes,
        can_create=writes,
        can_delete=writes,
        has_tombstones=kind is not Kind.OWNER,
        link_objects=link_objects(name),
        match_fields=KEYS if writes and keys else (),
        lookup_fields=("Email",) if kind is Kind.PERSON else (),
        lookback_seconds=LOOKBACK,
        batch=200,
        default_fields=fields,
        optional_fields=tuple(optional.split()),
    )


OBJECTS: dict[str, ObjectCapability] = {
    "User": _object("User", Kind.OWNER, "Users", "Name", "FirstName", "LastName", "Email", "IsActive", writes=False),
    "Account": _object(
        "Account", Kind.ACCOUNT, "Accounts",
        "Name", "Website", "Phone", "Industry", "NumberOfEmployees", "AnnualRevenue", "BillingCity", "BillingCountry",
        "ParentId", "OwnerId",
    ),
    "Lead": _object(
        "Lead", Kind.PERSON, "Leads",
        *_PERSON, "Company", "Website", "City", "Country", "Status", "Industry",
    ),
    "Contact": _object("Contact", Kind.PERSON, "Contacts", *_PERSON, "AccountId", "MailingCity", "MailingCountry"),
    "Campaign": _object(
        "Campaign", Kind.CAMPAIGN, "Campaigns",
        "Name", "Type", "Status", "StartDate", "EndDate", "ParentId", "BudgetedCost", "ActualCost", "ExpectedRevenue",
        "NumberSent", "IsActive", "OwnerId",
        optional="Mops_Id__c CurrencyIsoCode",
    ),
    "CampaignMember": _object(
        "CampaignMember", Kind.MEMBER, "Campaign members",
        "CampaignId", "ContactId", "LeadId", "Status", "HasResponded", "FirstRespondedDate",
        keys=False,
    ),
    "Opportunity": _object(
        "Opportunity", Kind.DEAL, "Opportunities",
        "Name", "AccountId", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "Type", "LeadSource", "CampaignId",
        "OwnerId",
    ),
    "Task": _object(
        "Task", Kind.ACTIVITY, "Tasks",
        "WhoId", "WhatId", "OwnerId", "Subject", "TaskSubtype", "Status", "IsClosed", "CompletedDateTime", "ActivityDate",
        writes=False,
    ),
    "Event": _object(
        "Event", Kind.ACTIVITY, "Events",
        "WhoId", "WhatId", "OwnerId", "Subject", "EventSubtype", "StartDateTime", "EndDateTime",
        writes=False,
    ),
}  # fmt: skip
