"""The middle of values that were counted, each with how often it came."""

from collections.abc import Sequence

Histogram = Sequence[tuple[int, int]]
"""(value, count), values ascending."""


def median_of(histogram: Histogram) -> float | None:
    """The middle value, halfway between the two middle ones of an even number; None of nothing."""
    total = sum(count for _value, count in histogram)
    if not total:
        return None
    return (_value_at(histogram, (total - 1) // 2) + _value_at(histogram, total // 2)) / 2


def _value_at(histogram: Histogram, position: int) -> int:
    for value, count in histogram:
        if position < count:
            return value
        position -= count
    raise IndexError(position)
