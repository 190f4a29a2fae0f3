"""`python -m martech.twins DIRECTORY`: every practice server there is, as one small process beside an installation.

It loads no Django. Ports are kept, and so is what a server can keep; the population is the file `up` wrote once.
"""

import contextlib
import json
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from martech.twins.addresses import FOLDER, population_file, practice_servers, servers_file
from martech.twins.making import VENDORS, make_twin
from martech.twins.population import Population
from martech.twins.serving import Running, Twin, serve
from martech.twins.shelf import Shelf
from martech.twins.storing import load_population
from mops.core.embedded.state import usable_port, write_private

TICK_SECONDS = 1.0


def start(vendor: str, population: Population, directory: Path, port: int) -> tuple[Twin, Running, Shelf | None]:
    twin = make_twin(vendor, population)
    shelf = None
    if keep := getattr(twin, "keep", None):
        shelf = Shelf(directory / FOLDER / f"{vendor}.sqlite3")
        keep(shelf)
    return twin, serve(twin, port=usable_port(port)), shelf


def run(directory: Path, ended: threading.Event) -> None:
    population = load_population(population_file(directory))
    known = practice_servers(directory)
    rows, shelves, servers, ticks = {}, [], [], []
    for vendor in VENDORS:
        port = int(known[vendor].url.rpartition(":")[2]) if vendor in known else 0
        with contextlib.suppress(LookupError):
            twin, running, shelf = start(vendor, population, directory, port)
            rows[vendor] = {"url": running.url, "credentials": dict(getattr(twin, "credentials", {}))}
            servers.append(running)
            ticks += [twin.tick] if hasattr(twin, "tick") else []
            shelves += [shelf] if shelf else []
    write_private(servers_file(directory), json.dumps(rows, indent=1))
    while not ended.wait(TICK_SECONDS):
        for tick in ticks:
            tick()
        for shelf in shelves:
            with contextlib.suppress(sqlite3.Error):
                shelf.flush()
    for running in servers:
        running.stop()
    for shelf in shelves:
        shelf.close()


def main() -> int:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    run(Path(sys.argv[1]).resolve(), ended)
    return 0


if __name__ == "__main__":
    sys.exit(main())
