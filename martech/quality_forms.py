"""Forms of data quality: a monitor of one kind at a time, a finding's owner and due date."""

from typing import Any

from django import forms

from governance.models import User
from martech.condition_fields import countries
from martech.quality.document import FORMATS, MOST_WEIGHT, STATISTICS
from martech.quality.fixing import FIXES, LIMITS
from martech.quality.reading import EVERYBODY
from martech.routing_forms import EditForm
from mops.core.conditions import Type, get_catalogue
from mops.core.conditions.widget import ConditionField
from mops.core.inputs import DayInput

Choices = list[tuple[str, str]]
TYPES: dict[str, tuple[Type, ...]] = {"freshness": (Type.DATETIME,), "uniqueness": (Type.TEXT, Type.CHOICE)}


def fields_for(kind: str) -> Choices:
    """The fields a kind can ask about; properties are named in the document as text."""
    specs = [spec for spec in get_catalogue("person").fields.values() if spec.custom is None]
    allowed = TYPES.get(kind)
    return [(s.key, s.label) for s in specs if s.type is not Type.JSON and (allowed is None or s.type in allowed)]


class MonitorForm(EditForm):
    """The fields of one kind of monitor; `kind` comes with the address and never changes."""

    name = forms.CharField(max_length=120, help_text="What should be true, such as “Sales has a phone number”")
    field = forms.ChoiceField(label="Field")
    format = forms.ChoiceField(label="Has to be", required=False)
    same_as = forms.ChoiceField(label="Same as", required=False)
    must = ConditionField("person", label="Or has to meet", required=False)
    together = forms.MultipleChoiceField(
        label="Together with", required=False, help_text="People only count as the same when these are the same too"
    )
    days = forms.IntegerField(min_value=1, max_value=3_650, label="At most days ago", initial=365)
    statistic = forms.ChoiceField(choices=list(STATISTICS.items()), label="Measure")
    baseline_from = forms.DateField(label="Compare with who came from", widget=DayInput())
    baseline_to = forms.DateField(label="Until", widget=DayInput())
    window_days = forms.IntegerField(min_value=1, max_value=365, initial=30, label="Newcomers of the last days")
    threshold = forms.FloatField(
        min_value=0.01, max_value=5, initial=0.25, help_text="By custom 0.1 is a small and 0.25 a large shift"
    )
    minimum = forms.IntegerField(
        min_value=50, max_value=1_000_000, initial=200, help_text="Fewer people on either side give no answer"
    )
    scope = ConditionField("person", label="Only people with", required=False)
    target = forms.IntegerField(min_value=1, max_value=100, initial=95, label="Target (%)")
    weight = forms.IntegerField(min_value=1, max_value=MOST_WEIGHT, initial=1, help_text="Counts in the scores")
    due_days = forms.IntegerField(min_value=1, max_value=365, initial=14, label="Days to put it right")

    ONLY = {
        "validity": ("format", "must"),
        "consistency": ("same_as", "must"),
        "uniqueness": ("together",),
        "freshness": ("days",),
        "drift": ("statistic", "baseline_from", "baseline_to", "window_days", "threshold", "minimum"),
    }

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        kept = set(self.ONLY.get(kind, ()))
        for name in {name for names in self.ONLY.values() for name in names} - kept:
            del self.fields[name]
        if kind == "drift":
            del self.fields["target"]
        texts = [(key, label) for key, label in fields_for("uniqueness")]
        self._choose("field", fields_for(kind))
        self._choose("same_as", [("", "—"), *texts])
        self._choose("together", texts)
        self._choose("format", [("", "—"), *FORMATS.items()])

    def _choose(self, name: str, choices: Choices) -> None:
        if name not in self.fields:
            return
        known = self.initial.get(name)
        listed = [known] if isinstance(known, str) else known or []
        extra = [(key, key) for key in listed if key and key not in dict(choices)]
        self.fields[name].choices = [*choices, *extra]  # type: ignore[attr-defined]

    def document(self) -> dict[str, Any]:
        """The monitor as its document says it; nothing that was left empty."""
        values = self.cleaned_data
        found: dict[str, Any] = {"kind": self.kind}
        for name in ("name", "field", "format", "same_as", "must", "together", "days", "scope", "target", "weight"):
            if values.get(name) not in (None, "", []):
                found[name] = values[name]
        if self.kind == "drift":
            found["drift"] = {name: values[name] for name in ("statistic", "window_days", "threshold", "minimum")}
            found["drift"]["baseline"] = [values["baseline_from"].isoformat(), values["baseline_to"].isoformat()]
        return {**found, "due_days": values["due_days"]}


def monitor_initial(document: dict[str, Any]) -> dict[str, Any]:
    """A document as the form's first values."""
    drift = document.get("drift") or {}
    days = drift.get("baseline") or [None, None]
    flat = {name: value for name, value in drift.items() if name != "baseline"}
    first = {"scope": document.get("scope") or EVERYBODY, "baseline_from": days[0], "baseline_to": days[-1]}
    return {**document, **flat, **first}


class NewMonitorForm(MonitorForm):
    revision = None  # type: ignore[assignment]


def colleagues() -> Any:
    return User.objects.filter(is_active=True).order_by("name", "email")


class FindingForm(forms.Form):
    owner: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Nobody yet")
    due_on = forms.DateField(label="Due", widget=DayInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    until = forms.DateField(label="Live with it until", widget=DayInput())
    note = forms.CharField(max_length=300, label="Why", widget=forms.TextInput)


class MonitorOwnerForm(forms.Form):
    owner: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Nobody", label="Owner")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["owner"].widget.attrs["class"] = "form-select form-select-sm w-auto"


class FixForm(forms.Form):
    """What a fix corrects. It is counted first; nothing is changed before somebody has seen it."""

    kind = forms.ChoiceField(choices=list(FIXES.items()), label="Correct by")
    field = forms.ChoiceField(label="In")
    default_country = forms.ChoiceField(
        required=False,
        label="Country of numbers without one",
        help_text="For phones of people whose country is empty",
        widget=forms.Select({"data-when": "kind=phone"}),
    )
    property = forms.CharField(
        required=False,
        max_length=100,
        label="Property",
        help_text="Its name, such as plan",
        widget=forms.TextInput({"data-when": "kind=property"}),
    )
    monitor = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = [(name, name.replace("_", " ").capitalize()) for name in LIMITS]
        self.fields["field"].choices = labels  # type: ignore[attr-defined]
        self.fields["default_country"].choices = [("", "—"), *countries()]  # type: ignore[attr-defined]
