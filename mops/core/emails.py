"""E-mail addresses: the lower-case form decides who is who; plus-addresses and Gmail's dots are never rewritten."""

import re

from email_validator import EmailNotValidError, validate_email

PLAIN = re.compile(r"[a-z0-9_%+\-]+(?:\.[a-z0-9_%+\-]+)*@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


class EmailRefused(ValueError):
    """The value is not an e-mail address; the message says why."""


def email_key(address: str) -> str:
    """The canonical form of an address: Unicode-normalised, IDN as Unicode, lower case. Raises EmailRefused.

    Nearly all addresses are plain ASCII and need no parser; the others go through email-validator, without DNS.
    """
    text = address.strip().lower()
    if len(text) <= 254 and PLAIN.fullmatch(text) and text.index("@") <= 64 and "xn--" not in text:
        return text
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise EmailRefused(f"“{address[:80]}” is not an e-mail address: {error}") from error
    return found.normalized.lower()
