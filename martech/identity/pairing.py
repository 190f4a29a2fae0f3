"""Candidate pairs of many records with little memory: keys as numbers in sorted arrays, blocks without Python objects."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from martech.identity.keys import BLOCK_LIMIT, HUB_KINDS, NAME, Key, match_keys, name_key
from martech.identity.names import sound_of
from martech.identity.record import Record

Numbers = NDArray[np.int64]
HUB_LIMIT = BLOCK_LIMIT * 5


@dataclass
class KeyTable:
    """One row a key of a record: the key's hash, the record's position, whether it is of a hub kind, the surname's hash.

    Two keys with one hash only make a pair more to compare.
    """

    keys: Numbers
    positions: Numbers
    surnames: Numbers


def key_table(records: Sequence[Record], start: int = 0) -> KeyTable:
    """The keys of records whose positions begin at `start`. Surname 0 marks keys that a hub cannot be."""
    keys, positions, surnames = array("q"), array("q"), array("q")
    for position, record in enumerate(records, start):
        surname = hash(sound_of(record.name.last)) | 1 if record.name.last else 1
        found = match_keys(record)
        keys.extend(map(hash, found))
        positions.extend(repeat(position, len(found)))
        surnames.extend([surname if kind in HUB_KINDS else 0 for kind, _value in found])
    return KeyTable(
        *(
            np.frombuffer(column, dtype=np.int64) if column else np.zeros(0, np.int64)
            for column in (keys, positions, surnames)
        )
    )


def joined(tables: Sequence[KeyTable]) -> KeyTable:
    return KeyTable(
        np.concatenate([table.keys for table in tables]),
        np.concatenate([table.positions for table in tables]),
        np.concatenate([table.surnames for table in tables]),
    )


def hub_keys(table: KeyTable, records: Sequence[Record], surnames: int) -> frozenset[Key]:
    """Keys of one person's values that more than `surnames` different last names share."""
    chosen = (table.surnames != 0) & (table.surnames != 1)
    order = np.lexsort((table.surnames[chosen], table.keys[chosen]))
    keys, names = table.keys[chosen][order], table.surnames[chosen][order]
    if not len(keys):
        return frozenset()
    is_fresh = np.ones(len(keys), dtype=bool)
    is_fresh[1:] = (keys[1:] != keys[:-1]) | (names[1:] != names[:-1])
    found, counts = np.unique(keys[is_fresh], return_counts=True)
    hubs = set(found[counts > surnames].tolist())
    holders = table.positions[np.isin(table.keys, list(hubs))] if hubs else ()
    return frozenset(
        key
        for position in set(holders)
        for key in match_keys(records[position])
        if key[0] in HUB_KINDS and hash(key) in hubs
    )


def common_name_keys(records: Sequence[Record], limit: int) -> frozenset[str]:
    """Names (as the key `name` has them) that `limit` or more records bear."""
    names = np.fromiter((hash((NAME, name_key(record.name))) for record in records), dtype=np.int64, count=len(records))
    found, counts = np.unique(names, return_counts=True)
    common = set(found[counts >= limit].tolist()) - {hash((NAME, ""))}
    return frozenset(
        name_key(records[position].name) for position in np.flatnonzero(np.isin(names, list(common))).tolist() if common
    )


def candidate_pairs(table: KeyTable) -> tuple[Numbers, Numbers]:
    """Positions of records that share a key which narrows, the lower first; sorted, each pair once."""
    order = np.lexsort((table.positions, table.keys))
    keys, positions, is_hub_kind = table.keys[order], table.positions[order], table.surnames[order] != 0
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(keys)))
    limits = np.where(is_hub_kind[starts], HUB_LIMIT, BLOCK_LIMIT)
    codes = [np.zeros(0, np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= limits)]):
        blocks = starts[(sizes == size) & (sizes <= limits)]
        one, other = np.triu_indices(size, 1)
        codes.append(np.unique((positions[blocks[:, None] + one] << 32 | positions[blocks[:, None] + other]).ravel()))
    pairs = np.unique(np.concatenate(codes))
    return pairs >> 32, pairs & 0xFFFFFFFF
