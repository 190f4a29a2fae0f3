"""Trying again where that is right: after locks, full windows and passing faults, never after an effect not known."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from martech.connectors.errors import RetryNow, Throttled, VendorDown
from martech.connectors.port import Position

ATTEMPTS = 4
LONGEST = 30.0
Result = TypeVar("Result")


class Paged(Protocol):
    """A page that knows the position behind it."""

    @property
    def position(self) -> Position | None: ...


AnyPage = TypeVar("AnyPage", bound=Paged)
pause: Callable[[float], None] = time.sleep


def wait_for(error: Exception, attempt: int) -> float:
    """Seconds to wait after the given failed attempt (1 is the first)."""
    if isinstance(error, Throttled):
        return min(error.seconds, LONGEST)
    return random.uniform(0.5, 1.0) * min(0.5 * 2.0**attempt, 8.0)  # noqa: S311 - jitter


def patiently(call: Callable[[], Result]) -> Result:
    """The answer of a call that has no effect over there, tried up to four times."""
    for attempt in range(1, ATTEMPTS):
        try:
            return call()
        except (RetryNow, Throttled, VendorDown) as error:
            pause(wait_for(error, attempt))
    return call()


def patient_pages(feed: Callable[[Position | None], Iterator[AnyPage]], position: Position | None) -> Iterator[AnyPage]:
    """The pages of a feed that begins again behind the last page after a passing fault; gives up after four in a row."""
    failures = 0
    while True:
        try:
            for page in feed(position):
                yield page
                failures, position = 0, page.position
                if position is None:
                    return
            return
        except (RetryNow, Throttled, VendorDown) as error:
            failures += 1
            if failures >= ATTEMPTS:
                raise
            pause(wait_for(error, failures))
