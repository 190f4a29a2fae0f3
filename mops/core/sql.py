"""Statements that the ORM has no words for. Identifiers come from models and constants; values are always bound."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL


def execute(sql: str, *values: Any) -> int:
    """Run a statement; answers the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def fetch(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def many_from(rows: int) -> None:
    """From how many rows on a statement of this transaction leaves what follows for each of them to durable work."""
    execute("SELECT set_config('mops.many', %s, true)", str(rows))


def array(numbers: Iterable[int | None]) -> str:
    """Whole numbers as one value for `%s::bigint[]`; a list of thousands would be parsed as thousands of expressions."""
    return "{" + ",".join(["NULL" if number is None else str(int(number)) for number in numbers]) + "}"


def texts(values: Iterable[str | None]) -> str:
    """Texts as one value for `%s::text[]`, or `::jsonb[]` of JSON: read in one go, where a list is parsed piece by piece."""
    quoted = ("NULL" if v is None else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return "{" + ",".join(quoted) + "}"


def among(numbers: Iterable[int]) -> RawSQL:
    """For `filter(pk__in=among(ids))`: one value however many there are, where a list becomes a parameter each."""
    return RawSQL("SELECT unnest(%s::bigint[])", [array(numbers)])


def among_texts(values: Iterable[str]) -> RawSQL:
    """`among` for texts."""
    return RawSQL("SELECT unnest(%s::text[])", [texts(values)])
