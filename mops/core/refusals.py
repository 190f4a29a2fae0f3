"""A service's refusal, shown where the form can show it."""

from django import forms

from mops.core.documents import place_in_words
from mops.core.errors import DomainError


def refusal(error: DomainError) -> str:
    """One line: what was refused, with the first reason."""
    reasons = [reason for listed in error.errors.values() for reason in listed]
    return " ".join([error.detail, *reasons[:1]])


def add_errors(form: forms.Form, error: DomainError, **fields: str) -> None:
    """Show the reasons at the form's fields, the others above it; `fields` are those that the form calls otherwise.

    A place within a document (`rules[0].to`) is told in words.
    """
    for given, reasons in error.errors.items():
        field = fields.get(given, given)
        if field in form.fields:
            form.add_error(field, reasons)
        else:
            place = f"{place_in_words(given)}: " if set(given) & set(".[") else ""
            form.add_error(None, [f"{place}{reason}" for reason in reasons])
    if not error.errors:
        form.add_error(None, error.detail)
