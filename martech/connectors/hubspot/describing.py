"""Schemas: the portal's properties as fields of the port."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.objects import CAMPAIGNS, OBJECTS, OWNERS, SPEND
from martech.connectors.hubspot.paths import Paths
from martech.connectors.port import FieldType, RemoteField, RemoteSchema

TYPES = {
    "string": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "bool": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "phone_number": FieldType.PHONE,
}
LONGEST = 65_536
REQUIRED = {"deals": {"dealname"}}
TEXT, NUMBER, DATE = FieldType.TEXT, FieldType.NUMBER, FieldType.DATE
FIXED: Mapping[str, tuple[RemoteField, ...]] = {
    CAMPAIGNS: (
        RemoteField("hs_name", "Name", TEXT, is_required=True),
        RemoteField("hs_utm", "UTM campaign", TEXT),
        RemoteField("hs_start_date", "Start date", DATE),
        RemoteField("hs_end_date", "End date", DATE),
        RemoteField("hs_currency_code", "Currency", TEXT),
        RemoteField("hs_owner", "Owner", FieldType.REFERENCE, refers_to=(OWNERS,)),
        RemoteField("hs_campaign_status", "Status", TEXT),
        RemoteField("hs_notes", "Notes", TEXT),
        RemoteField("hs_audience", "Audience", TEXT),
        RemoteField("hs_budget_items_sum_amount", "Budget", NUMBER, is_writable=False),
        RemoteField("hs_spend_items_sum_amount", "Spend", NUMBER, is_writable=False),
    ),
    SPEND: (
        RemoteField("campaign_id", "Campaign", FieldType.REFERENCE, is_writable=False, refers_to=(CAMPAIGNS,)),
        RemoteField("name", "Name", TEXT, is_writable=False),
        RemoteField("amount", "Amount", NUMBER, is_writable=False),
        RemoteField("currency", "Currency", TEXT, is_writable=False),
        RemoteField("description", "Description", TEXT, is_writable=False),
        RemoteField("created_at", "Created", FieldType.DATETIME, is_writable=False),
    ),
    OWNERS: (
        RemoteField("email", "E-mail", FieldType.EMAIL, is_writable=False, is_unique=True),
        RemoteField("firstName", "First name", TEXT, is_writable=False),
        RemoteField("lastName", "Last name", TEXT, is_writable=False),
        RemoteField("userId", "User", NUMBER, is_writable=False),
        RemoteField("archived", "Left", FieldType.BOOLEAN, is_writable=False),
    ),
}


class Describing:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def describe(self, object: str) -> RemoteSchema:
        label = OBJECTS[object].label
        if object in FIXED:
            return RemoteSchema(object, label, FIXED[object])
        rows = self.calls.get(self.paths.properties(object))["results"]
        stages = self.stages() if object == "deals" else {}
        return RemoteSchema(object, label, tuple(field_of(object, row, stages) for row in rows))

    def stages(self) -> dict[str, "Choices"]:
        """Pipelines and their stages: the truth on what the two properties of deals may hold."""
        pipelines = self.calls.get(self.paths.pipelines("deals"))["results"]
        return {
            "pipeline": Choices({one["id"]: one["label"] for one in pipelines}, {}),
            "dealstage": stages_of(pipelines),
        }


@dataclass(frozen=True)
class Choices:
    """Options with what people read for them, and those that end a deal."""

    labels: dict[str, str]
    endings: dict[str, str]


ENDINGS = {0.0: "lost", 1.0: "won"}
"""HubSpot's probability of a stage: what is neither certain nor impossible is open."""


def stages_of(pipelines: Sequence[Mapping[str, Any]]) -> Choices:
    """The stages of all pipelines. Ids of own pipelines are numbers; a label that two of them use says which one."""
    rows = [(pipeline["label"], stage) for pipeline in pipelines for stage in pipeline["stages"]]
    uses = Counter(stage["label"] for _pipeline, stage in rows)
    labels, endings = {}, {}
    for pipeline, stage in rows:
        labels[stage["id"]] = stage["label"] if uses[stage["label"]] == 1 else f"{stage['label']} ({pipeline})"
        odds = (stage.get("metadata") or {}).get("probability")
        if odds not in (None, "") and (ending := ENDINGS.get(float(odds))):
            endings[stage["id"]] = ending
    return Choices(labels, endings)


def field_of(object: str, row: Mapping[str, Any], stages: Mapping[str, Choices]) -> RemoteField:
    name = str(row["name"])
    options = {
        str(one["value"]): str(one.get("label") or "") for one in row.get("options") or [] if not one.get("hidden")
    }
    kind = type_of(name, row)
    metadata = row.get("modificationMetadata") or {}
    choices = stages.get(name) or Choices(options, {})
    labels = {option: label for option, label in choices.labels.items() if label and label != option}
    return RemoteField(
        name=name,
        label=str(row.get("label") or name),
        type=kind,
        is_writable=not (metadata.get("readOnlyValue") or row.get("calculated")),
        is_required=name in REQUIRED.get(object, ()),
        is_unique=bool(row.get("hasUniqueValue")),
        options=tuple(choices.labels) if kind in {FieldType.CHOICE, FieldType.CHOICES} else (),
        refers_to=(OWNERS,) if kind is FieldType.REFERENCE else (),
        longest=LONGEST if kind is FieldType.TEXT else None,
        labels=labels,
        endings=choices.endings,
    )


def type_of(name: str, row: Mapping[str, Any]) -> FieldType:
    if row.get("referencedObjectType") == "OWNER" or name == "hubspot_owner_id":
        return FieldType.REFERENCE
    if name == "email":
        return FieldType.EMAIL
    if row.get("fieldType") == "phonenumber":
        return FieldType.PHONE
    if row.get("type") == "enumeration":
        return FieldType.CHOICES if row.get("fieldType") == "checkbox" else FieldType.CHOICE
    return TYPES.get(str(row.get("type")), FieldType.TEXT)
