"""Plain values of vendors' campaigns as ours: codes, days, money. Pure."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

CODE = re.compile(r"(?<![A-Z0-9-])\d{2}Q[1-4]-[A-Z0-9]+-[A-Z0-9]+-\d{4,}(?![A-Z0-9-])")
"""A campaign's code of ours, like 26Q4-EMEA-WEB-0042, as a word of its own."""
LARGEST = Decimal("999999999999.99")


def code_in(*texts: Any) -> str:
    """The first code of ours that stands in one of the texts; nothing when none does."""
    for text in texts:
        if text and (found := CODE.search(str(text).upper())):
            return found[0]
    return ""


def day_of(value: Any) -> date | None:
    """A day as vendors write one: ISO, with a time behind it or not, or milliseconds since 1970 (UTC)."""
    text = str(value or "").strip()
    try:
        if text.lstrip("-").isdecimal() and len(text) > 8:
            return datetime.fromtimestamp(int(text) / 1000, UTC).date()
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError, OSError):
        return None


def money_of(value: Any) -> Decimal | None:
    """An amount in two places; None for none, and for what no ledger could hold."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return found if abs(found) <= LARGEST else None
