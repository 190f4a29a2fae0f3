"""What a vendor's folder offers besides calls: fields of the set-up assistant, dated ends, a first mapping."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import available_timezones


@dataclass(frozen=True)
class Setting:
    """A field of the set-up assistant. `needs`: other settings that a choice makes necessary, by choice, and `uses` those it
    can do without. `takes`: what a typed one is, of TAKES; anything where it is empty."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    takes: str = ""

    def is_wrong(self, value: str) -> str:
        """Why a typed value cannot be taken, with what to write; empty when it can."""
        said = value.strip()
        if not said:
            return ""
        if self.choices and value not in self.choices:
            return f"Use one of {', '.join(self.choices)}."
        check, remedy = TAKES.get(self.takes, (bool, ""))
        return "" if check(said) else remedy


def is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).year >= 2000
    except ValueError:
        return False


def is_zone(text: str) -> bool:
    return text in available_timezones()


TAKES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "number": (re.compile(r"[1-9]\d{0,8}", re.ASCII).fullmatch, "Write a whole number above 0, such as 50000."),
    "percent": (re.compile(r"[1-9]\d?|100", re.ASCII).fullmatch, "Write a whole number from 1 to 100."),
    "version": (re.compile(r"[1-9]\d\.0", re.ASCII).fullmatch, "Write a version such as 62.0."),
    "date": (is_date, "Write a day since 2000 as 2026-01-31."),
    "munchkin": (
        re.compile(r"\d{3}-[A-Za-z]{3,4}-\d{3}", re.ASCII).fullmatch,
        "Write the account id alone, such as 123-ABC-456.",
    ),
    "pem": (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL).fullmatch,
        "Paste the whole file, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.",
    ),
    "zone": (is_zone, "Write a time zone such as Europe/Berlin."),
}


@dataclass(frozen=True, slots=True)
class Retirement:
    """A dated end of something a vendor offers. `applies` decides from the connection's settings."""

    key: str
    text: str
    on: str
    remedy: str
    source: str
    applies: Callable[[Mapping[str, Any]], bool] = lambda settings: True


@dataclass(frozen=True)
class Suggestion:
    """A mapping offered for a vendor's object: our field, their field and who is right by default."""

    ours: str
    theirs: str
    owner: str = "newest"
    direction: str = "both"
    values: Sequence[tuple[str, str]] = ()
    transform: str = ""
