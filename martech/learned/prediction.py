"""The trained model as plain data, and its probabilities: numbers and lists, nothing that could run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from martech.learned.features import Column, Matrix, Sample, columns_from, matrix_of

MOST_TREES = 500


@dataclass(frozen=True)
class Tree:
    """Flat arrays; a node sends a value up to its threshold to the left, a leaf (left = −1) adds its value."""

    feature: Matrix
    threshold: Matrix
    left: Matrix
    right: Matrix
    value: Matrix

    def values(self, rows: Matrix) -> Matrix:
        place = np.zeros(len(rows), dtype=int)
        for _level in range(len(self.left)):
            inner = self.left[place] >= 0
            if not inner.any():
                break
            here = place[inner]
            goes_left = rows[inner, self.feature[here].astype(int)] <= self.threshold[here]
            place[inner] = np.where(goes_left, self.left[here], self.right[here]).astype(int)
        return self.value[place]


@dataclass(frozen=True)
class Model:
    """Log odds: intercept + coefficients · x, or the baseline + the sum of the trees; then scale · odds + shift."""

    columns: Sequence[Column]
    means: Matrix
    intercept: float
    coefficients: Matrix | None
    trees: Sequence[Tree]
    scale: float = 1.0
    shift: float = 0.0

    def odds(self, rows: Matrix) -> Matrix:
        total = np.full(len(rows), self.intercept)
        if self.coefficients is not None:
            total = total + rows @ self.coefficients
        for tree in self.trees:
            total = total + tree.values(rows)
        return self.scale * total + self.shift

    def probabilities(self, samples: Sequence[Sample]) -> Matrix:
        return sigmoid(self.odds(matrix_of(samples, self.columns)))

    def contributions(self, sample: Sample) -> list[tuple[Column, float]]:
        """What each column adds to this one's log odds, beside the average of the training deals; the largest first.

        A column's part is the change when it is put at its training mean; for logistic regression that is exactly its
        coefficient times the distance from the mean.
        """
        row = matrix_of([sample], self.columns)
        if not len(self.columns):
            return []
        others = np.repeat(row, len(self.columns), axis=0)
        np.fill_diagonal(others, self.means)
        parts = self.odds(row)[0] - self.odds(others)
        return sorted(zip(self.columns, parts.tolist(), strict=True), key=lambda pair: -abs(pair[1]))

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": [column.as_json() for column in self.columns],
            "means": self.means.tolist(),
            "intercept": self.intercept,
            "coefficients": None if self.coefficients is None else self.coefficients.tolist(),
            "trees": [
                [part.tolist() for part in (tree.feature, tree.threshold, tree.left, tree.right, tree.value)]
                for tree in self.trees
            ],
            "scale": self.scale,
            "shift": self.shift,
        }


def sigmoid(odds: Matrix) -> Matrix:
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


def model_from(stored: Mapping[str, Any]) -> Model:
    """Read what `as_json` wrote."""
    trees = [Tree(*(np.array(part, dtype=float) for part in tree)) for tree in stored["trees"][:MOST_TREES]]
    coefficients = stored["coefficients"]
    return Model(
        columns=columns_from(stored["columns"]),
        means=np.array(stored["means"], dtype=float),
        intercept=float(stored["intercept"]),
        coefficients=None if coefficients is None else np.array(coefficients, dtype=float),
        trees=trees,
        scale=float(stored["scale"]),
        shift=float(stored["shift"]),
    )
