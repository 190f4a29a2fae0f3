"""Forms of governance."""

from django import forms

from governance.models import NoticePace, Scope, Team
from governance.policies import Role


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(max_length=80, label="What is it for?", help_text="For example: website form")
    scope = forms.ChoiceField(choices=Scope.choices, initial=Scope.READ, label="May")
    expires_in = forms.TypedChoiceField(
        choices=[("90", "In 90 days"), ("365", "In a year"), ("", "Never")],
        coerce=int,
        empty_value=None,
        required=False,
        initial="90",
        label="Expires",
    )


class UserForm(forms.Form):
    """A person who signs in."""

    email = forms.EmailField(label="E-mail")
    name = forms.CharField(max_length=150, label="Name")
    job_title = forms.CharField(max_length=120, required=False, label="Job title")
    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, label="Roles", help_text="Rights add up"
    )
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False, label="Team")


class NewUserForm(UserForm):
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
        label="First password",
        help_text="At least 12 characters. Leave it empty for people who use single sign-on.",
    )


class ChangeUserForm(UserForm):
    is_active = forms.BooleanField(required=False, label="May sign in")


class NoticesForm(forms.Form):
    """When notices leave the app."""

    notices = forms.ChoiceField(choices=NoticePace.choices, label="By mail and chat")
