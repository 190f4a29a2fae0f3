"""Why a call to a vendor did not do what was asked: each class asks for another reaction of the engine."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from martech.connectors.port import WriteResult


class Reason(StrEnum):
    """Classes a failed row is sorted into; they name the next step, not the vendor's wording."""

    INVALID_VALUE = "invalid_value"
    UNKNOWN_FIELD = "unknown_field"
    READ_ONLY_FIELD = "read_only_field"
    REQUIRED_FIELD = "required_field"
    UNKNOWN_OPTION = "unknown_option"
    TOO_LONG = "too_long"
    UNKNOWN_OWNER = "unknown_owner"
    DUPLICATE = "duplicate"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"
    DELETED = "deleted"
    LOCKED = "locked"
    VALIDATION_RULE = "validation_rule"
    NOT_ALLOWED = "not_allowed"
    CONSENT = "consent"
    SUPPRESSED = "suppressed"
    CONFLICT = "conflict"
    OTHER = "other"


class VendorError(Exception):
    """`detail` is for people: what is wrong; `remedy`: what to do. Never holds a secret or a person's data."""

    def __init__(self, detail: str, *, remedy: str = "", code: str = "") -> None:
        super().__init__(detail)
        self.detail, self.remedy, self.code = detail, remedy, code


class RetryNow(VendorError):
    """A passing fault before any effect (a lock, a connection that broke before the request was sent, a 5xx to a read)."""


class Throttled(VendorError):
    """A short window is full: wait `seconds`, whoever asks."""

    def __init__(self, detail: str, *, policy: str, seconds: float) -> None:
        super().__init__(detail, code=policy)
        self.policy, self.seconds = policy, seconds


class BudgetExhausted(VendorError):
    """A long window (a day's calls) is used up, by the vendor's word or our own share: pause until `until`."""

    def __init__(self, detail: str, *, policy: str, until: datetime) -> None:
        super().__init__(detail, remedy="The connection goes on by itself then.", code=policy)
        self.policy, self.until = policy, until


class SignInRefused(VendorError):
    """The credentials are wrong, expired or revoked, after one renewal was tried."""


class ScopeMissing(VendorError):
    """Signed in, but not allowed to do this: `code` names the scope or permission."""


class Misconfigured(VendorError):
    """The request is wrong for this account (an unknown object or field): only what uses it stops."""

    def __init__(self, detail: str, *, remedy: str = "", code: str = "", fields: tuple[str, ...] = ()) -> None:
        super().__init__(detail, remedy=remedy, code=code)
        self.fields = fields


class VendorDown(VendorError):
    """No sensible answer: connection refused, gateway errors, HTML in place of JSON, a body cut short."""


class OutcomeUnknown(VendorError):
    """A single call that may have taken effect."""


class RowRefused(VendorError):
    """One row can never be written as it is."""

    def __init__(self, detail: str, *, reason: Reason, field: str = "") -> None:
        super().__init__(detail, code=reason)
        self.reason, self.field = reason, field


class CutShort(Exception):
    """A batch that takes several calls ended in `error` after some of them: `results` are of the rows that were written,
    all others were not sent. Raised to the engine, never past it."""

    def __init__(self, results: Sequence["WriteResult"], error: VendorError) -> None:
        super().__init__(error.detail)
        self.results, self.error = results, error


class PositionLost(VendorError):
    """A resumed position is no longer known to the vendor: begin the window again."""


class Forged(VendorError):
    """A webhook without a valid signature."""


class Stale(VendorError):
    """A webhook signed too long ago, or in the future."""


class AddressRefused(VendorError):
    """The address leads into a private network, and the connection was not given one on purpose."""
