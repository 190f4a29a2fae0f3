"""Signing in at a vendor's own page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Consent:
    """`address(session, redirect_uri, state)` is the vendor's page, `redeem(session, redirect_uri, code)` the secrets that
    what it sends back is worth; sessions are `port.Session`. `redeem` raises the classes of `errors`."""

    address: Callable[[Any, str, str], str]
    redeem: Callable[[Any, str, str], dict[str, str]]
