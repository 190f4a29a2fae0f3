"""One record created, changed or deleted by an API call, with all that the org does beside it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from martech.twins.salesforce.ids import to_18
from martech.twins.salesforce.picklists import STAGES
from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.rules import Checks, wrong_json
from martech.twins.salesforce.schema import NUMBERS
from martech.twins.salesforce.store import Row, Store, Table, Values

DEFAULTS: dict[str, Values] = {
    "Lead": {"Status": "Open - Not Contacted"},
    "Opportunity": {"CurrencyIsoCode": "EUR"},
    "Campaign": {"Status": "Planned"},
    "CampaignMember": {"Status": "Sent"},
    "Task": {"Status": "Not Started", "Priority": "Normal", "TaskSubtype": "Task"},
    "Event": {"EventSubtype": "Event"},
    "User": {"IsActive": True, "UserType": "Standard"},
}
PARENTS = ("AccountId", "CampaignId", "OpportunityId", "ParentId")


class Writer:
    """Writes by the rules of the org; `headers` of a call switch duplicate and assignment rules off."""

    def __init__(self, store: Store, checks: Checks) -> None:
        self.store, self.checks = store, checks
        self.assignment_owner = ""
        """Whom the active lead assignment rule gives new leads to; none when empty."""
        self.locks: Counter[str] = Counter()
        """Parents that somebody else holds, for so many writes."""

    def create(self, table: Table, given: Mapping[str, Any], headers: Mapping[str, str]) -> Row:
        """Raises Refusal."""
        self.readable(table, given)
        values = self.checks.cleaned(table, dict(given), is_new=True)
        full = {**DEFAULTS.get(table.type.name, {}), **{k: v for k, v in values.items() if v is not None}}
        if "OwnerId" in table.type.fields:
            full.setdefault("OwnerId", self.store.user_id)
        self._assign(table, full, headers)
        self._derive(table, full)
        self.checks.complete(table, full)
        self.checks.unique(table, full, None)
        if not _allows_duplicates(headers):
            self.checks.alone(table, full, None)
        self._lock(full)
        row = self.store.insert(table.type.name, full)
        self._follow(table, row, None)
        return row

    def update(self, table: Table, id: str, given: Mapping[str, Any], headers: Mapping[str, str]) -> Row:
        """Raises Refusal."""
        self.readable(table, given)
        row = self.living(table, id)
        changes = self.checks.cleaned(table, dict(given), is_new=False)
        if row.values.get("IsConverted"):
            raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        full = {**row.values, **changes}
        self._assign(table, full, headers)
        self._derive(table, full)
        self.checks.complete(table, full)
        self.checks.unique(table, full, row.id)
        if not _allows_duplicates(headers):
            moved = {name: value for name, value in changes.items() if value != row.values.get(name)}
            self.checks.alone(table, moved, row.id)
        self._lock(full)
        new = self.store.replace(table.type.name, row, full)
        self._follow(table, new, row)
        return new

    def upsert(
        self, table: Table, field: str, value: Any, given: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[Row, bool]:
        """By an external id (or Id); answers the row and whether it is new. Raises Refusal, Ambiguous."""
        found = self.matching(table, field, value)
        if len(found) > 1:
            raise Ambiguous(field, found)
        if found:
            return self.update(table, found[0].id, given, headers), False
        if field == "Id":
            raise Refusal("NOT_FOUND", "Provided external ID field does not exist or is not accessible: Id", status=404)
        return self.create(table, {**given, field: value}, headers), True

    def matching(self, table: Table, field: str, value: Any) -> list[Row]:
        known = table.type.named(field)
        if known is None or not (known.is_external or known.name == "Id"):
            message = f"Provided external ID field does not exist or is not accessible: {field}"
            raise Refusal("NOT_FOUND", message, status=404)
        if value in (None, ""):
            raise Refusal("MISSING_ARGUMENT", f"{known.name} not specified")
        if known.name == "Id":
            row = table.get(str(value))
            return [row] if row and not row.is_deleted else []
        return table.find(known.name, str(value))

    def delete(self, table: Table, id: str) -> None:
        row = self.living(table, id)
        self._lock(row.values)
        self.store.delete(table.type.name, row)

    def living(self, table: Table, id: str) -> Row:
        """Raises Refusal for an id that is malformed, unknown or in the recycle bin."""
        if str(id)[:3] != table.type.prefix or len(to_18(str(id))) != 18:
            raise Refusal("MALFORMED_ID", f"{table.type.label} ID: id value of incorrect type: {id}", fields=["Id"])
        row = table.get(id)
        if row is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if row.is_deleted:
            raise Refusal("ENTITY_IS_DELETED", "entity is deleted", status=404)
        return row

    def readable(self, table: Table, given: Mapping[str, Any]) -> None:
        """Raises Refusal for a value of a JSON type that its field cannot take."""
        for name, value in given.items():
            field = table.type.named(name)
            if field is None or value is None or name == "attributes":
                continue
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if field.type in NUMBERS and not is_number and not _is_numeral(value):
                raise wrong_json(field, value)
            if field.type == "boolean" and not isinstance(value, bool) and str(value).lower() not in ("true", "false"):
                raise wrong_json(field, value)

    def _assign(self, table: Table, full: Values, headers: Mapping[str, str]) -> None:
        says_no = headers.get("sforce-auto-assign", "TRUE").upper() == "FALSE"
        if table.type.name == "Lead" and self.assignment_owner and not says_no:
            full["OwnerId"] = self.assignment_owner

    def _lock(self, values: Values) -> None:
        for name in PARENTS:
            parent = values.get(name)
            if parent and self.locks[parent] > 0:
                self.locks[parent] -= 1
                message = f"unable to obtain exclusive access to this record or 1 records: {parent}"
                raise Refusal("UNABLE_TO_LOCK_ROW", message)

    def _derive(self, table: Table, values: Values) -> None:
        """What the org works out by itself from the other values."""
        for name, field in table.type.fields.items():
            if isinstance(value := values.get(name), str) and (field.type in NUMBERS or field.type == "boolean"):
                values[name] = value.lower() == "true" if field.type == "boolean" else float(value)
        match table.type.name:
            case "Lead" | "Contact" | "User":
                values["Name"] = " ".join(filter(None, [values.get("FirstName"), values.get("LastName")])) or None
            case "Opportunity" if values.get("StageName") in STAGES:
                probability, category = STAGES[values["StageName"]]
                values["IsClosed"] = values["StageName"].startswith("Closed")
                values["IsWon"] = values["StageName"] == "Closed Won"
                values["Probability"], values["ForecastCategory"] = probability, category
            case "Task":
                values["IsClosed"] = values.get("Status") == "Completed"
                done = values.get("CompletedDateTime") or self.store.now()
                values["CompletedDateTime"] = done if values["IsClosed"] else None
            case "Event" if values.get("StartDateTime") and values.get("DurationInMinutes") is not None:
                values.setdefault("EndDateTime", values["StartDateTime"])
            case "CampaignMember":
                self._respond(values)

    def _respond(self, values: Values) -> None:
        statuses = self.store.tables["CampaignMemberStatus"].find("CampaignId", values.get("CampaignId"))
        meaning = {row.values["Label"]: bool(row.values.get("HasResponded")) for row in statuses}
        values["HasResponded"] = meaning.get(values.get("Status", ""), values.get("Status") == "Responded")
        if values["HasResponded"]:
            values.setdefault("FirstRespondedDate", self.store.now()[:10])

    def _follow(self, table: Table, row: Row, before: Row | None) -> None:
        """The history of an opportunity: a row for each new stage, amount, close date."""
        if table.type.name == "Campaign" and before is None:
            for order, (label, responded) in enumerate([("Sent", False), ("Responded", True)], 1):
                status = {"CampaignId": row.id, "Label": label, "SortOrder": order, "HasResponded": responded}
                self.store.insert("CampaignMemberStatus", {**status, "IsDefault": order == 1})
        if table.type.name == "Opportunity":
            tracked = ("StageName", "Amount", "CloseDate", "Probability")
            if before is None or any(row.values.get(name) != before.values.get(name) for name in tracked):
                kept = {name: row.values.get(name) for name in (*tracked, "ForecastCategory")}
                self.store.insert("OpportunityHistory", {"OpportunityId": row.id, **kept})


class Ambiguous(Exception):
    """Several records have the external id."""

    def __init__(self, field: str, rows: list[Row]) -> None:
        super().__init__(field)
        self.field, self.rows = field, rows

    def refusal(self) -> Refusal:
        ids = ", ".join(row.id for row in self.rows)
        message = f"{self.field}: more than one record found for external id field: [{ids}]"
        return Refusal("DUPLICATE_EXTERNAL_ID", message, fields=[self.field])


def _allows_duplicates(headers: Mapping[str, str]) -> bool:
    return "allowsave=true" in headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()


def _is_numeral(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return isinstance(value, str)
