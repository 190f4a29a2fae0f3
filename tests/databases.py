"""The database of a worker is a copy of one that has all tables: making them takes ten seconds, a copy less than one.

It stays on the server for the next run; a change of any migration, or of a package, makes another.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "mops_template_"
LOCK = 7_460_112
"""Of the server: one worker makes the template, the others wait for it."""


def what_makes_the_tables() -> str:
    digest = sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "mops/core/migrating.py", ROOT / "requirements.lock"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def name_of_template() -> str:
    """The name of the database to copy, made if it is missing; those of former migrations are dropped."""
    name = PREFIX + what_makes_the_tables()
    with server() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        cursor.execute("select datname from pg_database where starts_with(datname, %s)", [PREFIX])
        found = [row[0] for row in cursor.fetchall()]
        if name not in found:
            for former in found:
                cursor.execute(f"drop database {former} with (force)")
            make(cursor, name)
    return name


def make(cursor: Any, name: str) -> None:
    """It has its name once it is complete."""
    cursor.execute(f"create database {name}_unfinished")
    ours = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = f"{name}_unfinished"
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours
    cursor.execute(f"alter database {name}_unfinished rename to {name}")


def drop(creation: BaseDatabaseCreation, name: str, verbosity: int) -> None:
    """Also where a thread of a test left a connection open; the server would wait five seconds for it, and refuse."""
    with server() as cursor:
        cursor.execute(f"drop database {creation.connection.ops.quote_name(name)} with (force)")


def install() -> None:
    BaseDatabaseCreation._destroy_test_db = drop  # type: ignore[method-assign]


@contextmanager
def server() -> Iterator[Any]:
    with closing(psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})) as found:
        found.autocommit = True
        with found.cursor() as cursor:
            yield cursor
