"""Rows that arrive for somebody who was merged away belong to the survivor, whoever writes them and however."""

from collections.abc import Sequence

import pgtrigger

_LOCK = """
perform 1 from martech_person p where p.id in (select distinct {field}_id from new_rows) order by p.id for key share;
"""
_DROP = """
delete from {table} t using new_rows n, martech_person p
where t.id = n.id and p.id = n.{field}_id and p.merged_into_id is not null and exists (
  select 1 from {table} o where o.{field}_id = p.merged_into_id and {same});
"""
_FOLLOW = """
update {table} t set {field}_id = p.merged_into_id from new_rows n, martech_person p
where t.id = n.id and p.id = n.{field}_id and p.merged_into_id is not null;
return null;
"""


def follows_merges(
    table: str, *, field: str = "person", once_per: Sequence[str] = (), waits: bool = False
) -> pgtrigger.Trigger:
    """A trigger for tables whose rows belong to a person: put it in `Meta.triggers`.

    A row written at the moment of a merge is not left behind on the record that went away, for the check of a
    `SetForeignKey`, which fires before, has waited until that merge was committed; with a constraint of PostgreSQL, which
    is checked at our own commit, the trigger `waits` itself. `once_per` names the columns of which a person has one row;
    where the survivor has it, the newcomer is dropped.
    """
    same = " and ".join(f"o.{column} = t.{column}" for column in once_per)
    statements = [*([_LOCK] if waits else []), *([_DROP] if once_per else []), _FOLLOW]
    return pgtrigger.Trigger(
        name=f"{field}_follows_merges",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func="".join(statements).format(table=table, field=field, same=same),
    )
