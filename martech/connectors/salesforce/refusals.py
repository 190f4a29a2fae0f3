"""What an error of the vendor or of the line means for the engine. Texts of the vendor that hold data stay out."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from simple_salesforce.exceptions import SalesforceError
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from martech.connectors.errors import (
    BudgetExhausted,
    Misconfigured,
    OutcomeUnknown,
    PositionLost,
    Reason,
    RetryNow,
    ScopeMissing,
    SignInRefused,
    Throttled,
    VendorDown,
    VendorError,
)

DAILY, CONCURRENT = "daily", "concurrent"
CONCURRENT_WAIT = 5.0
"""Seconds until long calls of others have ended, as a first guess."""
ROLLING_WAIT = timedelta(hours=1)
"""The day's window rolls: nobody knows how much it frees when, so one looks again every hour."""

LINE_ERRORS = (SalesforceError, requests.RequestException, HTTPError, ValueError)
"""All that a call through the client can raise."""


class QueryTooLong(RetryNow):
    """The query ran out of its time: ask for less at once."""


class CallRefused(VendorError):
    """The whole call was refused for what is in one of its rows; nothing of it was applied."""


@dataclass(frozen=True)
class Said:
    """An error as the vendor says it; the code is empty when the body is not the vendor's."""

    status: int
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    extra: dict[str, Any] | None = None


def said_by(error: SalesforceError) -> Said:
    content = error.content
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return Said(error.status)
    code = str(first.get("errorCode") or first.get("statusCode") or first.get("error") or "")
    return Said(error.status, code, str(first.get("message", "")), tuple(first.get("fields") or ()), first)


def classify(error: Exception, *, is_write: bool) -> VendorError:
    """The class of `errors` for what a call raised. A write that may have taken effect is OutcomeUnknown."""
    if isinstance(error, SalesforceError):
        return _refused(said_by(error), is_write)
    if _never_arrived(error):
        return VendorDown("Salesforce cannot be reached.", remedy="The engine tries again by itself.")
    if is_write:
        return OutcomeUnknown("The connection broke before Salesforce answered.")
    if isinstance(error, requests.exceptions.JSONDecodeError) or type(error) is ValueError:
        return VendorDown("Salesforce sent an answer that is cut short or no JSON.")
    return RetryNow("The connection broke before Salesforce answered.")


def _never_arrived(error: Exception) -> bool:
    """Whether the request cannot have reached anybody."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    inner = error.args[0] if isinstance(error, requests.exceptions.ConnectionError) and error.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


def _refused(said: Said, is_write: bool) -> VendorError:
    if said.status >= 500 or not said.code:
        return _broken(said, is_write)
    if said.code == "REQUEST_LIMIT_EXCEEDED":
        return _limited(said)
    if said.status == 401:
        return SignInRefused("Salesforce ended the session and takes no new one.", code=said.code)
    if said.status == 410 or said.code == "UNSUPPORTED_API_VERSION":
        remedy = "Set the API version of the connection to one the org offers."
        return Misconfigured("This API version was retired.", remedy=remedy, code=said.code)
    return _by_code(said)


def _broken(said: Said, is_write: bool) -> VendorError:
    if is_write:
        return OutcomeUnknown(f"Salesforce answered {said.status} without saying what became of the call.")
    if said.code and said.status == 500:
        return RetryNow("Salesforce failed to answer this time.", code=said.code)
    return VendorDown(f"Salesforce is not available (HTTP {said.status}).", code=said.code)


def _limited(said: Said) -> VendorError:
    """One code, two limits, opposite reactions."""
    if "concurrent" in said.message.lower():
        return Throttled("Too many long calls run in the org.", policy=CONCURRENT, seconds=CONCURRENT_WAIT)
    until = datetime.now(UTC) + ROLLING_WAIT
    return BudgetExhausted("The org has used all API calls of the last 24 hours.", policy=DAILY, until=until)


def _by_code(said: Said) -> VendorError:
    match said.code:
        case "QUERY_TIMEOUT":
            return QueryTooLong("The query ran for too long.", code=said.code)
        case "INVALID_QUERY_LOCATOR":
            return PositionLost("The cursor of the query is no longer known.", code=said.code)
        case "UNABLE_TO_LOCK_ROW":
            return RetryNow("Somebody else is writing these records.", code=said.code)
        case "INVALID_FIELD" | "INVALID_FIELD_FOR_INSERT_UPDATE":
            return _field_missing(said)
        case "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED":
            remedy = "Ask an admin of the org for an edition with API access, and “API Enabled” in the user's permission set."
            return ScopeMissing(
                "Salesforce's API is switched off for the org or the user.", remedy=remedy, code=said.code
            )
        case "INVALID_TYPE" | "NOT_FOUND":
            return _not_allowed(said)
        case "JSON_PARSER_ERROR":
            return CallRefused("A value has a type that its field does not take.", code=said.code)
    if said.code.startswith("INSUFFICIENT_ACCESS") or said.status == 403:
        return _not_allowed(said)
    return Misconfigured(f"Salesforce refused the call ({said.code}).", code=said.code)


def _field_missing(said: Said) -> Misconfigured:
    named = re.findall(r"(?:No such column|field) '([\w.]+)'", said.message) or re.findall(
        r"fields: ([\w]+)", said.message
    )
    fields = said.fields or tuple(named)
    what = f"The field {fields[0]}" if fields else "A field"
    return Misconfigured(
        f"{what} does not exist, or the signed-in user may not use it.",
        remedy="Give the user field-level access, or take the field out of the mapping.",
        code=said.code,
        fields=fields,
    )


def _not_allowed(said: Said) -> ScopeMissing:
    found = re.search(r"sObject type '(\w+)'", said.message)
    name = found[1] if found else ""
    detail = f"The signed-in user may not see {name}." if name else "The signed-in user may not do this."
    remedy = f"Give that user read access (and edit access, to write) to {name or 'the object'} in a permission set."
    return ScopeMissing(detail, remedy=remedy, code=name or said.code)


ROW_REASONS: dict[str, Reason] = {
    "REQUIRED_FIELD_MISSING": Reason.REQUIRED_FIELD,
    "STRING_TOO_LONG": Reason.TOO_LONG,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Reason.UNKNOWN_OPTION,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Reason.VALIDATION_RULE,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": Reason.VALIDATION_RULE,
    "CANNOT_EXECUTE_FLOW_TRIGGER": Reason.VALIDATION_RULE,
    "DUPLICATES_DETECTED": Reason.DUPLICATE,
    "DUPLICATE_VALUE": Reason.DUPLICATE,
    "DUPLICATE_EXTERNAL_ID": Reason.AMBIGUOUS,
    "UNABLE_TO_LOCK_ROW": Reason.LOCKED,
    "ENTITY_IS_DELETED": Reason.DELETED,
    "INVALID_CROSS_REFERENCE_KEY": Reason.NOT_FOUND,
    "NOT_FOUND": Reason.NOT_FOUND,
    "INACTIVE_OWNER_OR_USER": Reason.UNKNOWN_OWNER,
    "MALFORMED_ID": Reason.INVALID_VALUE,
    "INVALID_EMAIL_ADDRESS": Reason.INVALID_VALUE,
    "JSON_PARSER_ERROR": Reason.INVALID_VALUE,
    "NUMBER_OUTSIDE_VALID_RANGE": Reason.INVALID_VALUE,
    "MISSING_ARGUMENT": Reason.INVALID_VALUE,
    "INVALID_FIELD": Reason.UNKNOWN_FIELD,
    "INVALID_FIELD_FOR_INSERT_UPDATE": Reason.READ_ONLY_FIELD,
    "CANNOT_UPDATE_CONVERTED_LEAD": Reason.CONFLICT,
}


def reason_of(code: str, message: str, fields: tuple[str, ...]) -> Reason:
    """The class of a row's error. A trigger's own error may hide a lock."""
    if "UNABLE_TO_LOCK_ROW" in message:
        return Reason.LOCKED
    if code in ("INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID") and "OwnerId" in fields:
        return Reason.UNKNOWN_OWNER
    if code.startswith("INSUFFICIENT_ACCESS"):
        return Reason.NOT_ALLOWED
    return ROW_REASONS.get(code, Reason.OTHER)
