"""The form in front of the door, and the one that changes the address somebody signs in with."""

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.http import HttpRequest

from governance.services.users import vouch_for_address


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """allauth's form with our words; the way to a new password stands beside the button."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = "E-mail"
        self.fields["password"].help_text = ""
        self.fields["remember"].label = "Keep me signed in on this device"
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)


class ChangeAddressForm(AddEmailForm):  # type: ignore[misc]
    """A new address waits until its link is followed; the old one, which an administrator gave, counts until then."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = "New address"
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def save(self, request: HttpRequest) -> Any:
        vouch_for_address(user=self.user)
        return super().save(request)
