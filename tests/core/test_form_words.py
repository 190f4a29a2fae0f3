"""Forms say what would be right: those of the app and those of other packages."""

from typing import Any

import pytest
from allauth.account.forms import LoginForm
from django import forms

from governance.forms import UserForm
from planning.forms import CampaignForm, EntryForm


def said(form: forms.Form) -> dict[str, Any]:
    return {name: reasons[0] for name, reasons in form.errors.items()}


def test_an_empty_form_says_what_every_field_needs() -> None:
    needed = said(CampaignForm({}))
    assert needed["name"] == "Fill this in; it cannot stay empty."
    assert needed["channel"] == "Choose one of the list."
    assert needed["starts_on"] == "Enter a day, like 2026-11-30."
    assert said(UserForm({}))["email"] == "Enter an e-mail address, like name@company.com."


def test_a_value_that_cannot_be_read_is_answered_with_one_that_can() -> None:
    wrong = said(EntryForm({"kind": "gift", "month": "31.02.2026", "amount": "12,5 EUR"}))
    assert wrong == {
        "kind": "Choose one of the list; “gift” is not in it.",
        "month": "Enter a day that exists, as year, month and day: 2026-11-30.",
        "amount": "Enter a number in digits, like 1250.50, without a currency or spaces.",
    }


@pytest.mark.django_db
def test_signing_in_says_it_the_same_way() -> None:
    assert said(LoginForm({}))["password"] == "Fill this in; it cannot stay empty."
