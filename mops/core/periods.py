"""The date range of a page: what its address says, as two half-open intervals of whole days. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
PRESETS = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "month": "This month",
    "quarter": "This quarter",
    "year": "This year",
    "last-year": "Last year",
    "all": "All time",
}
COMPARISONS = {"previous": "previous period", "year": "last year", "none": "no comparison"}
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """`to` and `compare_to` are exclusive. `range` is a preset's key or custom; `error` says what was wrong with the dates."""

    from_: date
    to: date
    compare_from: date | None
    compare_to: date | None
    label: str
    range: str
    compare: str
    error: str = ""

    @property
    def days(self) -> int:
        return (self.to - self.from_).days

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.to - DAY

    @property
    def is_compared(self) -> bool:
        return self.compare_from is not None

    @property
    def compare_label(self) -> str:
        return COMPARISONS[self.compare]

    @property
    def query(self) -> str:
        """The parameters that give this period again."""
        dates = f"&from={self.from_.isoformat()}&to={self.last.isoformat()}" if self.range == "custom" else ""
        return f"range={self.range}{dates}&compare={self.compare}"


def parse_period(
    query: Mapping[str, str],
    today: date,
    *,
    default: str = "year",
    default_compare: str = "previous",
    beginning: date = BEGINNING,
    year_starts_in: int = 1,
) -> Period:
    """What `?range=&from=&to=&compare=` asks for; nonsense falls back to `default` and is named in `error`.

    `from` and `to` are ISO dates, both inclusive as people mean them. Years and quarters begin with the month
    `year_starts_in`; `beginning` is where all time starts. All time is compared with nothing.
    """
    chosen, error = query.get("range", ""), ""
    if chosen == "custom" or (not chosen and (query.get("from") or query.get("to"))):
        interval, error = _custom(query, today, beginning)
        chosen = "custom" if interval else default
    else:
        interval = None
        chosen = chosen if chosen in PRESETS else default
    from_, to = interval or _preset(chosen, today, beginning, year_starts_in)
    compare = query.get("compare", default_compare)
    compare = "none" if compare not in COMPARISONS or chosen == "all" else compare
    compare_from, compare_to = _compared(from_, to, compare)
    label = _dates(from_, to) if chosen == "custom" else PRESETS[chosen]
    return Period(from_, to, compare_from, compare_to, label, chosen, compare, error)


def _custom(query: Mapping[str, str], today: date, beginning: date) -> tuple[tuple[date, date] | None, str]:
    try:
        first = date.fromisoformat(query["from"]) if query.get("from") else beginning
        last = date.fromisoformat(query["to"]) if query.get("to") else today
    except ValueError:
        return None, "Dates are written like 2026-11-23."
    if last < first:
        return None, "The last day is before the first."
    if last == date.max:
        return None, "The last day is too far away."
    return (first, last + DAY), ""


def _preset(key: str, today: date, beginning: date, year_starts_in: int) -> tuple[date, date]:
    end = today + DAY
    if key.endswith("d"):
        return end - int(key[:-1]) * DAY, end
    if key == "all":
        return beginning, end
    year = _year_start(today, year_starts_in)
    if key == "last-year":
        return year.replace(year=year.year - 1), year
    starts = {"month": today.replace(day=1), "quarter": _quarter_start(today, year_starts_in), "year": year}
    return starts[key], end


def _year_start(day: date, month: int) -> date:
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _quarter_start(day: date, month: int) -> date:
    since = (day.month - month) % 3
    months = day.year * 12 + day.month - 1 - since
    return date(months // 12, months % 12 + 1, 1)


def _compared(from_: date, to: date, compare: str) -> tuple[date | None, date | None]:
    if compare == "previous":
        return from_ - (to - from_), from_
    if compare == "year":
        return _year_before(from_), _year_before(to)
    return None, None


def _year_before(day: date) -> date:
    """The same day a year earlier; February 29 becomes March 1, so that intervals stay half-open."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)


def _dates(from_: date, to: date) -> str:
    last = to - DAY
    first = f"{from_:%b} {from_.day}" + (f", {from_.year}" if from_.year != last.year else "")
    return f"{first} – {last:%b} {last.day}, {last.year}" if from_ != last else f"{last:%b} {last.day}, {last.year}"
