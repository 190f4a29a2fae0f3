"""`python -m martech.twins DIRECTORY`: every practice server there is, as one small process beside an installation.

It loads no Django. Ports are kept, and so is what a server can keep; the population is the file `up` wrote once.
"""

import contextlib
import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from martech.twins.addresses import FOLDER, population_file, practice_servers, servers_file
from martech.twins.making import VENDORS, make_twin
from martech.twins.population import Population
from martech.twins.serving import Running, serve
from martech.twins.shelf import Shelf
from martech.twins.storing import load_population
from mops.core.embedded.state import usable_port, write_private

TICK_SECONDS = 1.0


@dataclass
class Beside:
    """The servers that run, and what has to be done for them every second and in the end."""

    running: list[Running] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    ticks: list[Callable[[], None]] = field(default_factory=list)

    def start(self, vendor: str, population: Population, directory: Path, port: int) -> dict[str, Any]:
        """Returns what `servers.json` says of it. Raises LookupError for a vendor without a practice server."""
        twin = make_twin(vendor, population)
        if keep := getattr(twin, "keep", None):
            shelf = Shelf(directory / FOLDER / f"{vendor}.sqlite3")
            keep(shelf)
            self.shelves.append(shelf)
        if tick := getattr(twin, "tick", None):
            self.ticks.append(tick)
        running = serve(twin, port=usable_port(port))
        self.running.append(running)
        return {"url": running.url, "credentials": dict(getattr(twin, "credentials", {}))}

    def tick(self) -> None:
        for tick in self.ticks:
            tick()
        for shelf in self.shelves:
            with contextlib.suppress(sqlite3.Error):
                shelf.flush()

    def stop(self) -> None:
        for running in self.running:
            running.stop()
        for shelf in self.shelves:
            shelf.close()


def start_all(directory: Path) -> Beside:
    """Serve on the ports of last time. The population is let go: it is only needed to begin with."""
    population = load_population(population_file(directory))
    known, beside, rows = practice_servers(directory), Beside(), {}
    for vendor in VENDORS:
        port = int(known[vendor].url.rpartition(":")[2]) if vendor in known else 0
        with contextlib.suppress(LookupError):
            rows[vendor] = beside.start(vendor, population, directory, port)
    write_private(servers_file(directory), json.dumps(rows, indent=1))
    return beside


def run(directory: Path, ended: threading.Event) -> None:
    beside = start_all(directory)
    while not ended.wait(TICK_SECONDS):
        beside.tick()
    beside.stop()


def main() -> int:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    run(Path(sys.argv[1]).resolve(), ended)
    return 0


if __name__ == "__main__":
    sys.exit(main())
