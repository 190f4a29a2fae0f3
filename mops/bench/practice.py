"""A practice server in a process of its own, which loads no Django."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe

from martech.twins.invention import invented
from martech.twins.making import make_twin
from martech.twins.serving import serve


def serve_twin(vendor: str, people: int, pipe: Pipe) -> None:
    """The body of the server's process: says where it is, and ends when the pipe does."""
    twin = make_twin(vendor, invented(people), limits=False)
    running = serve(twin)
    pipe.send((running.url, dict(twin.credentials)))
    pipe.poll(None)
    running.stop()


@contextmanager
def practice(vendor: str, people: int) -> Iterator[tuple[str, dict[str, str], int]]:
    """Address, credentials and process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve_twin, args=(vendor, people, theirs), daemon=True)
    process.start()
    theirs.close()  # so that a server that fails to start ends the pipe, and nobody waits for it
    try:
        url, credentials = ours.recv()
        yield url, credentials, process.pid or 0
    finally:
        ours.send("end")
        process.join(10)
