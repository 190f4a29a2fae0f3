"""Since when a field of ours has its value: the latest row of history in which it changed."""

from collections.abc import Callable
from datetime import UTC, datetime

from mops.core.sql import fetch

COLUMN = {"owner": "owner_id", "account": "account_id", "parent": "parent_id"}
TABLES = {"person": "martech_personevent", "account": "martech_accountevent", "deal": "martech_dealevent"}
LAST = """
select pgh_created_at from (
  select pgh_created_at, {column} as now, lag({column}) over (order by pgh_id) as before, pgh_label
  from {table} where pgh_obj_id = %s
) e where pgh_label like 'insert%%' or now is distinct from before order by pgh_created_at desc limit 1
"""


def field_times(kind: str, now: datetime) -> Callable[[int, str], datetime | None]:
    """A function (id, field) → moment. Asked only where both sides changed a field, so one query each is fine."""

    def time_of(pk: int, field: str) -> datetime | None:
        name = field.partition(".")[0]
        column = COLUMN.get(name, name)
        rows = fetch(LAST.format(column=f'"{column}"', table=TABLES[kind]), pk)
        return rows[0][0].astimezone(UTC) if rows else None

    return time_of
