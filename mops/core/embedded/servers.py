"""Using the servers of a data directory: start them unless they run, stop them unless somebody else needs them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from mops.core.embedded import postgres
from mops.core.embedded.processes import EmbeddedError, private_directory
from mops.core.embedded.state import FileLock, ServerState, change_state, read_state

PROJECT = Path(__file__).resolve().parents[3]
START_SECONDS = 120


class EmbeddedServers:
    """PostgreSQL and Valkey below one directory, shared by all commands that use it at the same time."""

    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        """`is_durable=False` trades safety for speed and is meant for tests."""
        self.directory = directory.resolve()
        self.is_durable = is_durable
        self.users = FileLock(self.directory / "servers.users")
        self.gate = FileLock(self.directory / "servers.lock")
        self.is_new = False

    def acquire(self) -> ServerState:
        """Ports and password of two servers that answer. `is_new` tells that the database still wants its tables."""
        prepare_directory(self.directory)
        with self.gate.held():
            self.users.take(shared=True)
            try:
                state = self.ensure_running()
                if postgres.ensure_database(state.database_url):
                    (self.directory / "database-is-new").touch()
            except BaseException:
                self.users.release()
                raise
        self.is_new = (self.directory / "database-is-new").exists()
        return state

    def ensure_running(self) -> ServerState:
        """The state once a keeper says it is ready, starting a keeper when none lives."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_kept():
                change_state(self.directory, is_ready=False, error="", is_durable=self.is_durable)
                spawn_keeper(self.directory)
            state = read_state(self.directory)
            if state.is_ready:
                return state
            if state.error:
                raise EmbeddedError(state.error)
            time.sleep(0.02)
        raise EmbeddedError(f"the servers below {self.directory} do not start; see {self.directory / 'logs'}")

    def is_kept(self) -> bool:
        """Whether a keeper still looks after the servers (it can be killed like anything else)."""
        return not FileLock(self.directory / "servers.keeper").is_free()

    def tables_are_made(self) -> None:
        (self.directory / "database-is-new").unlink(missing_ok=True)
        self.is_new = False

    def release(self) -> None:
        """Give the servers up; the last one out stops them and waits until they have stopped."""
        if self.users.descriptor < 0:
            return
        with self.gate.held():
            if self.users.take(wait=False) or not self.users.take(shared=True, wait=False):
                stop_keeper(self.directory)
            self.users.release()


ANOTHER = "choose a directory of your own with --data or MOPS_DATA"


def prepare_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"cannot write to {directory} ({error.strerror}); {ANOTHER}") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise EmbeddedError(f"cannot write to {directory} (permission denied); {ANOTHER}")
    private_directory(directory / "logs")


def spawn_keeper(directory: Path) -> None:
    """Start a keeper that does not end with us, and wait until it has said so by taking its lock."""
    with open(directory / "logs" / "keeper.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mops.core.embedded.keeper", str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            start_new_session=True,
        )
    alive = FileLock(directory / "servers.keeper")
    while alive.is_free():
        if process.poll() is not None:
            error = read_state(directory).error or f"the keeper ended at once; see {directory / 'logs' / 'keeper.log'}"
            raise EmbeddedError(error)
        time.sleep(0.02)


def stop_keeper(directory: Path) -> None:
    alive, keeper = FileLock(directory / "servers.keeper"), read_state(directory).keeper
    if keeper and not alive.is_free():
        os.kill(keeper, signal.SIGTERM)
    alive.take()
    alive.release()
