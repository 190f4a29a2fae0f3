"""Business time: the published acceptance cases, clock changes, and a minute-by-minute oracle."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mops.core.clock import Calendar, CalendarError, TimeOff, add, elapsed, intervals, is_open, next_opening

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
OFFICE = ((((540, 1020),),) * 5) + ((), ())
ALWAYS = (((0, 1440),),) * 7
office = Calendar("Europe/Berlin", OFFICE)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("start", "deadline"),
    [
        ((2026, 11, 20, 16, 30), (2026, 11, 23, 9, 30)),
        ((2026, 11, 21, 8), (2026, 11, 23, 10)),
        ((2026, 11, 21, 15), (2026, 11, 23, 10)),
        ((2026, 11, 21, 20), (2026, 11, 23, 10)),
        ((2026, 11, 22, 20), (2026, 11, 23, 10)),
        ((2026, 3, 27, 16, 30), (2026, 3, 30, 9, 30)),
        ((2026, 10, 23, 16, 30), (2026, 10, 26, 9, 30)),
    ],
)
def test_one_hour_from_outside_hours_ends_one_hour_after_opening(
    start: tuple[int, ...], deadline: tuple[int, ...]
) -> None:
    assert add(office, berlin(*start), HOUR) == berlin(*deadline)


def test_a_monday_holiday_moves_the_deadline_to_tuesday_and_is_named() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, {date(2026, 11, 23): "Founders' day"})
    deadline = add(calendar, berlin(2026, 11, 20, 16, 30), HOUR)
    assert deadline == berlin(2026, 11, 24, 9, 30)
    spans = intervals(calendar, berlin(2026, 11, 20, 16, 30), deadline)
    assert [(span.length, span.removed_by) for span in spans] == [
        (HOUR / 2, ""),
        (8 * HOUR, "holiday Founders' day"),
        (HOUR / 2, ""),
    ]


def test_an_absence_is_taken_out_of_the_hours_of_one_person() -> None:
    away = TimeOff(berlin(2026, 11, 23, 10), berlin(2026, 11, 23, 12), "dentist")
    person = office.with_time_off([away, TimeOff.days(date(2026, 11, 24), date(2026, 11, 24), "vacation")])
    assert elapsed(person, berlin(2026, 11, 23), berlin(2026, 11, 26)) == 14 * HOUR
    assert add(person, berlin(2026, 11, 23, 9, 30), HOUR) == berlin(2026, 11, 23, 12, 30)
    assert next_opening(person, berlin(2026, 11, 23, 18)) == berlin(2026, 11, 25, 9)
    assert not is_open(person, berlin(2026, 11, 23, 11))
    reasons = [span.removed_by for span in intervals(person, berlin(2026, 11, 23), berlin(2026, 11, 25))]
    assert reasons == ["", "time off dentist", "", "time off vacation"]


def test_days_of_clock_change_have_23_and_25_hours() -> None:
    round_the_clock = Calendar("Europe/Berlin", ALWAYS)
    assert elapsed(round_the_clock, berlin(2026, 3, 29), berlin(2026, 3, 30)) == 23 * HOUR
    assert elapsed(round_the_clock, berlin(2026, 10, 25), berlin(2026, 10, 26)) == 25 * HOUR
    assert elapsed(round_the_clock, berlin(2026, 3, 1), berlin(2026, 11, 1)) == 245 * 24 * HOUR


def test_a_boundary_inside_the_spring_gap_opens_at_the_jump() -> None:
    early = Calendar("Europe/Berlin", (((150, 300),),) * 7)
    assert next_opening(early, berlin(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert elapsed(early, berlin(2026, 3, 29), berlin(2026, 3, 30)) == 2 * HOUR


def test_an_hour_repeated_in_autumn_counts_twice() -> None:
    night = Calendar("Europe/Berlin", (((60, 240),),) * 7)
    assert elapsed(night, berlin(2026, 10, 25), berlin(2026, 10, 26)) == 4 * HOUR


def test_a_day_the_zone_skipped_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")
    calendar = Calendar("Pacific/Apia", ALWAYS)
    span = elapsed(calendar, datetime(2011, 12, 29, tzinfo=apia), datetime(2012, 1, 1, tzinfo=apia))
    assert span == 48 * HOUR


def test_zero_duration_is_the_start_itself_and_closing_time_belongs_to_the_day() -> None:
    assert add(office, berlin(2026, 11, 21, 15), timedelta(0)) == berlin(2026, 11, 21, 15)
    assert add(office, berlin(2026, 11, 23, 9), 8 * HOUR) == berlin(2026, 11, 23, 17)
    assert is_open(office, berlin(2026, 11, 23, 9))
    assert not is_open(office, berlin(2026, 11, 23, 17))


def test_elapsed_backwards_is_negative() -> None:
    assert elapsed(office, berlin(2026, 11, 23, 12), berlin(2026, 11, 23, 10)) == -2 * HOUR


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(CalendarError, match="hours: there are no opening hours"):
        Calendar("Europe/Berlin", ((),) * 7)


def test_a_calendar_that_never_opens_is_refused_instead_of_looping() -> None:
    gone = office.with_time_off([TimeOff.days(date(2026, 1, 1), date(2099, 1, 1))])
    with pytest.raises(CalendarError, match="does not open within five years"):
        add(gone, berlin(2026, 11, 20, 16, 30), HOUR)
    with pytest.raises(CalendarError, match="does not open within five years"):
        next_opening(gone, berlin(2026, 11, 20, 16, 30))
    mondays = {date(2026, 1, 5) + timedelta(weeks=n): "closed" for n in range(600)}
    with pytest.raises(CalendarError, match="does not open"):
        next_opening(Calendar("Europe/Berlin", (((540, 600),), *((),) * 6), mondays), berlin(2026, 1, 1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Calendar("Europe/Berlim", OFFICE), "zone: 'Europe/Berlim' is not a time zone"),
        (lambda: Calendar("../etc", OFFICE), "zone: "),
        (lambda: Calendar("UTC", (((1320, 360),), *((),) * 6)), "hours.mon: 22:00-06:00"),
        (lambda: Calendar("UTC", (((60, 120), (100, 180)), *((),) * 6)), "hours.mon: 01:40-03:00"),
        (lambda: add(office, datetime(2026, 1, 1), HOUR), "has no time zone"),
        (lambda: add(office, berlin(2026, 1, 1), -HOUR), "is negative"),
        (lambda: add(office, berlin(2026, 1, 1), timedelta(days=20000)), "more than fifty years"),
        (lambda: office.with_time_off([TimeOff(date(2026, 1, 2), date(2026, 1, 2))]), "is not after"),
        (lambda: office.with_time_off([TimeOff(date(2026, 1, 2), date.max)]), "out of range"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CalendarError, match=message):
        make()


ZONES = ["Europe/Berlin", "America/New_York", "America/St_Johns", "America/Havana", "Australia/Lord_Howe", "UTC"]
CHANGES = [
    datetime(2026, 3, 8),
    datetime(2026, 3, 29),
    datetime(2026, 10, 4),
    datetime(2026, 10, 25),
    datetime(2006, 10, 29),
]


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.lists(st.integers(0, 48).map(lambda half: half * 30), unique=True, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    near = draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC)
    hours = draw(st.tuples(*[day_hours()] * 7).filter(any))
    days = st.integers(-4, 4).map(lambda n: near.date() + timedelta(days=n))
    holidays = dict.fromkeys(draw(st.sets(days, max_size=2)), "h")
    starts = draw(st.lists(st.tuples(st.integers(-4000, 4000), st.integers(1, 900)), max_size=2))
    off = tuple(TimeOff(near + timedelta(minutes=a), near + timedelta(minutes=a + n)) for a, n in starts)
    return Calendar(draw(st.sampled_from(ZONES)), hours, holidays, off), near


def first_showing(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first minute at which the local clock has reached `wall`, by looking at every minute around it."""
    at = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    while at.astimezone(zone).replace(tzinfo=None) < wall:
        at += timedelta(minutes=1)
    return at


def open_minutes(calendar: Calendar, a: datetime, b: datetime) -> int:
    zone, opened = ZoneInfo(calendar.zone), set()
    for n in range((b - a).days + 4):
        day = a.date() + timedelta(days=n - 1)
        midnight = datetime(day.year, day.month, day.day)
        for start, end in () if day in calendar.holidays else calendar.hours[day.weekday()]:
            at, until = (first_showing(zone, midnight + timedelta(minutes=edge)) for edge in (start, end))
            while at < until:
                opened.add(at)
                at += timedelta(minutes=1)
    away = [(off.start, off.end) for off in calendar.time_off]
    return sum(a <= at < b and not any(s <= at < e for s, e in away) for at in opened)


@settings(max_examples=40, deadline=None)
@given(calendars(), st.integers(-3000, 3000), st.integers(0, 3000))
def test_elapsed_equals_counting_every_minute(made: tuple[Calendar, datetime], offset: int, length: int) -> None:
    calendar, near = made
    a = near + timedelta(minutes=offset)
    b = a + timedelta(minutes=length)
    counted = timedelta(minutes=open_minutes(calendar, a, b))
    assert elapsed(calendar, a, b) == counted
    assert sum((span.length for span in intervals(calendar, a, b) if span.counted), timedelta()) == counted


@settings(max_examples=75, deadline=None)
@given(calendars(), st.integers(-9000, 9000), st.integers(1, 60_000))
def test_add_is_the_first_instant_with_that_much_elapsed(
    made: tuple[Calendar, datetime], offset: int, minutes: int
) -> None:
    calendar, near = made
    start, duration = near + timedelta(minutes=offset), timedelta(minutes=minutes)
    deadline = add(calendar, start, duration)
    assert elapsed(calendar, start, deadline) == duration
    assert elapsed(calendar, start, deadline - timedelta(seconds=1)) == duration - timedelta(seconds=1)


@settings(max_examples=75, deadline=None)
@given(calendars(), st.lists(st.integers(-900_000, 900_000), min_size=3, max_size=3))
def test_elapsed_adds_up_over_any_midpoint(made: tuple[Calendar, datetime], offsets: list[int]) -> None:
    calendar, near = made
    a, b, c = (near + timedelta(minutes=offset) for offset in offsets)
    assert elapsed(calendar, a, c) == elapsed(calendar, a, b) + elapsed(calendar, b, c)


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(-9000, 9000))
def test_the_next_opening_is_open_and_nothing_opens_before_it(made: tuple[Calendar, datetime], offset: int) -> None:
    calendar, near = made
    at = near + timedelta(minutes=offset)
    opening = next_opening(calendar, at)
    assert is_open(calendar, opening)
    assert elapsed(calendar, at, opening) == timedelta(0)
