"""The account that a link of the other system gives a record, and when it may replace another one.

As at first contact: what a system says when it is read for the first time replaces nothing that another system, an
import or a colleague gave. What changes over there afterwards is an edit, and counts.
"""

from collections.abc import Mapping

from martech.connectors.port import Kind
from martech.services.sync.course import Course
from mops.core.history import expect_many
from mops.core.sql import array, execute, texts

GIVER = """(
  select c.metadata->>'connection' from {events} e left join pghistory_context c on c.id = e.pgh_context_id
  where e.pgh_obj_id = t.id and e.account_id = t.account_id and e.pgh_id > coalesce((
    select max(o.pgh_id) from {events} o
    where o.pgh_obj_id = t.id and o.account_id is distinct from t.account_id), 0)
  order by e.pgh_id limit 1)"""
"""The connection that gave a record the account it has; null for a colleague, an import or matching."""
SET = """
update {table} t set account_id = u.account{match}, updated_at = now()
from unnest(%s::bigint[], %s::bigint[], %s::text[]) as u(id, account, change)
where t.id = u.id and t.account_id is distinct from u.account{unless}
  and (t.account_id is null or u.change <> '' or {guessed} or {giver} = %s)
"""
DEAL = {"table": "martech_deal", "match": "", "unless": "", "guessed": "false"}
PERSON = {
    "table": "martech_person",
    "match": ", account_match = null",
    "unless": " and coalesce(t.account_match->>'rule', '') <> 'chosen'",
    "guessed": "t.account_match is not null",
}


def set_accounts(course: Course, now: Mapping[int, int], before: Mapping[int, int]) -> None:
    """Set the accounts that the links say, {record: account} as they are and as they were when they were last read.

    A blank is filled, and what matching guessed or this connection gave is replaced; what somebody else gave only by a
    link that leads elsewhere than it did. Whom a colleague put to an account stays there.
    """
    now = {one: account for one, account in now.items() if course.given.get(one) != account}
    if not now:
        return
    expect_many(len(now))
    changed = ["changed" if before.get(one, account) != account else "" for one, account in now.items()]
    way = PERSON if course.object.kind == Kind.PERSON else DEAL
    giver = GIVER.format(events=f"{way['table']}event")
    execute(SET.format(**way, giver=giver), array(now), array(now.values()), texts(changed), course.system)
