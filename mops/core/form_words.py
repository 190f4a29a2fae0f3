"""What forms say about a field that is empty or cannot be read: what would be right, instead of Django's bare refusal."""

from typing import Final

from django import forms
from django.core import validators
from django.core.validators import BaseValidator

WORDS: Final[dict[type[forms.Field], dict[str, str]]] = {
    forms.Field: {"required": "Fill this in; it cannot stay empty."},
    forms.BooleanField: {"required": "Tick this to go on."},
    forms.ChoiceField: {
        "required": "Choose one of the list.",
        "invalid_choice": "Choose one of the list; “%(value)s” is not in it.",
    },
    forms.MultipleChoiceField: {
        "required": "Choose at least one.",
        "invalid_choice": "Choose from the list; “%(value)s” is not in it.",
    },
    forms.ModelChoiceField: {
        "required": "Choose one of the list.",
        "invalid_choice": "Choose one that is in the list.",
    },
    forms.ModelMultipleChoiceField: {"required": "Choose at least one."},
    forms.DateField: {
        "required": "Enter a day, like 2026-11-30.",
        "invalid": "Enter a day that exists, as year, month and day: 2026-11-30.",
    },
    forms.DateTimeField: {
        "required": "Enter a day and a time, like 2026-11-30 14:30.",
        "invalid": "Enter a day and a time, like 2026-11-30 14:30.",
    },
    forms.TimeField: {"required": "Enter a time, like 14:30.", "invalid": "Enter a time, like 14:30."},
    forms.IntegerField: {"required": "Enter a whole number.", "invalid": "Enter a whole number in digits, like 25."},
    forms.DecimalField: {
        "required": "Enter a number.",
        "invalid": "Enter a number in digits, like 1250.50, without a currency or spaces.",
    },
    forms.FloatField: {"required": "Enter a number.", "invalid": "Enter a number in digits, like 0.5."},
    forms.EmailField: {
        "required": "Enter an e-mail address, like name@company.com.",
        "invalid": "Enter an e-mail address, like name@company.com.",
    },
    forms.URLField: {"invalid": "Enter a whole address, like https://example.com/page."},
    forms.SlugField: {"invalid": "Use letters, digits, - and _ only, such as dach-enterprise."},
    forms.FileField: {
        "required": "Choose a file.",
        "empty": "This file is empty; choose one with content.",
        "missing": "Choose a file.",
    },
}


LIMITS: Final[dict[type[BaseValidator], str]] = {
    validators.MinValueValidator: "Enter %(limit_value)s or more.",
    validators.MaxValueValidator: "Enter %(limit_value)s or less.",
    validators.MaxLengthValidator: "Use at most %(limit_value)d characters; this has %(show_value)d.",
    validators.MinLengthValidator: "Use at least %(limit_value)d characters; this has %(show_value)d.",
}


def speak_plainly() -> None:
    """Give every form the words, those of other packages too. Fields made before the call keep their old ones."""
    for limit, text in LIMITS.items():
        limit.message = text
    for field, words in WORDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}
