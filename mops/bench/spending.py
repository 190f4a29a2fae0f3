"""What a piece of work costs in processor time, here, in the database and elsewhere: on a machine shared with others it
says more than a clock does."""

import os
from collections.abc import Callable
from typing import Any

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process of this machine has used; 0 where nobody can tell."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def database_process() -> int:
    """The server process of our connection, which does the work of our statements."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def spent(work: Callable[[], Any], **others: int) -> tuple[Any, dict[str, float]]:
    """The answer of the work, and the processor seconds it took here, in the database and in the named processes."""
    processes = {"here": os.getpid(), "database": database_process(), **others}
    before = {name: cpu_of(pid) for name, pid in processes.items()}
    answer = work()
    return answer, {name: round(cpu_of(pid) - before[name], 2) for name, pid in processes.items()}
