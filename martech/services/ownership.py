"""Whoever must know of a new owner within the same transaction, such as the queue that tells the CRM."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from martech.models import RoutingDecision


@dataclass(frozen=True)
class OwnerChange:
    """A person who belongs to somebody else since `at`; None is nobody. `decision` is the id of the decision behind it."""

    person: int
    owner: int | None
    previous: int | None
    decision: int
    at: datetime


Listener = Callable[[Sequence[OwnerChange]], None]
_listeners: dict[str, Listener] = {}


def register_owner_listener(name: str, listen: Listener) -> None:
    """`listen(changes)` is called in the transaction that writes the owners, after them: rows it adds are there if and
    only if the owners are, and an error of it undoes both. It gets a whole batch, so it must write in sets.
    """
    _listeners[name] = listen


def tell_of_owners(changes: Sequence[OwnerChange]) -> None:
    if changes:
        for listen in _listeners.values():
            listen(changes)


def record_write_back(decision_ids: Iterable[int], at: datetime) -> int:
    """The CRM has the owners of these decisions since `at`; the first time counts. Answers how many that were."""
    waiting = RoutingDecision.objects.filter(pk__in=list(decision_ids), written_back_at=None)
    return waiting.update(written_back_at=at)
