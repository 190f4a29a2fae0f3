"""What a row must fulfil before it is written: fields and their types, references, validation and duplicate rules."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from martech.twins.salesforce.conditions import moment
from martech.twins.salesforce.ids import is_id, to_18
from martech.twins.salesforce.refusals import Refusal, no_such_column
from martech.twins.salesforce.schema import NUMBERS, Field
from martech.twins.salesforce.store import Row, Store, Table, Values

EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s.,;<>()]{2,}")


@dataclass(frozen=True)
class ValidationRule:
    """Refuses rows of an object for which `is_wrong` holds; `fields` are what the error points at."""

    object: str
    message: str
    is_wrong: Callable[[Values], bool]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class DuplicateRule:
    """Refuses a new or changed row when a living record of one of `against` has the same value in a field."""

    object: str
    field: str
    against: tuple[str, ...]
    name: str = "Standard_Rule"


def closing_needs_amount(values: Values) -> bool:
    return values.get("StageName") == "Closed Won" and not values.get("Amount")


VALIDATION = (
    ValidationRule("Opportunity", "A won deal needs an amount.", closing_needs_amount, ("Amount",)),
    ValidationRule("Event", "Event duration can't be negative", lambda v: (v.get("DurationInMinutes") or 0) < 0),
)
DUPLICATES = (
    DuplicateRule("Lead", "Email", ("Lead", "Contact"), "Standard_Lead_Duplicate_Rule"),
    DuplicateRule("Contact", "Email", ("Contact", "Lead"), "Standard_Contact_Duplicate_Rule"),
)


class Checks:
    """The rules of one org; a rehearsal may add to them or switch them off."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.validation, self.duplicates = list(VALIDATION), list(DUPLICATES)

    def cleaned(self, table: Table, given: dict[str, Any], *, is_new: bool) -> Values:
        """The given values as they are stored. Raises Refusal for a field or a value that cannot be."""
        values: Values = {}
        for name, value in given.items():
            if name == "attributes":
                continue
            field = table.type.named(name)
            if field is None:
                raise no_such_column(name, table.type.name)
            if not (field.can_create if is_new else field.can_update):
                message = (
                    f"Unable to create/update fields: {field.name}. Please check the security settings of this field "
                    "and verify that it is read/write for your profile or permission set."
                )
                raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=[field.name])
            values[field.name] = self._value(field, value)
        return values

    def _value(self, field: Field, value: Any) -> Any:
        if value is None or value == "":
            return False if field.type == "boolean" else None
        if field.type == "boolean" or field.type in NUMBERS:
            return value
        if not isinstance(value, str):
            raise wrong_json(field, value)
        value = value.strip() if field.type != "textarea" else value
        if field.type in ("date", "datetime"):
            return _moment(field, value)
        if field.refers_to:
            return self._reference(field, value)
        _check_text(field, value)
        return value

    def _reference(self, field: Field, id: str) -> str:
        table = self.store.table_of(id) if is_id(id) else None
        if table is None or table.type.name not in field.refers_to:
            raise Refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {id}", fields=[field.name])
        row = table.get(id)
        if row is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=[field.name])
        if row.is_deleted:
            raise Refusal("ENTITY_IS_DELETED", "entity is deleted")
        if field.name == "OwnerId" and not row.values.get("IsActive"):
            message = f"operation performed with inactive user [{row.id}] as owner"
            raise Refusal("INACTIVE_OWNER_OR_USER", message, fields=["OwnerId"])
        return to_18(id)

    def complete(self, table: Table, values: Values) -> None:
        """Raises Refusal when a required field is empty or a validation rule holds."""
        missing = [one.name for one in table.type.fields.values() if one.is_required and values.get(one.name) is None]
        if table.type.name == "CampaignMember" and not (values.get("LeadId") or values.get("ContactId")):
            missing.append("LeadId")
        if missing:
            raise Refusal(
                "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", fields=missing
            )
        for rule in self.validation:
            if rule.object == table.type.name and rule.is_wrong(values):
                raise Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields=rule.fields)

    def unique(self, table: Table, values: Values, id: str | None) -> None:
        """Raises Refusal DUPLICATE_VALUE when another living record has the value of a unique field."""
        for field in table.type.fields.values():
            if field.is_unique and values.get(field.name) is not None:
                others = [row for row in table.find(field.name, values[field.name]) if row.id != id]
                if others:
                    message = f"duplicate value found: {field.name} duplicates value on record with id: {others[0].id}"
                    raise Refusal("DUPLICATE_VALUE", message, fields=[field.name])
        if table.type.name == "CampaignMember" and id is None:
            person = "ContactId" if values.get("ContactId") else "LeadId"
            members = table.find(person, values[person])
            if any(row.values["CampaignId"] == values.get("CampaignId") for row in members):
                raise Refusal("DUPLICATE_VALUE", "Already a campaign member.")

    def alone(self, table: Table, changes: Values, id: str | None) -> None:
        """Raises Refusal DUPLICATES_DETECTED when a duplicate rule finds somebody for what is about to change."""
        for rule in self.duplicates:
            if rule.object == table.type.name and (value := changes.get(rule.field)):
                matches = list(self._matches(rule, value, id))
                if matches:
                    raise _duplicates(rule, matches)

    def _matches(self, rule: DuplicateRule, value: Any, id: str | None) -> Iterator[tuple[str, Row]]:
        for object in rule.against:
            for row in self.store.tables[object].find(rule.field, value):
                if row.id != id and not row.values.get("IsConverted"):
                    yield object, row


def _duplicates(rule: DuplicateRule, matches: list[tuple[str, Row]]) -> Refusal:
    records = [
        {"fieldDiffs": [], "matchConfidence": 100.0, "record": {"attributes": {"type": object}, "Id": row.id}}
        for object, row in matches
    ]
    result = {
        "allowSave": True,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.object,
        "errorMessage": "Use one of these records?",
        "matchResults": [
            {"entityType": matches[0][0], "errors": [], "matchEngine": "ExactMatchEngine", "matchRecords": records,
             "rule": rule.name, "size": len(records), "success": True}
        ],
    }  # fmt: skip
    return Refusal("DUPLICATES_DETECTED", "Use one of these records?", extra={"duplicateResult": result})


def wrong_json(field: Field, value: Any) -> Refusal:
    """A value of a type that JSON reading already trips over; it brings down the whole request."""
    kind = {str: "VALUE_STRING", bool: "VALUE_TRUE"}.get(type(value), "VALUE_NUMBER")
    wanted = "double" if field.type in NUMBERS else "boolean" if field.type == "boolean" else "string"
    shown = value if isinstance(value, str) else "request"
    return Refusal(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {wanted} from {kind} value {shown} or request may be missing a required field",
    )


def _moment(field: Field, value: str) -> str:
    try:
        if field.type == "date":
            return date.fromisoformat(value[:10]).isoformat()
        return moment(value)[:-8] + "000+0000"
    except ValueError:
        kind = "date" if field.type == "date" else "datetime"
        raise Refusal(
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {kind} from VALUE_STRING value {value} or request may be missing a required field",
        ) from None


def _check_text(field: Field, value: str) -> None:
    if field.length and len(value) > field.length:
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise Refusal("STRING_TOO_LONG", message, fields=[field.name])
    if field.type == "email" and not EMAIL.fullmatch(value):
        message = f"{field.label}: invalid email address: {value}"
        raise Refusal("INVALID_EMAIL_ADDRESS", message, fields=[field.name])
    if field.is_restricted:
        given = value.split(";") if field.type == "multipicklist" else [value]
        if bad := [one for one in given if one not in field.options]:
            message = f"{field.label}: bad value for restricted picklist field: {bad[0]}"
            raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[field.name])
