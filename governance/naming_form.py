"""The form of a naming rule: its delimiter, and a row for each part."""

from typing import Any

from django import forms
from django.utils.text import slugify

from governance.models import NamingRule
from governance.taxonomy import Grammar, NameRefused, Part, build, grammar_of

SPARE_ROWS = 2
EXAMPLE_TEXT = "Spring launch"


class DelimiterForm(forms.Form):
    """How parts are joined, and a name to try on the rule."""

    delimiter = forms.CharField(
        max_length=3,
        strip=False,
        label="Between the parts",
        help_text="One to three signs; spaces count, as in “ | ”",
    )
    sample = forms.CharField(max_length=200, required=False, label="Try a name")


class PartForm(forms.Form):
    """One part of a name; a row without a label is left out."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(max_length=60, required=False, label="Part")
    values = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Allowed values",
        help_text="One a line; empty for free text",
    )


PartFormSet = forms.formset_factory(PartForm, extra=SPARE_ROWS, can_order=True, max_num=12)


class RuleForm:
    """The whole rule as one form: `head`, the rows of `parts`, and what a POST of them says."""

    def __init__(self, rule: NamingRule | None, data: Any = None) -> None:
        stored = rule.parts if rule else []
        rows = [{**part, "values": "\n".join(part.get("values") or [])} for part in stored]
        delimiter = rule.delimiter if rule else " | "
        self.head = DelimiterForm(data, initial={"delimiter": delimiter, "sample": example_of(rule)})
        self.parts = PartFormSet(data, initial=rows, prefix="parts")

    def is_valid(self) -> bool:
        return self.head.is_valid() and self.parts.is_valid()

    @property
    def delimiter(self) -> str:
        return str(self.head.cleaned_data["delimiter"])

    @property
    def sample(self) -> str:
        return " ".join(self.head.cleaned_data["sample"].split())

    def rows(self) -> list[dict[str, Any]]:
        """The parts with a label, in their order, as the services take them."""
        kept = [row.cleaned_data for row in self.parts.ordered_forms if row.cleaned_data.get("label", "").strip()]
        return [
            {"key": row["key"] or key_of(row["label"]), "label": row["label"], "values": row["values"].splitlines()}
            for row in kept
        ]


def key_of(label: str) -> str:
    """A key for a new part: `Target group` is `target_group`, `地域` stays what it is."""
    return slugify(label, allow_unicode=True).replace("-", "_") or label


def example_of(rule: NamingRule | None) -> str:
    """A name that follows the rule: the first allowed value of every part."""
    return example_name(grammar_of(rule.delimiter, rule.parts)) if rule else ""


def example_name(grammar: Grammar) -> str:
    def text_of(part: Part) -> str:
        return part.values[0] if part.values else EXAMPLE_TEXT

    try:
        return build(grammar, {part.key: text_of(part) for part in grammar.parts})
    except NameRefused:
        return ""
