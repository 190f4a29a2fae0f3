"""How good clusters are against labels: pairwise precision, recall and F1."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    precision: float
    recall: float
    f1: float


def _pairs(sizes: Counter[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def pairwise(found: Mapping[int, Hashable], truth: Mapping[int, Hashable]) -> Quality:
    """Over all pairs of records in one cluster; both map a record to its cluster. No pairs at all count as right."""
    together = _pairs(Counter((found[record], truth[record]) for record in truth))
    claimed, real = _pairs(Counter(found[record] for record in truth)), _pairs(Counter(truth.values()))
    precision = together / claimed if claimed else 1.0
    recall = together / real if real else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Quality(precision, recall, f1)
