"""What connectors answer beside records: the steps of a check, and who set a field."""

from dataclasses import dataclass
from datetime import datetime

from martech.connectors.errors import BudgetExhausted, VendorError


@dataclass(frozen=True, slots=True)
class CheckStep:
    """A step of the set-up assistant: what was tried, whether it went well, and what to do where it did not. Where one that
    `is_part` does not, all else goes on. `cause` is the class of the error, where there was one, and `until` when it is over where that is known."""

    title: str
    is_ok: bool
    detail: str = ""
    remedy: str = ""
    is_part: bool = False
    cause: str = ""
    until: datetime | None = None


def failed_step(title: str, error: VendorError, remedy: str = "", *, is_part: bool = False) -> CheckStep:
    """A step that ended in an error; `remedy` is said where the error says none."""
    until = error.until if isinstance(error, BudgetExhausted) else None
    return CheckStep(title, False, error.detail, error.remedy or remedy, is_part, type(error).__name__, until)


@dataclass(frozen=True, slots=True)
class Setter:
    """Who gave a field its value over there: a person by the id that histories use, else in `words` what did. `value` is
    what they gave it, None where only the record's last editor is known."""

    user: str = ""
    words: str = ""
    value: str | None = None
