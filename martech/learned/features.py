"""From records to numbers: categories and numbers of fields, counts of touches; what was learned of them is data."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
MOST_CATEGORIES = 20
FEWEST = 5
"""A category of fewer training rows is one of the others."""


@dataclass(frozen=True)
class Sample:
    """One deal, or one person today: values by field, and touches by kind in the window before the moment."""

    values: Mapping[str, Any]
    touches: Mapping[str, int]
    days_since: float | None = None


@dataclass(frozen=True)
class Column:
    """One number of the matrix. `kind`: category (1 when the field has `value`), filled, number, touches or recency.

    Numbers are (x − mean) / spread with 0 for what is missing; counts and days go in as log(1 + x).
    """

    feature: str
    kind: str
    value: str = ""
    mean: float = 0.0
    spread: float = 1.0

    def as_json(self) -> list[Any]:
        return [self.feature, self.kind, self.value, self.mean, self.spread]


def columns_from(rows: Iterable[Sequence[Any]]) -> list[Column]:
    return [Column(str(f), str(k), str(v), float(m), float(s)) for f, k, v, m, s in rows]


def is_absent(value: Any) -> bool:
    return value is None or value == ""


def as_category(value: Any) -> str:
    return str(value).strip().lower()[:80]


def is_number(value: Any) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, int | float)


def learn_columns(samples: Sequence[Sample], fields: Sequence[str]) -> list[Column]:
    """The columns that the training rows give rise to; a field that never differs gives none."""
    found: list[Column] = []
    for key in fields:
        values = [sample.values.get(key) for sample in samples]
        given = [value for value in values if not is_absent(value)]
        if FEWEST <= len(given) <= len(values) - FEWEST:
            found.append(Column(key, "filled"))
        numbers = [float(value) for value in given if is_number(value)]
        if given and len(numbers) == len(given):
            found += _scaled(key, "number", numbers)
        else:
            counts = Counter(map(as_category, given))
            ranked = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CATEGORIES]
            names = [name for name in ranked if FEWEST <= counts[name] <= len(values) - FEWEST]
            found += [Column(key, "category", name) for name in names]
    kinds = sorted({kind for sample in samples for kind in sample.touches})
    for kind in kinds:
        counted = [math.log1p(sample.touches.get(kind, 0)) for sample in samples]
        if sum(one > 0 for one in counted) >= FEWEST:
            found += _scaled("touches", "touches", counted, kind)
    days = [math.log1p(sample.days_since) for sample in samples if sample.days_since is not None]
    return found + (_scaled("touches", "recency", days) if len(days) >= FEWEST else [])


def _scaled(feature: str, kind: str, numbers: Sequence[float], value: str = "") -> list[Column]:
    mean, spread = float(np.mean(numbers)), float(np.std(numbers))
    return [Column(feature, kind, value, mean, spread)] if spread > 0 else []


def matrix_of(samples: Sequence[Sample], columns: Sequence[Column]) -> Matrix:
    """One row a sample, one number a column."""
    if not columns:
        return np.zeros((len(samples), 0))
    return np.column_stack([_column(samples, column) for column in columns])


def _column(samples: Sequence[Sample], column: Column) -> Matrix:
    if column.kind == "touches":
        raw = [math.log1p(sample.touches.get(column.value, 0)) for sample in samples]
        return (np.array(raw) - column.mean) / column.spread
    if column.kind == "recency":
        days = [sample.days_since for sample in samples]
        return np.array([0.0 if d is None else (math.log1p(d) - column.mean) / column.spread for d in days])
    values = [sample.values.get(column.feature) for sample in samples]
    if column.kind == "filled":
        return np.array([0.0 if is_absent(value) else 1.0 for value in values])
    if column.kind == "category":
        return np.array([float(not is_absent(value) and as_category(value) == column.value) for value in values])
    return np.array([(float(v) - column.mean) / column.spread if is_number(v) else 0.0 for v in values])
