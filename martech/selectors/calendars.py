"""Working hours as they count: as they are kept, or, where these cannot be read, the last ones that could be.

Services write only what can be read. Whatever came past them (a statement in the database, a restored row) must not
stop routing, so every reader gets hours, and the fault stands where marketing operations look.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from martech.models import WorkingCalendar
from mops.core import clock
from mops.core.calendar_document import CalendarDocument, parse_calendar

LOOKED_BACK = 20
"""So many former states are looked through for hours that can be read."""
USUAL = json.dumps({"zone": settings.TIME_ZONE, "hours": {day: [["09:00", "17:00"]] for day in clock.WEEKDAYS[:5]}})
GONE = "nothing is kept under this name any more. Add working hours of that name."
_TEXT = Cast("document", TextField())


@dataclass(frozen=True)
class Hours:
    """Hours that count. `fault` says why not those kept under the key; then they are as of `kept_at`, else the usual ones."""

    document: CalendarDocument
    calendar: clock.Calendar
    fault: str = ""
    kept_at: datetime | None = None

    @property
    def instead(self) -> str:
        """Which hours count in place of those with a fault."""
        if self.kept_at is None:
            return "Monday to Friday from 9 to 17"
        return f"those of {timezone.localtime(self.kept_at):%-d %b %Y, %H:%M}"


@dataclass(frozen=True)
class Fault:
    """Working hours that cannot be read, by their key and name."""

    key: str
    name: str
    hours: Hours


def hours_of(key: str) -> Hours:
    """The hours under a key; never fails, whatever is kept there."""
    text = WorkingCalendar.objects.filter(key=key).values_list(_TEXT, flat=True).first()
    return _hours(key, text)


def calendar_of(key: str) -> clock.Calendar | None:
    """The hours under a key; None for no key, which is always open."""
    return hours_of(key).calendar if key else None


def calendars_of(keys: Iterable[str]) -> dict[str, clock.Calendar | None]:
    """The hours under each key, asked for in one statement; None for no key, which is always open."""
    named = set(keys)
    rows = WorkingCalendar.objects.filter(key__in=named - {""}).values_list("key", _TEXT) if named - {""} else ()
    texts = dict(rows)
    return {key: _hours(key, texts.get(key)).calendar if key else None for key in named}


def kept_hours() -> dict[str, tuple[str, Hours]]:
    """{key: (name, hours)} of every calendar there is."""
    rows = WorkingCalendar.objects.values_list("key", "name", _TEXT)
    return {key: (name, _hours(key, text)) for key, name, text in rows}


def faults(named: Iterable[str] = ()) -> list[Fault]:
    """Kept hours that cannot be read, and those `named` (by pools and response times) that are not kept at all."""
    kept = kept_hours()
    missing = {key: (key, _hours(key, None)) for key in named if key and key not in kept}
    found = [Fault(key, name, hours) for key, (name, hours) in {**kept, **missing}.items()]
    return [one for one in found if one.hours.fault]


def _hours(key: str, text: str | None) -> Hours:
    read = GONE if text is None else _read(text)
    return read if isinstance(read, Hours) else _former(key, read)


def _former(key: str, fault: str) -> Hours:
    """The newest state in the history that can be read, else the usual hours of an office."""
    events = WorkingCalendar.pgh_event_model.objects.filter(key=key).order_by("-pgh_id")  # type: ignore[attr-defined]
    for text, kept_at in events.values_list(_TEXT, "pgh_created_at")[:LOOKED_BACK]:
        read = _read(text)
        if isinstance(read, Hours):
            return Hours(read.document, read.calendar, fault, kept_at)
    usual = _read(USUAL)
    assert isinstance(usual, Hours)  # noqa: S101 - a constant of this module
    return Hours(usual.document, usual.calendar, fault)


@lru_cache(maxsize=256)
def _read(text: str) -> Hours | str:
    """Hours, or why they cannot be read. By what is kept, not by when it was: a raw statement leaves the time as it was."""
    try:
        document = parse_calendar(json.loads(text))
        return Hours(document, document.resolve())
    except clock.CalendarError as error:
        return error.detail
