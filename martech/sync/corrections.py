"""One correction for many records that did not go through for the same reason: what it would change. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from martech.sync.value_maps import OURS, THEIRS, as_rows, pairs_of


class Way(StrEnum):
    """What a correction changes: our values, the field's value map, who is who, or the field's rule."""

    VALUE = "value"
    MAP = "map"
    OWNER = "owner"
    PULL_ONLY = "pull_only"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class Cause:
    """Letters with one cause: `field` is theirs, `ours` our field for it, `value` the one at fault (as it was read there
    for a pull, as it is here for a push; nothing where the field itself is at fault)."""

    direction: str
    reason: str
    field: str
    ours: str = ""
    value: str = ""


def ways_of(cause: Cause, rule: Mapping[str, Any], *, is_ours_free: bool) -> tuple[Way, ...]:
    """How letters of a cause can be corrected together, the likeliest first; none where each wants a look of its own. What
    we count ourselves or choose from a list (not `is_ours_free`) is never written over here."""
    match cause.reason:
        case "unknown_option" if cause.value and not is_said(cause, rule):
            if cause.direction == "pull" or not is_ours_free:
                return (Way.MAP,)
            return (Way.MAP, Way.VALUE) if rule.get("values") else (Way.VALUE, Way.MAP)
        case "unknown_owner" if cause.value:
            return (Way.OWNER,)
        case "read_only_field":
            return (Way.PULL_ONLY,)
        case "unknown_field":
            return (Way.LEAVE_OUT,)
    return ()


def is_said(cause: Cause, rule: Mapping[str, Any]) -> bool:
    """Whether the value map knows the value at fault meanwhile."""
    side = THEIRS if cause.direction == "pull" else OURS
    return any(pair[side] == cause.value for pair in pairs_of(rule.get("values")))


def likely(value: str, choices: Sequence[str]) -> str:
    """The choice that is spelled most like a value; nothing where none is near."""
    plain = {choice.lower(): choice for choice in choices}
    found = get_close_matches(value.lower(), list(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


def corrected(
    document: Mapping[str, Any], cause: Cause, way: Way, choice: str, options: Sequence[str] = ()
) -> dict[str, Any]:
    """The mapping document with the correction in it; the one given stays as it is. A first word in a value map brings
    `options` of theirs along, each as itself, as a map knows no others."""
    fields = []
    for row in document["fields"]:
        if row["theirs"] != cause.field:
            fields.append(row)
        elif way is Way.PULL_ONLY:
            fields.append({**row, "direction": "pull"})
        elif way is Way.MAP:
            pair = (choice, cause.value) if cause.direction == "pull" else (cause.value, choice)
            known = pairs_of(row.get("values")) or [(option, option) for option in options if option != cause.value]
            fields.append({**row, "values": as_rows([*known, pair])})
        elif way is not Way.LEAVE_OUT:
            fields.append(row)
    return {**document, "fields": fields}
