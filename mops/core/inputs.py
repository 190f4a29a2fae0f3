"""Form inputs every app uses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django_filters import DateFromToRangeFilter
from django_filters.widgets import DateRangeWidget, SuffixedMultiWidget


class DayInput(forms.DateInput):
    """A browser's date field; it takes and gives ISO dates only, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayRangeInput(DateRangeWidget):
    """Two date fields, from and to; both days are included."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        ends = (DayInput(attrs={"aria-label": "From"}), DayInput(attrs={"aria-label": "To"}))
        SuffixedMultiWidget.__init__(self, ends, attrs)


class DayRangeFilter(DateFromToRangeFilter):
    """`?<name>_after=&<name>_before=`, both ISO dates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": DayRangeInput, **kwargs})


class FoundInput(forms.Select):
    """A select of very many: only what is chosen stands in the page, the rest is looked up at `url_name` as one types.

    For a ModelChoiceField; see `mops.core.lists.options` for the answer.
    """

    def __init__(self, url_name: str) -> None:
        super().__init__({"data-search": True})
        self.url_name = url_name

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {**(attrs or {}), "data-options": reverse(self.url_name)})

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        listed: Any = self.choices
        field = listed.field
        key = field.to_field_name or "pk"
        try:
            chosen = list(listed.queryset.filter(**{f"{key}__in": [one for one in value if one]}))
        except (ValueError, ValidationError):
            chosen = []
        options = [(str(getattr(row, key)), field.label_from_instance(row)) for row in chosen]
        return forms.Select(choices=[("", field.empty_label or ""), *options]).optgroups(name, value, attrs)
