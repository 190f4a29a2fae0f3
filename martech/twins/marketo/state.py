"""What a Marketo account holds: leads, what happened to them, static lists, programs and their members."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from martech.twins.clock import TwinClock

VISIT, FORM, CLICK, SENT, OPENED, CLICKED = 1, 2, 3, 6, 10, 11
NEW, CHANGED, ADDED, REMOVED, MERGED, DELETED, PROGRESS = 12, 13, 24, 25, 32, 37, 104
TYPES = {
    VISIT: "Visit Webpage",
    FORM: "Fill Out Form",
    CLICK: "Click Link",
    SENT: "Send Email",
    OPENED: "Open Email",
    CLICKED: "Click Email",
    NEW: "New Lead",
    CHANGED: "Change Data Value",
    ADDED: "Add to List",
    REMOVED: "Remove from List",
    MERGED: "Merge Leads",
    DELETED: "Delete Lead",
    PROGRESS: "Change Status in Progression",
}


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    type: str = "string"
    length: int | None = 255
    is_updateable: bool = True
    is_searchable: bool = False


FIELDS = {
    one.name: one
    for one in (
        Field("id", "Id", "integer", None, False, True),
        Field("email", "Email Address", "email", 255, True, True),
        Field("firstName", "First Name"),
        Field("lastName", "Last Name"),
        Field("company", "Company Name"),
        Field("title", "Job Title"),
        Field("phone", "Phone Number", "phone"),
        Field("website", "Website", "url"),
        Field("country", "Country"),
        Field("city", "City"),
        Field("industry", "Industry"),
        Field("numberOfEmployees", "Num Employees", "integer", None),
        Field("leadSource", "Lead Source"),
        Field("leadStatus", "Lead Status"),
        Field("leadScore", "Lead Score", "score", None),
        Field("unsubscribed", "Unsubscribed", "boolean", None),
        Field("leadOwnerEmail", "Lead Owner Email", "email"),
        Field("mopsId", "Mops Id", "string", 64, True, True),
        Field("mopsStage", "Mops Stage"),
        Field("acquiredOn", "Acquired On", "date", None),
        Field("createdAt", "Created At", "datetime", None, False),
        Field("updatedAt", "Updated At", "datetime", None, False),
    )
}
DEFAULT_FIELDS = ("id", "email", "updatedAt", "createdAt", "lastName", "firstName")


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Happening:
    """An activity. `visible_at` is when the feed shows it."""

    number: int
    lead: int
    type: int
    at: datetime
    visible_at: datetime
    value_id: int | None
    value: str
    attributes: tuple[tuple[str, Any], ...] = ()
    changes: tuple[tuple[str, Any, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.number % 97,  # not a key, as the documentation warns
            "marketoGUID": str(self.number),
            "leadId": self.lead,
            "activityDate": iso(self.at),
            "activityTypeId": self.type,
            "primaryAttributeValueId": self.value_id,
            "primaryAttributeValue": self.value,
            "attributes": [{"name": name, "value": value} for name, value in self.attributes],
        }


@dataclass
class Program:
    id: int
    name: str
    description: str
    channel: str
    created_at: datetime
    updated_at: datetime
    costs: list[dict[str, Any]]
    tags: list[dict[str, str]]
    members: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class StaticList:
    id: int
    name: str
    created_at: datetime
    members: set[int] = field(default_factory=set)


class State:
    """Everything behind one lock; `race_seconds` is the time between the look-up and the creation of an upsert."""

    def __init__(self, clock: TwinClock, lag_seconds: float = 0) -> None:
        self.clock, self.lag = clock, timedelta(seconds=lag_seconds)
        self.lock = threading.RLock()
        self.leads: dict[int, dict[str, Any]] = {}
        self.by_value: dict[str, dict[str, set[int]]] = {"email": defaultdict(set), "mopsId": defaultdict(set)}
        self.happenings: list[Happening] = []
        self.programs: dict[int, Program] = {}
        self.lists: dict[int, StaticList] = {}
        self.merged: dict[int, int] = {}
        self.race_seconds = 0.0
        self.has_updated_filter = True
        self.on_change: Callable[[str, str], None] = lambda kind, key: None
        self.next_lead = 1

    def find(self, field: str, value: str) -> list[int]:
        """Ids of the leads whose searchable field has the value, without regard to case."""
        if field == "id":
            number = int(value) if str(value).isdecimal() else 0
            return [number] if number in self.leads else []
        return sorted(self.by_value[field].get(str(value).lower(), ()))

    def add_lead(self, values: dict[str, Any], at: datetime | None = None) -> int:
        now = at or self.clock.now()
        number, self.next_lead = self.next_lead, self.next_lead + 1
        self.leads[number] = {"id": number, "createdAt": iso(now), "updatedAt": iso(now)}
        self._write(number, values)
        name = f"{values.get('firstName') or ''} {values.get('lastName') or ''}".strip()
        source = (("Source Type", "Web service API"),)
        self.note(number, NEW, now, number, name, source, tuple((key, None, new) for key, new in values.items()))
        return number

    def change_lead(self, number: int, values: dict[str, Any], at: datetime | None = None) -> None:
        """Write what differs; a change that changes nothing leaves no trace."""
        lead, now = self.leads[number], at or self.clock.now()
        changed = {name: new for name, new in values.items() if lead.get(name) != new}
        if not changed:
            return
        trace = tuple((name, lead.get(name), new) for name, new in changed.items())
        self._write(number, changed)
        lead["updatedAt"] = iso(now)
        self.note(number, CHANGED, now, None, "", (("Source", "Web service API"),), trace)

    def _write(self, number: int, values: dict[str, Any]) -> None:
        lead = self.leads[number]
        for name, value in values.items():
            if name in self.by_value:
                self.by_value[name][str(lead.get(name) or "").lower()].discard(number)
                if value:
                    self.by_value[name][str(value).lower()].add(number)
            lead[name] = value
        self.on_change("lead", str(number))
        self.on_change("account", "")

    def put_lead(self, number: int, found: dict[str, Any] | None) -> None:
        """A lead as it was kept, or that it is gone."""
        if number in self.leads:
            self.drop_lead(number)
        if found is not None:
            self.leads[number] = {"id": number}
            self._write(number, found)

    def drop_lead(self, number: int) -> dict[str, Any]:
        lead = self.leads.pop(number)
        for name, index in self.by_value.items():
            index[str(lead.get(name) or "").lower()].discard(number)
        for one in self.lists.values():
            if number in one.members:
                one.members.discard(number)
                self.on_change("list", str(one.id))
        self.on_change("lead", str(number))
        return lead

    def delete_lead(self, number: int) -> None:
        lead = self.drop_lead(number)
        name = f"{lead.get('firstName') or ''} {lead.get('lastName') or ''}".strip()
        self.note(number, DELETED, self.clock.now(), number, name)

    def merge_leads(self, winner: int, losers: list[int]) -> None:
        """The winner's values stay, its blanks are filled; memberships and activities become the winner's."""
        now = self.clock.now()
        for loser in losers:
            kept = self.drop_lead(loser)
            fill = {
                name: value
                for name, value in kept.items()
                if FIELDS[name].is_updateable and value not in (None, "") and not self.leads[winner].get(name)
            }
            self.change_lead(winner, fill, now)
            self.merged[loser] = winner
            for program in self.programs.values():
                if loser in program.members:
                    program.members.setdefault(winner, program.members[loser])
                    del program.members[loser]
                    self.on_change("program", str(program.id))
        said = (
            ("Merge IDs", ",".join(map(str, losers))),
            ("Master Updated", True),
            ("Merge Source", "Web service API"),
        )
        self.note(winner, MERGED, now, winner, str(winner), said)

    def note(
        self,
        lead: int,
        type: int,
        at: datetime,
        value_id: int | None,
        value: str,
        attributes: tuple[tuple[str, Any], ...] = (),
        changes: tuple[tuple[str, Any, Any], ...] = (),
    ) -> None:
        number = len(self.happenings) + 1
        self.happenings.append(Happening(number, lead, type, at, at + self.lag, value_id, value, attributes, changes))
        self.on_change("happening", str(number))
