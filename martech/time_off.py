"""An absence as people write it down: a first and a last day, perhaps from a time on and until a time. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

MIDNIGHT = time()
EARLIEST = date(2000, 1, 1)
LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Away:
    """From `start` until, not including, `end`, both aware; `reason` may be empty."""

    start: datetime
    end: datetime
    reason: str = ""

    @property
    def zone(self) -> tzinfo | None:
        return self.start.tzinfo

    @classmethod
    def days(
        cls,
        zone: tzinfo,
        first: date,
        last: date,
        since: time | None = None,
        until: time | None = None,
        reason: str = "",
    ) -> "Away":
        """Whole days in the zone, the last one included; `since` cuts the first day, `until` the last."""
        end = (
            datetime.combine(last, until, zone) if until else datetime.combine(last + timedelta(days=1), MIDNIGHT, zone)
        )
        return cls(datetime.combine(first, since or MIDNIGHT, zone), end, reason)

    def as_days(self, zone: tzinfo | None) -> tuple[date, date, time | None, time | None]:
        """(first, last, since, until) as `days` takes them; no time where a day is whole."""
        start, end = self.start.astimezone(zone), self.end.astimezone(zone)
        last = end.date() - timedelta(days=1) if end.time() == MIDNIGHT else end.date()
        return start.date(), last, _time(start), _time(end)

    def in_words(self, zone: tzinfo | None) -> str:
        """on 3 December 2026; from 3 December 2026, 13:00 to 7 December 2026; with the reason in brackets."""
        first, last, since, until = self.as_days(zone)
        text = f"on {_day(first, None)}" if first == last else f"from {_day(first, since)} to {_day(last, until)}"
        if first == last and (since or until):
            text += f", {since or MIDNIGHT:%H:%M} to {until:%H:%M}" if until else f", from {since:%H:%M}"
        return f"{text} ({self.reason})" if self.reason else text


def problem_of(first: date, last: date, since: time | None, until: time | None, today: date) -> tuple[str, str] | None:
    """(Field, reason with the remedy) where these are no days somebody can be away; None when they are."""
    if last < first:
        return "last", f"It is before the first day. Choose {first.day} {first:%B %Y} or a later day."
    if first < EARLIEST or last - today > LONGEST:
        field = "first" if first < EARLIEST else "last"
        return field, "Check the year; time off is kept up to five years ahead."
    if first == last and until and until <= (since or MIDNIGHT):
        return "until", "It ends before it begins. Choose a later time, or leave it empty for the whole day."
    return None


def _time(moment: datetime) -> time | None:
    return moment.time() if moment.time() != MIDNIGHT else None


def _day(day: date, at: time | None) -> str:
    return f"{day.day} {day:%B %Y}" + (f", {at:%H:%M}" if at else "")
