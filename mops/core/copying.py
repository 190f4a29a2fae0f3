"""COPY rows into a table, with ids reserved beforehand so that rows can refer to each other."""

import json
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection
from django.db.models import Model

NULL = "\\N"


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """`count` ids from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(s.name) from (select pg_get_serial_sequence(%s, 'id')::regclass as name offset 0) s, "
            "generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def text_of(value: Any) -> str:
    if value is None:
        return NULL
    kind = type(value)
    if kind is dict or kind is list:
        return json.dumps(value) if value else "{}" if kind is dict else "[]"
    return str(value)


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line_of(row: Sequence[Any]) -> str:
    """A row as COPY reads it. Most hold nothing that must be escaped: then the joined fields are the line."""
    # What most fields hold is told apart here: a call for each of them is a third of what a row costs.
    line = "\t".join(
        [
            value
            if type(value) is str
            else NULL
            if value is None
            else str(value)
            if type(value) is int
            else text_of(value)
            for value in row
        ]
    )
    is_plain = line.count("\\") == row.count(None) and line.count("\t") == len(row) - 1
    if is_plain and "\n" not in line and "\r" not in line:
        return line
    return "\t".join([NULL if value is None else text_of(value).translate(ESCAPES) for value in row])


AT_ONCE = 250
"""Rows handed to COPY at a time: the server stores them while the next are put into words."""


class _Lines:
    """What COPY reads from: lines of rows that are made as they are asked for."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.lines = map(line_of, rows)

    def read(self, _size: int = -1) -> str:
        lines = list(islice(self.lines, AT_ONCE))
        return "\n".join(lines) + "\n" if lines else ""


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows in the order of `columns` (database column names); None is NULL, a dict is JSON.

    Rows that are made one by one are best: while the server stores some the next are made. They may not ask it anything.
    """
    given = iter(rows)
    first = next(given, None)
    if first is None:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({names}) from stdin", _Lines(chain([first], given)))
