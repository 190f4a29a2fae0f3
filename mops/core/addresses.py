"""Addresses of this installation as others outside must know it, whatever a proxy made of the request."""

from django.conf import settings
from django.http import HttpRequest


def public_address(request: HttpRequest, path: str) -> str:
    """Where an installation has a public https address, that one: a proxy may have ended TLS and passed another host on.
    Else the address that the request came to, such as localhost or 127.0.0.1."""
    if settings.BASE_URL.startswith("https://"):
        return f"{settings.BASE_URL}{path}"
    return request.build_absolute_uri(path)
