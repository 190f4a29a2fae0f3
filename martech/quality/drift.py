"""How far a column's distribution moved away from a pinned one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

SMALLEST = 0.5
"""Added to every bucket of either side, so that one that is empty here and not there counts much but not infinitely."""
NORMAL_999 = 3.0902
OTHERS, EMPTY = "(others)", "(empty)"


@dataclass(frozen=True)
class Bucket:
    """One value, or range of values: its share in the baseline and now, and its part of the statistic."""

    name: str
    before: float
    now: float
    part: float
    people: int

    @property
    def change(self) -> float:
        return self.now - self.before


@dataclass(frozen=True)
class Drifted:
    """`statistic` is compared with `limit`, the larger of the rule's threshold and what chance alone explains."""

    statistic: float
    limit: float
    buckets: Sequence[Bucket]
    people: int
    baseline_people: int

    @property
    def is_drifted(self) -> bool:
        return self.statistic > self.limit

    @property
    def score(self) -> float:
        """1 for the same distribution, a half at the limit, 0 from twice the limit on."""
        return max(0.0, 1 - self.statistic / (2 * self.limit))

    @property
    def moved(self) -> int:
        """How many people too many are in the buckets that grew."""
        return round(sum(max(bucket.change, 0.0) for bucket in self.buckets) * self.people)

    def as_json(self) -> dict[str, Any]:
        rows = [
            {"name": b.name, "before": round(b.before, 4), "now": round(b.now, 4), "part": round(b.part, 4)}
            | {"people": b.people}
            for b in self.buckets
        ]
        return {"statistic": round(self.statistic, 4), "limit": round(self.limit, 4), "buckets": rows} | {
            "people": self.people,
            "baseline_people": self.baseline_people,
        }


def compare(before: Mapping[str, int], now: Mapping[str, int], statistic: str, threshold: float) -> Drifted:
    """Compare counts per bucket; buckets are those of the baseline and whatever is new.

    `psi`: population stability index, Σ (q−p)·ln(q/p) over shares p before and q now (N. Siddiqi, Credit Risk
    Scorecards, Wiley 2006; by custom 0.1 is a small and 0.25 a large shift). `js`: Jensen–Shannon divergence in bits,
    ½·KL(p‖m) + ½·KL(q‖m) with m the mean of both, 0 to 1 (J. Lin, IEEE Trans. Inf. Theory 37(1), 1991).

    Chance alone gives a PSI of about (1/n + 1/m)·χ² with buckets − 1 degrees of freedom (B. Yurdakul & J. Naranjo,
    Journal of Risk Model Validation 14(4), 2020); the limit never lies below its 99.9th percentile. Small divergences
    are PSI / (8·ln 2) in bits, so the same bound serves both.
    """
    names = list(dict.fromkeys([*before, *now]))
    total_before, total_now = sum(before.values()), sum(now.values())
    shares = [
        (_share(before.get(name, 0), total_before, len(names)), _share(now.get(name, 0), total_now, len(names)))
        for name in names
    ]
    part = _psi_part if statistic == "psi" else _js_part
    parts = [part(p, q) for p, q in shares]
    buckets = [
        Bucket(name, p, q, one, now.get(name, 0)) for name, (p, q), one in zip(names, shares, parts, strict=True)
    ]
    buckets.sort(key=lambda bucket: (-bucket.part, bucket.name))
    limit = max(threshold, noise(len(names), total_before, total_now) / (1 if statistic == "psi" else 8 * math.log(2)))
    return Drifted(sum(parts), limit, buckets, total_now, total_before)


def _share(count: int, total: int, buckets: int) -> float:
    return (count + SMALLEST) / (total + SMALLEST * buckets)


def _psi_part(p: float, q: float) -> float:
    return (q - p) * math.log(q / p)


def _js_part(p: float, q: float) -> float:
    middle = (p + q) / 2
    return (p * math.log2(p / middle) + q * math.log2(q / middle)) / 2


def noise(buckets: int, one: int, other: int) -> float:
    """The 99.9th percentile of the PSI of two samples of one distribution; χ² by Wilson and Hilferty (1931)."""
    free = max(buckets - 1, 1)
    spread = 2 / (9 * free)
    chi_square = free * (1 - spread + NORMAL_999 * math.sqrt(spread)) ** 3
    return chi_square * (1 / max(one, 1) + 1 / max(other, 1))


def edges_of(deciles: Sequence[float | None]) -> list[float]:
    """Distinct, rising inner edges out of the baseline's deciles."""
    return sorted({float(edge) for edge in deciles if edge is not None})


def names_of(edges: Sequence[float]) -> list[str]:
    """The buckets between edges in words: “up to 10”, “10 to 50”, “over 50”."""
    if not edges:
        return ["any number"]
    words = [f"{edge:g}" for edge in edges]
    inner = [f"{low} to {high}" for low, high in pairwise(words)]
    return [f"up to {words[0]}", *inner, f"over {words[-1]}"]
