"""How an API call says who it is: a bearer token, or the browser's session with CSRF protection."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
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


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the API's description says of tokens; its page asks for one under Authorize."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        told = "A token from your profile: `Authorization: Bearer mops_…`"
        return {"type": "http", "scheme": "bearer", "description": told}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What it says of the signed-in browser."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
