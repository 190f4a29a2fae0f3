"""What the servers of one data directory have agreed on: ports, password, and whether they are ready."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mops.core.embedded.processes import EmbeddedError


@dataclass(frozen=True)
class ServerState:
    """Contents of `servers.json` (readable by its owner only)."""

    password: str
    postgres_port: int = 0
    valkey_port: int = 0
    keeper: int = 0
    is_ready: bool = False
    is_durable: bool = True
    error: str = ""

    @property
    def database_url(self) -> str:
        return f"postgresql://mops:{self.password}@127.0.0.1:{self.postgres_port}/mops"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.valkey_port}/0"


def read_state(directory: Path) -> ServerState:
    """The stored state, or a fresh one with a new password when there is none or it is damaged."""
    try:
        return ServerState(**json.loads((directory / "servers.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ServerState(password=secrets.token_urlsafe(24))
    except (ValueError, TypeError):
        raise EmbeddedError(f"{directory / 'servers.json'} is damaged; restore it from a backup") from None
    except OSError as error:
        raise EmbeddedError(f"cannot read {directory / 'servers.json'}: {error.strerror}") from error


def write_state(directory: Path, state: ServerState) -> ServerState:
    write_private(directory / "servers.json", json.dumps(asdict(state), indent=1))
    return state


def change_state(directory: Path, **changes: str | int | bool) -> ServerState:
    return write_state(directory, replace(read_state(directory), **changes))  # type: ignore[arg-type]


def write_private(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old or the new contents, and nobody else any."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise EmbeddedError(f"cannot write {path}: {error.strerror}") from error


class FileLock:
    """An advisory lock that the system releases when its holder ends, even by kill -9."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = -1

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Whether the lock is now ours; asking again changes between shared and exclusive."""
        try:
            if self.descriptor < 0:
                self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
            fcntl.flock(self.descriptor, mode)
        except BlockingIOError:
            return False
        except OSError as error:
            raise EmbeddedError(f"cannot lock {self.path}: {error.strerror}") from error
        return True

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        self.take()
        try:
            yield
        finally:
            self.release()

    def is_free(self) -> bool:
        """Whether nobody holds the lock right now."""
        try:
            return self.take(wait=False)
        finally:
            self.release()


def usable_port(remembered: int) -> int:
    """`remembered` when it is free on the loopback interface, else any free port."""
    for port in (remembered, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedError("no free port on 127.0.0.1")
