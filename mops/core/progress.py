"""How far long work is, told while its transaction is still open."""

from collections.abc import Callable

from django.db import connection
from django.db.models import Model


def teller(row: Model, column: str = "progress") -> Callable[[float], None]:
    """`tell(share)` writes the share that is done (0 to 1) into the row's column, through a connection of its own.

    The open transaction must not have written that row yet.
    """
    table, key = row._meta.db_table, row._meta.pk.column  # type: ignore[union-attr]
    statement = f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s'  # noqa: S608 - names of a model

    def tell(share: float) -> None:
        beside = connection.copy()
        try:
            with beside.cursor() as cursor:
                cursor.execute(statement, [share, row.pk])
        finally:
            beside.close()

    return tell
