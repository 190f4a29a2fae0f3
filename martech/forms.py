"""Forms of the market data."""

from django import forms


class PersonForm(forms.Form):
    """What a colleague types about a person; the service checks it as it checks everything that comes in."""

    email = forms.CharField(max_length=254, label="E-mail")
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    company = forms.CharField(max_length=300, required=False)
    job_title = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(max_length=40, required=False, help_text="With the country code, like +49 30 1234567")
    country = forms.CharField(max_length=60, required=False, help_text="A name or an ISO code")
    source = forms.CharField(max_length=120, required=False, help_text="Where they came from, like referral")


class ChangePersonForm(PersonForm):
    email = None  # type: ignore[assignment]
    city = forms.CharField(max_length=120, required=False)
    website = forms.CharField(max_length=500, required=False)
    linkedin_url = forms.CharField(max_length=500, required=False, label="LinkedIn address")
    do_not_route = forms.BooleanField(required=False, label="Do not route this person")
