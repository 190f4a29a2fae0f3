"""Requests of one process that come at the same moment are written by one of them, with one statement and one commit."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connection

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass
class _Place(Generic[Item, Answer]):
    """Something that waits to be written, and what became of it."""

    item: Item
    is_done: bool = False
    answer: Answer | None = None
    error: Exception | None = None


class Together(Generic[Item, Answer]):
    """`write` takes several items and answers for each, in their order, in one transaction of its own."""

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self._write = write
        self._turn, self._guard = threading.Lock(), threading.Lock()
        self._waiting: list[_Place[Item, Answer]] = []

    def add(self, item: Item) -> Answer:
        """The answer for the item once it is committed; raises what its writing raised."""
        if connection.in_atomic_block:
            return self._write([item])[0]  # others must not end or fail with somebody's transaction
        place: _Place[Item, Answer] = _Place(item)
        with self._guard:
            self._waiting.append(place)
        with self._turn:
            if not place.is_done:
                with self._guard:
                    places, self._waiting = self._waiting, []
                self._settle(places)
        if place.error is not None:
            raise place.error
        return place.answer  # type: ignore[return-value]

    def _settle(self, places: Sequence[_Place[Item, Answer]], *, is_again: bool = False) -> None:
        """Write all at once; where that fails, each alone and anew, so that none spoils another.

        Nothing asks first whether the connection still stands, which would cost as much as the writing: one that was
        lost is opened again for the second attempt, so `write` must bear being repeated.
        """
        connection.health_check_done = True
        try:
            for place, answer in zip(places, self._write([place.item for place in places]), strict=True):
                place.answer, place.is_done = answer, True
        except Exception as error:
            connection.close_if_unusable_or_obsolete()
            if is_again:
                places[0].error, places[0].is_done = error, True
                return
            for place in places:
                self._settle([place], is_again=True)
