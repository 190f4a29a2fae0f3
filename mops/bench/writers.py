"""Many connections that write one statement a transaction, by PostgreSQL's own `pgbench`: sources that are no part of mops.

Sixteen writers in Python took a tenth of two cores for themselves.
"""

import tempfile
from pathlib import Path

from django.db import connection

from mops.core.embedded import postgres

_COUNT = "\\set turn :turn + 1\n\\set number :client_id * :times + :turn\n"


def write_one_by_one(statement: str, *, connections: int, times: int) -> None:
    """Run `statement` from so many connections at once, each `times` in transactions of their own; wait for the last.

    In the statement `:number` is another one every time, from 1 to `connections * times`. Raises RuntimeError with what
    one of them complains of.
    """
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "statement.sql"
        script.write_text(f"{_COUNT}{' '.join(statement.split())};\n")
        given = {"client": connections, "transactions": times, "define": f"times={times}", "protocol": "prepared"}
        options = [f"--{name}={value}" for name, value in {**given, "file": script}.items()]
        complaint = postgres.run_program(
            "pgbench", ["--no-vacuum", "--define=turn=0", *options], connection.get_connection_params()
        )
    if complaint:
        raise RuntimeError(complaint)
