"""The form that hands a lead on."""

from typing import Any

from django import forms

from martech.selectors.owners import owners_to_offer, possible_owners

HANDED_TO = {"colleague": "A colleague", "routing": "Whoever is next by the policy", "nobody": "Nobody for now"}


class AssignForm(forms.Form):
    to = forms.ChoiceField(choices=list(HANDED_TO.items()), required=False, initial="colleague", label="Goes to")
    owner = forms.ModelChoiceField(
        possible_owners(),
        required=False,
        label="Colleague",
        widget=forms.Select({"data-when": "to=colleague"}),
        error_messages={"invalid_choice": "Choose one of the list: they are active, and their role owns leads."},
    )
    reason = forms.CharField(max_length=200, required=False, help_text="Shown where somebody asks why")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "Choose…"), *owners_to_offer()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("to") == "colleague" and not values.get("owner") and "owner" not in self.errors:
            self.add_error("owner", "Choose a colleague, or say that it goes to nobody.")
        if values.get("to") == "nobody":
            values["owner"] = None
        return values
