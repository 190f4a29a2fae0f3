"""The form of working hours: a zone, the hours of each weekday, public and own holidays."""

import re
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import holidays
from django import forms

from martech.normalisation import country_name
from mops.core.calendar_document import parse_calendar
from mops.core.clock import WEEKDAYS, Calendar, CalendarError
from mops.core.seen import SeenForm

DAYS = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
PLACES = {
    "zone": "zone",
    "holidays.country": "country",
    "holidays.subdivision": "subdivision",
    "holidays.extra": "extra",
}


@cache
def zones() -> list[tuple[str, str]]:
    known = sorted(name for name in available_timezones() if "/" in name)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in known)]


@cache
def holiday_countries() -> list[tuple[str, str]]:
    known = [(code, country_name(code)) for code in holidays.list_supported_countries()]
    return [("", "None"), *sorted(known, key=lambda one: one[1])]


class CalendarForm(SeenForm):
    """Working hours as colleagues write them down; the calendar document is what is checked."""

    name = forms.CharField(max_length=120, help_text="Such as Berlin hours")
    zone = forms.ChoiceField(choices=zones, label="Time zone")
    country = forms.ChoiceField(choices=holiday_countries, required=False, label="Public holidays of")
    subdivision = forms.CharField(
        max_length=6, required=False, label="State or region", help_text="Its ISO code, such as BE for Berlin"
    )
    extra = forms.CharField(
        required=False,
        label="Own holidays",
        widget=forms.Textarea({"rows": 4}),
        help_text="One day a line, such as 2026-12-24",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, label in DAYS.items():
            example = "Such as 09:00-12:00, 13:00-17:00; empty: closed" if key == "mon" else ""
            self.fields[key] = forms.CharField(required=False, max_length=120, label=label, help_text=example)
        self.order_fields(["name", "zone", *DAYS, "country", "subdivision", "extra"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        hours = {key: self._spans(key) for key in DAYS}
        extra = sorted({line.strip() for line in values.get("extra", "").splitlines() if line.strip()})
        if not self.errors and not any(hours.values()):
            self.add_error("mon", "No day has hours. Give at least one day some, such as 09:00-17:00.")
        if self.errors:
            return values
        public = {"country": values["country"], "subdivision": values["subdivision"].strip().upper()}
        kept = {name: value for name, value in {**public, "extra": extra}.items() if value}
        document = {"zone": values["zone"], "hours": {key: spans for key, spans in hours.items() if spans}}
        try:
            values["document"] = parse_calendar({**document, "holidays": kept}).as_json()
        except CalendarError as error:
            place = PLACES.get(error.field, error.field.removeprefix("hours."))
            self.add_error(
                place if place in self.fields else None,
                f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}.",
            )
        return values

    def _spans(self, key: str) -> list[list[str]]:
        text = self.cleaned_data.get(key, "").strip()
        pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
        found = [SPAN.fullmatch(piece) for piece in pieces]
        if not all(found):
            self.add_error(key, "Write from and until as 09:00-17:00; several with commas.")
        return [[match[1].zfill(5), match[2].zfill(5)] for match in found if match]


def spans_in_words(spans: list[list[str]]) -> str:
    """[["09:00", "17:00"]] -> 09:00-17:00; several with commas."""
    return ", ".join(f"{start}-{end}" for start, end in spans)


def calendar_initial(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """A calendar as the form's first values."""
    public = document.get("holidays") or {}
    hours = {key: spans_in_words(document["hours"].get(key, [])) for key in DAYS}
    days = {"country": public.get("country", ""), "subdivision": public.get("subdivision", "")}
    return {"name": name, "zone": document["zone"], **hours, **days, "extra": "\n".join(public.get("extra", []))}


def next_days_off(calendar: Calendar, today: date, number: int = 3) -> list[tuple[date, str]]:
    """The next holidays of a calendar, with their names."""
    return sorted((day, name) for day, name in calendar.holidays.items() if day >= today)[:number]
