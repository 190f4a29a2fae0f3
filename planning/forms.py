"""Forms of planning."""

from typing import Any

from django import forms

from governance.models import User
from governance.services.taxonomy import check_name
from mops.core.inputs import DayInput, FoundInput
from planning.models import BudgetLine, Campaign, Channel, EntryKind, Region
from planning.selectors import targets_of


class CampaignForm(forms.Form):
    """A new campaign. Its code follows from the start, the region and the channel."""

    name = forms.CharField(max_length=200)
    channel = forms.ChoiceField(choices=[("", "Choose…"), *Channel.choices])
    region = forms.ChoiceField(choices=[("", "Choose…"), *Region.choices])
    starts_on = forms.DateField(widget=DayInput(), label="First day")
    ends_on = forms.DateField(widget=DayInput(), label="Last day")
    owner = forms.ModelChoiceField(queryset=User.objects.filter(is_active=True), required=False)
    objective = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ChangeCampaignForm(CampaignForm):
    channel = None  # type: ignore[assignment]
    region = None  # type: ignore[assignment]

    @classmethod
    def of(cls, campaign: Campaign, data: Any) -> "ChangeCampaignForm":
        return cls(data, initial={name: getattr(campaign, name) for name in cls.base_fields})


class LineForm(forms.Form):
    """A budget line."""

    name = forms.CharField(max_length=200)
    campaign = forms.ModelChoiceField(
        queryset=Campaign.objects.all(),
        required=False,
        to_field_name="code",
        empty_label="No campaign",
        widget=FoundInput("planning:campaign-options", typed="Its code"),
    )
    fiscal_year = forms.IntegerField(min_value=2000, max_value=2100)
    currency = forms.CharField(max_length=3, initial="EUR")


class EntryForm(forms.Form):
    """One posting on a line; a commitment beyond what is available is refused with the numbers."""

    kind = forms.ChoiceField(
        choices=[
            (EntryKind.PLAN, "Plan"),
            (EntryKind.COMMIT, "Commitment (an order)"),
            (EntryKind.UNCOMMIT, "Commitment released"),
            (EntryKind.ACTUAL, "Actual (an invoice)"),
        ]
    )
    month = forms.DateField(widget=DayInput(), help_text="Any day of the month")
    amount = forms.DecimalField(max_digits=14, decimal_places=2)
    document = forms.CharField(max_length=200, required=False, help_text="Order or invoice number; posted once")
    note = forms.CharField(max_length=300, required=False)


class TransferForm(forms.Form):
    """Planned money from this line to another of the same currency."""

    target = forms.ModelChoiceField(
        queryset=BudgetLine.objects.none(),
        label="To",
        empty_label="Name, or code of its campaign",
        widget=FoundInput("planning:transfer-options", typed="Its number, the last part of its page's address"),
    )
    month = forms.DateField(widget=DayInput(), help_text="Any day of the month")
    amount = forms.DecimalField(max_digits=14, decimal_places=2)
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = targets_of(line)  # type: ignore[attr-defined]
        self.fields["target"].widget.args = (line.pk,)  # type: ignore[attr-defined]


def naming_findings(name: str) -> list[str]:
    """What the naming rule says about a campaign's name; nothing about an empty one."""
    return check_name("campaign", " ".join(name.split())) if name.strip() else []
