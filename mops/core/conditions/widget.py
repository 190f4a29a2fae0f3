"""The form field of a condition: a builder where there is JavaScript, a JSON text where there is none."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from mops.core.conditions.catalogue import Catalogue, Field, get_catalogue
from mops.core.conditions.operators import OPERATORS, words_for
from mops.core.conditions.parsing import ConditionError, Finding, parse
from mops.core.conditions.tree import dump
from mops.core.documents import place_in_words


def _described(field: Field) -> dict[str, Any]:
    inner = field.custom.inner() if field.custom else None
    return {
        "key": field.key,
        "label": field.label,
        "type": "custom" if field.custom else field.type.value,
        "operators": [[operator, words_for(operator, field.type)] for operator in field.operators],
        "choices": [list(choice) for choice in field.choices()] if field.choices else [],
        "names": [list(name) for name in field.names()] if field.names else [],
        "inputs": field.custom.inputs() if field.custom else [],
        "fields": [_described(one) for one in inner.fields.values()] if inner else [],
    }


def described(catalogue: Catalogue) -> str:
    """The fields as the builder knows them, in their order, as JSON."""
    return json.dumps([_described(field) for field in catalogue.fields.values()], cls=DjangoJSONEncoder)


def said(finding: Finding) -> str:
    """A finding as the builder shows its place and its operators."""
    remedy = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda found: _operator_in_words(found[0]), finding.remedy)
    return f"{place_in_words(finding.path) or 'Condition'}: {finding.reason}; {remedy}."


def _operator_in_words(name: str) -> str:
    return f"“{name.replace('_', ' ')}”" if name in OPERATORS else name


class ConditionWidget(forms.Textarea):
    """A textarea of JSON that `static/js/conditions.js` turns into a builder; the textarea stays what is submitted.

    `shared` is (id, number): the fields are the first ones of a list that the page has once, as `described`, in the
    element of that id; when it is swapped the builder follows.
    """

    template_name = "components/condition_builder.html"

    class Media:
        js = ("js/conditions.js",)

    def __init__(self, catalogue: Catalogue, attrs: dict[str, Any] | None = None) -> None:
        classes = {"class": "form-control font-monospace", "rows": 6, "spellcheck": "false"}
        super().__init__({**classes, **(attrs or {})})
        self.catalogue = catalogue
        self.shared: tuple[str, int] | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["shared"] = self.shared
        if self.shared is None:
            context["widget"]["config"] = described(self.catalogue)
        return context


class ConditionField(forms.CharField):
    """Cleans to the JSON tree of a valid condition, ready for a JSONField; None when empty and not required.

    `ConditionField("person")` or `ConditionField(catalogue)`. Every finding becomes one error of the field.
    """

    def __init__(self, catalogue: Catalogue | str, **options: Any) -> None:
        self.catalogue = get_catalogue(catalogue) if isinstance(catalogue, str) else catalogue
        options.setdefault("widget", ConditionWidget(self.catalogue))
        super().__init__(**{"strip": True, "empty_value": None, **options})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text is None:
            return None
        try:
            return dump(parse(json.loads(text), self.catalogue))
        except ConditionError as error:
            raise ValidationError([ValidationError(said(one), code="condition") for one in error.findings]) from None
        except RecursionError:
            raise ValidationError("condition: is nested too deep; flatten the groups", code="condition") from None
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise ValidationError(f"condition: is not JSON at {place}; check quotes and commas", code="json") from None

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != (json.loads(data) if data else None))
        except (ValueError, RecursionError):
            return True
