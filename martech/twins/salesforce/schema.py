"""The objects of the practice org and their fields, as an administrator would have set them up."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from martech.twins.salesforce.picklists import PICKLISTS

NUMBERS = frozenset({"double", "currency", "percent", "int"})


@dataclass(frozen=True)
class Field:
    """A field. `flags`: r required, x external id, u unique, n nobody writes it, c only when created."""

    name: str
    label: str
    type: str = "string"
    length: int = 0
    flags: str = ""
    refers_to: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    is_restricted: bool = False
    is_filterable: bool = True

    @property
    def is_required(self) -> bool:
        return "r" in self.flags

    @property
    def is_external(self) -> bool:
        return "x" in self.flags

    @property
    def is_unique(self) -> bool:
        return "u" in self.flags

    @property
    def can_create(self) -> bool:
        return "n" not in self.flags

    @property
    def can_update(self) -> bool:
        return not set(self.flags) & {"n", "c"}

    @property
    def relationship(self) -> str:
        """The name by which a query walks along a reference: OwnerId → Owner."""
        return self.name.removesuffix("Id") if self.refers_to and self.name.endswith("Id") else ""


@dataclass
class ObjectType:
    name: str
    label: str
    prefix: str
    fields: dict[str, Field] = field(default_factory=dict)
    is_hidden: bool = False

    def __post_init__(self) -> None:
        self.lower = {name.lower(): name for name in self.fields}

    def named(self, name: str) -> Field | None:
        """A field by its name in any case, unless the user may not see it."""
        known = self.lower.get(name.lower())
        return self.fields.get(known) if known else None

    def by_relationship(self, name: str) -> Field | None:
        return next((one for one in self.fields.values() if one.relationship.lower() == name.lower() != ""), None)

    def hide(self, name: str) -> None:
        """Take away the field-level security of a field: it no longer exists for the user."""
        self.lower.pop(self.fields.pop(name).name.lower())

    def change(self, name: str, **changes: object) -> None:
        self.fields[name] = replace(self.fields[name], **changes)  # type: ignore[arg-type]


_SYSTEM = """
Id|Record ID|id|18|n
IsDeleted|Deleted|boolean||n
CreatedDate|Created Date|datetime||n
CreatedById|Created By ID|reference|18|n|User
LastModifiedDate|Last Modified Date|datetime||n
LastModifiedById|Last Modified By ID|reference|18|n|User
SystemModstamp|System Modstamp|datetime||n
"""
_OWNED = "OwnerId|Owner ID|reference|18||User"
_MERGED = "MasterRecordId|Master Record ID|reference|18|n|{0}"
_KEYS = """
Mops_Id__c|mops id|string|64|xu
Legacy_Key__c|Legacy key|string|80|x
"""
_NAME = """
LastName|Last Name|string|80|r
FirstName|First Name|string|40
Name|Full Name|string|121|n
"""
_REACH = """
Title|Title|string|128
Phone|Phone|phone|40
MobilePhone|Mobile Phone|phone|40
Email|Email|email|80
LeadSource|Lead Source|picklist|255
HasOptedOutOfEmail|Email Opt Out|boolean
Description|Description|textarea|32000
"""

_OBJECTS: dict[str, tuple[str, str, str]] = {
    "Lead": (
        "Lead",
        "00Q",
        _NAME
        + _REACH
        + _OWNED
        + "\n"
        + _MERGED
        + _KEYS
        + """
Company|Company|string|255|r
Website|Website|url|255
Street|Street|textarea|255
City|City|string|40
State|State/Province|string|80
PostalCode|Zip/Postal Code|string|20
Country|Country|string|80
Status|Status|picklist!|255
Industry|Industry|picklist|255
Rating|Rating|picklist|255
NumberOfEmployees|Employees|int
AnnualRevenue|Annual Revenue|currency
Interests__c|Interests|multipicklist!|4099
Score__c|Score|double
IsConverted|Converted|boolean||n
ConvertedDate|Converted Date|date||n
ConvertedAccountId|Converted Account ID|reference|18|n|Account
ConvertedContactId|Converted Contact ID|reference|18|n|Contact
ConvertedOpportunityId|Converted Opportunity ID|reference|18|n|Opportunity
""",
    ),
    "Contact": (
        "Contact",
        "003",
        _NAME
        + _REACH
        + _OWNED
        + "\n"
        + _MERGED
        + _KEYS
        + """
AccountId|Account ID|reference|18||Account
MailingStreet|Mailing Street|textarea|255
MailingCity|Mailing City|string|40
MailingState|Mailing State/Province|string|80
MailingPostalCode|Mailing Zip/Postal Code|string|20
MailingCountry|Mailing Country|string|80
Department|Department|string|80
""",
    ),
    "Account": (
        "Account",
        "001",
        "Name|Account Name|string|255|r\n"
        + _OWNED
        + "\n"
        + _MERGED
        + _KEYS
        + """
Type|Account Type|picklist|255
ParentId|Parent Account ID|reference|18||Account
Website|Website|url|255
Phone|Account Phone|phone|40
Industry|Industry|picklist|255
NumberOfEmployees|Employees|int
AnnualRevenue|Annual Revenue|currency
BillingStreet|Billing Street|textarea|255
BillingCity|Billing City|string|40
BillingState|Billing State/Province|string|80
BillingPostalCode|Billing Zip/Postal Code|string|20
BillingCountry|Billing Country|string|80
Description|Account Description|textarea|32000
""",
    ),
    "Opportunity": (
        "Opportunity",
        "006",
        "Name|Name|string|120|r\n"
        + _OWNED
        + _KEYS
        + """
AccountId|Account ID|reference|18||Account
StageName|Stage|picklist!|255|r
CloseDate|Close Date|date||r
Amount|Amount|currency
Probability|Probability (%)|percent
CurrencyIsoCode|Currency ISO Code|picklist!|3
Type|Opportunity Type|picklist|255
LeadSource|Lead Source|picklist|255
CampaignId|Campaign ID|reference|18||Campaign
IsClosed|Closed|boolean||n
IsWon|Won|boolean||n
ForecastCategory|Forecast Category|string|40|n
NextStep|Next Step|string|255
Description|Description|textarea|32000
""",
    ),
    "OpportunityHistory": (
        "Opportunity History",
        "008",
        """
OpportunityId|Opportunity ID|reference|18|n|Opportunity
StageName|Stage|string|255|n
Amount|Amount|currency||n
ExpectedRevenue|Expected Revenue|currency||n
CloseDate|Close Date|date||n
Probability|Probability (%)|percent||n
ForecastCategory|Forecast Category|string|40|n
""",
    ),
    "OpportunityStage": (
        "Opportunity Stage",
        "01J",
        """
MasterLabel|Master Label|string|255|r
ApiName|API Name|string|255|n
IsActive|Is Active|boolean||n
SortOrder|Sort Order|int||n
IsClosed|Closed|boolean||n
IsWon|Won|boolean||n
DefaultProbability|Probability (%)|percent||n
ForecastCategoryName|Forecast Category|string|40|n
""",
    ),
    "OpportunityContactRole": (
        "Opportunity Contact Role",
        "00K",
        """
OpportunityId|Opportunity ID|reference|18|rc|Opportunity
ContactId|Contact ID|reference|18|rc|Contact
Role|Role|picklist|255
IsPrimary|Primary|boolean
""",
    ),
    "Campaign": (
        "Campaign",
        "701",
        "Name|Name|string|80|r\n"
        + _OWNED
        + _KEYS
        + """
ParentId|Parent Campaign ID|reference|18||Campaign
Type|Type|picklist|255
Status|Status|picklist|255
StartDate|Start Date|date
EndDate|End Date|date
BudgetedCost|Budgeted Cost in Campaign|currency
ActualCost|Actual Cost in Campaign|currency
ExpectedRevenue|Expected Revenue in Campaign|currency
NumberSent|Num Sent in Campaign|double
IsActive|Active|boolean
Description|Description|textarea|32000
""",
    ),
    "CampaignMember": (
        "Campaign Member",
        "00v",
        """
CampaignId|Campaign ID|reference|18|rc|Campaign
LeadId|Lead ID|reference|18|c|Lead
ContactId|Contact ID|reference|18|c|Contact
Status|Status|picklist|255
HasResponded|Responded|boolean||n
FirstRespondedDate|First Responded Date|date||n
""",
    ),
    "CampaignMemberStatus": (
        "Campaign Member Status",
        "01Y",
        """
CampaignId|Campaign ID|reference|18|rc|Campaign
Label|Label|string|255|r
SortOrder|Sort Order|int
HasResponded|Responded|boolean
IsDefault|Is Default|boolean
""",
    ),
    "User": (
        "User",
        "005",
        """
Username|Username|string|80|r
LastName|Last Name|string|80|r
FirstName|First Name|string|40
Name|Full Name|string|121|n
Email|Email|email|128|r
Title|Title|string|80
Department|Department|string|80
IsActive|Active|boolean
UserType|User Type|string|40|n
TimeZoneSidKey|Time Zone|string|40
""",
    ),
    "Task": (
        "Task",
        "00T",
        _OWNED
        + """
WhoId|Name ID|reference|18||Lead,Contact
WhatId|Related To ID|reference|18||Account,Opportunity,Campaign
AccountId|Account ID|reference|18|n|Account
Subject|Subject|string|255
Status|Status|picklist!|255
Priority|Priority|picklist!|255
Type|Type|picklist|255
TaskSubtype|Task Subtype|picklist!|40|c
ActivityDate|Due Date Only|date
IsClosed|Closed|boolean||n
IsArchived|Archived|boolean||n
CompletedDateTime|Completed Date|datetime||n
CallDurationInSeconds|Call Duration|int
CallType|Call Type|picklist|40
Description|Description|textarea|32000
""",
    ),
    "Event": (
        "Event",
        "00U",
        _OWNED
        + """
WhoId|Name ID|reference|18||Lead,Contact
WhatId|Related To ID|reference|18||Account,Opportunity,Campaign
AccountId|Account ID|reference|18|n|Account
Subject|Subject|string|255
Type|Type|picklist|255
EventSubtype|Event Subtype|picklist!|40|c
StartDateTime|Start Date Time|datetime||r
EndDateTime|End Date Time|datetime
DurationInMinutes|Duration|int
IsArchived|Archived|boolean||n
Description|Description|textarea|32000
""",
    ),
    "Organization": (
        "Organization",
        "00D",
        """
Name|Name|string|80|n
OrganizationType|Edition|string|40|n
InstanceName|Instance Name|string|5|n
IsSandbox|Is Sandbox|boolean||n
""",
    ),
}
_WITHOUT_DELETION = {"User", "Organization"}


def _fields(object: str, text: str) -> Iterator[Field]:
    for line in (_SYSTEM + text.format(object)).split("\n"):
        if not line or (object in _WITHOUT_DELETION and line.startswith("IsDeleted")):
            continue
        name, label, kind, length, flags, refers = (line + "|||||").split("|")[:6]
        yield Field(
            name,
            label,
            (kind or "string").rstrip("!"),
            int(length or 0),
            flags,
            tuple(refers.split(",")) if refers else (),
            PICKLISTS.get((object, name), PICKLISTS.get(("", name), ())),
            kind.endswith("!"),
        )


def objects() -> dict[str, ObjectType]:
    """The org's own copy: controls take fields and permissions away from it."""
    return {
        name: ObjectType(name, label, prefix, {one.name: one for one in _fields(name, text)})
        for name, (label, prefix, text) in _OBJECTS.items()
    }
