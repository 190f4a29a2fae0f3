"""Properties of the objects: what exists, of which type, what may be written."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

TYPE_IDS = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "tasks": "0-27",
    "notes": "0-46",
    "meetings": "0-47",
    "calls": "0-48",
    "emails": "0-49",
}
ACTIVITIES = ("calls", "meetings", "emails", "tasks", "notes")
SINGULAR = {name: {"companies": "company"}.get(name, name[:-1]) for name in TYPE_IDS}
NAMES = {**{name: name for name in TYPE_IDS}, **{one: name for name, one in SINGULAR.items()}}
NAMES |= {type_id: name for name, type_id in TYPE_IDS.items()}
MODIFIED = {name: "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate" for name in TYPE_IDS}
CREATED = {name: "hs_createdate" if name in ACTIVITIES else "createdate" for name in TYPE_IDS}
DEFAULT_LINKS = {
    ("contacts", "companies"): 279,
    ("contacts", "deals"): 4,
    ("companies", "deals"): 342,
    ("calls", "contacts"): 194,
    ("emails", "contacts"): 198,
    ("meetings", "contacts"): 200,
    ("tasks", "contacts"): 204,
    ("notes", "contacts"): 202,
}
PAIRS = ((279, 280), (1, 2), (4, 3), (342, 341), (6, 5), (194, 193), (198, 197), (200, 199), (204, 203), (202, 201))
BACK = {**dict(PAIRS), **{second: first for first, second in PAIRS}}
DEFAULT_LINKS |= {(second, first): BACK[number] for (first, second), number in DEFAULT_LINKS.items()}
PRIMARY = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
}
LINK_LABELS: dict[int, str | None] = dict.fromkeys((1, 2, 5, 6), "Primary")
DEFAULT_PROPERTIES = {
    "contacts": ("email", "firstname", "lastname"),
    "companies": ("name", "domain"),
    "deals": ("dealname", "amount", "closedate", "pipeline", "dealstage"),
}
CONTACT_STAGES = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("other", "Other"),
)
LEAD_STATUSES = (("NEW", "New"), ("OPEN", "Open"), ("IN_PROGRESS", "In Progress"), ("UNQUALIFIED", "Unqualified"))
SOURCES = tuple(
    (name, name.replace("_", " ").title())
    for name in [
        "ORGANIC_SEARCH",
        "PAID_SEARCH",
        "EMAIL_MARKETING",
        "SOCIAL_MEDIA",
        "REFERRALS",
        "DIRECT_TRAFFIC",
        "PAID_SOCIAL",
        "OFFLINE",
    ]
)
INTERESTS = (("routing", "Lead routing"), ("attribution", "Attribution"), ("sync", "CRM sync"))
FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "bool": "booleancheckbox",
    "enumeration": "select",
    "date": "date",
    "datetime": "date",
    "phone_number": "phonenumber",
}


@dataclass(frozen=True)
class Property:
    name: str
    label: str
    type: str = "string"
    field_type: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_read_only: bool = False
    is_unique: bool = False
    is_custom: bool = False
    is_archived: bool = False
    references: str = ""
    more: dict[str, Any] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, Any]:
        found = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type or FIELD_TYPES[self.type],
            "description": "",
            "groupName": "mops" if self.is_custom else "information",
            "options": [
                {"label": label, "value": value, "displayOrder": order, "hidden": False}
                for order, (value, label) in enumerate(self.options)
            ],
            "displayOrder": -1,
            "calculated": False,
            "externalOptions": bool(self.references),
            "hasUniqueValue": self.is_unique,
            "hidden": False,
            "hubspotDefined": not self.is_custom,
            "modificationMetadata": {
                "archivable": self.is_custom,
                "readOnlyDefinition": not self.is_custom,
                "readOnlyValue": self.is_read_only,
            },
            "formField": False,
            "archived": self.is_archived,
            **self.more,
        }
        if self.references:
            found["referencedObjectType"] = self.references
        return found


def standard(name: str) -> Iterable[Property]:
    """Properties that every object has."""
    read_only = {"is_read_only": True}
    yield Property("hs_object_id", "Record ID", "number", **read_only)  # type: ignore[arg-type]
    yield Property(CREATED[name], "Create Date", "datetime", is_read_only=name not in ACTIVITIES)
    yield Property(MODIFIED[name], "Last Modified Date", "datetime", is_read_only=True)
    yield Property("hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", is_read_only=True)
    yield Property("hubspot_owner_id", "Owner", "enumeration", references="OWNER")
    yield Property("mops_id", "mops ID", is_unique=True, is_custom=True)


def contacts() -> Iterable[Property]:
    for found in ("firstname", "lastname", "jobtitle", "company", "city", "country", "website", "hs_linkedin_url"):
        yield Property(found, found.removeprefix("hs_").replace("_", " ").title())
    yield Property("email", "Email", is_unique=True)
    yield Property("hs_additional_emails", "Additional email addresses", "enumeration", "checkbox", is_read_only=True)
    yield Property("hs_calculated_merged_vids", "Merged vids", "enumeration", "checkbox", is_read_only=True)
    yield Property("hs_lastmodifieddate", "Object last modified date/time", "datetime", is_read_only=True)
    yield Property("phone", "Phone Number", "string", "phonenumber")
    yield Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", CONTACT_STAGES)
    yield Property("hs_lead_status", "Lead Status", "enumeration", "radio", LEAD_STATUSES)
    yield Property("hs_analytics_source", "Original Source", "enumeration", "select", SOURCES, is_read_only=True)
    yield Property("hs_email_optout", "Unsubscribed from all email", "bool")
    yield Property("interests", "Interests", "enumeration", "checkbox", INTERESTS, is_custom=True)
    yield Property("birthday", "Birthday", "date", is_custom=True)
    yield Property("score", "Score", "number", is_custom=True)
    yield Property("campaign_code", "Campaign code", is_custom=True)


def companies() -> Iterable[Property]:
    for found in ("name", "domain", "industry", "city", "country", "website"):
        yield Property(found, found.title())
    yield Property("phone", "Phone Number", "string", "phonenumber")
    yield Property("numberofemployees", "Number of Employees", "number")
    yield Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", CONTACT_STAGES)


def deals() -> Iterable[Property]:
    yield Property("dealname", "Deal Name")
    yield Property("amount", "Amount", "number")
    yield Property(
        "deal_currency_code", "Currency", "enumeration", "select", (("EUR", "EUR"), ("USD", "USD"), ("GBP", "GBP"))
    )
    yield Property("closedate", "Close Date", "datetime")
    yield Property("pipeline", "Pipeline", "enumeration", "select", (("default", "Sales Pipeline"),))
    yield Property("dealstage", "Deal Stage", "enumeration", "radio", tuple((s[0], s[1]) for s in DEAL_STAGES))
    yield Property("hs_is_closed_won", "Is closed won", "bool", is_read_only=True)
    yield Property("campaign_code", "Campaign code", is_custom=True)


DEAL_STAGES = (
    # id, label, probability, closed, our stage
    ("qualifiedtobuy", "Qualified To Buy", "0.4", "false", "qualification"),
    ("presentationscheduled", "Presentation Scheduled", "0.6", "false", "evaluation"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8", "false", "proposal"),
    ("contractsent", "Contract Sent", "0.9", "false", "negotiation"),
    ("closedwon", "Closed Won", "1.0", "true", "won"),
    ("closedlost", "Closed Lost", "0.0", "true", "lost"),
)


def activity(name: str) -> Iterable[Property]:
    yield Property("hs_timestamp", "Activity date", "datetime")
    title = {"emails": "hs_email_subject", "tasks": "hs_task_subject", "calls": "hs_call_title"}
    yield Property(title.get(name, "hs_meeting_title" if name == "meetings" else "hs_note_body"), "Title")
    if name == "emails":
        directions = (("EMAIL", "Outgoing"), ("INCOMING_EMAIL", "Incoming"))
        yield Property("hs_email_direction", "Direction", "enumeration", "select", directions)
    if name == "calls":
        directions = (("OUTBOUND", "Outbound"), ("INBOUND", "Inbound"))
        yield Property("hs_call_direction", "Direction", "enumeration", "select", directions)
    if name == "tasks":
        states = (("NOT_STARTED", "Not started"), ("COMPLETED", "Completed"))
        yield Property("hs_task_status", "Status", "enumeration", "select", states)


OWN = {"contacts": contacts, "companies": companies, "deals": deals}


def schemas() -> dict[str, dict[str, Property]]:
    """By object and name, as a new portal of the demo company has them."""
    return {
        name: {found.name: found for found in (*standard(name), *(OWN[name]() if name in OWN else activity(name)))}
        for name in TYPE_IDS
    }


def altered(known: Property, changes: dict[str, Any]) -> Property:
    """`changes` in HubSpot's words; options replace the whole list."""
    own: dict[str, Any] = {}
    for theirs, ours in (
        ("label", "label"),
        ("type", "type"),
        ("fieldType", "field_type"),
        ("hasUniqueValue", "is_unique"),
    ):
        if theirs in changes:
            own[ours] = changes[theirs]
    if "options" in changes:
        own["options"] = tuple((option["value"], option.get("label", option["value"])) for option in changes["options"])
    said = {**changes, **(changes.get("modificationMetadata") or {})}
    if "readOnlyValue" in said:
        own["is_read_only"] = said["readOnlyValue"]
    return replace(known, **own)
