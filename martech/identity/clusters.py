"""Constrained agglomeration: the surest pairs first, and no union that puts two together who must stay apart."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

SURE = 0.93
"""From this score on, a link holds even where another pair of the two clusters has different names."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A pair that a rule would merge; `one` is the lower id."""

    one: int
    other: int
    score: float
    needs_unique: bool = False


@dataclass
class Clustering:
    """`cluster_of` names every record's cluster by the lowest id in it; `refused` and `ambiguous` are pairs."""

    cluster_of: dict[int, int] = field(default_factory=dict)
    refused: set[tuple[int, int]] = field(default_factory=set)
    ambiguous: set[tuple[int, int]] = field(default_factory=set)

    def groups(self) -> list[list[int]]:
        """Clusters of two or more, in the order of their ids."""
        found: dict[int, list[int]] = defaultdict(list)
        for record, cluster in sorted(self.cluster_of.items()):
            found[cluster].append(record)
        return [members for _cluster, members in sorted(found.items()) if len(members) > 1]


Conflict = Callable[[int, int, float], bool]


class Agglomeration:
    """The state of one clustering; the result does not depend on the order in which anything is given."""

    def __init__(
        self,
        conflicts: Conflict,
        *,
        largest: int,
        apart: Iterable[tuple[int, int]] = (),
        locked: Iterable[int] = (),
    ) -> None:
        self.conflicts, self.largest = conflicts, largest
        self.apart: dict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self.apart[one].add(other)
            self.apart[other].add(one)
        self.locked = set(locked)
        self.root: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.result = Clustering()

    def find(self, record: int) -> int:
        return self.root.get(record, record)

    def group(self, root: int) -> list[int]:
        return self.members.get(root) or [root]

    def must_differ(self, one: int, other: int, score: float) -> bool:
        """Whether two clusters hold a pair that is kept apart, by people or by a veto."""
        group, others = self.group(one), self.group(other)
        if len(group) + len(others) > self.largest:
            return True
        if self.locked and any(r in self.locked for r in group) and any(r in self.locked for r in others):
            return True
        if self.apart and any(r in self.apart and not self.apart[r].isdisjoint(others) for r in group):
            return True
        if len(group) == len(others) == 1:
            return False
        return any(self.conflicts(a, b, score) for a in group for b in others)

    def unite(self, one: int, other: int) -> None:
        keep, gone = sorted((one, other))
        moved = self.group(gone)
        self.members[keep] = sorted([*self.group(keep), *moved])
        self.members.pop(gone, None)
        for record in moved:
            self.root[record] = keep

    def join(self, edge: Edge) -> None:
        one, other = self.find(edge.one), self.find(edge.other)
        if one == other:
            return
        if self.must_differ(one, other, edge.score):
            self.result.refused.add((edge.one, edge.other))
        else:
            self.unite(one, other)

    def join_unique(self, edges: list[Edge]) -> None:
        """Weak links join only where they point to one person: J. Smith stays apart from both John and Jane."""
        reaches: dict[int, set[int]] = defaultdict(set)
        for edge in edges:
            reaches[edge.one].add(edge.other)
            reaches[edge.other].add(edge.one)
        for edge in edges:
            one, other = self.find(edge.one), self.find(edge.other)
            if one == other:
                continue
            if self._is_torn(edge.one, reaches) or self._is_torn(edge.other, reaches):
                self.result.ambiguous.add((edge.one, edge.other))
            else:
                self.join(edge)

    def _is_torn(self, record: int, reaches: Mapping[int, set[int]]) -> bool:
        home = self.find(record)
        roots = sorted({self.find(target) for target in reaches[record]} - {home})
        return any(self.apart_or_conflicting(a, b) for position, a in enumerate(roots) for b in roots[position + 1 :])

    def apart_or_conflicting(self, one: int, other: int) -> bool:
        return any(
            b in self.apart.get(a, ()) or self.conflicts(a, b, 0.0) for a in self.group(one) for b in self.group(other)
        )


def cluster(
    records: Iterable[int],
    edges: Iterable[Edge],
    conflicts: Conflict,
    *,
    largest: int = 20,
    pinned: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
    locked: Iterable[int] = (),
) -> Clustering:
    """Clusters of records. People's word is final: `pinned` pairs go together, `apart` pairs and two locked never do.

    `conflicts(a, b, score)` says whether two records may not be one person when a link of that score asks for it.
    Where a pin contradicts a pair kept apart, the pair stays apart.
    """
    state = Agglomeration(conflicts, largest=largest, apart=apart, locked=locked)
    for one, other in sorted((min(pair), max(pair)) for pair in pinned):
        a, b = state.find(one), state.find(other)
        if a != b and not any(x in state.apart and y in state.apart[x] for x in state.group(a) for y in state.group(b)):
            state.unite(a, b)
    ordered = sorted(edges, key=lambda edge: (-edge.score, edge.one, edge.other))
    for edge in ordered:
        if not edge.needs_unique:
            state.join(edge)
    state.join_unique([edge for edge in ordered if edge.needs_unique])
    state.result.cluster_of = {record: state.find(record) for record in records}
    return state.result
