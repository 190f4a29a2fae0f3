"""How sign-in behaves: no open sign-up; single sign-on may create an account without rights."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator (`manage.py create_user`), never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who the company's identity provider knows may have an account; it starts with no role, so with no rights."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True
