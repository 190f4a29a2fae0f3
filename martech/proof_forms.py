"""The form that asks for a completeness proof: of everything, or of a part that both sides can be asked for."""

from typing import Any

from django import forms

from martech.connectors.port import Kind
from martech.models import Segment, SegmentKind, Stage
from martech.services.sync.course import Course
from martech.services.sync.questions import carried, catalogue_of
from mops.core.conditions.widget import ConditionField, ConditionWidget

OF_PEOPLE = {
    "everything": "Everything",
    "stage": "A lifecycle stage",
    "segment": "A segment",
    "condition": "A condition",
}
OF_OTHERS = {way: OF_PEOPLE[way] for way in ("everything", "condition")}


class ProofForm(forms.Form):
    """What is compared. The builder offers the fields that the mapping carries; others are refused with why."""

    way = forms.ChoiceField(label="Compare")
    stage = forms.ChoiceField(
        choices=Stage.choices, required=False, widget=forms.Select({"data-when": "way=stage"}), label="Stage"
    )
    segment = forms.ChoiceField(required=False, widget=forms.Select({"data-when": "way=segment"}), label="Segment")

    def __init__(self, course: Course, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_people = course.mapping.kind == Kind.PERSON
        self.fields["way"].choices = list((OF_PEOPLE if is_people else OF_OTHERS).items())  # type: ignore[attr-defined]
        self.fields["condition"] = ConditionField(
            catalogue_of(course.mapping.kind),
            label="Those for whom" if is_people else "Those of which",
            required=False,
            widget=ConditionWidget(carried(course), {"data-when": "way=condition"}),
            help_text="The fields that the mapping carries",
        )
        if not is_people:
            del self.fields["stage"], self.fields["segment"]
            return
        live = Segment.objects.in_use().filter(kind=SegmentKind.LIVE)
        self.fields["segment"].choices = list(live.values_list("key", "name"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        way = found.get("way")
        if way in ("stage", "segment", "condition") and not found.get(way) and way not in self.errors:
            self.add_error(way, "Say which.")
        return found

    @property
    def asked(self) -> dict[str, Any]:
        """What `asked_for` reads."""
        way = self.cleaned_data["way"]
        return {} if way == "everything" else {way: self.cleaned_data[way]}


def initial_of(question: dict[str, Any]) -> dict[str, Any]:
    """The form as somebody filled it for an earlier proof."""
    if not question:
        return {"way": "everything"}
    return {"way": question["way"], question["way"]: question["asked"]}
