"""How an API call says who it is: a bearer token, or the browser's session with CSRF protection."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as BaseSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from governance.models import ApiToken, User
from governance.services.tokens import token_of


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mops_…`; the token's scope is on `request.auth`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_of(text.strip())
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked; make a new one under your profile.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="mops"'


class SessionAuthentication(BaseSessionAuthentication):
    """The signed-in browser, as the API's documentation page uses it."""

    def authenticate_header(self, request: Request) -> Any:
        return None
