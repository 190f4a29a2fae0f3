"""The month calendar: weeks of seven days, and bars that never overlap in a lane. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Bar:
    """One campaign in one week: from column `start` (1 is Monday) over `span` days, in `lane` (1 is the top)."""

    item: Any
    start: int
    span: int
    lane: int
    begins_here: bool
    ends_here: bool


@dataclass(frozen=True)
class Week:
    days: tuple[date, ...]
    bars: tuple[Bar, ...]

    @property
    def lanes(self) -> int:
        return max((bar.lane for bar in self.bars), default=0)


def month_weeks(month: date) -> list[tuple[date, ...]]:
    """The weeks, Monday to Sunday, that hold a day of the month."""
    first = month.replace(day=1)
    day = first - timedelta(days=first.weekday())
    weeks = []
    while day.month == first.month or day < first:
        weeks.append(tuple(day + timedelta(days=offset) for offset in range(7)))
        day += timedelta(days=7)
    return weeks


def neighbour(month: date, step: int) -> date:
    """The first day of the month `step` months away."""
    index = month.year * 12 + month.month - 1 + step
    return date(index // 12, index % 12 + 1, 1)


def all_month(month: date, items: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What runs on every day of the month, and the rest: only the rest has a day that a bar could show."""
    first, following = month.replace(day=1), neighbour(month, 1)
    through = [item for item in items if item.starts_on <= first and item.ends_on >= following - timedelta(days=1)]
    return through, [item for item in items if item not in through]


def lay_out(month: date, items: Sequence[Any]) -> list[Week]:
    """Weeks with bars; `items` have `starts_on` and `ends_on` (both included). Longer ones take the upper lanes."""
    ordered = sorted(items, key=lambda item: (item.starts_on, -(item.ends_on - item.starts_on).days, str(item)))
    return [Week(days, tuple(bars_of(days, ordered))) for days in month_weeks(month)]


def bars_of(days: tuple[date, ...], items: Sequence[Any]) -> list[Bar]:
    taken: list[int] = []  # per lane, the last column in use
    bars = []
    for item in items:
        if item.starts_on > days[-1] or item.ends_on < days[0]:
            continue
        start = max((item.starts_on - days[0]).days, 0) + 1
        end = min((item.ends_on - days[0]).days, 6) + 1
        lane = next((index for index, last in enumerate(taken) if last < start), len(taken))
        if lane == len(taken):
            taken.append(0)
        taken[lane] = end
        begins, ends = item.starts_on >= days[0], item.ends_on <= days[-1]
        bars.append(Bar(item, start, end - start + 1, lane + 1, begins, ends))
    return bars
