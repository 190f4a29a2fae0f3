"""Form inputs every app uses."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A browser's date field; it takes and gives ISO dates only, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)
