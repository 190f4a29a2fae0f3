"""Comparing two large sets of (id, digest) by a tree of hashes: equal branches are never opened.

A leaf holds what falls into one of 4,096 buckets by the hash of its id; its hash is the sum of its rows' hashes modulo
2^64, so that rows may come in any order. Sixteen children make a parent, three levels up to the root.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

BUCKETS = 4_096
FAN = 16
MASK = (1 << 64) - 1


def row_hash(key: str, digest: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{key}\x1f{digest}".encode(), digest_size=8).digest(), "big")


def bucket_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=2).digest(), "big") % BUCKETS


@dataclass
class HashTree:
    """Rows by key; 100 bytes a row. `levels[0]` are the leaves, the last level is the root."""

    rows: dict[str, int] = field(default_factory=dict)
    _sums: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    _keys: list[list[str]] = field(default_factory=lambda: [[] for _ in range(BUCKETS)])

    def add(self, key: str, digest: int) -> None:
        """A key that comes again (a record that changed while it was read) replaces its row."""
        bucket = bucket_of(key)
        if (before := self.rows.get(key)) is not None:
            self._sums[bucket] = (self._sums[bucket] - row_hash(key, before)) & MASK
        else:
            self._keys[bucket].append(key)
        self.rows[key] = digest
        self._sums[bucket] = (self._sums[bucket] + row_hash(key, digest)) & MASK

    def update(self, rows: Iterable[tuple[str, int]]) -> None:
        for key, digest in rows:
            self.add(key, digest)

    def levels(self) -> list[list[int]]:
        levels = [self._sums]
        while len(levels[-1]) > 1:
            below = levels[-1]
            levels.append(
                [
                    int.from_bytes(hashlib.blake2b(repr(below[i : i + FAN]).encode(), digest_size=8).digest(), "big")
                    for i in range(0, len(below), FAN)
                ]
            )
        return levels

    def root(self) -> str:
        return f"{self.levels()[-1][0]:016x}"

    def keys_of(self, bucket: int) -> list[str]:
        return self._keys[bucket]


def differing_buckets(one: HashTree, other: HashTree) -> Iterator[int]:
    """Leaves that differ, found from the root down."""
    left, right = one.levels(), other.levels()
    suspects = [0]
    for level in range(len(left) - 1, -1, -1):
        suspects = [i for i in suspects if left[level][i] != right[level][i]]
        if level:
            suspects = [
                i * FAN + child for i in suspects for child in range(FAN) if i * FAN + child < len(left[level - 1])
            ]
    yield from suspects


def differences(one: HashTree, other: HashTree) -> Iterator[tuple[str, int | None, int | None]]:
    """(key, digest in one, digest in other) of every row that is not the same in both, by key."""
    for bucket in differing_buckets(one, other):
        for key in sorted({*one.keys_of(bucket), *other.keys_of(bucket)}):
            here, there = one.rows.get(key), other.rows.get(key)
            if here != there:
                yield key, here, there
