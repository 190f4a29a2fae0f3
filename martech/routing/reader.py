"""What the documents of routing name, and reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mops.core import documents
from mops.core.clock import Calendar
from mops.core.conditions import Catalogue, Node
from mops.core.documents import Finding, shown

__all__ = ["Colleague", "Finding", "Reader", "Surroundings", "shown"]


@dataclass(frozen=True)
class Colleague:
    """A user as routing sees them; `may_own` leads goes by their role."""

    pk: int
    name: str
    is_active: bool = True
    may_own: bool = True


@dataclass(frozen=True)
class Surroundings:
    """What a policy may refer to: the fields of conditions, users by e-mail address, calendars by key.

    `faults` says of calendars that are kept but cannot be read why not; `hours` are the calendars themselves.

    None is not asked about: a published policy is read so, as what it names was there when it was published.
    """

    catalogue: Catalogue
    users: Mapping[str, Colleague] | None = None
    calendars: Mapping[str, str] | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    hours: Mapping[str, Calendar] = field(default_factory=dict)


class Reader(documents.Reader):
    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.around = around

    def condition(self, tree: Any, path: str) -> Node | None:
        return self.condition_of(tree, path, self.around.catalogue)

    def calendar(self, value: Any, path: str) -> str:
        if value is None or value == "":
            return ""
        known_calendars = self.around.calendars
        if isinstance(value, str) and (known_calendars is None or value in known_calendars):
            if fault := self.around.faults.get(value):
                self.refuse(
                    path, f"the working hours {shown(value)} cannot be read: {fault.rstrip('.')}", "save them again"
                )
            return value
        known = ", ".join(sorted(known_calendars or ())) or "none yet"
        self.refuse(path, f"there is no calendar {shown(value)}", f"calendars are {known}")
        return ""

    def colleague(self, value: Any, path: str) -> str:
        """The address of somebody who is a user here; empty, and a finding, when nobody is."""
        user = self.text(value, path, "ana@example.com", 254).lower()
        if user and self.around.users is not None and user not in self.around.users:
            self.refuse(path, f"nobody here has the address {user}", "add them as a user first, or remove them")
            return ""
        return user
