"""Typed access to environment variables. A wrong value stops the start with one clear line; an empty one is none, for
`.env.example` copied as it is sets every variable."""

import base64
import binascii
import os
import re
from collections.abc import Collection
from pathlib import Path
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def env_text(name: str, default: str = "") -> str:
    """The value of `name`, or the contents of the file named by `<name>_FILE` (for mounted secrets), else the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip() or default
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path} cannot be read: {error.strerror}") from error
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    value = env_text(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or no; use 1 or 0")


def env_int(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    value = env_text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {least:,} to {most:,}")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env_text(name, default).split(",") if item.strip()]


def env_url(name: str, default: str, schemes: Collection[str]) -> str:
    """A URL of one of these schemes. The value is in no message: a password may be in it."""
    value = env_text(name, default)
    if value and value.partition(":")[0].lower() not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}:' for scheme in sorted(schemes))}")
    return value


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    """One of a few words, in capitals."""
    value = env_text(name, default).upper()
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not known; use {', '.join(sorted(choices))}")
    return value


def env_currency(name: str, default: str) -> str:
    value = env_text(name, default).upper()
    if not re.fullmatch("[A-Z]{3}", value):
        raise ImproperlyConfigured(f"{name}={value!r} is no code of a currency; use three letters, like EUR")
    return value


def env_zone(name: str, default: str) -> str:
    value = env_text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name}={value!r} is no time zone; use a name like Europe/Berlin or UTC")
    return value


def env_keys(name: str) -> list[str]:
    """Keys as `id:base64 of 32 bytes`. No part of one is in a message."""
    keys = env_list(name)
    for place, key in enumerate(keys, start=1):
        title, _, text = key.partition(":")
        try:
            is_good = bool(title) and len(base64.b64decode(text, validate=True)) == 32
        except binascii.Error:
            is_good = False
        if not is_good:
            remedy = "write id:base64 of 32 bytes, such as 1: and what `openssl rand -base64 32` prints"
            raise ImproperlyConfigured(f"{name}: key number {place} is no key; {remedy}")
    return keys
