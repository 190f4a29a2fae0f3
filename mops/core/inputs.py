"""Form inputs every app uses."""

from typing import Any

from django import forms
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
