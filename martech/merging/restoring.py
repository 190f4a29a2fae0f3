"""What a record is after a merge was taken back: as before, with every later edit kept."""

from collections.abc import Mapping
from typing import Any

from martech.merging.survivorship import UNITS

_GONE: Any = object()


def restored(before: Mapping[str, Any], after: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write: what the merge changed and nobody changed since goes back to `before`.

    `before`, `after` and `current` are whole rows as JSON. Columns that survive together go back together; properties
    go back key by key.
    """
    changes: dict[str, Any] = {}
    for columns in UNITS.values():
        known = [column for column in columns if column in after]
        if all(current.get(column) == after[column] for column in known):
            changes |= {column: before[column] for column in known if before[column] != after[column]}
    properties = restored_properties(*(row.get("properties") or {} for row in (before, after, current)))
    if properties != (current.get("properties") or {}):
        changes["properties"] = properties
    return changes


def restored_properties(
    before: Mapping[str, Any], after: Mapping[str, Any], current: Mapping[str, Any]
) -> dict[str, Any]:
    """Key by key; a key somebody removed since the merge stays removed."""
    result = dict(current)
    for key in {*before, *after}:
        was, became, now = before.get(key, _GONE), after.get(key, _GONE), current.get(key, _GONE)
        if was is _GONE and now is became:
            result.pop(key, None)
        elif (now is became if became is _GONE or now is _GONE else now == became) and was != became:
            if was is _GONE:
                result.pop(key, None)
            else:
                result[key] = was
    return result
