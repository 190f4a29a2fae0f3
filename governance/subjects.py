"""Whom a record is about, without saying it: keyed hashes of canonical e-mail addresses and phone numbers."""

import hashlib
import hmac
from functools import cache

from django.conf import settings

from mops.core.emails import email_key
from mops.core.phones import phone_number


@cache
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"governance.ConsentRecord" + secret.encode()).digest()


def subject_of(email_key: str) -> str:
    """The keyed hash under which consent and suppression of a canonical e-mail address are kept."""
    return hmac.digest(_key(settings.SUBJECT_KEY), email_key.encode(), "sha256").hex()


def subject_of_phone(number: str) -> str:
    """The keyed hash of a phone number in E.164."""
    return subject_of(f"tel:{number}")


def canonical(text: str, country: str = "") -> tuple[str, str]:
    """`("email", address)` or `("phone", E.164 number)` of what somebody typed. Raises ValueError with the reason."""
    given = text.strip()
    if "@" in given:
        return "email", email_key(given)
    number = phone_number(given, country)
    if not number.startswith("+") or not number[1:].isdigit():
        raise ValueError(f"“{given[:60]}” is neither an e-mail address nor a phone number like +49301234567.")
    return "phone", number
