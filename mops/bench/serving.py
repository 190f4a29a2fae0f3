"""The parts that `up` starts, on the database at hand: a web worker and a worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection

from mops.core.embedded import PROJECT


@contextmanager
def part(module: str, *arguments: str) -> Iterator[None]:
    """A process of a Python module with our database; it ends with the block."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", module, *arguments]
    # What they say of themselves is no part of the line of figures.
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def web(processes: int = 1) -> Iterator[int]:
    """gunicorn with processes of four threads; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options: Sequence[str] = ("--worker-class=gthread", "--threads=4", "--no-control-socket", "--log-level=error")
    with part("gunicorn", "mops.wsgi:application", f"--bind=127.0.0.1:{port}", f"--workers={processes}", *options):
        wait_for(port)
        yield port


@contextmanager
def worker() -> Iterator[None]:
    """A Celery worker of two processes, as `up` starts it."""
    options = ("worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=ERROR")
    with part("celery", "-A", "mops.celery", *options):
        yield


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web worker did not start")
