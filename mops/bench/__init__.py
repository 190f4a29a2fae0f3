"""Figures of speed and memory: `manage.py bench NAME [--people N]` prints one JSON line. One module a bench."""

import os
import platform
import time

NAMES = {
    "cdp": "mops.bench.tracking",
    "import": "mops.bench.importing",
    "dashboard": "mops.bench.dashboards",
    "dedupe": "mops.bench.dedupe",
    "quality": "mops.bench.quality",
    "routing": "mops.bench.routing",
    "scoring": "mops.bench.scoring",
    "segments": "mops.bench.segments",
    "sync": "mops.bench.sync",
}


def machine() -> str:
    """What the figures were taken on; the time of a plain loop tells machines of the same name apart."""
    started = time.perf_counter()
    sum(number for number in range(10_000_000))
    loop = time.perf_counter() - started
    named = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"{named}, {loop:.1f} s for adding ten million numbers, load {os.getloadavg()[0]:.1f}"
