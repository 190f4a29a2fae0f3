"""Which rows belong to a person, and what a merge does with them: every foreign key to Person, found by looking."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pghistory.models
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, UniqueConstraint

from martech.models import Person
from mops.core.work import Work


@dataclass(frozen=True)
class Holder:
    """A column that names a person; `key` is `table.column`.

    A merge lets its rows follow to the survivor; where the survivor has such a row already (a unique constraint says
    so), theirs is kept in the ledger and `fill` names the fields a blank one takes from it. `stays` is the reason why
    the rows of a holder do not move.
    """

    model: type[Model]
    field: str
    fill: Sequence[str] = ()
    stays: str = ""

    @property
    def key(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def column(self) -> str:
        return str(self.foreign_key.column)

    @property
    def foreign_key(self) -> Any:
        return self.model._meta.get_field(self.field)

    @property
    def is_keyed_by_person(self) -> bool:
        """A one-to-one row whose own id is the person’s."""
        return self.model._meta.pk.column == self.column

    @property
    def is_work(self) -> bool:
        return issubclass(self.model, Work)

    def uniques(self) -> list[tuple[tuple[str, ...], Q]]:
        """What a person may have one row of: the other fields of each unique constraint, and its condition."""
        meta = self.model._meta
        found = [
            (tuple(name for name in constraint.fields if name != self.field), constraint.condition or Q())
            for constraint in meta.constraints
            if isinstance(constraint, UniqueConstraint) and self.field in constraint.fields
        ]
        found += [
            (tuple(n for n in names if n != self.field), Q()) for names in meta.unique_together if self.field in names
        ]
        return [*found, ((), Q())] if self.foreign_key.unique else found


AfterMerge = Callable[[int, Sequence[int]], None]
_exceptions: dict[tuple[str, str], tuple[Sequence[str], str]] = {}
_listeners: list[AfterMerge] = []


def register_person_holder(label: str, field: str = "person", *, fill: Sequence[str] = (), stays: str = "") -> None:
    """Say in `AppConfig.ready()` where a foreign key to Person is not like every other; `label` is "martech.touch"."""
    if (label, field) in _exceptions:
        raise ImproperlyConfigured(f"{label}.{field} is registered twice")
    _exceptions[label, field] = (tuple(fill), stays)


def register_after_merge(listener: AfterMerge) -> None:
    """Call `listener(survivor id, the others' ids)` at the end of every merge and unmerge, inside its transaction.

    For whatever is derived from people and must be derived again.
    """
    _listeners.append(listener)


def tell_listeners(survivor: int, others: Sequence[int]) -> None:
    for listener in _listeners:
        listener(survivor, others)


@cache
def holders() -> list[Holder]:
    """All of them, in one order that every merge uses."""
    found = [
        Holder(model, field.name, *_exceptions.get((model._meta.label_lower, field.name), ((), "")))
        for model, field in relations_to_person()
    ]
    return sorted(found, key=lambda holder: holder.key)


def relations_to_person() -> Iterator[tuple[type[Model], Any]]:
    """Every column of every table that refers to a person, join tables of many-to-many fields included."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        if not issubclass(model, pghistory.models.Event):  # history says what was
            yield model, relation.field  # type: ignore[union-attr]


def check_holders(**_: Any) -> list[CheckMessage]:
    """System check: what a merge cannot understand is refused at the start, not at the first merge."""
    errors = [
        Error(f"{label}.{field} does not refer to a person.", id="martech.E001")
        for label, field in _exceptions.keys() - {(h.model._meta.label_lower, h.field) for h in holders()}
    ]
    for holder in holders():
        by_expression = [c for c in holder.model._meta.constraints if isinstance(c, UniqueConstraint) and c.expressions]
        errors += [
            Error(
                f"{holder.key} is unique by an expression, which merges cannot resolve.",
                hint=f"Write {constraint.name} with fields.",
                id="martech.E002",
            )
            for constraint in by_expression
            if not holder.stays
        ]
    return list(errors)
