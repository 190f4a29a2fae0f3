"""A business calendar as people write it down (JSON) and its way into the pure clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import holidays as holidays_library

from mops.core.clock import OWN_HOLIDAY, WEEKDAYS, Calendar, CalendarError, Hours, Minutes

# A fixed range, so that the same document gives the same deadlines whenever it is replayed.
HOLIDAY_YEARS = range(2010, 2051)

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_KEYS = {"zone", "hours", "holidays"}
_HOLIDAY_KEYS = {"country", "subdivision", "extra"}


@dataclass(frozen=True)
class HolidayRule:
    """Public holidays of a country (ISO 3166 alpha-2) and subdivision, plus days of one's own."""

    country: str = ""
    subdivision: str = ""
    extra: tuple[date, ...] = ()


@dataclass(frozen=True)
class CalendarDocument:
    """`{"zone", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": {"country", "subdivision", "extra"}}`."""

    zone: str
    hours: Hours
    holidays: HolidayRule = HolidayRule()

    def as_json(self) -> dict[str, Any]:
        rule = self.holidays
        written: dict[str, Any] = {"country": rule.country, "subdivision": rule.subdivision}
        written["extra"] = [day.isoformat() for day in rule.extra]
        hours = {
            name: [[_clock_text(start), _clock_text(end)] for start, end in spans]
            for name, spans in zip(WEEKDAYS, self.hours, strict=True)
            if spans
        }
        return {"zone": self.zone, "hours": hours, "holidays": {key: value for key, value in written.items() if value}}

    def resolve(self) -> Calendar:
        """The calendar with its holidays looked up; CalendarError when it cannot work."""
        return Calendar(self.zone, self.hours, resolve_holidays(self.holidays))


def parse_calendar(document: object) -> CalendarDocument:
    """Read and check a JSON document. CalendarError names the field, the reason and the remedy."""
    if not isinstance(document, Mapping):
        raise CalendarError("calendar", "it is not a JSON object", 'Write {"zone": …, "hours": …}')
    _refuse_unknown("calendar", document, _KEYS)
    zone = document.get("zone")
    if not isinstance(zone, str) or not zone:
        raise CalendarError("zone", "it is missing", "Use an IANA name such as Europe/Berlin")
    parsed = CalendarDocument(zone, _parse_hours(document.get("hours")), _parse_holidays(document.get("holidays")))
    parsed.resolve()
    return parsed


def resolve_holidays(rule: HolidayRule) -> dict[date, str]:
    """Date -> name for the years in HOLIDAY_YEARS; the named days of the country first, then the extra ones."""
    found = dict(_public_holidays(rule.country, rule.subdivision)) if rule.country else {}
    for day in rule.extra:
        found.setdefault(day, OWN_HOLIDAY)
    return found


@lru_cache(maxsize=256)
def _public_holidays(country: str, subdivision: str) -> Mapping[date, str]:
    # Asked first: the library would otherwise take the name of anything in it for a country.
    if country not in holidays_library.list_supported_countries():
        raise _without_holidays("holidays.country", country)
    try:
        # Named in English always: the library would otherwise follow the locale of the process.
        known = holidays_library.country_holidays(
            country, subdiv=subdivision or None, years=HOLIDAY_YEARS, language="en_US"
        )
    except NotImplementedError as error:
        raise _without_holidays("holidays.subdivision", subdivision) from error
    return dict(known)


def _without_holidays(field: str, value: str) -> CalendarError:
    remedy = "Use ISO 3166 codes such as DE and BE, or list the days under extra"
    return CalendarError(field, f"no holidays are known for {value!r}", remedy)


def _refuse_unknown(field: str, document: Mapping[str, Any], known: set[str]) -> None:
    for key in document:
        if key not in known:
            raise CalendarError(f"{field}.{key}", "it is not known here", f"Use {', '.join(sorted(known))}")


def _parse_hours(hours: object) -> Hours:
    if not isinstance(hours, Mapping) or not hours:
        raise CalendarError("hours", "it is missing or empty", 'Write {"mon": [["09:00", "17:00"]], …}')
    _refuse_unknown("hours", hours, set(WEEKDAYS))
    return tuple(_parse_day(f"hours.{name}", hours.get(name, [])) for name in WEEKDAYS)


def _parse_day(field: str, spans: object) -> tuple[Minutes, ...]:
    remedy = 'Write a list of pairs such as [["09:00", "12:00"], ["13:00", "24:00"]]'
    if not isinstance(spans, list):
        raise CalendarError(field, f"{spans!r} is not a list", remedy)
    for span in spans:
        if not isinstance(span, list | tuple) or len(span) != 2:
            raise CalendarError(field, f"{span!r} is not a pair of times", remedy)
    return tuple((_parse_time(field, start), _parse_time(field, end)) for start, end in spans)


def _parse_time(field: str, text: object) -> int:
    if not isinstance(text, str) or not _CLOCK_TIME.fullmatch(text):
        raise CalendarError(field, f"{text!r} is not a time of day", "Write HH:MM from 00:00 to 24:00")
    return int(text[:2]) * 60 + int(text[3:])


def _parse_holidays(document: object) -> HolidayRule:
    if document is None:
        return HolidayRule()
    if not isinstance(document, Mapping):
        raise CalendarError("holidays", "it is not an object", 'Write {"country": "DE", "extra": ["2026-12-24"]}')
    _refuse_unknown("holidays", document, _HOLIDAY_KEYS)
    country, subdivision = document.get("country", ""), document.get("subdivision", "")
    for key, value in (("country", country), ("subdivision", subdivision)):
        if not isinstance(value, str):
            raise CalendarError(f"holidays.{key}", f"{value!r} is not text", "Use ISO 3166 codes such as DE and BE")
    if subdivision and not country:
        raise CalendarError("holidays.country", "it is missing but a subdivision is given", "Name the country too")
    extra = document.get("extra", [])
    if not isinstance(extra, list):
        raise CalendarError("holidays.extra", f"{extra!r} is not a list", "List dates such as 2026-12-24")
    return HolidayRule(country, subdivision, tuple(_parse_day_off(day) for day in extra))


def _parse_day_off(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise CalendarError("holidays.extra", f"{text!r} is not a date", "Write it as 2026-12-24") from error


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
