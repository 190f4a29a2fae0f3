"""Reading a large file in a process of its own, so that one core reads while the other writes.

A plain child process: it also works below a Celery worker, which may have no children of the multiprocessing kind. The
pipe between the two holds back the reader while the database is busy, so that at most a chunk waits on either side.
"""

import pickle
import subprocess
import sys
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import IO

from martech.importing.reading import Chunk, Job, read_chunks
from mops.core.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
LARGE = 4 * 2**20
"""Below so many bytes starting a process takes longer than it saves."""


class ReaderFailed(RuntimeError):
    """The reading process broke; the message says where, without a word of the file."""


def chunks_of(job: Job) -> Generator[Chunk, None, None]:
    """The chunks of a file, read here or beside. Raises DomainError for an unreadable file, ReaderFailed for a fault."""
    return read_beside(job) if Path(job.path).stat().st_size >= LARGE else read_chunks(job)


def read_beside(job: Job) -> Generator[Chunk, None, None]:
    command = [sys.executable, "-m", "martech.importing.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:  # noqa: S603
        if child.stdin is None or child.stdout is None:
            raise ReaderFailed("it has no pipes")
        try:
            with child.stdin:
                pickle.dump(job, child.stdin)
            yield from received(child.stdout)
        finally:
            child.kill()  # it has ended by itself, unless the import stopped early


def received(pipe: IO[bytes]) -> Generator[Chunk, None, None]:
    while True:
        try:
            kind, content = pickle.load(pipe)  # noqa: S301 - our own child wrote it
        except (EOFError, pickle.UnpicklingError) as error:
            raise ReaderFailed("it ended before the file did") from error
        if kind == "end":
            return
        if kind == "refused":
            detail, errors = content
            raise DomainError(detail, errors=errors)
        if kind == "failed":
            raise ReaderFailed(content)
        yield content


def place_of(error: Exception) -> str:
    """Type and line of a fault; its message may quote the file."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Read a job from `source` and write its chunks to `sink`."""

    def send(kind: str, content: object) -> None:
        pickle.dump((kind, content), sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()

    try:
        for chunk in read_chunks(pickle.load(source)):  # noqa: S301 - our own parent wrote it
            send("chunk", chunk)
        send("end", None)
    except BrokenPipeError:
        return  # the import stopped; nobody waits for the rest
    except DomainError as refused:
        send("refused", (refused.detail, dict(refused.errors)))
    except Exception as error:
        send("failed", place_of(error))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
