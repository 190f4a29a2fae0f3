"""Half-open periods of days, in the time zone of the company."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_after(day: date) -> date:
    return day + timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `start` on, until before `end`; None is open. Days begin at midnight in the company's zone."""

    start: date | None = None
    end: date | None = None

    def moments(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """The first moment of both days, as aware datetimes."""
        return _midnight(self.start, zone), _midnight(self.end, zone)

    @property
    def days(self) -> int | None:
        return (self.end - self.start).days if self.start and self.end else None

    def previous(self) -> "Period":
        """As many days before. An open period has no previous one: it answers an open period again."""
        if self.start is None or self.end is None:
            return Period()
        return Period(self.start - (self.end - self.start), self.start)

    def last_year(self) -> "Period":
        return Period(_year_before(self.start), _year_before(self.end))


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None


def _year_before(day: date | None) -> date | None:
    """29 February becomes 28 February."""
    if day is None:
        return None
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)


def month_label(day: date) -> str:
    return f"{day:%Y-%m}"


def quarter_label(day: date) -> str:
    """Calendar quarters: 2026-Q1."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
