"""Our canonical values as Salesforce takes them."""

from datetime import UTC, date, datetime

from martech.connectors.errors import Reason, RowRefused
from martech.connectors.port import FieldType, RemoteField, Value

YES, NO = {"true", "yes", "1"}, {"false", "no", "0", ""}


def encode(field: RemoteField, value: Value) -> Value:
    """Raises RowRefused when the field cannot take the value. Nothing is shortened or guessed."""
    if value is None or value in ("", []):
        return False if field.type is FieldType.BOOLEAN else None
    if field.type is FieldType.BOOLEAN:
        return _boolean(field, value)
    if field.type is FieldType.NUMBER:
        return _number(field, value)
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return _moment(field, value)
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        return _choice(field, value)
    if isinstance(value, list):
        raise _refused(field, "takes one value, not several", Reason.INVALID_VALUE)
    return _short(field, str(value))


def _refused(field: RemoteField, why: str, reason: Reason) -> RowRefused:
    return RowRefused(f"{field.label} {why}.", reason=reason, field=field.name)


def _short(field: RemoteField, text: str) -> str:
    if field.type is FieldType.REFERENCE and not (len(text) in (15, 18) and text.isalnum()):
        raise _refused(field, "takes the id of a record", Reason.INVALID_VALUE)
    if field.longest and len(text) > field.longest:
        raise _refused(field, f"takes at most {field.longest} characters", Reason.TOO_LONG)
    return text


def _boolean(field: RemoteField, value: Value) -> bool:
    said = str(value).strip().lower()
    if said not in YES | NO:
        raise _refused(field, "is yes or no", Reason.INVALID_VALUE)
    return said in YES


def _number(field: RemoteField, value: Value) -> int | float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _refused(field, "takes a number", Reason.INVALID_VALUE) from None
    if number != number or number in (float("inf"), float("-inf")):
        raise _refused(field, "takes a number", Reason.INVALID_VALUE)
    return int(number) if number.is_integer() else number


def _moment(field: RemoteField, value: Value) -> str:
    try:
        if field.type is FieldType.DATE:
            return date.fromisoformat(str(value)[:10]).isoformat()
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _refused(field, "takes a date as 2026-09-30", Reason.INVALID_VALUE) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _choice(field: RemoteField, value: Value) -> str:
    """Several choices are one text; the order of the options keeps equal sets equal."""
    chosen = (
        value if isinstance(value, list) else str(value).split(";") if field.type is FieldType.CHOICES else [str(value)]
    )
    if field.type is FieldType.CHOICE and len(chosen) != 1:
        raise _refused(field, "takes one value, not several", Reason.INVALID_VALUE)
    if field.is_restricted and field.options and not set(chosen) <= set(field.options):
        raise _refused(field, "has no such option", Reason.UNKNOWN_OPTION)
    rank = {option: place for place, option in enumerate(field.options)}
    ordered = sorted(dict.fromkeys(chosen), key=lambda one: (rank.get(one, len(rank)), one))
    return _short(field, ";".join(ordered))
