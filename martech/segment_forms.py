"""Forms of segments."""

from typing import Any

from django import forms

from governance.models import ContactChannel
from governance.purposes import DATA_TRANSFER
from governance.selectors.purposes import purposes
from martech.models import SegmentKind
from mops.core.conditions.widget import ConditionField
from mops.core.inputs import DayInput

KINDS = [
    (SegmentKind.LIVE, "Live: people come and go as the condition says"),
    (SegmentKind.STATIC, "Static: whom it catches now, until you change it"),
]


class ConditionForm(forms.Form):
    """A condition and the revision of the draft it began from."""

    condition = ConditionField("segment", label="People for whom")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SegmentForm(ConditionForm):
    name = forms.CharField(
        max_length=120, help_text="What colleagues call these people, such as DACH enterprise, engaged"
    )
    description = forms.CharField(max_length=400, required=False)
    kind = forms.ChoiceField(choices=KINDS, initial=SegmentKind.LIVE)
    field_order = ("name", "description", "condition", "kind")


class ChangeSegmentForm(SegmentForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["kind"]


class CountForm(ConditionForm):
    """What the builder asks the count of; half-written conditions are no error, they only have no count."""


class ExportForm(forms.Form):
    """What the file is for; the gate of consent is asked for that."""

    purpose = forms.ChoiceField(initial=DATA_TRANSFER, help_text="People who said no to it are held back")
    channel = forms.ChoiceField(choices=ContactChannel.choices, initial=ContactChannel.DATA)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purpose"].choices = [(purpose.key, purpose.label) for purpose in purposes()]  # type: ignore[attr-defined]


class OnDayForm(forms.Form):
    on = forms.DateField(widget=DayInput(), label="Who was in it on")
