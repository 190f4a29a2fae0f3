"""The form field of a condition."""

import json
from html import unescape

from django import forms

from mops.core.conditions.widget import ConditionField
from tests.core.condition_specimens import CATALOGUE

TREE = {
    "any": [{"field": "s.country", "op": "in", "value": ["DE", "FR"]}, {"field": "s.ratio", "op": "gt", "value": 0.5}]
}


class RuleForm(forms.Form):
    when = ConditionField(CATALOGUE)
    unless = ConditionField(CATALOGUE, required=False)


def test_the_submitted_text_becomes_the_tree() -> None:
    form = RuleForm({"when": json.dumps(TREE)})
    assert form.is_valid()
    assert form.cleaned_data == {"when": TREE, "unless": None}


def test_a_wrong_value_is_named_at_the_field_and_the_text_is_kept() -> None:
    text = json.dumps({"all": [{"field": "s.employees", "op": "gte", "value": "many"}]})
    form = RuleForm({"when": text})
    assert form.errors == {"when": ["Test 1: needs a number, not text; write it without quotes, such as 500."]}
    assert "many" in str(form["when"])


def test_text_that_is_no_json_says_where() -> None:
    assert RuleForm({"when": '{"all": [}'}).errors == {
        "when": ["condition: is not JSON at line 1, column 10; check quotes and commas"]
    }


def test_a_bottomless_text_is_refused() -> None:
    form = RuleForm({"when": '{"not":' * 50_000})
    assert form.errors == {"when": ["condition: is nested too deep; flatten the groups"]}


def test_the_widget_carries_the_catalogue_for_the_builder() -> None:
    html = unescape(str(RuleForm(initial={"when": TREE})["when"]))
    assert "data-condition-builder" in html
    assert '{"key": "s.country", "label": "Country", "type": "choice"' in html
    assert '["DE", "Germany"]' in html
    assert '"field": "s.country"' in html
    assert "onclick" not in html


def test_an_unchanged_tree_is_no_change() -> None:
    field = ConditionField(CATALOGUE)
    assert not field.has_changed(TREE, json.dumps(TREE, indent=4))
    assert field.has_changed(TREE, "{}")
    assert field.has_changed(TREE, "{")
