"""A scoring model: rules that give points, groups that cap them, thresholds that make grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mops.core.conditions import Node

HIGHEST = 100
"""Fit and engagement each lie between 0 and this."""
MILLI = 1_000
"""Points are counted in whole thousandths, so that a sum is the same in SQL and in Python, in any order."""
LETTERS = "ABCD"
LONGEST_WINDOW = 730
MOST_POINTS = 100
MOST_RULES = 100
DEFAULT_THRESHOLDS = (75, 50, 25)


@dataclass(frozen=True)
class FitRule:
    """Points for as long as a person's fields satisfy the condition; they may be negative."""

    key: str
    name: str
    points: int
    group: str
    when: Any
    condition: Node | None


@dataclass(frozen=True)
class EngagementRule:
    """Points for every touch that satisfies the condition, halved every `half_life` days, gone after `window` days."""

    key: str
    name: str
    points: int
    group: str
    half_life: int
    window: int
    when: Any
    condition: Node | None

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """What a touch is worth on the day it happens, a day later, …, in thousandths of a point."""
        return tuple(round(self.points * MILLI * 0.5 ** (age / self.half_life)) for age in range(self.window))

    def worth(self, age: int) -> int:
        """Thousandths of a point of a touch that is `age` days old; a touch of the future counts as one of today."""
        age = max(age, 0)
        return self.weights[age] if age < self.window else 0


@dataclass(frozen=True)
class Part:
    """One of the two halves: its rules, and the most each group may add. A group without a cap has none."""

    rules: tuple[Any, ...]
    caps: dict[str, int]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of their first rule."""
        return tuple(dict.fromkeys(rule.group for rule in self.rules))

    def kept(self, group: str, milli: int) -> int:
        """What the cap of the group lets through."""
        return min(milli, self.caps[group] * MILLI) if group in self.caps else milli

    def score(self, sums: dict[str, int]) -> int:
        """The half's whole points (0 to 100) from the thousandths each group collected; a half point rounds up."""
        total = sum(self.kept(group, milli) for group, milli in sums.items())
        return (min(max(total, 0), HIGHEST * MILLI) + MILLI // 2) // MILLI


@dataclass(frozen=True)
class ScoringModel:
    """A document that could be read."""

    name: str
    fit: Part
    engagement: Part
    fit_thresholds: tuple[int, ...] = DEFAULT_THRESHOLDS
    engagement_thresholds: tuple[int, ...] = DEFAULT_THRESHOLDS

    def grade(self, fit: int, engagement: int) -> str:
        """A1 (fits and is engaged) to D4."""
        return LETTERS[band(fit, self.fit_thresholds)] + str(band(engagement, self.engagement_thresholds) + 1)

    @cached_property
    def longest_window(self) -> int:
        return max((rule.window for rule in self.engagement.rules), default=0)


def band(score: int, thresholds: Sequence[int]) -> int:
    """How many of the falling thresholds the score is below: 0 is the best band."""
    return sum(score < threshold for threshold in thresholds)


def grades() -> list[list[str]]:
    """All grades as the matrix shows them: a row a letter, a column a digit."""
    return [[f"{letter}{digit}" for digit in range(1, 5)] for letter in LETTERS]


def empty_document() -> dict[str, Any]:
    """What a first draft starts from."""
    thresholds = list(DEFAULT_THRESHOLDS)
    return {
        "name": "Fit and engagement",
        "fit": {"rules": [], "caps": {}},
        "engagement": {"rules": [], "caps": {}},
        "grades": {"fit": thresholds, "engagement": thresholds},
    }
