"""Our values as HubSpot stores them: text throughout, an empty one to clear a property."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from martech.connectors.errors import Reason, RowRefused
from martech.connectors.port import FieldType, RemoteField, Value


def encode(field: RemoteField, value: Value) -> str:
    """Raises RowRefused when the property cannot hold the value."""
    if not field.is_writable:
        raise RowRefused(f"{field.label} cannot be written.", reason=Reason.READ_ONLY_FIELD, field=field.name)
    if value is None or value == "" or value == []:
        return ""
    encoded = text_of(field, value)
    if field.longest is not None and len(encoded) > field.longest:
        detail = f"{field.label} holds at most {field.longest:,} characters."
        raise RowRefused(detail, reason=Reason.TOO_LONG, field=field.name)
    return encoded


def text_of(field: RemoteField, value: Value) -> str:
    match field.type:
        case FieldType.BOOLEAN:
            return boolean(field, value)
        case FieldType.NUMBER:
            return number(field, value)
        case FieldType.DATE:
            return day(field, value)
        case FieldType.DATETIME:
            return moment(field, value)
        case FieldType.CHOICE:
            return option(field, str(value))
        case FieldType.CHOICES:
            parts = value if isinstance(value, list) else str(value).split(";")
            return ";".join(option(field, str(part)) for part in parts)
        case FieldType.EMAIL:
            return str(value).strip().lower()
    return str(value)


def refused(field: RemoteField, value: Value, wanted: str) -> RowRefused:
    detail = f"{field.label} takes {wanted}, not {str(value)[:80]!r}."
    return RowRefused(detail, reason=Reason.INVALID_VALUE, field=field.name)


def boolean(field: RemoteField, value: Value) -> str:
    text = str(value).lower()
    if text not in {"true", "false"}:
        raise refused(field, value, "true or false")
    return text


def number(field: RemoteField, value: Value) -> str:
    """Without exponent and without digits that say nothing, as HubSpot gives it back."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise refused(field, value, "a number") from None
    if isinstance(value, bool) or not found.is_finite():
        raise refused(field, value, "a number")
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(field: RemoteField, value: Value) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise refused(field, value, "a date") from None


def moment(field: RemoteField, value: Value) -> str:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise refused(field, value, "a moment") from None
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def option(field: RemoteField, value: str) -> str:
    if field.options and value not in field.options:
        detail = f"{field.label} has no option {value[:80]!r}."
        raise RowRefused(detail, reason=Reason.UNKNOWN_OPTION, field=field.name)
    return value
