"""HubSpot's refusals sorted into the classes of `martech.connectors.errors`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from martech.connectors.errors import (
    BudgetExhausted,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    RetryNow,
    RowRefused,
    ScopeMissing,
    SignInRefused,
    Throttled,
    VendorDown,
    VendorError,
)
from martech.connectors.hubspot.policies import DAILY, MIGRATION_SECONDS, WAIT_SECONDS, next_midnight

REASONS = {
    "PROPERTY_DOESNT_EXIST": Reason.UNKNOWN_FIELD,
    "READ_ONLY_VALUE": Reason.READ_ONLY_FIELD,
    "INVALID_OPTION": Reason.UNKNOWN_OPTION,
    "INVALID_OWNER_ID": Reason.UNKNOWN_OWNER,
    "PROPERTY_VALUE_TOO_LONG": Reason.TOO_LONG,
}
CATEGORIES = {
    "CONFLICT": Reason.DUPLICATE,
    "OBJECT_ALREADY_EXISTS": Reason.DUPLICATE,
    "OBJECT_NOT_FOUND": Reason.NOT_FOUND,
    "MISSING_SCOPES": Reason.NOT_ALLOWED,
    "VALIDATION_ERROR": Reason.INVALID_VALUE,
}
EXISTING = re.compile(r"[Ee]xisting ID: (\d+)")
DETAILS = "Property values were not valid: "
GATEWAY = {502, 503, 504, 524}
LOCKED, MIGRATING, BAD_HOST = 423, 477, 530


@dataclass(frozen=True)
class Said:
    """What a refusal says of one row."""

    reason: Reason
    field: str
    message: str
    existing_id: str | None


def document(body: bytes) -> dict[str, Any]:
    """The body as a document, empty when it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, is_write: bool, zone: str = "") -> VendorError:
    """The error that an answer stands for; a write whose effect nobody knows is OutcomeUnknown."""
    said = document(body)
    message = str(said.get("message", ""))
    if status == 429:
        return limited(said, zone)
    if status == 401 or status == BAD_HOST:
        remedy = "Make a new token in HubSpot (Settings, Integrations) and enter it here."
        return SignInRefused(
            "HubSpot does not accept the token.", remedy=remedy, code=str(said.get("category", status))
        )
    if status == 403:
        return scope_missing(said)
    if status == LOCKED:
        return RetryNow("HubSpot has locked the record for a moment.", code="LOCKED")
    if status == MIGRATING:
        seconds = float(headers.get("Retry-After") or MIGRATION_SECONDS)
        return Throttled("HubSpot is moving this account.", policy="MIGRATION", seconds=seconds)
    if status >= 500 or not said:
        return broken(status, is_write=is_write)
    first = row_fault(said)
    return Misconfigured(
        message[:300] or f"HubSpot refused the call ({status}).",
        code=str(said.get("category", status)),
        fields=(first.field,) if first.field else (),
    )


def broken(status: int, *, is_write: bool) -> VendorError:
    if is_write and status not in {414}:
        return OutcomeUnknown(
            f"HubSpot answered a write with status {status} and no word on its effect.", code=str(status)
        )
    if status == 414:
        return Misconfigured("The list of fields is too long for one address.", code="414")
    if status in GATEWAY or status < 500:
        if status < 500:
            told = f"What answers there is not HubSpot (status {status})."
            return VendorDown(told, remedy="Check the address under Credentials.", code=str(status))
        return VendorDown(f"HubSpot gave no sensible answer (status {status}).", code=str(status))
    return RetryNow(f"HubSpot failed (status {status}).", code=str(status))


def limited(said: Mapping[str, Any], zone: str) -> VendorError:
    """HubSpot sends no Retry-After: the wait follows from the policy."""
    policy = str(said.get("policyName") or "TEN_SECONDLY_ROLLING")
    if policy == DAILY:
        return BudgetExhausted("HubSpot's calls of the day are used up.", policy=policy, until=next_midnight(zone))
    return Throttled("HubSpot asks to slow down.", policy=policy, seconds=WAIT_SECONDS.get(policy, 10.0))


def scope_missing(said: Mapping[str, Any]) -> ScopeMissing:
    scopes = [
        str(scope)
        for error in said.get("errors") or []
        for scope in (error.get("context") or {}).get("requiredGranularScopes", [])
    ]
    named = ", ".join(scopes) or "a scope"
    return ScopeMissing(
        f"The token lacks {named}.",
        remedy=f"Add {named} to the app's or key's scopes in HubSpot.",
        code=",".join(scopes),
    )


def row_fault(error: Mapping[str, Any]) -> Said:
    """What is wrong with the row an error is about; the code is inside the message where `errors` is missing."""
    message = str(error.get("message", ""))
    code, field, text = coded(error, message)
    category = str(error.get("category", ""))
    reason = REASONS.get(code) or (Reason.INVALID_VALUE if code.startswith("INVALID_") else None)
    if reason is None and "required properties were not set" in message:
        reason, field = Reason.REQUIRED_FIELD, ",".join((error.get("context") or {}).get("properties", []))
    found = EXISTING.search(message)
    return Said(
        reason or CATEGORIES.get(category, Reason.OTHER), field, text or message[:300], found[1] if found else None
    )


def coded(error: Mapping[str, Any], message: str) -> tuple[str, str, str]:
    """Code, property and words of the first property at fault."""
    if message.startswith(DETAILS):
        try:
            first = json.loads(message.removeprefix(DETAILS))[0]
            return str(first.get("error", "")), str(first.get("name", "")), str(first.get("message", ""))
        except (ValueError, IndexError, AttributeError):
            pass
    for entry in error.get("errors") or []:
        names = (entry.get("context") or {}).get("propertyName") or [""]
        return str(entry.get("code", "")), str(names[0]), str(entry.get("message", ""))
    return "", "", ""


def refused_row(error: Misconfigured, body: Mapping[str, Any]) -> RowRefused:
    said = row_fault(body)
    return RowRefused(error.detail, reason=said.reason, field=said.field)
