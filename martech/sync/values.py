"""Values of another system in one canonical form, so that equal means equal whoever wrote them and however.

Blank is None. Numbers are decimal text without trailing zeros, dates `YYYY-MM-DD`, moments RFC 3339 in UTC to the second
(the coarsest any vendor keeps: a finer one would come back as a change), several choices a sorted list.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from martech.connectors.port import FieldType, Value

TRUE = {"true", "1", "yes", "y", "t", "on"}
FALSE = {"false", "0", "no", "n", "f", "off"}


def text_of(raw: Any) -> Value:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        raw = ";".join(str(part) for part in raw)
    return str(raw).replace("\x00", "").strip() or None


def in_words(value: Value) -> str:
    """A value as people read it; empty where there is none."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def number_of(raw: Any) -> Value:
    if isinstance(raw, bool):
        raise ValueError("a yes or no is no number")
    try:
        found = Decimal(str(raw).strip())
    except InvalidOperation as error:
        raise ValueError(f"“{str(raw)[:40]}” is no number") from error
    if not found.is_finite():
        raise ValueError("the number is not finite")
    if found == found.to_integral_value():
        return str(int(found))
    return format(found.normalize(), "f")


def boolean_of(raw: Any) -> Value:
    if isinstance(raw, bool):
        return raw
    folded = str(raw).strip().lower()
    if folded in TRUE or folded in FALSE:
        return folded in TRUE
    raise ValueError(f"“{str(raw)[:40]}” is neither yes nor no")


def moment(raw: Any) -> datetime:
    """A moment from RFC 3339, `+0000` offsets, a date, or milliseconds since 1970; without an offset it is UTC."""
    if isinstance(raw, datetime):
        found = raw
    else:
        text = str(raw).strip()
        if text.lstrip("-").isdigit() and len(text) > 8:
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


UNIVERSAL = ("Z", "+0000")
"""How moments end that are in UTC as they stand: HubSpot's and Salesforce's."""


def datetime_of(raw: Any) -> Value:
    if type(raw) is str and raw.endswith(UNIVERSAL) and raw[10:11] == "T" and raw[7:8] == "-" and raw[19:20] in ".+Z":
        datetime.fromisoformat(raw)
        return raw[:19] + "Z"
    return moment(raw).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def date_of(raw: Any) -> Value:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    text = str(raw).strip()
    if len(text) == 10 and text[4] == "-":
        return date.fromisoformat(text).isoformat()
    return moment(raw).date().isoformat()


def choices_of(raw: Any) -> Value:
    parts = raw if isinstance(raw, list) else str(raw).split(";")
    return sorted({str(part).strip() for part in parts if str(part).strip()}) or None


READERS: Mapping[FieldType, Callable[[Any], Value]] = {
    FieldType.NUMBER: number_of,
    FieldType.BOOLEAN: boolean_of,
    FieldType.DATE: date_of,
    FieldType.DATETIME: datetime_of,
    FieldType.CHOICES: choices_of,
}


def canonical(kind: FieldType, raw: Any) -> Value:
    """The canonical form of a raw value. Raises ValueError when it is no value of that type."""
    if raw is None or raw == "" or raw == []:
        return None
    return READERS.get(kind, text_of)(raw)


def comparable(kind: FieldType, value: Value) -> Value:
    """What two canonical values are compared by: addresses without case, phones by their digits, those of the web without
    what may be left out of them."""
    if not isinstance(value, str):
        return value
    if kind is FieldType.EMAIL:
        return value.lower()
    if kind is FieldType.PHONE:
        return "".join(c for c in value if c.isdigit()).lstrip("0") or value
    if kind is FieldType.URL:
        return web_address(value)
    return value


def web_address(text: str) -> str:
    """https://www.Acme.com/ is acme.com; the case of a path counts."""
    host, slash, path = re.sub(r"^(https?://)?(www\.)?", "", text.strip(), flags=re.IGNORECASE).partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/") or text


def same(kind: FieldType, one: Value, other: Value) -> bool:
    return one == other or comparable(kind, one) == comparable(kind, other)


def digest(value: Any) -> int:
    """64 signed bits of a canonical value or document; the same everywhere and always."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


NAMED = 5


def quoted(words: Sequence[str]) -> str:
    """Words by name as far as one reads that many, then how many more."""
    named = [f"“{word}”" for word in words[:NAMED]]
    if len(words) == 1:
        return named[0]
    last = f"{len(words) - NAMED} more" if len(words) > NAMED else named.pop()
    return f"{', '.join(named)} and {last}"
