"""Forms of the tool inventory."""

from typing import Any

from django import forms
from django.conf import settings

from governance.models import User
from martech.models import Contract, Tool, ToolState
from martech.services.stack import LONGEST_NOTICE
from martech.services.stack_keeping import LONGEST_REASON
from martech.stack.taxonomy import AREAS, DATA, choices
from mops.core.inputs import DayInput


def several(name: str) -> forms.SelectMultiple:
    """A select of many that keeps its name when the page turns it into a search field."""
    return forms.SelectMultiple(attrs={"aria-label": name})


class ToolForm(forms.Form):
    name = forms.CharField(max_length=120)
    vendor = forms.CharField(max_length=120, required=False)
    area = forms.ChoiceField(choices=[(key, label) for key, (label, _rows) in AREAS.items()])
    state = forms.ChoiceField(choices=ToolState.choices, initial=ToolState.ACTIVE)
    owner = forms.ModelChoiceField(User.objects.none(), required=False, help_text="Who is reminded of its renewal")
    capabilities = forms.MultipleChoiceField(
        choices=choices, required=False, help_text="What it can do, used or not", widget=several("Capabilities")
    )
    holds = forms.MultipleChoiceField(
        choices=DATA, required=False, label="Data it holds", widget=several("Data it holds")
    )
    system = forms.ChoiceField(
        choices=[
            ("", "None of these"),
            *((key, key.capitalize()) for key in ("hubspot", "salesforce", "marketo")),
            ("cdp", "The tracking endpoint"),
            ("mops", "mops itself"),
        ],
        required=False,
        label="Seen by",
        help_text="Where mops itself sees that the tool is used",
    )
    website = forms.CharField(max_length=300, required=False)
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(tool: Tool) -> dict[str, Any]:
        names = ("name", "vendor", "area", "state", "owner", "holds", "system", "website", "notes")
        return {
            **{name: getattr(tool, name) for name in names},
            "capabilities": [one.key for one in tool.capabilities.all()],
        }


class ContractForm(forms.Form):
    yearly = forms.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False, label="A year's price")
    currency = forms.CharField(max_length=3, initial=settings.BASE_CURRENCY)
    seats = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    starts_on = forms.DateField(required=False, widget=DayInput())
    renews_on = forms.DateField(
        required=False, widget=DayInput(), label="Renews or ends on", help_text="The first day of the next term"
    )
    notice_days = forms.IntegerField(min_value=0, max_value=LONGEST_NOTICE, initial=30, label="Days of notice")
    is_automatic = forms.BooleanField(
        required=False,
        initial=True,
        label="It renews by itself",
        help_text="Take this out once notice was given: it then ends on that day",
    )

    @staticmethod
    def initial_of(contract: Contract) -> dict[str, Any]:
        return {name: getattr(contract, name) for name in ContractForm.base_fields}


class KeepForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON, label="Why it is kept", help_text="Whoever is asked next time reads it"
    )


class IntegrationForm(forms.Form):
    end = forms.ModelChoiceField(Tool.objects.none(), label="To")
    what = forms.CharField(max_length=200, required=False, help_text="Like contacts or campaign costs")
    is_both_ways = forms.BooleanField(required=False, label="Both ways")

    def __init__(self, *args: Any, tool: Tool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end"].queryset = Tool.objects.present().exclude(pk=tool.pk)  # type: ignore[attr-defined]


class AskForm(forms.Form):
    users = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Who works with it?", widget=several("Who works with it?")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]


class InventoryForm(forms.Form):
    file = forms.FileField(label="CSV or XLSX file")
