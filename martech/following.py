"""Rows that arrive for somebody who was merged away belong to the survivor, whoever writes them and however."""

from collections.abc import Sequence

import pgtrigger

# By their ids, which the planner always finds by index: it keeps the plan of a first call, when the tables may be empty.
_GONE = """
gone := array(
  select p.id from martech_person p
  where p.id = any(array(select distinct {field}_id from new_rows)) and p.merged_into_id is not null);
if gone = '{{}}' then return null; end if;
"""
_DROP = """
delete from {table} t using new_rows n, martech_person p
where t.id = n.id and n.{field}_id = any(gone) and p.id = n.{field}_id and exists (
  select 1 from {table} o where o.{field}_id = p.merged_into_id and {same});
"""
_FOLLOW = """
update {table} t set {field}_id = p.merged_into_id from new_rows n, martech_person p
where t.id = n.id and n.{field}_id = any(gone) and p.id = n.{field}_id;
return null;
"""


def follows_merges(table: str, *, field: str = "person", once_per: Sequence[str] = ()) -> pgtrigger.Trigger:
    """A trigger for tables whose rows belong to a person: put it in `Meta.triggers`.

    A row written at the moment of a merge is not left behind on the record that went away, for the check of a
    `SetForeignKey`, which fires before, has waited until that merge was committed. `once_per` names the columns of which
    a person has one row; where the survivor has it, the newcomer is dropped.
    """
    same = " and ".join(f"o.{column} = t.{column}" for column in once_per)
    statements = [_GONE, *([_DROP] if once_per else []), _FOLLOW]
    return pgtrigger.Trigger(
        name=f"{field}_follows_merges",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("gone", "bigint[]")],
        func="".join(statements).format(table=table, field=field, same=same),
    )
