"""Long loops over many records in forked processes, which see what their parent has without copying it."""

import multiprocessing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")

SMALL = 20_000
"""Below this many records a second process costs more than it saves."""

_shared: Any = None


def shared() -> Any:
    """What the parent gave to `each_part`; of use within its `work` only."""
    return _shared


def each_part(work: Callable[[Part], Done], parts: Sequence[Part], given: Any, *, processes: int) -> list[Done]:
    """What `work` makes of each part, in their order; `given` is what all of it sees as `shared()`."""
    global _shared
    before, _shared = _shared, given  # set before the processes are forked
    try:
        if processes == 1:
            return [work(part) for part in parts]
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            return list(pool.imap(work, parts))
    finally:
        _shared = before
