"""A whole installation, started with `manage.py up` in a directory of its own, that tests may kill parts of."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg2

from mops.core.embedded.servers import PROJECT
from mops.core.embedded.state import read_state
from mops.supervisor.probe import answers

READY_SECONDS = 180
COMMAND_SECONDS = 90
OURS = ("DATABASE_URL", "REDIS_URL", "MOPS_DATA", "MOPS_DEBUG", "DJANGO_SETTINGS_MODULE")


class Installation:
    """`directory` holds the data; `up` is the running supervisor."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment = {**kept, "MOPS_DATA": str(directory)}
        self.up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port), "--workers", "1"]
        with open(self.directory / "up.log", "ab") as log:
            self.up = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self.is_up, READY_SECONDS, lambda: (self.directory / "up.log").read_text())

    def is_up(self) -> bool:
        return answers(f"http://127.0.0.1:{self.port}/healthz")

    def stop(self) -> None:
        if self.up is not None:
            self.up.terminate()
            self.up.wait(15)

    def manage(self, *words: str, script: str | None = None) -> str:
        """The output of a command, which must end with 0."""
        ended = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment,
            input=script,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def ask(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; asks again while the server is away."""
        deadline = time.monotonic() + 30
        while True:
            try:
                connection = psycopg2.connect(read_state(self.directory).database_url, connect_timeout=2)
                break
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def processes(self, *words: str) -> list[psutil.Process]:
        """Living processes of this installation: its data directory is in their environment or command, or its broker's port."""
        broker = (
            f":{urlsplit(read_state(self.directory).redis_url).port}" if (self.directory / "pg").exists() else "nothing"
        )
        found = []
        for process in psutil.process_iter():
            try:
                line = " ".join(process.cmdline())
                is_ours = (
                    str(self.directory) in line
                    or broker in line
                    or process.environ().get("MOPS_DATA") == str(self.directory)
                )
            except psutil.Error:
                continue
            if is_ours and all(word in line for word in words):
                found.append(process)
        return found

    def kill(self, *words: str) -> None:
        """SIGKILL to all processes whose command has the words; there must be some."""
        victims = self.processes(*words)
        assert victims, f"no process matches {words}"
        for victim in victims:
            victim.send_signal(signal.SIGKILL)


@contextmanager
def installation(directory: Path) -> Iterator[Installation]:
    """A started installation, and none of its processes afterwards."""
    house = Installation(directory)
    try:
        house.start()
        yield house
    finally:
        house.stop()
        wait_until(lambda: not house.processes(), 15, lambda: str(house.processes()))


def wait_until(is_true: Callable[[], bool], seconds: float, explain: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {explain()}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
