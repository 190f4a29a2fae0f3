"""Marketo as a practice server: its REST and bulk API with the truths and faults of the real one."""

from martech.twins.clock import TwinClock
from martech.twins.marketo.seeding import fill
from martech.twins.marketo.server import MarketoTwin, empty
from martech.twins.population import Population

__all__ = ["MarketoTwin", "empty", "make"]


def make(
    population: Population, *, clock: TwinClock | None = None, lag_seconds: float = 0, limits: bool = True
) -> MarketoTwin:
    """An account in which the population lives."""
    twin = empty(clock=clock, lag_seconds=lag_seconds, limits=limits)
    fill(twin.state, population)
    return twin
