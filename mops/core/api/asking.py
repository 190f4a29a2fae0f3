"""What may stand behind the question mark: a name nobody reads would answer another question than was asked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework import exceptions, serializers
from rest_framework.request import Request

# Of Django REST framework: which representation is wanted.
ALWAYS: Final = {"format"}


def refuse_unread(request: Request, known: Iterable[str]) -> None:
    """Refuse a call with query parameters that are not among `known`. Raises ValidationError naming each."""
    names = sorted(known)
    unread = sorted(set(request.query_params) - {*names, *ALWAYS})
    if unread:
        remedy = f"Unknown parameter; use {', '.join(names)}."
        raise exceptions.ValidationError({name: [remedy] for name in unread})


def of_parent(rows: QuerySet[Any], parent: str, query: Mapping[str, str]) -> QuerySet[Any]:
    """The rows of one parent by the id in the query; all of them when it names none. Raises ValidationError."""
    text = query.get(parent)
    if text is None:
        return rows
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise exceptions.ValidationError({parent: ["Use its id, a whole number."]})
    return rows.filter(**{parent: int(text)})


def checked(given: serializers.Serializer[Any]) -> dict[str, Any]:
    """What a call sent, validated. A field that the call does not take is refused like a wrong one, for a misspelled one is
    lost otherwise. Raises ValidationError naming every such field."""
    errors: dict[str, Any] = {}
    if isinstance(given.initial_data, Mapping):
        taken = [name for name, field in given.fields.items() if not field.read_only]
        remedy = f"Unknown field; use {', '.join(taken)}."
        errors = {str(name): [remedy] for name in given.initial_data if name not in taken}
    if not given.is_valid():
        errors |= given.errors
    if errors:
        raise exceptions.ValidationError(errors)
    return dict(given.validated_data)
