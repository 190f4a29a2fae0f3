"""A database of its own for a bench, on the same server: made, migrated, and dropped again."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.core.management import call_command
from django.db import connection


@contextmanager
def scratch_database(name: str, *, has_tables: bool = True) -> Iterator[None]:
    """Work in the empty database `mops_bench_<name>_<process>` until the block ends; processes forked in it do so too."""
    ours = connection.settings_dict["NAME"]
    scratch = connection.ops.quote_name(f"mops_bench_{name}_{os.getpid()}")
    _on_server(f"CREATE DATABASE {scratch}")
    _switch_to(scratch.strip('"'))
    try:
        if has_tables:
            call_command("migrate", verbosity=0)
        yield
    finally:
        _switch_to(ours)
        _on_server(f"DROP DATABASE {scratch} WITH (FORCE)")


def _switch_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _on_server(statement: str) -> None:
    """CREATE and DROP DATABASE must not run in a transaction."""
    with closing(psycopg2.connect(**connection.get_connection_params())) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
