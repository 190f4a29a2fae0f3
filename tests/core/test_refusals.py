"""A refusal of a service stands at the field it is about."""

from django import forms

from mops.core.errors import DomainError
from mops.core.refusals import add_errors


class Invitation(forms.Form):
    email = forms.CharField()
    roles = forms.CharField()


def shown(error: DomainError) -> dict[str, list[str]]:
    form = Invitation({"email": "ana@example.org", "roles": "analyst"})
    assert form.is_valid()
    add_errors(form, error, role="roles")
    return {field: list(reasons) for field, reasons in form.errors.items()}


def test_reasons_stand_at_their_fields_also_where_the_form_calls_one_otherwise() -> None:
    error = DomainError("No.", errors={"email": ["It is taken."], "role": ["Choose another."]})
    assert shown(error) == {"email": ["It is taken."], "roles": ["Choose another."]}


def test_what_the_form_has_no_field_for_stands_above_it_with_its_place_in_words() -> None:
    error = DomainError("No.", errors={"rules[0].to": ["There is no such pool."], "revision": ["It moved on."]})
    [place, plain] = shown(error)["__all__"]
    assert place.endswith(": There is no such pool.")
    assert "[" not in place
    assert plain == "It moved on."


def test_a_refusal_without_reasons_is_told_itself() -> None:
    assert shown(DomainError("The person was refused.")) == {"__all__": ["The person was refused."]}
