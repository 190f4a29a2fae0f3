"""How sure a share of right verdicts is: the lower end of Wilson's score interval (Wilson 1927, JASA 22:209–212)."""

from math import sqrt

Z_95 = 1.959963984540054
TARGET = 0.995
"""A rule may merge alone when at most five in a thousand can be wrong; that takes 765 right verdicts in a row."""


def wilson_lower(right: int, total: int, z: float = Z_95) -> float:
    """The lower bound of the 95 % interval of right / total; 0 without verdicts. Raises ValueError outside 0 ≤ right ≤ total."""
    if not 0 <= right <= total:
        raise ValueError("right lies between 0 and total")
    if total == 0:
        return 0.0
    share, square = right / total, z * z
    middle = share + square / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + square / total))


def wilson_upper(right: int, total: int, z: float = Z_95) -> float:
    """The upper bound of the same interval; 1 without verdicts."""
    return 1.0 - wilson_lower(total - right, total, z) if total else 1.0


def may_merge_alone(right: int, total: int, *, target: float = TARGET, is_trusted: bool = False) -> bool:
    """Whether a rule's verdicts let it merge without a person.

    `is_trusted` is somebody's explicit word for it; it holds until verdicts show that the target is out of reach.
    """
    if is_trusted:
        return wilson_upper(right, total) >= target
    return wilson_lower(right, total) >= target
