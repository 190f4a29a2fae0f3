"""One supervised program: started in its own session, ended with its descendants, started again when it dies."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from mops.core.embedded import PROJECT
from mops.core.embedded.keeper import open_log
from mops.core.embedded.processes import die_with_parent

LONGEST_PAUSE = 10.0
HEALTHY_SECONDS = 30.0


@dataclass
class Child:
    """`command` run with `environment`, its output in `<logs>/<name>.log`."""

    name: str
    command: list[str]
    logs: Path
    environment: Mapping[str, str]
    failures: int = 0
    started: float = 0
    start_again_at: float = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def start(self) -> None:
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.started, self.start_again_at = time.monotonic(), 0

    def revive(self) -> str:
        """Start the program again if it has ended, after a pause that grows while it keeps dying. Tells what it did."""
        if self.process is None or self.process.poll() is None:
            return ""
        now = time.monotonic()
        if not self.start_again_at:
            end_group(self.process.pid)
            self.failures = 0 if now - self.started > HEALTHY_SECONDS else self.failures + 1
            pause = min(0.25 * 2**self.failures, LONGEST_PAUSE)
            self.start_again_at = now + pause
            return f"{self.name} ended ({describe(self.process.returncode)}); starting it again"
        if now >= self.start_again_at:
            self.start()
        return ""

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then kill; descendants too."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        end_group(self.process.pid)
        self.process.wait()

    def last_words(self, lines: int = 12) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""


def describe(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"status {status}"


def end_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_left_overs(groups: Mapping[str, int], *, seconds: float = 3) -> None:
    """End what a killed supervisor left: members of the process groups it had started, if they are still ours."""
    members = [process for process in psutil.process_iter() if is_left_over(process, set(groups.values()))]
    for process in members:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(members, timeout=seconds)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=seconds)


def is_left_over(process: psutil.Process, groups: set[int]) -> bool:
    try:
        if os.getpgid(process.pid) not in groups:
            return False
        words = " ".join(process.cmdline())
    except (psutil.Error, OSError):
        return False
    return ("mops" in words and ("gunicorn" in words or "celery" in words)) or "martech.twins" in words
