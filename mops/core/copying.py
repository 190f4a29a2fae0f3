"""COPY rows into a table, with ids reserved beforehand so that rows can refer to each other."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

NULL = "\\N"


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """`count` ids from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def text_of(value: Any) -> Any:
    if value is None:
        return NULL
    kind = type(value)
    if kind is dict or kind is list:
        return json.dumps(value) if value else "{}" if kind is dict else "[]"
    return value


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows in the order of `columns` (database column names); None is NULL, a dict is JSON."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([value if type(value) is str or type(value) is int else text_of(value) for value in row])
    buffer.seek(0)
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({names}) from stdin with (format csv, null '{NULL}')", buffer)
