"""The form of an absence."""

from typing import Any

from django import forms
from django.utils import timezone

from governance.models import User
from martech.models import TimeOff
from martech.routing_forms import everybody
from martech.selectors.time_off import away_of, zone_of
from martech.time_off import Away, problem_of
from mops.core.inputs import DayInput
from mops.core.seen import SeenForm


def clock_input() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class TimeOffForm(SeenForm):
    """`who` is asked of who may tell it of anybody; without `choices` it is the person themselves."""

    who = forms.ChoiceField(label="Colleague")
    first = forms.DateField(widget=DayInput(), label="First day")
    last = forms.DateField(widget=DayInput(), label="Last day", help_text="That day included")
    since = forms.TimeField(
        required=False, widget=clock_input(), label="From (time)", help_text="Empty: the whole first day"
    )
    until = forms.TimeField(
        required=False, widget=clock_input(), label="Until (time)", help_text="Empty: the whole last day"
    )
    reason = forms.CharField(
        max_length=120, required=False, help_text="Such as annual leave. Stands where routing says why a lead passed by"
    )

    def __init__(self, *args: Any, user: User, asks_who: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if asks_who:
            self.fields["who"].choices = everybody()  # type: ignore[attr-defined]
        else:
            del self.fields["who"]

    def clean_who(self) -> str:
        email = str(self.cleaned_data["who"])
        self.user = User.objects.get(email__iexact=email)
        return email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last, since, until = (values.get(name) for name in ("first", "last", "since", "until"))
        if not (first and last):
            return values
        if problem := problem_of(first, last, since, until, timezone.localdate()):
            self.add_error(*problem)
        else:
            values["away"] = Away.days(zone_of(self.user), first, last, since, until, values.get("reason", ""))
        return values

    @property
    def zone(self) -> str:
        """In whose clock the days are; of a colleague chosen in the form it is theirs."""
        return "their time zone" if "who" in self.fields else zone_of(self.user).key.replace("_", " ")

    @staticmethod
    def initial_of(absence: TimeOff) -> dict[str, Any]:
        first, last, since, until = away_of(absence).as_days(zone_of(absence.user))
        when = {"first": first, "last": last, "since": since, "until": until}
        return {**when, "reason": absence.reason, "seen": absence.updated_at.isoformat()}
