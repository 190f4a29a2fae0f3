"""The supervisor: gets the servers, prepares, starts web, worker and beat, and keeps all of them alive."""

import argparse
import contextlib
import errno
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from martech.twins.addresses import population_file, servers_file
from mops.core.embedded import PROJECT, EmbeddedError, EmbeddedServers, export_keys, export_unset
from mops.core.embedded.processes import die_with_parent
from mops.core.embedded.servers import prepare_directory
from mops.core.embedded.state import FileLock, write_private
from mops.supervisor import stamp
from mops.supervisor.children import Child, end_left_overs
from mops.supervisor.probe import answers

READY_SECONDS = 90
END_SECONDS = 4.5
FAILURES_BEFORE_GIVING_UP = 4
LEAST_FREE = 32 * 2**20
"""Bytes without which PostgreSQL cannot go on: two files of its log."""


def say(text: str) -> None:
    print(text, flush=True)


class Supervisor:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.directory: Path = options.data.resolve()
        self.only_one = FileLock(self.directory / "up.lock")
        self.servers: EmbeddedServers | None = None
        self.children: list[Child] = []
        self.preparation: subprocess.Popen[bytes] | None = None
        self.is_recorded = True
        self.is_full = False

    @property
    def address(self) -> str:
        """Where a browser on this machine finds us."""
        bind = self.options.bind
        host = "127.0.0.1" if bind in {"0.0.0.0", "::", "*", ""} else f"[{bind}]" if ":" in bind else bind  # noqa: S104
        return f"http://{host}:{self.options.port}"

    def run(self) -> None:
        """Everything until the first signal. Raises EmbeddedError with one line when it cannot start."""
        prepare_directory(self.directory)
        self.be_the_only_one()
        check_address(self.options.bind, self.options.port)
        self.export_settings()
        self.provide_servers()
        self.prepare()
        self.name_the_company()
        self.start_children()
        self.await_health()
        say(f"mops is ready: {self.address}")
        with contextlib.suppress(FileNotFoundError):
            say((self.directory / "demo-sign-ins").read_text(encoding="utf-8").rstrip())
        self.watch()

    def be_the_only_one(self) -> None:
        record = self.read_record()
        if not self.only_one.take(wait=False):
            where = f" at {record['address']} (process {record['pid']})" if record else ""
            remedy = "use that one, or choose another directory with --data and another --port"
            raise EmbeddedError(f"already running on {self.directory}{where}; {remedy}")
        if record.get("groups"):
            end_left_overs(record["groups"])

    def read_record(self) -> dict[str, object] | dict[str, dict[str, int]]:
        try:
            return dict(json.loads((self.directory / "up.json").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def write_record(self) -> None:
        groups = {child.name: child.process.pid for child in self.children if child.process}
        record = {"pid": os.getpid(), "address": self.address, "groups": groups}
        write_private(self.directory / "up.json", json.dumps(record))

    def export_settings(self) -> None:
        os.environ["MOPS_DATA"] = str(self.directory)
        export_unset(MOPS_BASE_URL=self.address, MOPS_ALLOWED_HOSTS=",".join(allowed_hosts(self.options.bind)))
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        os.environ.setdefault("PYTHONUNBUFFERED", "1")
        export_keys(self.directory)

    def provide_servers(self) -> None:
        if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
            return
        is_first = not (self.directory / "pg").exists()
        say("Creating the database server…" if is_first else "Starting the database…")
        self.servers = EmbeddedServers(self.directory)
        state = self.servers.acquire()
        export_unset(DATABASE_URL=state.database_url, REDIS_URL=state.redis_url)

    def prepare(self) -> None:
        """Make tables, static files and the demo company, in another process, unless all is as it was last time."""
        if stamp.is_prepared(self.directory, os.environ["DATABASE_URL"]):
            return
        command = [sys.executable, "-m", "mops.supervisor.prepare", *(["--no-demo"] if self.options.no_demo else [])]
        self.preparation = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, preexec_fn=die_with_parent)
        if self.preparation.wait():
            raise EmbeddedError("could not prepare the start; the lines above say why")
        stamp.remember(self.directory, os.environ["DATABASE_URL"])

    def name_the_company(self) -> None:
        """The demo company has a name; an installation of one's own is called by `MOPS_COMPANY`."""
        if not (self.directory / "demo-sign-ins").exists():
            return
        export_unset(MOPS_COMPANY="Brightline")
        if self.options.no_demo:
            say(
                f"{self.directory} holds the demo company already; for an empty installation choose another with --data"
            )

    def start_children(self) -> None:
        say("Starting web, worker and beat…")
        parts = commands(self.options, self.directory) | practice(self.options, self.directory)
        for name, command in parts.items():
            child = Child(name, command, self.directory / "logs", os.environ)
            child.start()
            self.children.append(child)
        self.write_record()

    def await_health(self) -> None:
        web = self.children[0]
        deadline = time.monotonic() + READY_SECONDS
        while not answers(f"{self.address}/healthz"):
            self.revive()
            if web.failures >= FAILURES_BEFORE_GIVING_UP or time.monotonic() > deadline:
                raise EmbeddedError(f"the web server does not start; the end of {web.log}:\n{web.last_words()}")
            time.sleep(0.1)

    def watch(self) -> None:
        while True:
            self.revive()
            self.look_at_the_disk()
            if self.servers is not None and not self.servers.is_kept():
                say("the keeper of the database ended; starting it again")
                with contextlib.suppress(EmbeddedError):
                    self.servers.ensure_running()
            time.sleep(0.5)

    def revive(self) -> None:
        for child in self.children:
            before = child.process
            if news := child.revive():
                say(news)
            self.is_recorded = self.is_recorded and child.process is before
        if not self.is_recorded:
            # On a full disk it is written later; ending would stop what still works.
            with contextlib.suppress(EmbeddedError):
                self.write_record()
                self.is_recorded = True

    def look_at_the_disk(self) -> None:
        """Say when it is full, and when there is room again."""
        free = shutil.disk_usage(self.directory).free
        if not self.is_full and free < LEAST_FREE:
            say(f"the disk of {self.directory} is full; make room, then everything goes on by itself")
        elif self.is_full and free >= LEAST_FREE:
            say("there is room on the disk again")
        self.is_full = free < LEAST_FREE

    def stop(self) -> None:
        """End all children within END_SECONDS, then the servers."""
        if self.preparation is not None and self.preparation.poll() is None:
            self.preparation.terminate()
            self.preparation.wait()
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + END_SECONDS
        for child in self.children:
            child.end(deadline)
        if self.servers is not None:
            self.servers.release()
        self.only_one.release()


def check_address(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise EmbeddedError(f"port {port} on {bind} is in use; choose another with --port") from error
            remedy = "choose a port above 1023 with --port, and an address of this machine with --bind"
            raise EmbeddedError(f"cannot listen on {bind}, port {port} ({error.strerror}); {remedy}") from error


def allowed_hosts(bind: str) -> list[str]:
    """The names a browser may use for this address; a public installation sets MOPS_ALLOWED_HOSTS."""
    hosts = ["127.0.0.1", "localhost", "[::1]"]
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(bind).is_loopback:
            return hosts
    return [*hosts, socket.gethostname(), *([] if bind in {"0.0.0.0", "::"} else [bind])]  # noqa: S104


def commands(options: argparse.Namespace, directory: Path) -> dict[str, list[str]]:
    """How each part is started; `--preload` lets the web processes share the memory of the loaded code."""
    bind = f"[{options.bind}]" if ":" in options.bind else options.bind
    web = ["gunicorn", "mops.wsgi:application", f"--bind={bind}:{options.port}", f"--workers={options.workers}"]
    web += ["--worker-class=gthread", "--threads=4", "--preload", "--timeout=120", "--graceful-timeout=3"]
    web += ["--no-control-socket", "--log-level=warning"]
    worker = [
        "celery",
        "-A",
        "mops.celery",
        "worker",
        "--concurrency=2",
        "--without-gossip",
        "--without-mingle",
        "--loglevel=WARNING",
    ]
    beat = [
        "celery",
        "-A",
        "mops.supervisor.beat",
        "beat",
        "--loglevel=WARNING",
        "--pidfile=",
        f"--schedule={directory / 'beat-schedule'}",
    ]
    parts = {"web": web, "worker": worker, "beat": beat}
    return {name: [sys.executable, "-m", *command] for name, command in parts.items()}


def practice(options: argparse.Namespace, directory: Path) -> dict[str, list[str]]:
    """The practice servers beside the demo company; without it, nothing must say that there are any."""
    if options.no_demo or not population_file(directory).exists():
        servers_file(directory).unlink(missing_ok=True)
        return {}
    return {"practice": [sys.executable, "-m", "martech.twins", str(directory)]}
