"""Business time: deadlines and elapsed working time in a person's own hours. Pure; instants are aware datetimes.

A day's opening hours are local wall-clock boundaries; each is turned into the first instant at which the local clock
reaches it, so a boundary inside a spring gap opens at the jump and an hour repeated in autumn is counted twice.
Sums use whole weeks plus a correction for the few days that differ (holidays, clock changes), never a loop over time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from mops.core.errors import DomainError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPENING_HORIZON = timedelta(days=5 * 366)
OWN_HOLIDAY = "own holiday"
"""What a day is called that a calendar names beside the public holidays."""
DEADLINE_HORIZON = timedelta(days=50 * 366)
FIRST_YEAR, LAST_YEAR = 1900, 2200

Minutes = tuple[int, int]
Hours = tuple[tuple[Minutes, ...], ...]
_Span = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_EPOCH_DAY = _EPOCH.toordinal()


class CalendarError(DomainError):
    """A calendar or a question to it that cannot be answered: which field, why, and what to do."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}. {remedy}.", errors={field: [f"{reason}. {remedy}."]})
        self.field, self.reason, self.remedy = field, reason, remedy


@dataclass(frozen=True)
class TimeOff:
    """An absence from `start` up to, not including, `end`: aware instants, or dates meaning local midnights."""

    start: datetime | date
    end: datetime | date
    reason: str = ""

    @classmethod
    def days(cls, first: date, last: date, reason: str = "") -> "TimeOff":
        """Whole days, the last one included, as people write vacations down."""
        return cls(first, last + timedelta(days=1), reason)


@dataclass(frozen=True)
class Interval:
    """A stretch of opening hours in UTC; `removed_by` names the holiday or absence that took it, or is empty."""

    start: datetime
    end: datetime
    removed_by: str = ""

    @property
    def counted(self) -> bool:
        return not self.removed_by

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True)
class Calendar:
    """Opening hours of a place (`hours`: seven weekdays from Monday, each of half-open local minutes, 1440 = 24:00),
    its `holidays` (date -> name) and the `time_off` of one person.

    Raises CalendarError when it could never open or an interval is wrong.
    """

    zone: str
    hours: Hours
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    time_off: tuple[TimeOff, ...] = ()

    def __post_init__(self) -> None:
        _check_zone(self.zone)
        _check_hours(self.hours)
        for off in self.time_off:
            _check_time_off(off)

    def with_time_off(self, absences: Iterable[TimeOff]) -> "Calendar":
        """The same calendar for a person who is away at these times too."""
        return replace(self, time_off=(*self.time_off, *absences))

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _prefix(self) -> list[int]:
        """Open time before each weekday of two nominal weeks running."""
        per_day = [sum(end - start for start, end in spans) * _MINUTE for spans in self.hours]
        return [0, *accumulate(per_day * 2)]

    @cached_property
    def _corrections(self) -> dict[int, tuple[list[int], list[int]]]:
        return {}

    @cached_property
    def _off(self) -> list[_Span]:
        spans = ((_edge(self._zone, off.start), _edge(self._zone, off.end)) for off in self.time_off)
        return _union(sorted(spans))

    @cached_property
    def _off_prefix(self) -> list[int]:
        return [0, *accumulate(self._gross(start, end) for start, end in self._off)]

    def _opening(self, day: int) -> list[_Span]:
        """Opening hours of a day (proleptic ordinal) as instants, holidays and absences not looked at."""
        first = (day - _EPOCH_DAY) * _DAY
        zone = self._zone
        spans = (
            (_instant(zone, first + start * _MINUTE), _instant(zone, first + end * _MINUTE))
            for start, end in self.hours[(day - 1) % 7]
        )
        return [span for span in spans if span[0] < span[1]]

    def _open_spans(self, day: int) -> list[_Span]:
        return [] if self.holidays and date.fromordinal(day) in self.holidays else self._opening(day)

    def _year(self, year: int) -> tuple[list[int], list[int]]:
        """Days of the year that differ from the weekly pattern, and the running sum of the differences."""
        if year not in self._corrections:
            prefix = self._prefix
            days = sorted({d.toordinal() for d in self.holidays if d.year == year} | irregular_days(self.zone, year))
            usual = [prefix[(day - 1) % 7 + 1] - prefix[(day - 1) % 7] for day in days]
            actual = [sum(end - start for start, end in self._open_spans(day)) for day in days]
            changes = [is_now - was for is_now, was in zip(actual, usual, strict=True)]
            self._corrections[year] = (days, [0, *accumulate(changes)])
        return self._corrections[year]

    def _whole_days(self, first: int, last: int) -> int:
        """Open time of the days first..last-1: weeks, rest of a week, then the days that differ."""
        weeks, rest = divmod(last - first, 7)
        weekday, prefix = (first - 1) % 7, self._prefix
        total = weeks * prefix[7] + prefix[weekday + rest] - prefix[weekday]
        for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
            days, sums = self._year(year)
            total += sums[bisect_left(days, last)] - sums[bisect_left(days, first)]
        return total

    def _gross(self, a: int, b: int) -> int:
        """Open time in [a, b) with holidays taken out, absences not."""
        first, last = _day_of(self._zone, a), _day_of(self._zone, b)
        if first == last:
            return _overlap(self._open_spans(first), a, b)
        ends = _overlap(self._open_spans(first), a, b) + _overlap(self._open_spans(last), a, b)
        return ends + (self._whole_days(first + 1, last) if last - first > 1 else 0)

    def _net(self, a: int, b: int) -> int:
        total = self._gross(a, b)
        off = self._off
        first, last = bisect_right(off, a, key=_end), bisect_left(off, b, key=_start)
        if first < last:
            inner = self._off_prefix
            total -= inner[last] - inner[first]
            total += self._gross(off[first][0], a) if off[first][0] < a else 0
            total += self._gross(b, off[last - 1][1]) if off[last - 1][1] > b else 0
        return total


def elapsed(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """Working time between two instants; negative when `b` is before `a`."""
    start, end = _ticks(a), _ticks(b)
    return calendar._net(start, end) * _TICK if start <= end else -(calendar._net(end, start) * _TICK)


def add(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """The first instant (UTC) by which `duration` of working time has passed since `start`.

    Raises CalendarError for a negative duration, a calendar that does not open within five years, and a deadline
    more than fifty years away.
    """
    if duration < timedelta(0):
        raise CalendarError("duration", f"{duration} is negative", "Give a duration of zero or more")
    begin, wanted = _ticks(start), duration // _TICK
    if not wanted:
        return start.astimezone(UTC)
    ends = (max(begin, high) for _, high in _free(calendar, _deadline_day(calendar, begin, wanted)))
    over = ((end, calendar._net(begin, end) - wanted) for end in ends)
    return next(_moment(end - surplus) for end, surplus in over if surplus >= 0)


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself when open, else the next instant of opening (UTC); CalendarError when none within five years."""
    now = _ticks(at)
    first = _deadline_day(calendar, now, 1)
    return next(_moment(max(now, low)) for low, high in _free(calendar, first) if high > now)


def is_open(calendar: Calendar, at: datetime) -> bool:
    now = _ticks(at)
    return any(low <= now < high for low, high in _free(calendar, _day_of(calendar._zone, now)))


def usual_day(calendar: Calendar) -> timedelta:
    """Open time of one day on the weekly average: the week's hours by the days that have any."""
    days = sum(1 for spans in calendar.hours if spans)
    return calendar._prefix[7] // days * _TICK


def intervals(calendar: Calendar, a: datetime, b: datetime) -> list[Interval]:
    """Every stretch of opening hours between two instants, in order, with what removed the ones not counted.

    The lengths of the counted ones add up to `elapsed(calendar, a, b)`.
    """
    start, end = _ticks(a), _ticks(b)
    zone = calendar._zone
    found: list[Interval] = []
    for day in range(_day_of(zone, start), _day_of(zone, end) + 1):
        for low, high in calendar._opening(day):
            if max(low, start) < min(high, end):
                found += _explained(calendar, day, max(low, start), min(high, end))
    return found


@lru_cache(maxsize=4096)
def irregular_days(zone: str, year: int) -> frozenset[int]:
    """Ordinals of the days of a year on or next to a change of the zone's UTC offset."""
    info = ZoneInfo(zone)
    eve = datetime(year - 1, 12, 31, tzinfo=UTC)
    offsets = [(eve + timedelta(days=n)).astimezone(info).utcoffset() for n in range(369)]
    first = eve.toordinal()
    near = {first + n + k for n in range(368) if offsets[n] != offsets[n + 1] for k in (-1, 0, 1, 2)}
    return frozenset(day for day in near if date.fromordinal(day).year == year)


def _deadline_day(calendar: Calendar, begin: int, wanted: int) -> int:
    """The day in which `wanted` ticks of work are reached: doubling, then halving."""
    first = _day_of(calendar._zone, begin)
    low, high = 0, 1
    while calendar._net(begin, _midnight(calendar, first + high)) < wanted:
        low, high = high, high * 2
        _check_horizon(calendar, begin, low)
    while high - low > 1:
        middle = (low + high) // 2
        reached = calendar._net(begin, _midnight(calendar, first + middle)) >= wanted
        low, high = (low, middle) if reached else (middle, high)
    return first + low


def _check_horizon(calendar: Calendar, begin: int, days: int) -> None:
    span = timedelta(days=days)
    if span > DEADLINE_HORIZON:
        raise CalendarError("duration", "the deadline is more than fifty years away", "Use a shorter duration")
    if span > OPENING_HORIZON and calendar._net(begin, begin + span // _TICK) == 0:
        since = _moment(begin).date()
        reason = f"it does not open within five years after {since}, all its hours fall on holidays or time off"
        raise CalendarError("calendar", reason, "Add opening hours or shorten the time off")


def _explained(calendar: Calendar, day: int, low: int, high: int) -> Iterator[Interval]:
    """One stretch of opening hours cut at absences, each piece with the reason it is not counted."""
    name = calendar.holidays.get(date.fromordinal(day))
    if name is not None:
        yield Interval(_moment(low), _moment(high), name if name == OWN_HOLIDAY else f"holiday {name}".strip())
        return
    marks = {low, high}
    for start, end in calendar._off:
        marks |= {edge for edge in (start, end) if low < edge < high}
    cuts = sorted(marks)
    for start, end in pairwise(cuts):
        yield Interval(_moment(start), _moment(end), _absence(calendar, start))


def _absence(calendar: Calendar, at: int) -> str:
    for off in calendar.time_off:
        if _edge(calendar._zone, off.start) <= at < _edge(calendar._zone, off.end):
            return f"time off {off.reason}".strip()
    return ""


def _free(calendar: Calendar, day: int) -> list[_Span]:
    """A day's open stretches with holidays and absences taken out."""
    spans = calendar._open_spans(day)
    for start, end in calendar._off:
        spans = [piece for low, high in spans for piece in ((low, min(high, start)), (max(low, end), high))]
        spans = [(low, high) for low, high in spans if low < high]
    return spans


def _start(span: _Span) -> int:
    return span[0]


def _end(span: _Span) -> int:
    return span[1]


def _overlap(spans: list[_Span], a: int, b: int) -> int:
    return sum(max(0, min(end, b) - max(start, a)) for start, end in spans)


def _union(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _ticks(at: datetime) -> int:
    """Microseconds since 1970; refuses an instant without a zone or outside the years the clock is made for."""
    if at.tzinfo is None:
        raise CalendarError("instant", f"{at} has no time zone", "Give an aware datetime")
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise CalendarError("instant", f"the year {at.year} is out of range", f"Use {FIRST_YEAR + 1}-{LAST_YEAR - 1}")
    return (at - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime:
    return _EPOCH + ticks * _TICK


def _instant(zone: ZoneInfo, wall: int) -> int:
    """The first instant at which the local clock shows `wall` (ticks since local 1970) or later."""
    local = (_EPOCH + wall * _TICK).replace(tzinfo=zone)
    before = (local.utcoffset() or timedelta(0)) // _TICK
    after = (local.replace(fold=1).utcoffset() or timedelta(0)) // _TICK
    is_skipped = after > before
    return _jump(zone, wall - after, wall - before) if is_skipped else wall - before


def _jump(zone: ZoneInfo, low: int, high: int) -> int:
    """The instant in (low, high] at which the zone's offset changes, to the second."""
    before = _moment(low).astimezone(zone).utcoffset()
    first, last = low // 1_000_000, high // 1_000_000
    while last - first > 1:
        middle = (first + last) // 2
        same = _moment(middle * 1_000_000).astimezone(zone).utcoffset() == before
        first, last = (middle, last) if same else (first, middle)
    return last * 1_000_000


def _day_of(zone: ZoneInfo, ticks: int) -> int:
    """Ordinal of the last local day that has begun, also where the clock is set back across midnight."""
    day = _moment(ticks).astimezone(zone).toordinal()
    return day + 1 if _instant(zone, (day + 1 - _EPOCH_DAY) * _DAY) <= ticks else day


def _midnight(calendar: Calendar, day: int) -> int:
    return _instant(calendar._zone, (day - _EPOCH_DAY) * _DAY)


def _edge(zone: ZoneInfo, edge: datetime | date) -> int:
    if isinstance(edge, datetime):
        return _ticks(edge)
    return _instant(zone, _ticks(datetime.combine(edge, time(), UTC)))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarError("zone", f"{zone!r} is not a time zone", "Use an IANA name such as Europe/Berlin") from error


def _check_hours(hours: Hours) -> None:
    if len(hours) != 7 or not any(hours):
        raise CalendarError("hours", "there are no opening hours", "Give at least one interval on one weekday")
    for name, spans in zip(WEEKDAYS, hours, strict=True):
        last = 0
        for start, end in spans:
            if not last <= start < end <= 1440:
                reason = f"{_hhmm(start)}-{_hhmm(end)} is empty, overlaps or leaves the day"
                remedy = "List intervals in order, and split one that passes midnight at 24:00"
                raise CalendarError(f"hours.{name}", reason, remedy)
            last = end


def _check_time_off(off: TimeOff) -> None:
    if isinstance(off.start, datetime) != isinstance(off.end, datetime):
        raise CalendarError("time_off", "one end is a date, the other an instant", "Give two dates or two instants")
    if not off.start < off.end:
        raise CalendarError("time_off", f"{off.end} is not after {off.start}", "Let it end after it starts")
    if off.start.year <= FIRST_YEAR or off.end.year >= LAST_YEAR:
        raise CalendarError("time_off", f"{off.start} to {off.end} is out of range", "Use years 1901-2199")


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
