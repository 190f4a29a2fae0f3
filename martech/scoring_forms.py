"""Forms of scoring and of the lifecycle; what they say goes into the document, and the document is what is checked."""

from typing import Any

from django import forms

from martech.lifecycle.document import DEAL_EVENTS, EXITS
from martech.models import Stage
from martech.routing_forms import EditForm, TextForm
from martech.scoring.document import HIGHEST, LONGEST_WINDOW, MOST_POINTS
from mops.core.conditions.widget import ConditionField

PARTS = {"fit": "Fit", "engagement": "Engagement"}
DEAL_WORDS = {"opened": "a deal of theirs is opened", "won": "a deal of theirs is won"}


class FitRuleForm(EditForm):
    name = forms.CharField(max_length=120, help_text="What colleagues read as the reason, such as Large company")
    when = ConditionField("person", label="When")
    points = forms.IntegerField(min_value=-MOST_POINTS, max_value=MOST_POINTS, help_text="Below 0 speaks against them")
    group = forms.CharField(max_length=40, required=False, help_text="Rules of a group may share a cap, see Settings")

    def rule(self) -> dict[str, Any]:
        """The rule as the document says it."""
        values = self.cleaned_data
        kept = {name: values[name] for name in ("name", "when", "points")}
        return {**kept, **({"group": values["group"]} if values["group"] else {})}


class EngagementRuleForm(FitRuleForm):
    when = ConditionField("touch", label="For every touch with")
    points = forms.IntegerField(min_value=1, max_value=MOST_POINTS)
    half_life_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_WINDOW, label="Half-life (days)", help_text="After it a touch is worth half"
    )
    window_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_WINDOW, label="Window (days)", help_text="After it a touch is worth nothing"
    )

    def rule(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {**super().rule(), **{name: values[name] for name in ("half_life_days", "window_days")}}


RULE_FORMS: dict[str, type[FitRuleForm]] = {"fit": FitRuleForm, "engagement": EngagementRuleForm}


class ScoringSettingsForm(EditForm):
    """The name, where a grade begins, and the cap of every group there is."""

    name = forms.CharField(max_length=120)

    def __init__(self, *args: Any, groups: dict[str, list[str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        for part, marks in (("fit", "ABC"), ("engagement", "123")):
            for index, mark in enumerate(marks):
                label = f"{PARTS[part]}: {mark} from"
                self.fields[f"{part}_{index}"] = forms.IntegerField(min_value=1, max_value=HIGHEST, label=label)
            for index, group in enumerate(groups[part]):
                label = f"{PARTS[part]}: at most from {group or 'rules without a group'}"
                cap = forms.IntegerField(
                    min_value=1, max_value=HIGHEST, required=False, label=label, help_text="Empty: no cap"
                )
                self.fields[f"{part}_cap_{index}"] = cap

    def grades(self) -> dict[str, list[int]]:
        return {part: [self.cleaned_data[f"{part}_{index}"] for index in range(3)] for part in PARTS}

    def caps(self) -> dict[str, dict[str, int]]:
        return {
            part: {
                group: cap
                for index, group in enumerate(self.groups[part])
                if (cap := self.cleaned_data.get(f"{part}_cap_{index}"))
            }
            for part in PARTS
        }


def settings_initial(document: dict[str, Any], groups: dict[str, list[str]]) -> dict[str, Any]:
    initial: dict[str, Any] = {"name": document.get("name", "")}
    for part in PARTS:
        thresholds = document.get("grades", {}).get(part, [75, 50, 25])
        initial |= {f"{part}_{index}": value for index, value in enumerate(thresholds)}
        caps = document.get(part, {}).get("caps", {})
        initial |= {f"{part}_cap_{index}": caps.get(group) for index, group in enumerate(groups[part])}
    return initial


def groups_of(document: dict[str, Any]) -> dict[str, list[str]]:
    """The groups that rules of each half are in, in their order."""
    return {
        part: list(dict.fromkeys(rule.get("group", "") for rule in document.get(part, {}).get("rules", [])))
        for part in PARTS
    }


class StageForm(EditForm):
    """What makes people enter a stage, when they are stuck in it, and where they may go from it."""

    when = ConditionField("person", label="People enter by themselves when", required=False)
    on_deal = forms.ChoiceField(
        label="People enter by a fact when",
        required=False,
        choices=[("", "—"), *((k, DEAL_WORDS[k]) for k in DEAL_EVENTS)],
    )
    stuck_after_days = forms.IntegerField(
        min_value=1, max_value=3_650, required=False, label="Stuck after (days)", help_text="Empty: never"
    )
    targets = forms.MultipleChoiceField(label="From here to", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, stage: str, keys: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["targets"].choices = [(key, Stage(key).label) for key in keys if key != stage]  # type: ignore[attr-defined]
        if stage in EXITS:
            del self.fields["when"], self.fields["on_deal"]

    def stage_fields(self) -> dict[str, Any]:
        """The stage's fields as the document says them; None where there is nothing to say."""
        return {name: self.cleaned_data.get(name) or None for name in ("when", "on_deal", "stuck_after_days")}


class DocumentForm(TextForm):
    """A whole document as text."""

    def __init__(self, *args: Any, label: str, help_text: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].label, self.fields["document"].help_text = label, help_text


class MoveForm(forms.Form):
    """Where somebody is moved, and why."""

    stage = forms.ChoiceField(label="Move to")
    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput,
        help_text="It stays with the person, and everybody who sees them reads it",
    )

    def __init__(self, *args: Any, targets: list[Stage], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stage"].choices = [(stage.value, stage.label) for stage in targets]  # type: ignore[attr-defined]
