"""PostgreSQL and Valkey of the suite: those of the environment, else embedded ones that last as long as the suite."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mops.core.embedded import EmbeddedServers, export_keys


def provide() -> None:
    """Export the addresses, keys and data directory that the environment lacks; every process started later inherits.

    The keeper stops the servers when this process ends, however it ends.
    """
    if "MOPS_DATA" not in os.environ:
        directory = Path(tempfile.mkdtemp(prefix="mops-tests-"))
        os.environ["MOPS_DATA"] = str(directory)
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
    directory = Path(os.environ["MOPS_DATA"])
    export_keys(directory)
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        servers = EmbeddedServers(directory, is_durable=False)
        state = servers.acquire()
        atexit.register(servers.release)
        os.environ.setdefault("DATABASE_URL", state.database_url)
        os.environ.setdefault("REDIS_URL", state.redis_url)
    give_worker_its_own_redis_database()


def give_worker_its_own_redis_database() -> None:
    """Let the workers of pytest-xdist not see each other's keys."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        base = os.environ["REDIS_URL"].rsplit("/", 1)[0]
        os.environ["REDIS_URL"] = f"{base}/{1 + int(worker.removeprefix('gw')) % 15}"
