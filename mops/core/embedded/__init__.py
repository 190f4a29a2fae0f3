"""Servers for a machine that has none: PostgreSQL and Valkey from wheels, below the data directory."""

import base64
import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mops.core.embedded.processes import EmbeddedError
from mops.core.embedded.servers import PROJECT, EmbeddedServers, prepare_directory
from mops.core.embedded.state import FileLock, write_private

__all__ = [
    "PROJECT",
    "EmbeddedError",
    "EmbeddedServers",
    "become_supervisor",
    "data_directory",
    "export_keys",
    "provide_servers",
]

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "spectacular",
    "twin",
    "up",
    "version",
}


def data_directory() -> Path:
    """`$MOPS_DATA`, or `var` next to manage.py."""
    return Path(os.environ.get("MOPS_DATA") or PROJECT / "var").resolve()


@contextlib.contextmanager
def provide_servers(arguments: list[str]) -> Iterator[None]:
    """Give the command in `arguments` (as in sys.argv) the database, broker and keys its environment lacks.

    Exports DATABASE_URL, REDIS_URL, MOPS_SECRET_KEY and MOPS_ENCRYPTION_KEYS; variables that are set stay as they are.
    Ends the process with one line and status 1 when the servers cannot run.
    """
    command = next((argument for argument in arguments[1:2] if not argument.startswith("-")), "help")
    is_complete = all(is_set(name) for name in ("DATABASE_URL", "REDIS_URL"))
    if command == "up" and not wants_help(arguments):
        become_supervisor(arguments[2:])
    try:
        if not is_set("DATABASE_URL") or (data_directory() / "secret_key").exists():
            export_keys(data_directory())
        needs_none = command in WITHOUT_DATABASE and "--own-data" not in arguments
        if is_complete or needs_none or wants_help(arguments):
            yield
            return
        servers = EmbeddedServers(data_directory())
        start(servers, command)
    except EmbeddedError as error:
        sys.exit(f"mops: {error}")
    try:
        yield
    finally:
        servers.release()


def trouble_of(complaint: str) -> str:
    """Why the database does not do what it is asked, and what to do, from its own words."""
    reason = next(iter(complaint.strip().splitlines()), "")
    if "No space left on device" in reason:
        return f"the disk of the database is full ({reason}); make room, then try again: what is there stays"
    remedy = "see that it runs, and that DATABASE_URL has its address, user and password"
    return f"the database does not answer: {reason}; {remedy}"


def is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def export_unset(**values: str) -> None:
    """Export what the environment lacks; an empty variable is as if it were not there."""
    for name, value in values.items():
        if not is_set(name):
            os.environ[name] = value


def wants_help(arguments: list[str]) -> bool:
    return any(argument in {"-h", "--help", "--version"} for argument in arguments[1:])


def become_supervisor(options: list[str]) -> None:
    """Replace this process by the supervisor, which stays small because it never loads Django."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    os.execve(sys.executable, [sys.executable, "-m", "mops.supervisor", *options], environment)


def start(servers: EmbeddedServers, command: str) -> None:
    if not (servers.directory / "pg").exists():
        sys.stderr.write(f"Preparing the database in {servers.directory} …\n")
    state = servers.acquire()
    export_unset(DATABASE_URL=state.database_url, REDIS_URL=state.redis_url)
    if servers.is_new and command != "migrate":
        try:
            migrate_new_database(servers)
        except BaseException:
            servers.release()
            raise


def migrate_new_database(servers: EmbeddedServers) -> None:
    """Make the tables, once, whichever of several commands comes first."""
    with FileLock(servers.directory / "migrate.lock").held():
        if not (servers.directory / "database-is-new").exists():
            return
        command = [sys.executable, str(PROJECT / "manage.py"), "migrate", "--verbosity", "0"]
        result = subprocess.run(command, stdout=sys.stderr, check=False)
        if result.returncode:
            raise EmbeddedError("the tables could not be made; the lines above say why")
        servers.tables_are_made()


def export_keys(directory: Path) -> None:
    """Export the secret key and the encryption keys, made once per data directory and kept there for its owner only."""
    if not is_set("MOPS_SECRET_KEY"):
        os.environ["MOPS_SECRET_KEY"] = stored(directory / "secret_key", secrets.token_urlsafe(48))
    if not is_set("MOPS_ENCRYPTION_KEYS"):
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        os.environ["MOPS_ENCRYPTION_KEYS"] = stored(directory / "encryption_keys", f"1:{key}")


def stored(path: Path, fresh: str) -> str:
    """The contents of `path`, which becomes `fresh` when there is none (the first of several writers wins)."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    prepare_directory(path.parent)
    with FileLock(path.parent / "keys.lock").held():
        if not path.exists():
            write_private(path, fresh + "\n")
    return path.read_text(encoding="utf-8").strip()
