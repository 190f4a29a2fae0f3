"""Makes the practice server of a vendor. Each folder `martech.twins.<vendor>` has

    make(population, *, clock=None, lag_seconds=0, limits=True) -> Twin

where `clock` is the real one unless given, `lag_seconds` is how much later than its stamp a change becomes visible to
the vendor's change feed, and `limits=False` lets everybody call as often as they like. A twin that can be kept over
restarts has `keep(shelf)`, which takes in what a `shelf.Shelf` holds and from then on names there what changes; one that does something by itself has
`tick()`, which is called about every second.
"""

from importlib import import_module

from martech.twins.clock import TwinClock
from martech.twins.population import Population
from martech.twins.serving import Twin

VENDORS = ("hubspot", "salesforce", "marketo")


def make_twin(
    vendor: str,
    population: Population,
    *,
    clock: TwinClock | None = None,
    lag_seconds: float = 0,
    limits: bool = True,
) -> Twin:
    """Raises LookupError for a vendor without a practice server. Imported on use: one twin needs none of the others."""
    name = f"martech.twins.{vendor}"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise LookupError(f"There is no practice server for {vendor}.") from error
    if not hasattr(module, "make"):
        raise LookupError(f"The practice server for {vendor} cannot be made from a population.")
    twin: Twin = module.make(population, clock=clock, lag_seconds=lag_seconds, limits=limits)
    return twin
