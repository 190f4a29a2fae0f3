"""What of ours can be kept in step, by kind of object."""

from collections.abc import Mapping
from dataclasses import dataclass

from martech.connectors.port import FieldType, Kind
from martech.sync.keys import KEY


@dataclass(frozen=True, slots=True)
class OurField:
    """A field of ours. `is_once` values say where somebody first came from: they are taken when we learn of the record
    and never change by a sync. `longest` in characters; a longer value is refused, not cut."""

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    longest: int = 1_000
    is_once: bool = False
    is_read_only: bool = False


OUR_ID = OurField(KEY, "Our id", longest=60, is_read_only=True)
PERSON = (
    OUR_ID,
    OurField("email", "E-mail", FieldType.EMAIL, 254),
    OurField("first_name", "First name", longest=150),
    OurField("last_name", "Last name", longest=150),
    OurField("company", "Company", longest=300),
    OurField("website", "Website", FieldType.URL, 500),
    OurField("phone", "Phone", FieldType.PHONE, 40),
    OurField("country", "Country", longest=60),
    OurField("city", "City", longest=120),
    OurField("job_title", "Job title", longest=200),
    OurField("linkedin_url", "LinkedIn", FieldType.URL, 500),
    OurField("source", "Source", longest=120, is_once=True),
    OurField("created_at", "Came", FieldType.DATETIME, is_once=True),
    OurField("lifecycle_stage", "Lifecycle stage", FieldType.CHOICE, 20),
    OurField("owner", "Owner", FieldType.REFERENCE, 254),
    OurField("account", "Account", FieldType.REFERENCE, 120),
    OurField("do_not_route", "Not to be routed", FieldType.BOOLEAN),
    OurField("grade", "Grade", is_read_only=True),
    OurField("score_fit", "Fit score", FieldType.NUMBER, is_read_only=True),
    OurField("score_engagement", "Engagement score", FieldType.NUMBER, is_read_only=True),
)
ACCOUNT = (
    OUR_ID,
    OurField("name", "Name", longest=300),
    OurField("website", "Website", FieldType.URL, 500),
    OurField("domain", "Domain", longest=253),
    OurField("country", "Country", longest=60),
    OurField("employees", "Employees", FieldType.NUMBER),
    OurField("industry", "Industry", longest=120),
    OurField("type", "Type", longest=60),
    OurField("owner", "Owner", FieldType.REFERENCE, 254),
    OurField("parent", "Parent company", FieldType.REFERENCE, 120),
)
DEAL = (
    OUR_ID,
    OurField("name", "Name", longest=300),
    OurField("amount", "Amount", FieldType.NUMBER),
    OurField("currency", "Currency", longest=3),
    OurField("stage", "Stage", longest=80),
    OurField("owner", "Owner", FieldType.REFERENCE, 254),
    OurField("account", "Account", FieldType.REFERENCE, 120),
    OurField("region", "Region", longest=60),
    OurField("product", "Product", longest=120),
    OurField("source", "Source", longest=120, is_once=True),
    OurField("opened_at", "Opened", FieldType.DATETIME),
    OurField("closed_at", "Closed", FieldType.DATETIME),
)
FIELDS: Mapping[str, Mapping[str, OurField]] = {
    Kind.PERSON: {field.name: field for field in PERSON},
    Kind.ACCOUNT: {field.name: field for field in ACCOUNT},
    Kind.DEAL: {field.name: field for field in DEAL},
}
PROPERTY = "properties."


def our_field(kind: str, name: str) -> OurField | None:
    """A field of ours by name; any `properties.x` is a text."""
    if name.startswith(PROPERTY) and len(name) > len(PROPERTY):
        return OurField(name, name.removeprefix(PROPERTY), longest=5_000)
    return FIELDS.get(kind, {}).get(name)


def our_label(kind: str, name: str) -> str:
    """How people call a field of ours."""
    known = FIELDS.get(kind, {}).get(name)
    return known.label if known else f"Property “{name.removeprefix(PROPERTY)}”"
