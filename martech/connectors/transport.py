"""The one way out: HTTP with time limits, without redirects to elsewhere and never into a private network by surprise."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from martech.connectors.errors import AddressRefused

TIMEOUT = (5.0, 60.0)


def refuse_private(url: str) -> None:
    """Raise AddressRefused when the host of a URL resolves to an address that is not public."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError:
        return  # the call itself will say that the host is unknown
    for entry in found:
        if not ipaddress.ip_address(str(entry[4][0]).split("%")[0]).is_global:
            raise AddressRefused(
                f"{host} is an address of a private network.",
                remedy="Give the address with --url when the server is meant to be there.",
            )


class GuardedAdapter(HTTPAdapter):
    """Applies the time limits to every call; `rewrite` sends what is meant for the vendor to a practice server."""

    def __init__(self, *, base_url: str = "", timeout: tuple[float, float] = TIMEOUT, pool: int = 4) -> None:
        self.base, self.timeout = urlsplit(base_url) if base_url else None, timeout
        self._public: set[str] = set()
        super().__init__(pool_connections=pool, pool_maxsize=pool, max_retries=0)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        url = request.url or ""
        if self.base:
            parts = urlsplit(url)
            request.url = parts._replace(scheme=self.base.scheme, netloc=self.base.netloc).geturl()
        elif (host := urlsplit(url).netloc) not in self._public:
            refuse_private(url)
            self._public.add(host)
        options["timeout"] = options.get("timeout") or self.timeout
        return super().send(request, **options)


class GuardedSession(requests.Session):
    """A session whose calls all go through the guard and follow no redirect. One connection pool, no retries."""

    def __init__(self, *, base_url: str = "", timeout: tuple[float, float] = TIMEOUT) -> None:
        super().__init__()
        self.trust_env = False
        adapter = GuardedAdapter(base_url=base_url, timeout=timeout)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, *arguments: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        # Not a default: Session.get asks to follow.
        return super().request(*arguments, **{**options, "allow_redirects": False})
