"""What an account and our tables hold once it is connected, kept by each worker: the next test begins with a copy.

The first test that asks for an account in a state brings it there as a user does; making it again takes a second each time.
"""

import copy
import copyreg
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

TABLES = """
select oid::regclass::text from pg_class
where relnamespace = current_schema()::regnamespace and relkind = 'r' order by oid
"""
COLUMNS = """
select attrelid::regclass::text, string_agg(quote_ident(attname), ', ' order by attnum)
from pg_attribute where attrelid::regclass::text = any(%s) and attnum > 0 and not attisdropped and attgenerated = ''
group by 1
"""

for lock in (threading.Lock, threading.RLock):
    copyreg.pickle(type(lock()), lambda _held, make=lock: (make, ()))  # type: ignore[misc]


def _with_closure(function: FunctionType, memo: dict[int, Any]) -> FunctionType:
    """A twin's controls are lambdas that hold on to it; those of a copy must hold on to the copy."""
    if function.__closure__ is None:
        return function
    cells = tuple(CellType(copy.deepcopy(cell.cell_contents, memo)) for cell in function.__closure__)
    return FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, cells)


def copy_of(twin: Any) -> Any:
    with patch.dict("copy._deepcopy_dispatch", {FunctionType: _with_closure}):
        return copy.deepcopy(twin)


def filled_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute(" union all ".join(f"(select '{name}' from {name} limit 1)" for name in names))
        return [name for (name,) in cursor.fetchall()]


@dataclass(frozen=True)
class Kept:
    """The twin, which nobody changes any more, and the rows of every table that was empty before."""

    twin: Any
    rows: Sequence[tuple[str, str, bytes]]
    more: Any

    def copy(self) -> Any:
        return copy_of(self.twin)

    def put_back(self) -> None:
        """Their checks and triggers have had their say when the rows were made."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            for table, columns, rows in self.rows:
                cursor.copy_expert(f"copy {table} ({columns}) from stdin", io.BytesIO(rows))
            cursor.execute("set local session_replication_role = origin")


def keep(twin: Any, before: Sequence[str], more: Any) -> Kept:
    """What was made since `before`, the tables that were filled then and have not changed."""
    new = [name for name in filled_tables() if name not in before]
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [new])
        rows = [(table, columns, _rows(cursor, table, columns)) for table, columns in cursor.fetchall()]
    return Kept(copy_of(twin), rows, more)


def _rows(cursor: Any, table: str, columns: str) -> bytes:
    found = io.BytesIO()
    cursor.copy_expert(f"copy {table} ({columns}) to stdout", found)
    return found.getvalue()
