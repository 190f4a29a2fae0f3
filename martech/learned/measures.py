"""How good probabilities are: order (AUC), distance (Brier), and whether 30 % means 30 %."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from martech.learned.features import Matrix

BINS = 10


def auc(truth: Matrix, score: Matrix) -> float | None:
    """The chance that a won deal scores above a lost one, ties half: Mann–Whitney U / (n₁·n₀) (Hanley & McNeil 1982)."""
    won, lost = int(truth.sum()), int(len(truth) - truth.sum())
    if not won or not lost:
        return None
    _values, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth == 1].sum() - won * (won + 1) / 2) / (won * lost))


def brier(truth: Matrix, probability: Matrix) -> float:
    """The mean squared distance of the probability from what happened (Brier 1950); 0 is perfect."""
    return float(np.mean((probability - truth) ** 2))


@dataclass(frozen=True)
class Bin:
    """Deals of similar probability: what was said on average, what happened, and how many they are."""

    said: float
    happened: float
    deals: int


def calibration(truth: Matrix, probability: Matrix, bins: int = BINS) -> list[Bin]:
    """Equally many deals a bin, from the least to the most probable."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, len(order))) if len(part)]
    return [Bin(float(probability[part].mean()), float(truth[part].mean()), len(part)) for part in parts]


def calibration_error(found: Sequence[Bin]) -> float:
    """The mean distance of what was said from what happened, weighted by deals (expected calibration error)."""
    deals = sum(one.deals for one in found)
    return sum(abs(one.said - one.happened) * one.deals for one in found) / deals if deals else 0.0
