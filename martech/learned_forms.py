"""The form of the learned score."""

from typing import Any

from django import forms

from martech.learned.document import BEFORE, METHODS, NEVER, TYPES
from martech.routing_forms import EditForm
from mops.core.conditions import get_catalogue


def usable_fields() -> list[tuple[str, str]]:
    specs = [spec for spec in get_catalogue("person").fields.values() if spec.custom is None and spec.type in TYPES]
    return [(s.key, s.label) for s in specs if s.key not in NEVER and not s.lookup.startswith(("owner", "campaign"))]


class LearnedForm(EditForm):
    name = forms.CharField(max_length=120)
    method = forms.ChoiceField(choices=list(METHODS.items()))
    fields_used = forms.MultipleChoiceField(
        label="Fields", widget=forms.CheckboxSelectMultiple, help_text="Touches are counted besides, by kind"
    )
    window_days = forms.IntegerField(min_value=1, max_value=730, label="Touches of the last days")
    holdout = forms.IntegerField(
        min_value=10, max_value=50, label="Held back (%)", help_text="The latest deals judge what the others taught"
    )
    minimum = forms.IntegerField(min_value=50, max_value=100_000, label="Fewest closed deals")
    before_history = forms.ChoiceField(
        choices=list(BEFORE.items()), label="Deals opened before anything was recorded about their person"
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, help_text="The same seed gives the same model")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = dict(usable_fields())
        extra = [(key, key) for key in self.initial.get("fields_used", []) if key not in known]
        self.fields["fields_used"].choices = [*known.items(), *extra]  # type: ignore[attr-defined]

    def document(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "fields_used")}
        return {**values, "fields": self.cleaned_data["fields_used"]}


def learned_initial(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "fields_used": document.get("fields", [])}
