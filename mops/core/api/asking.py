"""What may stand behind the question mark and in a body: a name nobody reads would ask or say something that is lost."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.db.models import QuerySet
from rest_framework import exceptions, serializers
from rest_framework.request import Request

Method = TypeVar("Method", bound=Callable[..., Any])

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


def asked_day(query: Mapping[str, str], name: str) -> date | None:
    """The day behind a query parameter; None without one. Raises ValidationError."""
    try:
        return date.fromisoformat(query[name]) if name in query else None
    except ValueError as error:
        raise exceptions.ValidationError({name: ["Send a day, like 2026-11-30."]}) from error


def takes_nothing(method: Method) -> Method:
    """Of the method of a view: its call has no body. Fields sent all the same are refused before anything is done, for they
    would have been meant to say something; nothing, null and {} are the same nothing."""

    @wraps(method)
    def called(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        if sent := request.data:
            names = sent if isinstance(sent, Mapping) else ["non_field_errors"]
            raise exceptions.ValidationError(
                {str(name): ["This call takes no fields; leave it out."] for name in names}
            )
        return method(view, request, *args, **kwargs)

    return cast(Method, called)


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
