"""Which class of error a code of Marketo's is. The HTTP status says nothing: nearly everything is 200."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from martech.connectors import errors
from martech.connectors.errors import Reason

CENTRAL = ZoneInfo("America/Chicago")
CALLS, DAY, CONCURRENT = "calls", "day", "concurrent"
EXPORT_DAY, EXPORT_QUEUE = "export_day", "export_queue"
TOKEN_CODES = frozenset({"600", "601", "602"})
UNSURE = frozenset({"604", "611"})
"""The call may have taken effect."""
PASSING = frozenset({"713"})
ROLE = "Give the API user's role the access for this, in Marketo under Admin › Users & Roles."
QUOTED = re.compile(r"['‘\"]([A-Za-z0-9_]+)['’\"]")


def next_midnight(now: datetime) -> datetime:
    """When Marketo's day begins anew: midnight US Central."""
    local = now.astimezone(CENTRAL)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def field_of(message: str) -> str:
    found = QUOTED.search(message)
    return found[1] if found else ""


def raise_for(error: Mapping[str, Any], *, is_write: bool) -> NoReturn:
    """Raise what a call-level error of an envelope asks for."""
    code, message = str(error.get("code", "")), str(error.get("message", ""))[:300]
    if code in TOKEN_CODES:
        raise errors.SignInRefused(f"Marketo refused the token: {message}.", code=code)
    if code == "603":
        raise errors.ScopeMissing(f"Marketo does not allow this: {message}.", remedy=ROLE, code=code)
    if code in UNSURE and is_write:
        raise errors.OutcomeUnknown(f"Marketo gave no clear answer: {message}.", code=code)
    if code in UNSURE | PASSING:
        raise errors.RetryNow(f"Marketo had a passing fault: {message}.", code=code)
    if code == "608":
        raise errors.VendorDown("Marketo says that its API is unavailable.", code=code)
    raise_for_quota(code, message)
    fields = (field_of(message),) if code == "1006" and field_of(message) else ()
    remedy = "Correct the mapping, or create the field in Marketo." if fields else ""
    raise errors.Misconfigured(
        f"Marketo refused the call: {message} ({code}).", remedy=remedy, code=code, fields=fields
    )


def raise_for_quota(code: str, message: str) -> None:
    if code == "606":
        raise errors.Throttled("100 calls in 20 seconds are used up.", policy=CALLS, seconds=20)
    if code == "615":
        raise errors.Throttled("Ten calls are under way.", policy=CONCURRENT, seconds=1)
    if code == "607":
        until = next_midnight(datetime.now(UTC))
        raise errors.BudgetExhausted("Marketo's calls of the day are used up.", policy=DAY, until=until)
    if code == "1029" and "quota" in message.lower():
        until = next_midnight(datetime.now(UTC))
        raise errors.BudgetExhausted("Marketo's 500 MB of extracts a day are used up.", policy=EXPORT_DAY, until=until)
    if code == "1029":
        raise errors.Throttled("Marketo's queue of extracts is full.", policy=EXPORT_QUEUE, seconds=60)


REASONS = {
    "1003": Reason.INVALID_VALUE,
    "1004": Reason.NOT_FOUND,
    "1005": Reason.DUPLICATE,
    "1006": Reason.UNKNOWN_FIELD,
    "1007": Reason.AMBIGUOUS,
    "1008": Reason.NOT_ALLOWED,
    "1010": Reason.NOT_ALLOWED,
    "1021": Reason.LOCKED,
    "1022": Reason.LOCKED,
    "1036": Reason.DUPLICATE,
}


def reason_of(code: str, message: str) -> Reason:
    """The class of a record-level reason."""
    if code == "1003" and "length" in message.lower():
        return Reason.TOO_LONG
    if code == "1003" and "missing" in message.lower():
        return Reason.REQUIRED_FIELD
    return REASONS.get(code, Reason.OTHER)
