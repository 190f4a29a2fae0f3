"""Forms of consent, suppression and purposes."""

from functools import cached_property
from typing import Any

from django import forms

from governance.models import Basis, ContactChannel, Purpose, SuppressionReason
from governance.selectors.purposes import purposes


def any_of(label: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", label), *choices]


def purpose_choices() -> list[tuple[str, str]]:
    return [(purpose.key, purpose.label) for purpose in purposes()]


class AddressForm(forms.Form):
    """One address or number to look up."""

    address = forms.CharField(max_length=254, label="E-mail address or phone number")


class ScopeForm(forms.Form):
    """What a suppression is for, and why."""

    reason = forms.ChoiceField(choices=SuppressionReason.choices)
    channel = forms.ChoiceField(
        choices=lambda: any_of("Every channel", list(ContactChannel.choices)), required=False, label="Channel"
    )
    purpose = forms.ChoiceField(
        choices=lambda: any_of("Every purpose", purpose_choices()), required=False, label="Purpose"
    )
    note = forms.CharField(max_length=300, required=False, help_text="Where it comes from; no personal data")


class SuppressForm(ScopeForm):
    """Addresses typed or pasted, one a line, or a file whose first column holds them."""

    addresses = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        label="Addresses or numbers",
        help_text="One a line. They are kept as keyed hashes: nobody can read them back.",
    )
    file = forms.FileField(required=False, label="Or a file", help_text="CSV or text; the first column counts")
    field_order = ("addresses", "file", "reason", "channel", "purpose", "note")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("addresses", "").strip() and not cleaned.get("file"):
            self.add_error("addresses", "Give at least one address, or a file.")
        return cleaned

    @cached_property
    def lines_read(self) -> list[str]:
        """The lines of both, once the form is valid."""
        found = self.cleaned_data["addresses"].splitlines()
        if upload := self.cleaned_data.get("file"):
            found += upload.read().decode("utf-8-sig", errors="replace").splitlines()
        return found


class LiftForm(forms.Form):
    lift_reason = forms.CharField(
        max_length=300, label="Why may it be contacted again?", help_text="It stays on record with your name."
    )


class PurposeForm(forms.Form):
    """What people are contacted for."""

    label = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(max_length=300, required=False)
    basis = forms.ChoiceField(choices=Basis.choices, label="People are contacted")


class NewPurposeForm(PurposeForm):
    key = forms.SlugField(max_length=60, help_text="As systems send it, such as newsletter; it never changes")
    field_order = ("label", "key", "description", "basis")

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).lower()
        if Purpose.objects.filter(key=key).exists():
            raise forms.ValidationError("There is a purpose of this key.")
        return key
