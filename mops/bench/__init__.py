"""Figures of speed and memory: `manage.py bench NAME [--people N]` prints one JSON line. One module a bench."""

import os
import platform

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
    """What the figures were taken on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
