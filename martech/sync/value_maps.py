"""Which value of ours is which of theirs: a list of pairs, as its order counts. Pure.

Several of ours may share one of theirs: each agrees with it, and one that comes in becomes the first of them. A mapping
document is stored as jsonb, which forgets the order of an object's keys but not that of a list. An object, as older
documents have, is still read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mops.core.documents import Reader

Pair = tuple[str, str]
MOST_PAIRS = 500


def pairs_of(values: Any) -> list[Pair]:
    """[(ours, theirs)] of a document's value map, in its order; what is no pair is left out."""
    if isinstance(values, Mapping):
        return [(str(ours), str(theirs)) for ours, theirs in values.items()]
    rows = values if isinstance(values, list) else []
    return [(str(row[0]), str(row[1])) for row in rows if is_pair(row)]


def is_pair(row: Any) -> bool:
    return isinstance(row, list | tuple) and len(row) == 2 and not any(isinstance(one, list | dict) for one in row)


def as_rows(pairs: Iterable[Pair]) -> list[list[str]]:
    """As a document keeps them."""
    return [list(pair) for pair in pairs]


def read_values(reader: Reader, values: Any, path: str) -> dict[str, str]:
    """{ours: theirs} in the order of the document; what is wrong with it goes to the reader."""
    if isinstance(values, Mapping):
        return dict(pairs_of(values))
    found: dict[str, str] = {}
    for index, row in enumerate(reader.items(values, path, MOST_PAIRS)):
        if not is_pair(row):
            reader.refuse(f"{path}[{index}]", "is no pair", 'write ["ours", "theirs"]', is_shape=True)
        elif (ours := str(row[0])) in found:
            reader.refuse(f"{path}[{index}]", f"“{ours}” stands twice", "keep one of the two")
        else:
            found[ours] = str(row[1])
    return found


def ordered(document: Any) -> Any:
    """A document whose value maps are lists, in the order they were given in."""
    if not isinstance(document, dict) or not isinstance(document.get("fields"), list):
        return document
    return {**document, "fields": [_ordered_row(row) for row in document["fields"]]}


def _ordered_row(row: Any) -> Any:
    if not isinstance(row, dict) or not isinstance(row.get("values"), dict):
        return row
    return {**row, "values": as_rows(pairs_of(row["values"]))}


def shared(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """{theirs: those of ours that share it}, the one it comes back as first."""
    found: dict[str, list[str]] = {}
    for ours, theirs in pairs:
        found.setdefault(theirs, []).append(ours)
    return {theirs: ours for theirs, ours in found.items() if len(ours) > 1}


def put_first(pairs: Sequence[Pair], chosen: Collection[str]) -> list[Pair]:
    """The pairs with each chosen one of ours before the others that share its word; the rest stays as it is."""
    found = list(pairs)
    for ours in chosen:
        at = next(index for index, pair in enumerate(found) if pair[0] == ours)
        first = next(index for index, pair in enumerate(found) if pair[1] == found[at][1])
        found.insert(first, found.pop(at))
    return found
