"""Forms of merging."""

from collections.abc import Mapping
from typing import Any

from django import forms

from martech.merging import FIELD_LABELS, MASTER_LABELS, RULE_LABELS, RULES_OF, MergeRules


class MergeRulesForm(forms.Form):
    """One choice per field that leaves one, the order of trust and the order in which the survivor is chosen."""

    trusted = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Trusted systems and sources",
        help_text="One a line, the most trusted first, as they are called in people’s systems and sources.",
    )
    master = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        label="Which record survives",
        help_text="One a line, asked in this order until one record alone is in front: "
        + "; ".join(f"{rule} – {label.lower()}" for rule, label in MASTER_LABELS.items())
        + ". Where none decides, a group is not merged by itself.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = {
            f"fields.{name}": forms.ChoiceField(
                choices=[(str(rule), RULE_LABELS[rule]) for rule in RULES_OF[name]], label=label
            )
            for name, label in FIELD_LABELS.items()
            if len(RULES_OF[name]) > 1
        }
        self.fields = {**fields, **self.fields}

    @staticmethod
    def initial_of(rules: MergeRules, seen: int) -> dict[str, Any]:
        given = {f"fields.{name}": str(rule) for name, rule in rules.fields.items()}
        return {**given, "trusted": "\n".join(rules.trusted), "master": "\n".join(rules.master), "seen": seen}

    def document(self) -> dict[str, Any]:
        """The document of the rules as `read_rules` reads it."""
        data: Mapping[str, Any] = self.cleaned_data
        fields = {name.removeprefix("fields."): value for name, value in data.items() if name.startswith("fields.")}
        return {"fields": fields, "trusted": lines(data["trusted"]), "master": lines(data["master"])}


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
