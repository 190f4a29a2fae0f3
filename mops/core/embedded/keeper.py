"""The keeper: a small process that owns the two servers of a data directory for as long as anybody uses them.

Whoever needs the servers holds `servers.users` shared. The keeper tries to hold it alone; once it can, nobody is left,
however they ended, and it stops the servers. So a killed command or a killed `up` leaves nothing behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mops.core.embedded import postgres, valkey
from mops.core.embedded.processes import EmbeddedError
from mops.core.embedded.state import FileLock, change_state, read_state, usable_port

POLL_SECONDS = 0.25
START_SECONDS = 90
STOP_SECONDS = 4
LOG_BYTES = 20 * 2**20
# Rapid deaths before the append-only file is put aside: losing the broker's memory costs time, never work.
VALKEY_PATIENCE = 3


class Keeper:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.users = FileLock(directory / "servers.users")
        self.state = read_state(directory)
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.failures = {"postgres": 0, "valkey": 0}
        self.is_asked_to_stop = False

    def run(self) -> None:
        """Start both servers, keep them alive, stop them when the last user is gone."""
        self.state = change_state(
            self.directory,
            postgres_port=usable_port(self.state.postgres_port),
            valkey_port=usable_port(self.state.valkey_port),
            keeper=os.getpid(),
            is_ready=False,
            error="",
        )
        try:
            for name in self.failures:
                self.start(name)
            self.await_ready()
            change_state(self.directory, is_ready=True)
            while not self.is_asked_to_stop and not self.users.take(wait=False):
                self.revive()
                time.sleep(POLL_SECONDS)
        finally:
            self.stop()
            change_state(self.directory, is_ready=False, keeper=0)

    def start(self, name: str) -> None:
        module = {"postgres": postgres, "valkey": valkey}[name]
        with open_log(self.directory / "logs" / f"{name}.log") as log:
            self.servers[name] = module.start(self.directory, self.state, log)

    def await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (postgres.is_ready(self.directory) and valkey.is_ready(self.state)):
            for name, process in self.servers.items():
                if process.poll() is not None:
                    raise EmbeddedError(f"{name} ended at once; see {self.directory / 'logs' / f'{name}.log'}")
            if self.is_asked_to_stop or time.monotonic() > deadline:
                raise EmbeddedError(f"the servers were not ready within {START_SECONDS} s")
            time.sleep(0.02)

    def revive(self) -> None:
        """Start again whatever has ended, slower each time it ends at once."""
        for name, process in list(self.servers.items()):
            if process.poll() is None:
                continue
            self.failures[name] += 1
            if name == "valkey" and self.failures[name] == VALKEY_PATIENCE:
                self.set_valkey_aside()
            time.sleep(min(0.2 * 2 ** self.failures[name], 5))
            self.start(name)

    def set_valkey_aside(self) -> None:
        with contextlib.suppress(OSError):
            (self.directory / "valkey").rename(self.directory / f"valkey.broken-{int(time.time())}")

    def stop(self) -> None:
        """Fast shutdown of both (PostgreSQL disconnects its clients), a kill for what does not listen."""
        for name, process in self.servers.items():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.servers.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()


@contextlib.contextmanager
def open_log(path: Path) -> Iterator[int]:
    """A descriptor to append to; a file that has grown past its size is kept once as `.1`."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def take_in_time(alive: FileLock) -> bool:
    """Take the keeper's lock; somebody who only looks whether it is free may hold it for a moment."""
    for _ in range(100):
        if alive.take(wait=False):
            return True
        time.sleep(0.02)
    return False


def main(directory: Path) -> None:
    """Run as `python -m mops.core.embedded.keeper DIR`, in a session of its own."""
    alive = FileLock(directory / "servers.keeper")
    if not take_in_time(alive):
        return
    keeper = Keeper(directory)

    def ask_to_stop(*_: object) -> None:
        keeper.is_asked_to_stop = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        keeper.run()
    except (EmbeddedError, OSError, subprocess.SubprocessError) as error:
        change_state(directory, error=str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
