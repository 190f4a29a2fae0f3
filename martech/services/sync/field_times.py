"""Since when a field of ours has its value: the latest row of history in which it changed."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from mops.core.sql import array, fetch

COLUMN = {"owner": "owner_id", "account": "account_id", "parent": "parent_id"}
TABLES = {"person": "martech_personevent", "account": "martech_accountevent", "deal": "martech_dealevent"}
LAST = """
select distinct on (pgh_obj_id) pgh_obj_id, pgh_created_at from (
  select pgh_obj_id, pgh_id, pgh_created_at, {column} as now, pgh_label,
    lag({column}) over (partition by pgh_obj_id order by pgh_id) as before
  from {table} where pgh_obj_id = any(%s::bigint[])
) e where pgh_label like 'insert%%' or now is distinct from before order by pgh_obj_id, pgh_created_at desc
"""


def field_times(kind: str, ids: Iterable[int]) -> Callable[[int, str], datetime | None]:
    """A function (id, field) → moment for these records. Asked only where both sides changed a field, and then for all
    of them at once."""
    everybody, known = array(ids), dict[str, dict[int, datetime]]()

    def time_of(pk: int, field: str) -> datetime | None:
        name = field.partition(".")[0]
        if name not in known:
            column = COLUMN.get(name, name)
            rows = fetch(LAST.format(column=f'"{column}"', table=TABLES[kind]), everybody)
            known[name] = {one: at.astimezone(UTC) for one, at in rows}
        return known[name].get(pk)

    return time_of
