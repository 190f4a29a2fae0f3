"""Calendars as JSON: round trip, holidays of a place, and refusals that name field, reason and remedy."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mops.core.calendar_document import parse_calendar
from mops.core.clock import CalendarError, add, intervals

BERLIN: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "hours": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "sun": [["22:00", "24:00"]]},
    "holidays": {"country": "DE", "subdivision": "BE", "extra": ["2026-12-24"]},
}


def test_a_document_survives_the_round_trip() -> None:
    assert parse_calendar(BERLIN).as_json() == BERLIN
    bare = {"zone": "UTC", "hours": {"tue": [["00:00", "24:00"]]}, "holidays": {}}
    assert parse_calendar({**bare, "holidays": None}).as_json() == bare


def test_holidays_come_from_the_place_and_from_the_list() -> None:
    calendar = parse_calendar(BERLIN).resolve()
    assert date(2026, 12, 24) in calendar.holidays
    assert date(2026, 3, 8) in calendar.holidays, "Women's day is a holiday in Berlin only"
    assert date(2026, 12, 28) not in calendar.holidays


def test_easter_monday_moves_a_deadline_and_is_named() -> None:
    calendar = parse_calendar({**BERLIN, "hours": {"mon": [["09:00", "17:00"]]}}).resolve()
    start = datetime(2026, 4, 5, 12, tzinfo=UTC)
    deadline = add(calendar, start, timedelta(hours=1))
    assert deadline == datetime(2026, 4, 13, 8, tzinfo=UTC)
    assert intervals(calendar, start, deadline)[0].removed_by == "holiday Easter Monday"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": ""}, "zone"),
        ({"zone": "Berlin"}, "zone"),
        ({"hours": {}}, "hours"),
        ({"hours": {"mon": []}}, "hours"),
        ({"hours": {"monday": [["09:00", "17:00"]]}}, "hours.monday"),
        ({"hours": {"mon": [["9", "17:00"]]}}, "hours.mon"),
        ({"hours": {"mon": [["09:00", "24:30"]]}}, "hours.mon"),
        ({"hours": {"mon": [["22:00", "06:00"]]}}, "hours.mon"),
        ({"hours": {"mon": ["09:00-17:00"]}}, "hours.mon"),
        ({"hours": {"mon": "09:00"}}, "hours.mon"),
        ({"holidays": {"country": "XX"}}, "holidays.country"),
        ({"holidays": {"country": "DE", "subdivision": "XX"}}, "holidays.subdivision"),
        ({"holidays": {"subdivision": "BE"}}, "holidays.country"),
        ({"holidays": {"country": 49}}, "holidays.country"),
        ({"holidays": {"extra": ["24.12.2026"]}}, "holidays.extra"),
        ({"holidays": {"extra": "2026-12-24"}}, "holidays.extra"),
        ({"holidays": []}, "holidays"),
        ({"colour": 1}, "calendar.colour"),
    ],
)
def test_a_wrong_document_is_refused_at_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(CalendarError) as refused:
        parse_calendar({**BERLIN, **change})
    assert refused.value.field == field
    assert refused.value.reason
    assert refused.value.remedy


def test_what_is_not_an_object_is_refused() -> None:
    with pytest.raises(CalendarError, match="not a JSON object"):
        parse_calendar([])
