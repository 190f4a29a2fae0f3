"""Form inputs every app uses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
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

    For a ModelChoiceField; see `mops.core.lists.options` for the answer. `typed` says what of it is typed into a plain
    field where no script looks anything up, like "Its code"; `args` of an address that has some are set by the form.
    """

    args: tuple[Any, ...] = ()

    def __init__(self, url_name: str, typed: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-search": True, **(attrs or {})})
        self.url_name, self.typed = url_name, typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        address = reverse(self.url_name, args=self.args)
        return super().get_context(name, value, {**(attrs or {}), "data-options": address})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        select = super().render(name, value, attrs, renderer)
        if not self.typed:
            return select
        # Always empty: htmx makes fields even of what it finds in a noscript.
        text = (
            '{}<noscript><input name="{}-typed" class="form-control typed" placeholder="{}" aria-label="{}"></noscript>'
        )
        return format_html(text, select, name, self.typed, self.typed)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = str(data.get(f"{name}-typed", "")).strip() if self.typed else ""
        return typed or super().value_from_datadict(data, files, name)

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
