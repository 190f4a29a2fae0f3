"""Rows of a form that say which value of ours is which of theirs, with the values of both sides to choose from."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from martech.selectors.sync_words import Choices, Words

PREFIX = "v"
SPARE = 2


class ValueForm(forms.Form):
    ours = forms.CharField(required=False, max_length=1_000, label="Ours")
    theirs = forms.CharField(required=False, max_length=1_000, label="Theirs")

    def __init__(self, *args: Any, words: Words, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices, is_closed in (
            ("ours", words.ours, words.is_ours_closed),
            ("theirs", words.theirs, words.is_theirs_closed),
        ):
            self.fields[name].widget = widget_of(name, choices, is_closed, str(self.initial.get(name) or ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("theirs") and not values.get("ours"):
            self.add_error("ours", "Say which value of ours it is.")
        return values


def widget_of(name: str, choices: Choices, is_closed: bool, value: str) -> forms.Widget:
    """A choice where there are no other values, else a text with proposals. A value that is gone stays to be seen."""
    if not is_closed:
        return forms.TextInput({"list": f"words-{name}", "class": "form-control"})
    known = {key for key, _label in choices}
    gone = [(value, f"{value} (does not exist any more)")] if value and value not in known else []
    return forms.Select({"class": "form-select"}, [("", "—"), *gone, *choices])


class ValueRows(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if any(self.errors):
            return
        seen = set()
        for row in self.forms:
            ours = row.cleaned_data.get("ours", "")
            if row.cleaned_data.get("theirs"):
                if ours in seen:
                    row.add_error("ours", f"“{ours}” stands twice: keep one of the rows.")
                seen.add(ours)

    def values(self) -> dict[str, str]:
        """{ours: theirs}; a row without one of theirs is left out."""
        rows = [row.cleaned_data for row in self.forms]
        return {row["ours"]: row["theirs"] for row in rows if row.get("theirs")}


ValueFormSet = forms.formset_factory(ValueForm, formset=ValueRows, extra=SPARE, max_num=500)


def value_rows(words: Words, values: Mapping[str, str], *, data: Any = None) -> Any:
    """A row for each value of ours, in the order it has here; one without theirs is not translated."""
    known = [value for value, _label in words.ours]
    order = [*known, *(ours for ours in values if ours not in known)]
    if not words.is_ours_closed:
        order.sort(key=lambda ours: ours not in values)
    rows = [{"ours": ours, "theirs": values.get(ours, "")} for ours in order]
    found = ValueFormSet(data, initial=rows, prefix=PREFIX, form_kwargs={"words": words})
    if words.is_ours_closed:
        found.extra = 0  # every value of ours has its row
    return found


def unsaid(words: Words, values: Mapping[str, str]) -> Sequence[str]:
    """Options of theirs that no value of ours means: what comes in with one waits as a dead letter."""
    return [label for value, label in words.theirs if value not in values.values()] if values else []
