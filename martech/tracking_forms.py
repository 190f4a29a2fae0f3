"""The form of an event source."""

from typing import Any

from django import forms

from governance.selectors.purposes import purposes
from martech.models import EventSource
from martech.models.tracking import DEFAULT_RATE


class SourceForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="Where the events come from, like “Website” or “Product”")
    system = forms.CharField(
        max_length=80, required=False, initial="cdp", help_text="Sources of one product share it, and its user ids"
    )
    origins = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Web origins",
        help_text="Whose browsers may send, one a line: https://www.example.com. Empty for servers and apps",
    )
    purpose = forms.ChoiceField(
        required=False,
        label="Consent purpose",
        help_text="Only when everybody identified here has given this consent",
    )
    events_per_second = forms.IntegerField(min_value=1, max_value=1_000_000, initial=DEFAULT_RATE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {one.key: one.label for one in purposes()}
        kept = str(self.initial.get("purpose") or "")
        gone = [(kept, f"{kept} (nobody described it)")] if kept and kept not in known else []
        self.fields["purpose"].choices = [("", "None"), *known.items(), *gone]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "origins": self.cleaned_data["origins"].split()}

    @staticmethod
    def initial_of(source: EventSource) -> dict[str, Any]:
        names = ("name", "system", "purpose", "events_per_second")
        return {"origins": "\n".join(source.origins), **{name: getattr(source, name) for name in names}}
