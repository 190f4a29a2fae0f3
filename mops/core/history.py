"""History by trigger: every change of a tracked table is recorded by PostgreSQL, bulk and raw SQL included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db.models import Model

ModelType = TypeVar("ModelType", bound=type[Model])


def tracked(*, exclude: list[str] | None = None) -> Callable[[ModelType], ModelType]:
    """Record inserts, updates and deletes of a model in an append-only event table.

    Statement-level triggers, so that a bulk change costs one insert more and not one per row.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        append_only=True,
        level=pgtrigger.Statement,
    )  # type: ignore[return-value]


@contextmanager
def recording(verb: str, *, actor: Any = None, reason: str = "", **details: Any) -> Iterator[None]:
    """Name what is being done: the verb, who and why go into every history row written inside."""
    context: dict[str, Any] = {"verb": verb, **details}
    if actor is not None and getattr(actor, "pk", None):
        context["user"] = actor.pk
    if reason:
        context["reason"] = reason
    with pghistory.context(**context):
        yield
