"""Forms of a mapping: one of its fields at a time, which records are made where, and all of it as text."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from governance.models import ContactChannel
from governance.selectors.purposes import purposes
from martech.connectors.port import Kind, RemoteField
from martech.routing_forms import EditForm
from martech.sync.document import MATCHES
from martech.sync.drift import label_in
from martech.sync.fields import FIELDS, PROPERTY, our_label
from martech.sync.rules import TRUTHS
from martech.sync.transforms import TRANSFORMS
from martech.sync.value_maps import Pair, as_rows
from mops.core.conditions.widget import ConditionField

NOTHING: Mapping[str, Any] = {}
DIRECTIONS = {"both": "Both ways", "pull": "From there to here", "push": "From here to there"}
MADE_THERE = {"nobody": "Nobody", "everybody": "All of them", "some": "Those who meet the condition"}


def their_label(schema: Mapping[str, RemoteField], name: str, stored: Mapping[str, Any] = NOTHING) -> str:
    """What people over there read for the field, or did before it vanished (of which the `stored` schema tells), with its
    name."""
    label = label_in(stored, schema, name)
    return f"{label} ({name})" if label != name else name


class FieldForm(EditForm):
    """One field of ours, one of theirs, and whose word counts."""

    ours = forms.ChoiceField(label="Our field")
    property = forms.CharField(
        required=False,
        max_length=100,
        label="Name of the property",
        widget=forms.TextInput({"data-when": f"ours={PROPERTY}"}),
    )
    theirs = forms.ChoiceField(label="Their field")
    direction = forms.ChoiceField(choices=list(DIRECTIONS.items()), label="Values go")
    truth = forms.ChoiceField(choices=list(TRUTHS.items()), initial="newest", label="Whose word counts")
    transform = forms.ChoiceField(
        choices=[("", "As it is"), *((key, one.label) for key, one in TRANSFORMS.items())],
        required=False,
        label="Written",
    )
    blank_wins = forms.BooleanField(required=False, label="Empty counts, too: it empties the other side")

    def __init__(self, *args: Any, kind: str, schema: Mapping[str, RemoteField], **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(name, field.label) for name, field in FIELDS[kind].items()]
        self.fields["ours"].choices = [*known, (PROPERTY, "A property of ours…")]  # type: ignore[attr-defined]
        theirs = sorted(((name, their_label(schema, name)) for name in schema), key=lambda one: one[1].lower())
        gone = self.initial.get("theirs")
        missing = [(gone, f"{gone}, which is gone over there")] if gone and gone not in schema else []
        self.fields["theirs"].choices = [("", "Choose…"), *missing, *theirs]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("ours") == PROPERTY and not values.get("property", "").strip():
            self.add_error("property", "Enter the name of the property, such as plan.")
        return values

    def row(self, words: Iterable[Pair]) -> dict[str, Any]:
        """The field as the mapping document says it, with `words` of ours and theirs in their order."""
        values = self.cleaned_data
        ours = our_name(values)
        said = {name: values[name] for name in ("theirs", "direction", "truth")}
        row = {"ours": ours, **said, "values": as_rows(words)}
        for name in ("transform", "blank_wins"):
            if values[name]:
                row[name] = values[name]
        return row


def field_initial(row: Mapping[str, Any]) -> dict[str, Any]:
    """A field of the document as the form's first values."""
    ours = str(row.get("ours", ""))
    split = {"ours": PROPERTY, "property": ours.removeprefix(PROPERTY)} if ours.startswith(PROPERTY) else {}
    return {"direction": "both", **row, **split}


def our_name(given: Mapping[str, Any]) -> str:
    """The name of the field of ours that a form or an address chose."""
    ours = str(given.get("ours") or "")
    return PROPERTY + str(given.get("property") or "").strip() if ours == PROPERTY else ours


class RecordsForm(EditForm):
    """How records find one another, and which are made where."""

    match = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="A record new to us is one of ours when they share",
        help_text="None: every record of theirs is a new one here",
    )
    create_here = forms.BooleanField(required=False, label="What is only there is made here")
    made_there = forms.ChoiceField(choices=list(MADE_THERE.items()), label="What is only here is made there")
    create_there = ConditionField("person", required=False, label="Those who meet")
    purpose = forms.ChoiceField(
        required=False, label="Sent for the purpose", help_text="Nobody is sent without consent to it"
    )
    channel = forms.ChoiceField(choices=ContactChannel.choices, required=False, label="Consent for the channel")

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = [(name, our_label(kind, name)) for name in MATCHES[kind]]
        self.fields["match"].choices = labels  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            ("", "No purpose: consent is not asked"),
            *((one.key, one.label) for one in purposes()),
        ]
        if kind != Kind.PERSON:
            self.fields["made_there"].choices = [  # type: ignore[attr-defined]
                (key, words) for key, words in MADE_THERE.items() if key != "some"
            ]
            for name in ("create_there", "purpose", "channel"):
                del self.fields[name]
        else:
            self.fields["create_there"].widget.attrs["data-when"] = "made_there=some"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("made_there") == "some" and not values.get("create_there"):
            self.add_error("create_there", "Say who is made there.")
        return values

    def records(self) -> dict[str, Any]:
        """The part of the document besides its fields."""
        values = self.cleaned_data
        there: Any = {"nobody": False, "everybody": True}.get(values["made_there"], values.get("create_there"))
        found = {"match": values["match"], "create_here": values["create_here"], "create_there": there}
        if values.get("purpose"):
            found |= {"purpose": values["purpose"], "channel": values["channel"]}
        return found


def records_initial(document: Mapping[str, Any]) -> dict[str, Any]:
    there = document.get("create_there", False)
    made = {True: "everybody", False: "nobody"}[there] if isinstance(there, bool) else "some"
    condition = there if made == "some" else {"all": []}
    return {"create_here": True, **document, "made_there": made, "create_there": condition}


class MappingForm(forms.Form):
    """The mapping as text. The revision is the one the editor saw."""

    document = forms.CharField(
        label="Mapping as text",
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false"}),
        help_text="JSON, one field a line.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_document(self) -> Any:
        try:
            return json.loads(self.cleaned_data["document"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"Line {error.lineno}, column {error.colno}: {error.msg}. Write JSON as shown before."
            ) from error
        except RecursionError:
            raise forms.ValidationError("It is nested too deep. Write it as shown before.") from None


def pretty(document: Mapping[str, Any]) -> str:
    """One field a line, so that a difference can be read."""
    rows = document.get("fields", [])
    lines = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    rest = "".join(
        f",\n  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in document.items()
        if key != "fields"
    )
    return f'{{\n  "fields": [\n    {lines}\n  ]{rest}\n}}'
