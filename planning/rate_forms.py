"""Forms of exchange rates."""

from typing import Any

from django import forms
from django.conf import settings

from mops.core.inputs import DayInput
from mops.core.money import is_currency_code
from planning.models import ExchangeRate
from planning.rate_file import PLACES

LARGEST_FILE = 20 * 2**20


class SeenWorthForm(forms.Form):
    """`seen` is what a unit was worth on the page that is sent."""

    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)


class WorthForm(SeenWorthForm):
    """What one unit of a currency is worth."""

    rate = forms.DecimalField(max_digits=18, decimal_places=8)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"].label = f"One {currency} is worth, in {settings.BASE_CURRENCY}"
        self.fields["rate"].widget.attrs["step"] = "any"

    @staticmethod
    def initial_of(row: ExchangeRate) -> dict[str, Any]:
        return {"rate": plain(row.rate), "seen": row.rate}


class RateForm(forms.Form):
    """A rate that holds from its day on, until a later one."""

    currency = forms.CharField(max_length=3, help_text="Its code of three letters, like USD")
    date = forms.DateField(widget=DayInput(), label="From", help_text="It holds from this day on, until a later rate")
    rate = forms.DecimalField(max_digits=18, decimal_places=8)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base = settings.BASE_CURRENCY
        self.fields["rate"].label = f"One unit is worth, in {base}"
        self.fields["rate"].widget.attrs["step"] = "any"
        self.fields["rate"].help_text = f"For example 0.92, when one of it buys 0.92 {base}"


class RatesFileForm(forms.Form):
    """A file of rates, and which way round it says them."""

    file = forms.FileField(label="CSV or XLSX file")
    direction = forms.ChoiceField(widget=forms.RadioSelect, initial="per_unit")
    currencies = forms.CharField(
        required=False, label="Only these currencies", help_text="Codes, like USD, GBP; left empty, all of the file"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base = settings.BASE_CURRENCY
        self.fields["direction"].label = "What the numbers say"
        self.fields["direction"].choices = [  # type: ignore[attr-defined]
            ("per_unit", f"What one unit of the currency is worth in {base}"),
            ("per_base", f"What one {base} is worth in the currency, as central banks publish it"),
        ]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_FILE:
            raise forms.ValidationError(f"{LARGEST_FILE // 2**20} MB are the most; split it.")
        return upload

    def clean_currencies(self) -> list[str]:
        codes = self.cleaned_data["currencies"].replace(",", " ").replace(";", " ").upper().split()
        if wrong := [code for code in codes if not is_currency_code(code)]:
            raise forms.ValidationError(f"“{wrong[0][:20]}” is no currency code; use three letters, like USD.")
        return codes


def plain(rate: Any) -> str:
    """A rate without the noughts at its end."""
    return f"{rate.quantize(PLACES):f}".rstrip("0").rstrip(".")
