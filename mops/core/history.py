"""History by trigger: every change of a tracked table is recorded by PostgreSQL, bulk and raw SQL included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import connection
from django.db.models import Model

ModelType = TypeVar("ModelType", bound=type[Model])
_is_named: ContextVar[bool] = ContextVar("is_named", default=False)


def tracked(*, exclude: list[str] | None = None, is_lean: bool = False) -> Callable[[ModelType], ModelType]:
    """Record inserts, updates and deletes of a model in an append-only event table.

    Statement-level triggers, so that a bulk change costs one insert more and not one per row. `is_lean` leaves out the
    indexes by what a row referred to then, which nothing asks: history is read by its object and by its context.
    """
    track = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        append_only=True,
        level=pgtrigger.Statement,
    )

    def decorate(model: ModelType) -> ModelType:
        found = track(model)
        for field in found.pgh_event_model._meta.local_fields if is_lean else ():
            if field.is_relation and not field.name.startswith("pgh_"):
                field.db_index = False
        return found  # type: ignore[return-value]

    return decorate


Word = Callable[[Any], str]
_words: dict[tuple[str, str], Word] = {}


def tell_values(label: str, **fields: Word) -> None:
    """How values that are codes read in the history: `tell_values("martech.person", country=name_of_country)`.

    A list is told item by item. Choices of a field need no telling. Called when apps start.
    """
    _words.update({(label, name): word for name, word in fields.items()})


def word_of(label: str, name: str) -> Word | None:
    """How the values of a field are told; None where they are told as they are."""
    return _words.get((label, name))


_ways: dict[str, str] = {}


def tell_as(**ways: str) -> None:
    """How the trail tells a verb that nobody's hand is behind: `route="by routing"`. Called when apps start."""
    _ways.update(ways)


def way_of(verb: str) -> str:
    """How a change came, for changes without a user: "by routing"; what no app told is "by mops"."""
    return _ways.get(verb, "by mops")


@contextmanager
def recording(verb: str, *, actor: Any = None, reason: str = "", **details: Any) -> Iterator[None]:
    """Name what is being done: the verb, who and why go into every history row written inside.

    A service that calls another keeps its own verb: the outermost one says what was done, and to all of it.
    """
    if _is_named.get():
        with pghistory.context(**details):
            yield
        return
    context: dict[str, Any] = {"verb": verb, **details}
    if actor is not None and getattr(actor, "pk", None):
        context["user"] = actor.pk
    if reason:
        context["reason"] = reason
    token = _is_named.set(True)
    try:
        with pghistory.context(**context):
            yield
    finally:
        _is_named.reset(token)


MANY_ROWS = 200


def expect_many(rows: int) -> None:
    """Call before a statement that changes many rows of a tracked table, with how many.

    plpgsql keeps the plan of a trigger's first call for the session. One made for a single row joins old and new rows by
    a nested loop, which takes hours for twenty thousand; without kept plans the next call is planned for what it gets.
    """
    if rows >= MANY_ROWS:
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
