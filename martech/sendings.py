"""The slot for what would be sent where: whatever passes people on to a system registers what it would send of one.

register_sendings(lambda user, person: [Sending("HubSpot", "contact", values, denied="Consent withdrawn")])
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sending:
    """What a system would be sent of a person now: field of theirs → value; `denied` says why nothing would be."""

    system: str
    object: str
    values: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    denied: str = ""
    note: str = ""


Maker = Callable[[Any, Any], Sequence[Sending]]
_makers: list[Maker] = []


def register_sendings(make: Maker) -> None:
    """Call in `AppConfig.ready()`; `make(user, person)` answers one entry a system, for what the user may see."""
    if make not in _makers:
        _makers.append(make)


def sendings_of(user: Any, person: Any) -> list[Sending]:
    """What would be sent of a person, by system."""
    return sorted((one for make in _makers for one in make(user, person)), key=lambda one: (one.system, one.object))
