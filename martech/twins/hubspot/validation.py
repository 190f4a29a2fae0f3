"""Whether the values of a write may be stored, refused like HubSpot does: all wrong properties at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from martech.twins.hubspot.answers import bad_values
from martech.twins.hubspot.schema import Property
from martech.twins.hubspot.stamps import from_text
from martech.twins.hubspot.store import Store

ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}")
LONGEST = 65_536
DAY_MS = 86_400_000


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_moment(text: str) -> bool:
    try:
        from_text(text)
    except ValueError:
        return False
    return True


def is_midnight(text: str) -> bool:
    return is_moment(text) and from_text(text) % DAY_MS == 0


CHECKS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "number": (is_number, "INVALID_FLOAT", "was not a valid number"),
    "bool": (lambda text: text.lower() in {"true", "false"}, "INVALID_OPTION", "was not one of the allowed options"),
    "date": (is_midnight, "INVALID_DATE", "is at a time other than midnight UTC"),
    "datetime": (is_moment, "INVALID_DATE", "was not a valid timestamp"),
}


class Validation:
    """`owners` answers whether an owner may be given records."""

    def __init__(self, store: Store, owners: Callable[[str], bool]) -> None:
        self.store, self.owners = store, owners

    def clean(self, object: str, values: Any) -> dict[str, str | None]:
        """The values as text. Raises Refused with every property at fault."""
        wrong, found = [], {}
        for name, value in (values or {}).items():
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            found[name] = text or None
            if fault := self.fault(object, name, text):
                wrong.append({"name": name, "error": fault[0], "message": fault[1]})
        if wrong:
            raise bad_values(wrong)
        return found

    def fault(self, object: str, name: str, text: str) -> tuple[str, str] | None:
        known = self.store.property(object, name)
        if known is None:
            return "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'
        if known.is_read_only:
            return "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.'
        if not text:
            return None
        if len(text) > LONGEST:
            return "PROPERTY_VALUE_TOO_LONG", f"The value of {name} is longer than {LONGEST} characters."
        if name == "email" and not ADDRESS.fullmatch(text):
            return "INVALID_EMAIL", f"Email address {text} is invalid"
        return self.wrong_type(known, text)

    def wrong_type(self, known: Property, text: str) -> tuple[str, str] | None:
        if known.references == "OWNER":
            return (
                None
                if self.owners(text)
                else ("INVALID_OWNER_ID", f"Owner with ID {text} does not exist or is inactive")
            )
        if known.type == "enumeration":
            allowed = [value for value, _label in known.options]
            parts = text.split(";") if known.field_type == "checkbox" else [text]
            if any(part not in allowed for part in parts if part):
                return "INVALID_OPTION", f"{text} was not one of the allowed options: [{', '.join(allowed)}]"
            return None
        check = CHECKS.get(known.type)
        return None if check is None or check[0](text) else (check[1], f"{text} {check[2]}.")
