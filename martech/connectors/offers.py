"""What a vendor's folder offers besides calls: fields of the set-up assistant, dated ends, a first mapping."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Setting:
    """A field of the set-up assistant. `needs`: other settings that a choice makes necessary, by choice."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
