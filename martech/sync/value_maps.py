"""Which value of ours is which of theirs: a list of pairs, as its order counts. Pure.

Several of ours may share one of theirs: each agrees with it, and one that comes in becomes the first of them. Several of
theirs may mean one of ours: the first is written, each agrees with it, and the further ones are only read. A mapping
document is stored as jsonb, which forgets the order of an object's keys but not that of a list. An object, as older
documents have, is still read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Words:
    """`written`: {ours: the one of theirs that is written}; `read`: {theirs: the one of ours it comes in as}."""

    written: Mapping[str, str]
    read: Mapping[str, str]


def words_of(pairs: Sequence[Pair]) -> Words:
    """The first pair of each side counts for it."""
    written, read = dict[str, str](), dict[str, str]()
    for ours, theirs in pairs:
        written.setdefault(ours, theirs)
        read.setdefault(theirs, ours)
    return Words(written, read)


def read_values(reader: Reader, values: Any, path: str) -> Words:
    """In the order of the document; what is wrong with it goes to the reader."""
    rows = [] if isinstance(values, Mapping) else reader.items(values, path, MOST_PAIRS)
    for index, row in enumerate(rows):
        if not is_pair(row):
            reader.refuse(f"{path}[{index}]", "is no pair", 'write ["ours", "theirs"]', is_shape=True)
    pairs = pairs_of(values)
    for index, (reason, remedy) in contradictions(pairs).items():
        reader.refuse(f"{path}[{index}]", reason, remedy)
    return words_of(pairs)


def contradictions(pairs: Sequence[Pair]) -> dict[int, tuple[str, str]]:
    """{index of a pair: (what is wrong with it, what to do)}: one that stands twice, or a further one of theirs for one of
    ours that another of ours has, too, so that nobody could say what it means."""
    found: dict[int, tuple[str, str]] = {}
    met: set[str] = set()
    for index, (ours, theirs) in enumerate(pairs):
        others = [our for our, their in pairs if their == theirs and our != ours]
        if (ours, theirs) in pairs[:index]:
            found[index] = (f"“{ours}” with “{theirs}” stands twice", "keep one of the two")
        elif ours in met and others:
            reason = f"“{theirs}” is a further word for “{ours}”, and “{others[0]}” has it, too"
            found[index] = (reason, "leave it out here or there, or let it be the one that is written")
        met.add(ours)
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


def several(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """{ours: those of theirs that mean it}, the one that is written first."""
    return shared((theirs, ours) for ours, theirs in pairs)


OURS, THEIRS = 0, 1


def put_first(pairs: Sequence[Pair], chosen: Iterable[Pair], side: int = THEIRS) -> list[Pair]:
    """The pairs with each chosen one before the others that have the same on a side; the rest stays as it is."""
    found = list(pairs)
    for one in chosen:
        first = next(index for index, pair in enumerate(found) if pair[side] == one[side])
        found.insert(first, found.pop(found.index(one)))
    return found
