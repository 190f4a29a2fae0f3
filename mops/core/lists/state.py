"""What the address of a list page says: filters as chips, chosen columns, the page and its links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django_filters import FilterSet

# Parameters that are not filters.
OWN = ("q", "sort", "page", "per_page", "columns", "view", "export")
PER_PAGE = (25, 50, 100, 200)


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    remove: str


def without(query: QueryDict, *names: str) -> str:
    """The querystring less some parameters, with the leading question mark; `?view=all` when nothing is left."""
    copy = query.copy()
    for name in (*names, "page"):
        copy.pop(name, None)
    text = copy.urlencode()
    return f"?{text}" if text else "?view=all"


def chips(filterset: FilterSet | None, query: QueryDict) -> list[Chip]:
    """One chip per filter that is set, with the address without it."""
    if filterset is None or not filterset.is_bound or not filterset.form.is_valid():
        return []
    form = filterset.form
    found = []
    for name, value in form.cleaned_data.items():
        if _is_set(value):
            names = [key for key in query if key == name or key.startswith(f"{name}_")]
            found.append(
                Chip(str(filterset.filters[name].label), shown(form.fields[name], value), without(query, *names))
            )
    return found


def _is_set(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is not None or value.stop is not None
    return value not in (None, "", [], ()) and not (hasattr(value, "exists") and not value)


def shown(field: forms.Field, value: Any) -> str:
    """A filter's value in words."""
    if isinstance(value, slice):
        return _range(value)
    if isinstance(field, forms.NullBooleanField | forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        return " or ".join(_choice(field, one) for one in value)
    return _choice(field, value)


def _range(value: slice) -> str:
    start, stop = _plain(value.start), _plain(value.stop)
    if start and stop:
        return f"{start} to {stop}"
    return f"from {start}" if start else f"up to {stop}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _choice(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        return str(value)
    flat: dict[str, str] = {}
    for key, label in getattr(field, "choices", ()):
        flat.update({str(k): str(v) for k, v in label} if isinstance(label, list | tuple) else {str(key): str(label)})
    return flat.get(str(value), _plain(value))


def chosen_columns(
    query: QueryDict, available: Sequence[str], fixed: Sequence[str], default: Sequence[str]
) -> list[str]:
    """Names of the columns to show, in the table's order; `?columns=` may repeat or separate by commas."""
    asked = {name for text in query.getlist("columns") for name in text.split(",")} & set(available)
    wanted = asked or set(default) or set(available)
    return [name for name in available if name in wanted or name in fixed]


def as_int(text: str | None, fallback: int, allowed: Iterable[int] | None = None) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else fallback
    return number if allowed is None or number in allowed else fallback


def hide_filters(filterset: FilterSet, hidden: frozenset[str]) -> None:
    """Takes filters on fields the user may not see out of the set before its form is built."""
    for name, filter_ in list(filterset.filters.items()):
        if is_hidden(filter_.field_name or name, hidden):
            del filterset.filters[name]


def is_hidden(path: str, hidden: frozenset[str]) -> bool:
    return path in hidden or path.replace(".", "__").split("__")[0] in hidden


def hidden_inputs(query: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, str]]:
    """The parameters a form must carry along, as pairs."""
    return [(name, value) for name in names for value in query.getlist(name)]  # type: ignore[attr-defined]
