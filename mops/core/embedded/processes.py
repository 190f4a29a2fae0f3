"""Small facts about processes: who runs them, when they die, whether they live."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "mops-data"
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522


class EmbeddedError(Exception):
    """A reason, in one line for the person at the terminal, why the servers cannot run."""


@dataclass(frozen=True)
class Account:
    """The operating-system account a server runs under; PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Ask Linux to signal this process when its parent ends, however it ends. Does nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)


def server_account(existing: Path) -> Account | None:
    """None when we are an ordinary user; for root the owner of `existing`, or a system user made for this purpose."""
    if os.geteuid() != 0:
        return None
    if existing.exists() and existing.stat().st_uid != 0:
        return Account(existing.stat().st_uid, existing.stat().st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = create_system_user()
    return Account(entry.pw_uid, entry.pw_gid)


def create_system_user() -> pwd.struct_passwd:
    """The new system user, or `nobody` on machines without useradd."""
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=False, capture_output=True, timeout=30)
    for name in (SYSTEM_USER, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError("PostgreSQL refuses to run as root and no other user exists; run mops as an ordinary user")


def become(account: Account | None, *places: Path) -> Callable[[], None]:
    """What a child does between fork and exec: drop root, keep a way into `places`, die with its parent.

    A clone below a private directory (`/root`, `mktemp -d`) is out of reach of the other user. Instead of opening that
    directory to everybody, the server keeps the one capability that lets it walk there.
    """
    needs_search = account is not None and not all(is_reachable(place) for place in places)

    def drop() -> None:
        if account is not None:
            if needs_search:
                ctypes.CDLL(None).prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            if needs_search:
                keep_search_capability()
        os.umask(0o077)
        die_with_parent(signal.SIGINT)

    return drop


def launch(command: Sequence[str | Path], drop: Callable[[], None], **options: Any) -> "subprocess.Popen[bytes]":
    """Start `command` after `drop`. Only the keeper does so, and it has a single thread."""
    return subprocess.Popen([str(part) for part in command], preexec_fn=drop, **options)


def is_reachable(place: Path) -> bool:
    """Whether every directory above `place` may be walked through by everybody."""
    return all(parent.stat().st_mode & 0o001 for parent in place.resolve().parents)


def keep_search_capability() -> None:
    """Make CAP_DAC_READ_SEARCH (or DAC_OVERRIDE, where a container has only that) survive the coming exec."""
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    libc.capget(header, held)
    wanted = next((cap for cap in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if held[1] & 1 << cap), None)
    if wanted is None:
        return
    held[0] = held[1] = held[2] = 1 << wanted
    held[3] = held[4] = held[5] = 0
    libc.capset(header, held)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, wanted, 0, 0)


def is_alive(pid: int, word: str) -> bool:
    """Whether process `pid` lives and has `word` in its command line (process numbers are used again)."""
    import psutil

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and word in " ".join(process.cmdline())
    except psutil.Error:
        return False


def private_directory(path: Path, account: Account | None = None) -> Path:
    """`path` as a directory only its owner may enter.

    Raises EmbeddedError when it cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account is not None:
            os.chown(path, account.uid, account.gid)
    except OSError as error:
        raise EmbeddedError(f"cannot use {path}: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise EmbeddedError(f"cannot write to {path}")
    return path
