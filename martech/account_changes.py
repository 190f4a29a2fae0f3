"""Triggers that queue an account for matching when something changed by which people find it."""

import pgtrigger

_QUEUE = """
insert into martech_accountchange (account_id, is_keyed, state, attempts, run_after, last_error, created_at)
select n.id, false, 'pending', 0, now(), '', now() from {rows};
return null;
"""
MATCHED_BY = ("name", "domain", "website", "extra_domains", "former_names", "country", "parent_id")
_DIFFERS = " or ".join(f"o.{column} is distinct from n.{column}" for column in MATCHED_BY)

ACCOUNT_TRIGGERS = [
    pgtrigger.Trigger(
        name="account_is_new_to_matching",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=_QUEUE.format(rows="new_rows n"),
    ),
    pgtrigger.Trigger(
        name="account_changed_for_matching",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
        func=_QUEUE.format(rows=f"new_rows n join old_rows o on o.id = n.id where {_DIFFERS}"),
    ),
]
