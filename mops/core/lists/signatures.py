"""Which arguments a cell's method takes is asked once a method, not once a cell.

django-tables2 inspects the signature of `render` and `value` for every cell, which was two thirds of an export's time.
"""

from collections.abc import Callable
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary

from django_tables2 import utils

Signature = tuple[tuple[str, ...], str | None]


def remember_signatures() -> None:
    """Let tables keep the signatures they have inspected, by function; those of classes that are gone go with them."""
    inspect: Callable[[Any], Signature] = utils.signature
    known: WeakKeyDictionary[Any, dict[bool, Signature]] = WeakKeyDictionary()

    def signature(method: Any) -> Signature:
        is_bound = isinstance(method, MethodType)
        try:
            found = known.setdefault(method.__func__ if is_bound else method, {})
        except TypeError:  # what cannot be kept is inspected anew
            return inspect(method)
        if is_bound not in found:
            found[is_bound] = inspect(method)
        return found[is_bound]

    utils.signature = signature
