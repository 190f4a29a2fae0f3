"""The whole way in memory: records → keys → pairs → verdicts → clusters. Benchmarks, dry runs and small lists use it."""

import gc
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from martech.identity.clusters import SURE, Clustering, Edge, cluster
from martech.identity.evidence import APART
from martech.identity.forking import SMALL, each_part, shared
from martech.identity.judging import AUTO, IGNORE, REVIEW, Judge, Verdict
from martech.identity.pairing import (
    KeyTable,
    Numbers,
    candidate_pairs,
    common_name_keys,
    hub_keys,
    joined,
    key_table,
)
from martech.identity.record import Record
from martech.identity.rulebook import Rulebook
from martech.identity.signals import Signal

STRONG = int(Signal.EMAIL_SAME | Signal.PHONE_SAME | Signal.PROFILE_SAME | Signal.ID_SAME | Signal.NUMBER_SAME)


@dataclass
class Findings:
    """Pairs that a rule takes for one person, by their ids, and the clusters of the automatic band and of the review."""

    pairs: dict[tuple[int, int], Verdict] = field(default_factory=dict)
    automatic: Clustering = field(default_factory=Clustering)
    review: Clustering = field(default_factory=Clustering)


class Conflicts:
    """Whether two records of clusters about to be one may not meet; `known` are the verdicts there are already."""

    def __init__(self, records: dict[int, Record], judge: Judge, known: dict[tuple[int, int], Verdict]) -> None:
        self.records, self.judge, self.known = records, judge, known

    def __call__(self, one: int, other: int, score: float) -> bool:
        verdict = self.known.get((one, other) if one < other else (other, one))
        if verdict is None:
            verdict = self.judge.compare(self.records[one], self.records[other])
        if verdict.vetoes:
            return True
        return bool(verdict.bits & APART) and not verdict.bits & STRONG and score < SURE


def edges_of(pairs: dict[tuple[int, int], Verdict], bands: Sequence[str]) -> list[Edge]:
    return [
        Edge(one, other, verdict.score, verdict.rule.needs_unique)
        for (one, other), verdict in pairs.items()
        if verdict.rule is not None and verdict.band in bands
    ]


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: millions of small records without cycles would be walked again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def find_duplicates(records: Sequence[Record], rulebook: Rulebook, *, processes: int = 1) -> Findings:
    """Everything about a list of records, which must fit in memory; the order of the list changes nothing."""
    with collector_paused():
        return _find_duplicates(records, rulebook, processes)


def _find_duplicates(records: Sequence[Record], rulebook: Rulebook, processes: int) -> Findings:
    ordered = sorted(records, key=lambda record: record.id)
    work = Workers(ordered, processes if len(ordered) > SMALL else 1)
    table = work.keys()
    judge = Judge(
        rulebook, hub_keys(table, ordered, rulebook.hub_surnames), common_name_keys(ordered, rulebook.common_name)
    )
    ones, others = candidate_pairs(table)
    del table
    pairs = {
        (ordered[one].id, ordered[other].id): judge.verdict(bits)
        for one, other, bits in work.judged(judge, ones, others)
    }
    return Findings(pairs, *work.clustered(judge, pairs))


Found = list[tuple[int, int, int]]
Pairs = dict[tuple[int, int], Verdict]


def _keys_of(span: tuple[int, int]) -> KeyTable:
    records = shared()
    return key_table(records[span[0] : span[1]], span[0])


def _clusters_of(bands: tuple[str, ...]) -> Clustering:
    records, judge, pairs = shared()
    by_id = {record.id: record for record in records}
    conflicts = Conflicts(by_id, judge, pairs)
    return cluster(by_id, edges_of(pairs, bands), conflicts, largest=judge.rulebook.largest_cluster)


def _judge_span(pairs: tuple[Numbers, Numbers]) -> Found:
    """(Position, position, signals) of the pairs that a rule takes for one person, vetoed ones included."""
    records, judge = shared()
    found: Found = []
    for one, other in zip(pairs[0].tolist(), pairs[1].tolist(), strict=True):
        verdict = judge.found(records[one], records[other])
        if verdict is not None and verdict.rule is not None and verdict.rule.band != IGNORE:
            found.append((one, other, verdict.bits))
    return found


class Workers:
    """Does the long loops in forked processes, which see the records without copying them (no collector runs there)."""

    def __init__(self, records: Sequence[Record], processes: int) -> None:
        self.records, self.processes = records, processes

    def keys(self) -> KeyTable:
        bounds = np.linspace(0, len(self.records), self.processes * 4 + 1, dtype=int).tolist()
        spans = list(itertools.pairwise(bounds))
        return joined(each_part(_keys_of, spans, self.records, processes=self.processes))

    def judged(self, judge: Judge, ones: Numbers, others: Numbers) -> Found:
        parts = max(1, min(len(ones) // 5_000, self.processes * 16))
        spans = list(zip(np.array_split(ones, parts), np.array_split(others, parts), strict=True))
        done = each_part(_judge_span, spans, (self.records, judge), processes=self.processes)
        return [found for part in done for found in part]

    def clustered(self, judge: Judge, pairs: Pairs) -> list[Clustering]:
        """The clusters of the automatic band, and of the review."""
        bands = [(AUTO,), (AUTO, REVIEW)]
        return each_part(_clusters_of, bands, (self.records, judge, pairs), processes=self.processes)
