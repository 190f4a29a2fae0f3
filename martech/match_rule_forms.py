"""The forms of the match rules: what each rule does, which vetoes hold, the limits; or all of it as text."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput

from martech.models import IdentityRules
from martech.selectors.match_rules import ASK, OFF, TRUSTED, WEAK, RuleLine, VetoLine, rule_lines, treated, veto_lines
from mops.core.seen import SeenForm

TREATMENTS = [
    (TRUSTED, "Merges alone"),
    (ASK, "Asks; merges alone once proven"),
    (WEAK, "Too weak: leaves them alone"),
    (OFF, "Off: is not asked"),
]
LIMITS = {
    "hub_surnames": (3, "An address or number is shared from so many last names on", 2, 1_000),
    "common_name": (8, "A name is common from so many people on", 2, 100_000),
    "largest_cluster": (20, "At most so many records are one person", 2, 1_000),
}


class MatchRulesForm(SeenForm):
    """One choice a rule, one tick a veto."""

    def __init__(self, data: Any = None, *, rules: IdentityRules) -> None:
        super().__init__(data, initial={"seen": rules.updated_at.isoformat()})
        self.document = rules.document
        self.rules, self.vetoes = rule_lines(rules.document), veto_lines(rules.document)
        for rule in self.rules:
            self.fields[f"rule:{rule.key}"] = forms.ChoiceField(
                choices=TREATMENTS,
                initial=rule.treatment,
                label=rule.name,
                widget=forms.Select({"class": "form-select"}),
            )
        for veto in self.vetoes:
            tick = forms.CheckboxInput({"class": "form-check-input"})
            self.fields[f"veto:{veto.key}"] = forms.BooleanField(
                required=False, initial=veto.is_on, label=veto.name, widget=tick
            )
        for name, (usual, label, least, most) in LIMITS.items():
            value = rules.document.get(name, usual)
            number = forms.NumberInput({"class": "form-control"})
            self.fields[name] = forms.IntegerField(
                initial=value, label=label, min_value=least, max_value=most, widget=number
            )

    def rule_rows(self) -> Iterator[tuple[RuleLine, forms.BoundField]]:
        return ((rule, self[f"rule:{rule.key}"]) for rule in self.rules)

    def veto_rows(self) -> Iterator[tuple[VetoLine, forms.BoundField]]:
        return ((veto, self[f"veto:{veto.key}"]) for veto in self.vetoes)

    def limit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in LIMITS]

    def changed(self) -> dict[str, Any]:
        """The document with what was chosen."""
        values, document = self.cleaned_data, copy.deepcopy(self.document)
        document["rules"] = [treated(row, values[f"rule:{row['key']}"]) for row in document["rules"]]
        document["vetoes"] = [{**row, "is_on": values[f"veto:{row['key']}"]} for row in document.get("vetoes", [])]
        return {**document, **{name: values[name] for name in LIMITS}}


class DocumentField(forms.JSONField):
    """A document as people write it: a line a value, and of each rule first what it is called."""

    FIRST = ("rules", "vetoes", "key", "name", "band", "score", "is_trusted", "all", "any", "none")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(self.sorted(value), indent=2, ensure_ascii=False)

    def sorted(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.sorted(one) for one in value]
        if not isinstance(value, dict):
            return value
        first = {name: value[name] for name in self.FIRST if name in value}
        return {name: self.sorted(one) for name, one in {**first, **value}.items()}


class MatchRulesText(SeenForm):
    document = DocumentField(
        label="Rules as JSON",
        widget=forms.Textarea({"rows": 28, "class": "font-monospace", "spellcheck": "false"}),
        help_text="Rules in the order they are asked, vetoes, limits; see docs/identity.md for the signals.",
        error_messages={"invalid": "This is no JSON. Look for a missing comma, quote or bracket."},
    )

    @staticmethod
    def initial_of(rules: IdentityRules) -> dict[str, Any]:
        return {"document": rules.document, "seen": rules.updated_at.isoformat()}
